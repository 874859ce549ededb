package dataset

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// An IDX file starts with a big-endian magic number (two zero bytes, the type of
// the values, the number of dimensions). Then come one big-endian uint32 per
// dimension, and the values, last dimension fastest.
const (
	idxLabels   = 0x00000801 // unsigned bytes, one dimension
	idxImages   = 0x00000803 // unsigned bytes, three: images, rows, columns
	idxExtended = 0x00000c02 // big-endian int32, two: images, columns; QMNIST's labels

	// The columns of QMNIST's labels; the first is the class, the others say who wrote
	// the digit and where it is in NIST Special Database 19.
	extendedColumns = 8

	maxSide = 4096 // pixels; a header that claims more is damaged
)

// ReadIDX reads a file of images and the file of their labels, both in the format
// of MNIST and plain or gzipped. Every label must be less than classes.
func ReadIDX(images, labels string, classes int) (*Set, error) {
	i, err := readIDX(source{path: images}, idxImages)
	if err != nil {
		return nil, err
	}
	l, err := readIDX(source{path: labels}, idxLabels)
	if err != nil {
		return nil, err
	}
	return pair(i, l, classes)
}

// idxFile is the content of an IDX file.
type idxFile struct {
	source source
	shape  []int
	values []byte
	md5    string // of the file, unpacked
	bytes  int64  // its length, unpacked
}

func readIDX(s source, want uint32) (idxFile, error) {
	f := idxFile{source: s}
	err := s.read(func(c content) (err error) {
		hash := md5.New()
		c.Reader = io.TeeReader(c.Reader, hash)
		f.shape, f.values, err = decodeIDX(c, want)
		f.md5 = hex.EncodeToString(hash.Sum(nil))
		f.bytes = int64(4 + 4*len(f.shape) + len(f.values))
		if err != nil || want != idxExtended {
			return err
		}
		f.values, err = firstColumn(f.values)
		f.shape = f.shape[:1]
		return err
	})
	return f, err
}

// digest identifies the content, to compare it with that of an official file.
func (f idxFile) digest(file File) (d digest, err error) {
	d = digest{md5: f.md5, bytes: f.bytes}
	if file.MD5 == "" || !d.official(file) {
		d.packed, err = f.source.packedMD5()
	}
	return d, err
}

// firstColumn returns the classes of QMNIST's labels.
func firstColumn(extended []byte) ([]byte, error) {
	const row = 4 * extendedColumns
	labels := make([]byte, 0, len(extended)/row)
	for i := range len(extended) / row {
		label := int32(binary.BigEndian.Uint32(extended[i*row:]))
		if label < 0 || label > math.MaxUint8 {
			return nil, fmt.Errorf("label %d of image %d is out of range, want 0 to %d", label, i, math.MaxUint8)
		}
		labels = append(labels, byte(label))
	}
	return labels, nil
}

// kind returns the magic number that an IDX file of this name should have.
func (f File) kind() uint32 {
	switch {
	case strings.HasSuffix(f.Name, "-labels-idx2-int"):
		return idxExtended
	case strings.Contains(f.Name, "-labels"):
		return idxLabels
	}
	return idxImages
}

// suits returns an error if the images are not of the set's size, or a label is no
// class of it.
func (f idxFile) suits(info Info) error {
	if len(f.shape) == 3 && (f.shape[1] != info.Height || f.shape[2] != info.Width) {
		return another(info, "%s holds images of %d×%d pixels, but those of %s have %d×%d",
			f.source, f.shape[2], f.shape[1], info.Name, info.Width, info.Height)
	}
	if len(f.shape) == 1 {
		if err := checkLabels(f.values, info.FirstLabel, len(info.Classes)); err != nil {
			return another(info, "%s: %v", f.source, err)
		}
	}
	return nil
}

