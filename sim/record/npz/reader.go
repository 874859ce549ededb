package npz

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"

	"plateau/internal/regular"
)

// A Reader reads the arrays of an .npz archive, or the one of a .npy file. It
// may be used by several goroutines at once.
//
// A Reader trusts nothing in the file: one that is cut off, damaged or malicious gives
// errors that name the array, and costs no more memory than what can be read from it.
type Reader struct {
	where  string // begins errors
	file   *os.File
	names  []string
	arrays map[string]array
}

type array struct {
	open func() (io.ReadCloser, error)
	size int64 // bytes of header and data, as the file says
	sure bool  // whether that many bytes exist
}

// Open opens the file with the given path. The array of a .npy file has the name of
// the file, without .npy.
func Open(path string) (*Reader, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	info, err := f.Stat()
	var r *Reader
	if err == nil {
		lone := strings.TrimSuffix(filepath.Base(path), ".npy")
		r, err = newReader(f, info.Size(), lone)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("npz: %s: %w", path, err)
	}
	r.where = "npz: " + path
	r.file = f
	return r, nil
}

// NewReader reads the size bytes of r. The array of a .npy file has the empty
// name.
func NewReader(r io.ReaderAt, size int64) (*Reader, error) {
	z, err := newReader(r, size, "")
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	return z, nil
}

func newReader(file io.ReaderAt, size int64, lone string) (*Reader, error) {
	r := &Reader{where: "npz", arrays: map[string]array{}}
	var start [len(magic)]byte
	if n, _ := file.ReadAt(start[:], 0); string(start[:n]) == magic {
		r.names = []string{lone}
		r.arrays[lone] = array{
			open: func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(file, 0, size)), nil },
			size: size,
			sure: true,
		}
		return r, nil
	}

	archive, err := zip.NewReader(file, size)
	if err != nil {
		return nil, fmt.Errorf("is neither an .npz archive nor a .npy file: %w", err)
	}
	archive.RegisterDecompressor(zip.Deflate, flate.NewReader)
	for _, f := range archive.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		if _, ok := r.arrays[name]; ok {
			return nil, fmt.Errorf("has two arrays of the name %q", name)
		}
		if f.UncompressedSize64 > 1<<62 {
			return nil, fmt.Errorf("array %q of %d bytes is too large", name, f.UncompressedSize64)
		}
		offset, err := f.DataOffset()
		r.names = append(r.names, name)
		r.arrays[name] = array{
			open: f.Open,
			size: int64(f.UncompressedSize64),
			sure: f.Method == zip.Store && err == nil && offset >= 0 && offset <= size &&
				f.CompressedSize64 == f.UncompressedSize64 && f.UncompressedSize64 <= uint64(size-offset),
		}
	}
	return r, nil
}

// Close closes the file of a Reader from Open.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// Names returns the names of the arrays in the order of the file.
func (r *Reader) Names() []string { return slices.Clone(r.names) }

// Type returns the type of an array's elements, in NumPy's notation; it can be
// one that this package cannot read.
func (r *Reader) Type(name string) (Type, error) {
	h, err := r.header(name)
	return Type(h.descr), err
}

// Shape returns the dimensions of an array.
func (r *Reader) Shape(name string) ([]int, error) {
	h, err := r.header(name)
	return h.shape, err
}

func (r *Reader) header(name string) (header, error) {
	a, err := r.find(name)
	if err != nil {
		return header{}, err
	}
	f, err := a.open()
	if err != nil {
		return header{}, r.errorf(name, "%w", err)
	}
	defer f.Close()
	h, err := readHeader(f)
	if err != nil {
		return header{}, r.errorf(name, "%w", err)
	}
	return h, nil
}

func (r *Reader) find(name string) (array, error) {
	a, ok := r.arrays[name]
	if !ok {
		return a, r.errorf(name, "there is no such array, want one of %q", r.names)
	}
	return a, nil
}

func (r *Reader) errorf(name, format string, args ...any) error {
	if name == "" {
		name = `""`
	}
	return fmt.Errorf("%s: %s: "+format, append([]any{r.where, name}, args...)...)
}

