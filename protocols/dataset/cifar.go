package dataset

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A CIFAR-10 batch is records without a header: a label, then the red, green
// and blue planes of a 32×32 image, each row by row.
const (
	cifarSide    = 32
	cifarPixels  = 3 * cifarSide * cifarSide
	cifarRecord  = 1 + cifarPixels
	cifarClasses = 10
	cifarBatch   = 10000 * cifarRecord // bytes of an official batch
	cifarTest    = "test_batch.bin"
	cifarFolder  = "cifar-10-batches-bin" // in the official archive
	cifarPython  = "cifar-10-batches-py"  // in the one for Python, which torchvision and Keras use
)

// ReadCIFAR10 reads one or several batches of the binary version of CIFAR-10,
// one after the other, each plain or gzipped.
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

// readBatch appends the records of one batch to set. All of it is digested only
// where there is something to compare that with.
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
			return fmt.Errorf("the file has %d bytes; more than %d are refused", c.most, int64(maxContent))
		}
		if rest := c.most % cifarRecord; rest != 0 {
			return fmt.Errorf("truncated or not a CIFAR-10 batch: %d bytes are %d records of %d and %d bytes more",
				c.most, c.most/cifarRecord, cifarRecord, rest)
		}
		set.Labels = slices.Grow(set.Labels, int(c.most/cifarRecord))
		set.Pixels = slices.Grow(set.Pixels, int(c.most/cifarRecord)*cifarPixels)
	}
	record := make([]byte, cifarRecord)
	for entry := 0; ; entry++ {
		if entry >= maxContent/cifarRecord {
			return fmt.Errorf("unpacks to more than %d bytes, which is refused", int64(maxContent))
		}
		switch n, err := io.ReadFull(c, record); {
		case err == io.EOF && entry == 0:
			return errors.New("holds no image")
		case err == io.EOF:
			return nil
		case err == io.ErrUnexpectedEOF:
			return fmt.Errorf("truncated, or damaged: entry %d has only %d of %d bytes", entry, n, cifarRecord)
		case err != nil:
			return fmt.Errorf("damaged at entry %d: %w", entry, err)
		}
		if record[0] >= cifarClasses {
			return fmt.Errorf("label %d of entry %d is out of range, want 0 to %d (is this the binary version of CIFAR-10?)",
				record[0], entry, cifarClasses-1)
		}
		set.Labels = append(set.Labels, record[0])
		set.Pixels = append(set.Pixels, record[1:]...)
	}
}
