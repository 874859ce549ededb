package npz

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

// A Writer writes an .npz archive. Without Close the archive is not readable.
type Writer struct {
	Deflate bool // compress the arrays begun from now on

	zip    *zip.Writer
	packer *flate.Writer
	names  map[string]bool
	stream *Stream // being written
	buf    []byte
	err    error // why nothing more can be written
}

// NewWriter returns a Writer of an archive that goes to w. It does not close
// w.
func NewWriter(w io.Writer) *Writer {
	z := &Writer{zip: zip.NewWriter(w), names: map[string]bool{}, buf: make([]byte, bufferSize)}
	z.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		if z.packer == nil {
			var err error
			z.packer, err = flate.NewWriter(w, flate.DefaultCompression)
			return z.packer, err
		}
		z.packer.Reset(w)
		return z.packer, nil
	})
	return z
}

// Write writes one array: data is a slice of a type that Type lists or of
// strings, with as many values as an array of this shape has elements, in C order. The
// empty shape is that of a single value.
func (w *Writer) Write(name string, shape []int, data any) error {
	t, n, err := typeOf(data)
	if err != nil {
		return fmt.Errorf("npz: %s: %w", name, err)
	}
	if err := fits(t, shape, n); err != nil {
		return fmt.Errorf("npz: %s: %w", name, err)
	}
	s, err := w.Stream(name, t, shape)
	if err != nil {
		return err
	}
	if err := s.Write(data); err != nil {
		return err
	}
	return s.Close()
}

func fits(t Type, shape []int, n int) error {
	want, err := count(t.size(), shape)
	if err != nil {
		return err
	}
	if n != want {
		return fmt.Errorf("%d values for shape %s, want %d", n, tuple(shape), want)
	}
	return nil
}

// Stream begins an array whose values come in pieces. Until its Close nothing
// else can be written.
func (w *Writer) Stream(name string, t Type, shape []int) (*Stream, error) {
	refuse := func(format string, args ...any) (*Stream, error) {
		return nil, fmt.Errorf("npz: %s: "+format, append([]any{name}, args...)...)
	}
	switch {
	case w.err != nil:
		return nil, w.err
	case w.stream != nil:
		return refuse("cannot begin while %s is being written", w.stream.name)
	case name == "." || !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00"):
		return refuse("%q is no name for an array, want UTF-8 without empty, \".\" or \"..\" parts and without \\", name)
	case w.names[name]:
		return refuse("there is an array of this name already")
	case t.size() == 0:
		return refuse("type %q is not supported", string(t))
	}
	n, err := count(t.size(), shape)
	if err != nil {
		return refuse("%w", err)
	}

	// Without a time stamp, so that equal contents make equal files.
	file := &zip.FileHeader{Name: name + ".npy", Method: zip.Store}
	if w.Deflate {
		file.Method = zip.Deflate
	}
	to, err := w.zip.CreateHeader(file)
	if err == nil {
		_, err = to.Write(appendHeader(nil, t, shape))
	}
	if err != nil {
		return nil, w.fail(name, err)
	}
	w.names[name] = true
	w.stream = &Stream{w: w, to: to, name: name, t: t, shape: slices.Clone(shape), left: n}
	return w.stream, nil
}

// fail stores err, after which nothing more is written.
func (w *Writer) fail(name string, err error) error {
	w.err = fmt.Errorf("npz: %s: %w", name, err)
	return w.err
}

// Close writes the archive's directory.
func (w *Writer) Close() error {
	switch {
	case w.err != nil:
		return w.err
	case w.stream != nil:
		return w.fail(w.stream.name, errors.New("the archive was closed while it was being written"))
	}
	if err := w.zip.Close(); err != nil {
		return w.fail("directory", err)
	}
	w.err = errors.New("npz: the archive is closed")
	return nil
}

// A Stream takes the values of one array in pieces.
type Stream struct {
	w     *Writer
	to    io.Writer
	name  string
	t     Type
	shape []int
	left  int // values to come
}

// Write adds values; pieces can be of any length. A piece that does not belong
// to the array is refused and changes nothing.
func (s *Stream) Write(data any) error {
	if s.w.err != nil {
		return s.w.err
	}
	t, n, err := typeOf(data)
	switch {
	case err != nil:
		return fmt.Errorf("npz: %s: %w", s.name, err)
	case s.w.stream != s:
		return fmt.Errorf("npz: %s: it is closed", s.name)
	case !s.holds(t):
		return fmt.Errorf("npz: %s: values of type %s, want %s", s.name, t, s.t)
	case n > s.left:
		return fmt.Errorf("npz: %s: %d values more, want ≤ %d for shape %s", s.name, n, s.left, tuple(s.shape))
	}
	if err := writeValues(s.to, s.w.buf, s.t, data); err != nil {
		return s.w.fail(s.name, err)
	}
	s.left -= n
	return nil
}

// holds reports whether values of type t can be elements: shorter strings can.
func (s *Stream) holds(t Type) bool {
	if width, ok := s.t.textWidth(); ok {
		n, ok := t.textWidth()
		return ok && n <= width
	}
	return t == s.t
}

// Close ends the array. No value may be missing: an incomplete array spoils its
// archive.
func (s *Stream) Close() error {
	switch {
	case s.w.err != nil:
		return s.w.err
	case s.w.stream != s:
		return fmt.Errorf("npz: %s: it is closed", s.name)
	case s.left > 0:
		return s.w.fail(s.name, fmt.Errorf("%d values missing for shape %s", s.left, tuple(s.shape)))
	}
	s.w.stream = nil
	return nil
}

// WriteArray writes a lone array, a .npy file. See Writer.Write.
func WriteArray(w io.Writer, shape []int, data any) error {
	t, n, err := typeOf(data)
	if err == nil {
		err = fits(t, shape, n)
	}
	if err == nil {
		_, err = w.Write(appendHeader(nil, t, shape))
	}
	if err == nil {
		err = writeValues(w, make([]byte, bufferSize), t, data)
	}
	if err != nil {
		return fmt.Errorf("npz: %w", err)
	}
	return nil
}