// Bool returns the values and the shape of an array of bools. Like the methods below,
// it does not convert: an array of another type is an error.
func (r *Reader) Bool(name string) ([]bool, []int, error) {
	return values(r, name, Bool, getBool)
}

// Uint8 is like Bool.
func (r *Reader) Uint8(name string) ([]uint8, []int, error) {
	return values(r, name, Uint8, getUint8)
}

// Int32 is like Bool.
func (r *Reader) Int32(name string) ([]int32, []int, error) {
	return values(r, name, Int32, getInt32)
}

// Int64 is like Bool.
func (r *Reader) Int64(name string) ([]int64, []int, error) {
	return values(r, name, Int64, getInt64)
}

// Uint64 is like Bool.
func (r *Reader) Uint64(name string) ([]uint64, []int, error) {
	return values(r, name, Uint64, getUint64)
}

// Float32 is like Bool.
func (r *Reader) Float32(name string) ([]float32, []int, error) {
	return values(r, name, Float32, getFloat32)
}

// Float64 is like Bool.
func (r *Reader) Float64(name string) ([]float64, []int, error) {
	return values(r, name, Float64, getFloat64)
}

// Strings is like Bool, for Text of any width.
func (r *Reader) Strings(name string) ([]string, []int, error) {
	var v []string
	shape, err := r.read(name, "<U", func(f io.Reader, t Type, n, _ int) (err error) {
		width, _ := t.textWidth()
		v, err = readText(f, width, n)
		return err
	})
	return v, shape, err
}

func values[T any](r *Reader, name string, want Type, get func([]T, []byte)) ([]T, []int, error) {
	var v []T
	shape, err := r.read(name, want, func(f io.Reader, t Type, n, room int) (err error) {
		v, err = readChunks(f, t.size(), n, room, get)
		return err
	})
	return v, shape, err
}

// read checks that an array has the wanted type, "<U" for Text of any width, and is in C
// order, and calls data to read its n values. Memory for room of them can be taken at once:
// their bytes exist.
func (r *Reader) read(name string, want Type, data func(f io.Reader, t Type, n, room int) error) ([]int, error) {
	var t Type
	size := func(h header) (int, error) {
		t = Type(h.descr)
		if _, text := t.textWidth(); t != want && !(want == "<U" && text) {
			return 0, fmt.Errorf("is of type %.100q, want %q", h.descr, string(want))
		}
		if h.fortran && len(h.shape) > 1 {
			return 0, errors.New("is in Fortran order, want C order")
		}
		return t.size(), nil
	}
	h, err := r.scan(name, size, func(f io.Reader, n, room int) error { return data(f, t, n, room) })
	return h.shape, err
}

// scan asks for the size of an array's elements, checks that the array has as many bytes
// as its header says, and calls data to read its n values.
func (r *Reader) scan(name string, size func(header) (int, error), data func(f io.Reader, n, room int) error) (header, error) {
	a, err := r.find(name)
	if err != nil {
		return header{}, err
	}
	f, err := a.open()
	if err != nil {
		return header{}, r.errorf(name, "%w", err)
	}
	defer f.Close()
	h, err := readHeader(f)
	if err != nil {
		return header{}, r.errorf(name, "%w", err)
	}
	each, err := size(h)
	if err != nil {
		return header{}, r.errorf(name, "%w", err)
	}
	n, err := count(each, h.shape)
	if err != nil {
		return header{}, r.errorf(name, "%w", err)
	}
	if got, size := a.size-h.size, int64(n)*int64(each); got != size {
		return header{}, r.errorf(name, "has %d bytes of data, want %d for shape %s of type %q", got, size, tuple(h.shape), h.descr)
	}
	room := 0
	if a.sure {
		room = n
	}
	if err := data(f, n, room); err != nil {
		return header{}, r.errorf(name, "%w", err)
	}
	// Reading to the end compares the checksum.
	var rest [1]byte
	if m, err := f.Read(rest[:]); m != 0 || err != io.EOF {
		if err == nil || err == io.EOF {
			return header{}, r.errorf(name, "has more data than its size of %d bytes", a.size)
		}
		return header{}, r.errorf(name, "%w", err)
	}
	return h, nil
}