// settle makes the content what a Set holds: labels from 0, and images row by row. It
// must suit the set.
func (f idxFile) settle(info Info) {
	if len(f.shape) == 1 {
		for i := range f.values {
			f.values[i] -= byte(info.FirstLabel)
		}
		return
	}
	if !info.Columns {
		return
	}
	// The images of all such sets are square.
	side := info.Width
	for image := range slices.Chunk(f.values, side*side) {
		for y := range side {
			for x := range y {
				a, b := &image[y*side+x], &image[x*side+y]
				*a, *b = *b, *a
			}
		}
	}
}

// pair makes a set from images and their labels.
func pair(images, labels idxFile, classes int) (*Set, error) {
	if err := checkLabels(labels.values, 0, classes); err != nil {
		return nil, &FormatError{labels.source.String(), err}
	}
	if n := images.shape[0]; n != len(labels.values) {
		return nil, fmt.Errorf("dataset: %s holds %d images, but %s holds %d labels", images.source, n, labels.source, len(labels.values))
	}
	return &Set{
		Height: images.shape[1], Width: images.shape[2], Channels: 1, Classes: classes,
		Pixels: images.values, Labels: labels.values,
	}, nil
}

// decodeIDX reads a whole IDX file, which must have the wanted magic number. It
// allocates no more than the file can hold, whatever the header claims.
func decodeIDX(c content, want uint32) (shape []int, values []byte, err error) {
	head, err := c.next(4, "the magic number")
	if err != nil {
		return nil, nil, err
	}
	if magic := binary.BigEndian.Uint32(head); magic != want {
		return nil, nil, fmt.Errorf("magic number %s, want %s", idxKind(magic), idxKind(want))
	}
	rank := int(want & 0xff)
	head, err = c.next(int64(4*rank), "the header")
	if err != nil {
		return nil, nil, err
	}
	total := int64(1)
	for d := range rank {
		n := int64(binary.BigEndian.Uint32(head[4*d:]))
		switch {
		case n == 0 && d == 0:
			return nil, nil, fmt.Errorf("it is empty: the header says that it holds 0 items")
		case want == idxExtended && d > 0 && n != extendedColumns:
			return nil, nil, fmt.Errorf("labels of %d columns, want %d", n, extendedColumns)
		case n == 0 || d > 0 && n > maxSide:
			return nil, nil, fmt.Errorf("images of side %d, want 1 to %d", n, maxSide)
		}
		// It stays below 2³² × 2¹² × 2¹², also times 4, and cannot overflow.
		total *= n
		shape = append(shape, int(n))
	}
	if want == idxExtended {
		total *= 4
	}
	what := fmt.Sprintf("the data (%s according to the header)", times(shape))
	// The length of a plain file is known, so its error can be precise.
	if room := c.most - int64(4+4*rank); total > room {
		if c.exact {
			return nil, nil, fmt.Errorf("truncated: %s should be %d bytes, but the file has %d", what, total, room)
		}
		return nil, nil, fmt.Errorf("%s should be %d bytes, which is more than the file can hold or than is allowed", what, total)
	} else if c.exact && total < room {
		return nil, nil, fmt.Errorf("trailing bytes: %s should be %d bytes, but the file has %d", what, total, room)
	}
	values, err = c.next(total, what)
	if err != nil {
		return nil, nil, err
	}
	return shape, values, c.end(what)
}

func idxKind(magic uint32) string {
	switch magic {
	case idxLabels:
		return fmt.Sprintf("0x%08x (IDX labels)", magic)
	case idxImages:
		return fmt.Sprintf("0x%08x (IDX images)", magic)
	case idxExtended:
		return fmt.Sprintf("0x%08x (extended IDX labels)", magic)
	}
	return fmt.Sprintf("0x%08x", magic)
}

// times writes a shape like 60000×28×28.
func times(shape []int) string {
	s := ""
	for i, n := range shape {
		if i > 0 {
			s += "×"
		}
		s += fmt.Sprint(n)
	}
	return s
}

// checkLabels returns an error unless each label is one of that many from the first.
func checkLabels(labels []byte, first, classes int) error {
	for i, label := range labels {
		if int(label) < first || int(label) >= first+classes {
			return fmt.Errorf("label %d of image %d is out of range, want %d to %d", label, i, first, first+classes-1)
		}
	}
	return nil
}
