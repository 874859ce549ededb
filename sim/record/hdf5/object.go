package hdf5

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Header messages (IV.A.2).
const (
	msgDataspace     = 0x01
	msgLinkInfo      = 0x02
	msgDatatype      = 0x03
	msgFill          = 0x05
	msgLink          = 0x06
	msgLayout        = 0x08
	msgGroupInfo     = 0x0a
	msgPipeline      = 0x0b
	msgAttribute     = 0x0c
	msgContinuation  = 0x10
	msgAttributeInfo = 0x15
)

// An Object is a group or a data set.
type Object interface {
	// Attr adds an attribute. Its value is a bool, a number, a string, a Fixed, an
	// Object, a slice of these, or an Array.
	Attr(name string, value any)

	self() *object
}

// An object has an address from the beginning, so that links and references to it can be
// written before its header is complete. At that address is a stub of the header, which
// Close fills in: it says where the rest is.
type object struct {
	file    *File
	path    string
	address uint64
	finish  func()                // writes the rest of the data; may be nil
	body    func(b []byte) []byte // appends the messages other than attributes
	attrs   map[string]bool
	encoded []byte // messages of the attributes
}

func (f *File) newObject(path string) *object {
	if f.closed {
		f.fail(path, "the file is closed")
	}
	o := &object{file: f, path: path, attrs: map[string]bool{}}
	o.address = f.write(make([]byte, stubSize))
	f.objects = append(f.objects, o)
	return o
}

func (o *object) self() *object { return o }

// name returns the path of the object, for error messages.
func (o *object) name() string {
	if o.path == "" {
		return "/"
	}
	return o.path
}

// Attr implements Object (IV.A.2.m).
func (o *object) Attr(name string, value any) {
	full := o.name() + "@" + name
	switch {
	case name == "" || !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		o.file.fail(full, "want a name in UTF-8, without U+0000")
		return
	case o.attrs[name]:
		o.file.fail(full, "there is an attribute of this name already")
		return
	}
	o.attrs[name] = true
	a, err := arrayOf(value)
	if err != nil {
		o.file.fail(full, "%w", err)
		return
	}
	data, err := o.file.encode(nil, a.of, a.Values)
	if err != nil {
		o.file.fail(full, "%w", err)
		return
	}
	space := dataspace(a.Shape)
	b := []byte{3, 0} // version, flags
	b = le.AppendUint16(b, uint16(len(name)+1))
	b = le.AppendUint16(b, uint16(len(a.of.message)))
	b = le.AppendUint16(b, uint16(len(space)))
	b = append(b, utf8Names)
	b = append(append(b, name...), 0)
	b = append(append(append(b, a.of.message...), space...), data...)
	o.encoded = o.message(o.encoded, msgAttribute, b)
}

// utf8Names is the number of the character set of names and strings.
const utf8Names = 1

// message appends a header message (IV.A.1.b).
func (o *object) message(b []byte, kind byte, data []byte) []byte {
	if len(data) > math.MaxUint16 {
		o.file.fail(o.name(), "a header message of %d bytes, want ≤ %d", len(data), math.MaxUint16)
		return b
	}
	b = append(b, kind)
	b = le.AppendUint16(b, uint16(len(data)))
	return append(append(b, 0), data...)
}

// header returns the rest of the header, which the stub points to.
func (o *object) header() []byte {
	b := o.body([]byte("OCHK"))
	info := []byte{0, 0} // version, flags
	info = le.AppendUint64(info, undefined)
	info = le.AppendUint64(info, undefined) // all attributes are in the header
	b = o.message(b, msgAttributeInfo, info)
	b = append(b, o.encoded...)
	return le.AppendUint32(b, checksum(b))
}

const stubSize = 31

// stub returns the beginning of an object header, with a single message that says where
// the rest is.
func stub(address uint64, length int) []byte {
	b := append([]byte("OHDR"), 2, 0) // version; flags: the size has one byte, there are no times
	b = append(b, 20, msgContinuation, 16, 0, 0)
	b = le.AppendUint64(b, address)
	b = le.AppendUint64(b, uint64(length))
	return le.AppendUint32(b, checksum(b))
}

// dataspace returns the message for a shape (IV.A.2.b), which is nil for a single value.
func dataspace(shape []int64) []byte {
	b := []byte{2, byte(len(shape)), 0, 1} // version, rank, flags, simple
	if shape == nil {
		b[3] = 0 // scalar
	}
	for _, n := range shape {
		b = le.AppendUint64(b, uint64(n))
	}
	return b
}
