package dataset

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A CIFAR-10 batch has no header, only records: a label, then the red, the green
// and the blue plane of a 32×32 image, each row by row.
const (
	cifarSide    = 32
	cifarPixels  = 3 * cifarSide * cifarSide
	cifarRecord  = 1 + cifarPixels
	cifarClasses = 10
	cifarBatch   = 10000 * cifarRecord // bytes of an official batch
	cifarTest    = "test_batch.bin"
	cifarFolder  = "cifar-10-batches-bin" // in the official archive of the binary version
	cifarPython  = "cifar-10-batches-py"  // in the archive of the Python version, which torchvision and Keras use
)

// ReadCIFAR10 reads batches of the binary version of CIFAR-10 into one set, in the
// given order. Each may be plain or gzipped.
func ReadCIFAR10(batches ...string) (*Set, error) {
	set := newCIFAR10()
	for _, path := range batches {
		if _, err := readBatch(source{path: path}, File{}, set); err != nil {
			return nil, err
		}
	}
	if set.Len() == 0 {
		return nil, fmt.Errorf("dataset: no CIFAR-10 batch was given")
	}
	return set, nil
}

func newCIFAR10() *Set {
	return &Set{Width: cifarSide, Height: cifarSide, Channels: 3, Classes: cifarClasses}
}

// readBatch appends the records of one batch to set. It computes the MD5 of the
// whole batch only if file has one to compare with.
func readBatch(s source, file File, set *Set) (d digest, err error) {
	before := set.Len()
	err = s.read(func(c content) error {
		hash := md5.New()
		if file.MD5 != "" {
			c.Reader = io.TeeReader(c.Reader, hash)
		}
		err := decodeCIFAR(c, set)
		d.md5 = hex.EncodeToString(hash.Sum(nil))
		return err
	})
	labels := md5.Sum(set.Labels[before:])
	d.labels = hex.EncodeToString(labels[:])
	return d, err
}

// decodeCIFAR appends the records of one batch to set.
func decodeCIFAR(c content, set *Set) error {
	if c.exact {
		if c.most > maxContent {
			return fmt.Errorf("the file has %d bytes, want at most %d", c.most, int64(maxContent))
		}
		if rest := c.most % cifarRecord; rest != 0 {
			return fmt.Errorf("truncated, or not a CIFAR-10 batch: its %d bytes are %d records of %d bytes and %d bytes more",
				c.most, c.most/cifarRecord, cifarRecord, rest)
		}
		set.Labels = slices.Grow(set.Labels, int(c.most/cifarRecord))
		set.Pixels = slices.Grow(set.Pixels, int(c.most/cifarRecord)*cifarPixels)
	}
	record := make([]byte, cifarRecord)
	for entry := 0; ; entry++ {
		if entry >= maxContent/cifarRecord {
			return fmt.Errorf("it unpacks to more than %d bytes, which are not accepted", int64(maxContent))
		}
		switch n, err := io.ReadFull(c, record); {
		case err == io.EOF && entry == 0:
			return errors.New("it holds no image")
		case err == io.EOF:
			return nil
		case err == io.ErrUnexpectedEOF:
			return fmt.Errorf("truncated, or damaged: the record of image %d has only %d of %d bytes", entry, n, cifarRecord)
		case err != nil:
			return fmt.Errorf("damaged at image %d: %w", entry, err)
		}
		if record[0] >= cifarClasses {
			return fmt.Errorf("label %d of image %d is out of range, want 0 to %d (is this the binary version of CIFAR-10?)",
				record[0], entry, cifarClasses-1)
		}
		set.Labels = append(set.Labels, record[0])
		set.Pixels = append(set.Pixels, record[1:]...)
	}
}
