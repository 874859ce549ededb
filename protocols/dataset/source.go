package dataset

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"plateau/internal/regular"
	"plateau/sim/record/npz"
)

// A source says where the content of an official file is: in a file of its own, or
// in an array of an .npz archive, which may hold others.
type source struct {
	path  string
	array string // "" for a file of its own
}

func (s source) String() string {
	if s.array == "" {
		return s.path
	}
	return s.path + " (" + s.array + ")"
}

// base returns the name of the source without its folder.
func (s source) base() string {
	s.path = filepath.Base(s.path)
	return s.String()
}

// read calls decode with the content. Errors, also those of decode, name the file.
func (s source) read(decode func(content) error) error {
	f, err := regular.Open(s.path)
	if errors.Is(err, regular.ErrNot) {
		return &FormatError{s.path, regular.ErrNot}
	}
	if err != nil {
		return fmt.Errorf("dataset: %w", err) // an fs.PathError, which names the file
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	var c content
	if s.array == "" {
		c, err = newContent(f, info.Size())
	} else {
		c, err = arrayContent(f, info.Size(), s.array)
	}
	if err == nil {
		err = decode(c)
	}
	if err != nil {
		return &FormatError{s.path, err}
	}
	return nil
}

// packedMD5 returns the MD5 of the file itself, "" if it is neither gzipped nor an
// archive.
func (s source) packedMD5() (string, error) {
	f, err := regular.Open(s.path)
	if err != nil {
		return "", fmt.Errorf("dataset: %w", err)
	}
	defer f.Close()
	hash := md5.New()
	all := bufio.NewReader(f)
	if head, _ := all.Peek(2); s.array == "" && string(head) != gzipMagic {
		return "", nil
	}
	if _, err := io.Copy(hash, all); err != nil {
		return "", fmt.Errorf("dataset: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// arrayContent returns an array as the IDX file that it was made from, byte by
// byte.
func arrayContent(f io.ReaderAt, length int64, array string) (c content, err error) {
	head := make([]byte, sniffed)
	n, _ := f.ReadAt(head, 0)
	if what := LooksLike(head[:n]); what != "" && what != zipArchive {
		return c, fmt.Errorf("is %s, not an archive of arrays", what)
	}
	r, err := npz.NewReader(f, length)
	if err != nil {
		return c, err
	}
	shape, err := r.Shape(array)
	if err != nil {
		return c, err
	}
	head = head[:0]
	switch len(shape) {
	case 1:
		head = binary.BigEndian.AppendUint32(head, idxLabels)
	case 3:
		head = binary.BigEndian.AppendUint32(head, idxImages)
	default:
		return c, fmt.Errorf("%s has %d dimensions, want 3 for images or 1 for labels", array, len(shape))
	}
	total := int64(1)
	for _, n := range shape {
		if total *= int64(n); int64(n) > math.MaxUint32 || total > maxContent {
			return c, fmt.Errorf("%s is %s, which is more than the %d bytes that are allowed", array, times(shape), int64(maxContent))
		}
		head = binary.BigEndian.AppendUint32(head, uint32(n))
	}
	values, err := wholeNumbers(r, array, len(shape) == 1)
	if err != nil {
		return c, err
	}
	return content{
		Reader: io.MultiReader(bytes.NewReader(head), bytes.NewReader(values)),
		most:   int64(len(head) + len(values)), exact: true,
	}, nil
}

// wholeNumbers returns an array of bytes. Labels may also be of the type that NumPy
// gives whole numbers, as long as they fit.
func wholeNumbers(r *npz.Reader, array string, labels bool) ([]byte, error) {
	if kind, err := r.Type(array); err != nil || kind != npz.Int64 || !labels {
		values, _, err := r.Uint8(array)
		return values, err
	}
	wide, _, err := r.Int64(array)
	if err != nil {
		return nil, err
	}
	values := make([]byte, len(wide))
	for i, v := range wide {
		if v < 0 || v > math.MaxUint8 {
			return nil, fmt.Errorf("%s: label %d of image %d is out of range, want 0 to %d", array, v, i, math.MaxUint8)
		}
		values[i] = byte(v)
	}
	return values, nil
}
