// Package hdf5 writes HDF5 files with what NWB and SONATA need: groups, attributes, and
// data sets that grow along their first axis and are deflated chunk by chunk. Elements
// are numbers, booleans, strings, references to objects, or compounds of these. The
// package cannot read files.
//
// Files can be larger than memory, which holds only open chunks, 24 bytes for each
// chunk that was written, names and attributes. The same calls give the same bytes.
//
// Comments cite sections of the HDF5 File Format Specification, version 3.0. A file has
// a superblock of version 2, object headers of version 2 that hold links and
// attributes, B-trees of version 1 as indexes of chunks, and global heaps. Every HDF5
// library since 1.8 can read these.
package hdf5

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var le = binary.LittleEndian

// undefined is the address of something that does not exist.
const undefined = ^uint64(0)

// A File is an HDF5 file that is being written. After the first error, which Err and
// Close return, nothing more is written.
type File struct {
	Root *Group // contains everything else

	// Uncompressed says whether to store data sets that are added from now on as they
	// are: some readers cannot inflate.
	Uncompressed bool

	to      io.WriterAt
	buf     []byte // the end of the file, which is not written yet
	at      uint64 // address of buf
	objects []*object
	heap    heap
	pack    packer
	err     error
	closed  bool
}

// The file begins with the superblock (II.A).
const (
	signature      = "\x89HDF\r\n\x1a\n"
	superblockSize = 48
)

const bufferSize = 256 << 10

// Create begins a file, which nothing can read before Close. Errors that methods do not
// return are returned by Close.
func Create(w io.WriterAt) *File {
	f := &File{to: w, buf: make([]byte, superblockSize, bufferSize)}
	f.heap.file = f
	f.Root = &Group{object: f.newObject(""), links: map[string]uint64{}}
	f.Root.body = f.Root.messages
	return f
}

// Close writes the rest of all data sets, the headers of all objects and, as the very
// last, the superblock. It does not close the writer.
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

// Err returns the first error.
func (f *File) Err() error { return f.err }

func (f *File) fail(name, format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("hdf5: %s: %w", name, fmt.Errorf(format, args...))
	}
}

// end returns the address of the next byte.
func (f *File) end() uint64 { return f.at + uint64(len(f.buf)) }

// write appends bytes to the file and returns their address.
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

// fill overwrites bytes that a single call of write wrote.
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
