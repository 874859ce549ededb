package npz

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// A .npy file begins with the magic string, two bytes of version and the
// length of the header, of 2 bytes in version 1 and 4 in versions 2 and 3. The
// header is a Python dictionary, padded with spaces and ended by a newline so
// that the data begin at a multiple of 64:
//
//	{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
const (
	magic     = "\x93NUMPY"
	alignment = 64

	// A header longer than this is refused: the longest one this package
	// could understand is far shorter.
	maxHeader = 1 << 16
)

// appendHeader appends everything up to the data, as version 1: the longest
// shape fits its 64 KiB.
func appendHeader(b []byte, t Type, shape []int) []byte {
	start := len(b)
	b = append(b, magic...)
	b = append(b, 1, 0, 0, 0)
	b = fmt.Appendf(b, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", t, tuple(shape))
	for (len(b)-start+1)%alignment != 0 {
		b = append(b, ' ')
	}
	b = append(b, '\n')
	binary.LittleEndian.PutUint16(b[start+len(magic)+2:], uint16(len(b)-start-len(magic)-4))
	return b
}

// A header is what a .npy file says about its array.
type header struct {
	descr   string // a Type, or what this package cannot read
	fortran bool
	shape   []int
	size    int64 // bytes before the data
}

// readHeader reads up to the data.
func readHeader(r io.Reader) (header, error) {
	var start [len(magic) + 2]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return header{}, fmt.Errorf("reading its header: %w", truncated(err))
	}
	if string(start[:len(magic)]) != magic {
		return header{}, fmt.Errorf("begins with %q, want %q, the magic string of .npy", start[:len(magic)], magic)
	}
	var length [4]byte
	n := 4
	switch version := start[len(magic)]; version {
	case 1:
		n = 2
	case 2, 3:
	default:
		return header{}, fmt.Errorf("is of version %d.%d of .npy, want 1, 2 or 3", version, start[len(magic)+1])
	}
	if _, err := io.ReadFull(r, length[:n]); err != nil {
		return header{}, fmt.Errorf("reading its header: %w", truncated(err))
	}
	size := binary.LittleEndian.Uint32(length[:])
	if size > maxHeader {
		return header{}, fmt.Errorf("has a header of %d bytes, want ≤ %d", size, maxHeader)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r, text); err != nil {
		return header{}, fmt.Errorf("reading its header: %w", truncated(err))
	}
	h, err := parseHeader(string(text))
	if err != nil {
		return header{}, fmt.Errorf("has the header %.200q: %w", strings.TrimRight(string(text), " \n"), err)
	}
	h.size = int64(len(start)+n) + int64(size)
	return h, nil
}

// truncated explains an unexpected end of a file.
func truncated(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// parseHeader reads the dictionary: the three keys in any order, once each.
func parseHeader(text string) (header, error) {
	p := parser{rest: text}
	var h header
	var seen [3]bool
	p.expect('{')
	for p.err == nil && !p.accept('}') {
		key := p.quoted()
		p.expect(':')
		i := 0
		switch key {
		case "descr":
			h.descr = p.descr()
		case "fortran_order":
			i = 1
			h.fortran = p.boolean()
		case "shape":
			i = 2
			h.shape = p.tuple()
		default:
			p.fail("the key %q, want descr, fortran_order or shape", key)
		}
		if seen[i] {
			p.fail("the key %q twice", key)
		}
		seen[i] = true
		if !p.accept(',') {
			p.expect('}')
			break
		}
	}
	if p.skipSpace(); p.rest != "" {
		p.fail("%.20q after the dictionary", p.rest)
	}
	for i, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[i] {
			p.fail("no %q", key)
		}
	}
	return h, p.err
}

// A parser takes Python literals from the front of rest. After the first error its
// methods do nothing.
type parser struct {
	rest string
	err  error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
		p.rest = ""
	}
}

func (p *parser) skipSpace() { p.rest = strings.TrimLeft(p.rest, " \t\n") }

func (p *parser) accept(c byte) bool {
	p.skipSpace()
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *parser) expect(c byte) {
	if !p.accept(c) {
		p.fail("%.20q, want %q", p.rest, c)
	}
}

// take returns the first n bytes.
func (p *parser) take(n int) string {
	s := p.rest[:n]
	p.rest = p.rest[n:]
	return s
}

// quoted takes a string; there is none with escapes in a header that this
// package can read.
func (p *parser) quoted() string {
	p.skipSpace()
	if p.rest != "" && (p.rest[0] == '\'' || p.rest[0] == '"') {
		if end := strings.IndexByte(p.rest[1:], p.rest[0]); end >= 0 {
			s := p.take(end + 2)
			return s[1 : end+1]
		}
	}
	p.fail("%.20q, want a string", p.rest)
	return ""
}

// descr takes a type: a string, or the list that names the fields of a record,
// which is returned unchanged.
func (p *parser) descr() string {
	p.skipSpace()
	if !strings.HasPrefix(p.rest, "[") {
		return p.quoted()
	}
	depth, quote := 0, byte(0)
	for i := range len(p.rest) {
		switch c := p.rest[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '[':
			depth++
		case c == ']':
			if depth--; depth == 0 {
				return p.take(i + 1)
			}
		}
	}
	p.fail("%.20q, want a list that ends", p.rest)
	return ""
}

func (p *parser) boolean() bool {
	p.skipSpace()
	switch {
	case strings.HasPrefix(p.rest, "False"):
		p.take(len("False"))
		return false
	case strings.HasPrefix(p.rest, "True"):
		p.take(len("True"))
		return true
	}
	p.fail("%.20q, want False or True", p.rest)
	return false
}

func (p *parser) tuple() []int {
	shape := []int{}
	p.expect('(')
	for p.err == nil && !p.accept(')') {
		p.skipSpace()
		n := 0
		for n < len(p.rest) && '0' <= p.rest[n] && p.rest[n] <= '9' {
			n++
		}
		d, err := strconv.Atoi(p.take(n))
		if err != nil {
			p.fail("a dimension that is not an integer from 0 to %d", math.MaxInt)
		}
		if len(shape) == maxDimensions {
			p.fail("a shape of more than %d dimensions", maxDimensions)
		}
		shape = append(shape, d)
		if !p.accept(',') {
			p.expect(')')
			break
		}
	}
	return shape
}
