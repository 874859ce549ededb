// Package hdf5 writes HDF5 files, as far as NWB and SONATA need them: groups,
// data sets that grow along their first axis while their rows come in, deflated
// chunk by chunk, and attributes, with elements that are numbers, booleans,
// strings, references to objects and compounds of these. It does not read.
//
// Whatever the size of the data, memory holds the open chunks, 24 bytes for each
// chunk written, the names and the attributes. The bytes of a file depend on
// nothing but what is written.
//
// Written after the HDF5 File Format Specification, version 3.0, which the
// comments cite by section: superblock version 2, object headers version 2 with
// links and attributes in them, chunks indexed by a B-tree of version 1, and
// global heaps. Every HDF5 library since 1.8 reads that.
package hdf5

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var le = binary.LittleEndian

// undefined is the address of what is not there.
const undefined = ^uint64(0)

// A File is being written.
type File struct {
	Root *Group // holds everything, and attributes of the file

	// Plain says that data sets added from now on are not to be deflated: some
	// readers are built without that.
	Plain bool

	to      io.WriterAt
	buf     []byte // the end of the file, not written yet
	at      uint64 // where in the file buf begins
	objects []*object
	heap    heap
	pack    packer
	err     error // the first; nothing is written after it
	closed  bool
}

// The superblock stands at the start of the file (II.A).
const (
	signature      = "\x89HDF\r\n\x1a\n"
	superblockSize = 48
)

const bufferSize = 256 << 10

// Create begins a file that goes to w, from its first byte. What is not possible
// or fails is told by Close at the latest; until Close nothing can read the file.
func Create(w io.WriterAt) *File {
	f := &File{to: w, buf: make([]byte, superblockSize, bufferSize)}
	f.heap.file = f
	f.Root = &Group{object: f.newObject(""), links: map[string]uint64{}}
	f.Root.body = f.Root.messages
	return f
}

// Close writes what is still open, the headers of all objects and, at the very
// end, the superblock, without which the file is none. It does not close what
// the file was created with.
func (f *File) Close() error {
	if f.closed {
		return errors.New("hdf5: the file is closed")
	}
	f.closed = true
	if f.err != nil {
		return f.err
	}
	for _, o := range f.objects {
		if o.finish != nil {
			o.finish()
		}
	}
	for _, o := range f.objects {
		h := o.header()
		f.fill(stub(f.write(h), len(h)), o.address)
	}
	f.heap.flush()
	end := f.end()
	f.flush()
	b := append([]byte(signature), 2, 8, 8, 0) // version, size of offsets and lengths, flags
	b = le.AppendUint64(b, 0)                  // base address
	b = le.AppendUint64(b, undefined)          // superblock extension
	b = le.AppendUint64(b, end)
	b = le.AppendUint64(b, f.Root.address)
	f.writeAt(le.AppendUint32(b, checksum(b)), 0)
	return f.err
}

// Err returns the first error, if there has been one.
func (f *File) Err() error { return f.err }

func (f *File) fail(name, format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("hdf5: %s: %w", name, fmt.Errorf(format, args...))
	}
}

// end returns the address of what comes next.
func (f *File) end() uint64 { return f.at + uint64(len(f.buf)) }

// write appends to the file and returns the address.
func (f *File) write(b []byte) uint64 {
	address := f.end()
	f.buf = append(f.buf, b...)
	if len(f.buf) >= bufferSize {
		f.flush()
	}
	return address
}

func (f *File) flush() {
	f.writeAt(f.buf, f.at)
	f.at += uint64(len(f.buf))
	f.buf = f.buf[:0]
}

// fill writes what a single earlier call of write left room for.
func (f *File) fill(b []byte, at uint64) {
	if at >= f.at {
		copy(f.buf[at-f.at:], b)
		return
	}
	f.writeAt(b, at)
}

func (f *File) writeAt(b []byte, at uint64) {
	if f.err != nil {
		return
	}
	if _, err := f.to.WriteAt(b, int64(at)); err != nil {
		f.err = fmt.Errorf("hdf5: %w", err)
	}
}
