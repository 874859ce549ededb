package hdf5

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// A Dataset is an array that grows along its first axis. A row is everything at one
// index of that axis. Rows can be written in pieces of any length and in any order.
type Dataset struct {
	*object
	// Chunk is the number of rows in a chunk, which is deflated and read as a whole. It
	// can be changed before the first row is written.
	Chunk int64

	of           Type
	inner        []int64          // lengths of the axes after the first
	row          int              // length of a row in bytes
	rows         int64            // number of rows so far
	open         map[int64]*chunk // by number
	last         *chunk           // the one that was written to last
	spare        [][]byte         // memory of chunks that are stored
	stored       []stored         // by number
	buf          []byte
	uncompressed bool
	closed       bool
}

// A chunk is in memory until all its rows are written.
type chunk struct {
	number int64
	data   []byte
	left   int64 // number of rows that are still missing
}

// stored says where a chunk is in the file.
type stored struct {
	address uint64
	size    uint32 // 0 if the chunk was never written
}

// chunkSize is the usual number of bytes of a chunk: enough to deflate well, but so few
// that many chunks can be open.
const chunkSize = 64 << 10

// Dataset adds a data set; inner are the lengths of its axes after the first.
func (g *Group) Dataset(name string, t Type, inner ...int64) *Dataset {
	d := &Dataset{object: g.add(name), of: t, inner: slices.Clone(inner), uncompressed: g.file.Uncompressed, open: map[int64]*chunk{}}
	row := int64(t.size)
	for _, n := range inner {
		if n < 1 || n > math.MaxUint32/row {
			g.file.fail(d.path, "inner axes of length %v and elements of %d bytes, want lengths ≥ 1 and a row of less than 4 GiB", inner, t.size)
			n = 1
		}
		row *= n
	}
	d.row = int(row)
	d.Chunk = max(1, chunkSize/row)
	d.object.finish = d.finish
	d.body = d.messages
	return d
}

// Rows returns the number of rows so far.
func (d *Dataset) Rows() int64 { return d.rows }

// Append adds rows at the end. They are a slice of the Go type that belongs to the type
// of the data set, or a single value of it.
func (d *Dataset) Append(values any) error { return d.WriteAt(values, d.rows) }

// WriteAt writes rows that begin with the given one. No row may be written twice. Rows
// before the last that are never written are zeros.
func (d *Dataset) WriteAt(values any, row int64) error {
	f := d.file
	if f.err == nil && d.closed {
		f.fail(d.path, "the data set is closed")
	}
	if f.err != nil {
		return f.err
	}
	b, err := d.encoded(values)
	if err != nil {
		f.fail(d.path, "%w", err)
		return f.err
	}
	d.rows = max(d.rows, row+int64(len(b)/d.row))
	for len(b) > 0 {
		number, first := row/d.Chunk, row%d.Chunk
		c := d.last
		if c == nil || c.number != number {
			c = d.chunk(number)
		}
		n := min(c.left, d.Chunk-first, int64(len(b)/d.row))
		if n <= 0 {
			f.fail(d.path, "row %d is written a second time", row)
			return f.err
		}
		copy(c.data[int(first)*d.row:], b[:int(n)*d.row])
		if c.left -= n; c.left == 0 {
			d.store(c)
		}
		b = b[int(n)*d.row:]
		row += n
	}
	return f.err
}

// encoded returns the bytes of values, which must be whole rows.
func (d *Dataset) encoded(values any) ([]byte, error) {
	switch values.(type) {
	case Row, []Row:
		if d.of.kind != compound {
			return nil, fmt.Errorf("values are a %T, which does not fit", values)
		}
	default:
		a, err := arrayOf(values)
		if err != nil {
			return nil, err
		}
		if !d.of.holds(a.of) {
			return nil, fmt.Errorf("values are a %T, which does not fit", values)
		}
		values = a.Values
	}
	b, err := d.file.encode(d.buf[:0], d.of, values)
	if err != nil {
		return nil, err
	}
	d.buf = b
	if len(b)%d.row != 0 {
		return nil, fmt.Errorf("%d values, want a multiple of %d", len(b)/d.of.size, d.row/d.of.size)
	}
	return b, nil
}

// chunk returns an open chunk, which it opens if need be. If the chunk is stored
// already, it returns one that has no rows left.
func (d *Dataset) chunk(number int64) *chunk {
	c := d.open[number]
	switch {
	case c != nil:
	case number < int64(len(d.stored)) && d.stored[number].size > 0:
		return &chunk{number: number}
	default:
		c = &chunk{number: number, left: d.Chunk}
		if n := len(d.spare); n > 0 {
			c.data, d.spare = d.spare[n-1], d.spare[:n-1]
			clear(c.data)
		} else {
			c.data = make([]byte, int(d.Chunk)*d.row)
		}
		d.open[number] = c
	}
	d.last = c
	return c
}

// store writes an open chunk to the file.
func (d *Dataset) store(c *chunk) {
	for int64(len(d.stored)) <= c.number {
		d.stored = append(d.stored, stored{})
	}
	packed := c.data
	if !d.uncompressed {
		packed = d.file.pack.pack(c.data, d.of.size)
	}
	d.stored[c.number] = stored{d.file.write(packed), uint32(len(packed))}
	delete(d.open, c.number)
	d.spare = append(d.spare, c.data)
	d.last = nil
}

// Close writes the open chunks and frees their memory. The data set can then grow no
// more. Closing the file closes all data sets.
func (d *Dataset) Close() error {
	d.finish()
	return d.file.err
}

func (d *Dataset) finish() {
	d.closed = true
	if c := d.open[0]; c != nil && len(d.open) == 1 && d.stored == nil && d.rows < d.Chunk {
		// A single chunk need not be longer than the data.
		d.Chunk = d.rows
		c.data = c.data[:int(d.rows)*d.row]
	}
	for _, number := range slices.Sorted(maps.Keys(d.open)) {
		d.store(d.open[number])
	}
	d.spare, d.buf = nil, nil
}

// messages appends the header messages of the data set.
func (d *Dataset) messages(b []byte) []byte {
	shape := append([]int64{d.rows}, d.inner...)
	chunk := append([]int64{max(1, d.Chunk)}, d.inner...)

	layout := []byte{3, 2, byte(len(shape) + 1)} // version, chunked, rank + 1
	layout = le.AppendUint64(layout, d.file.writeIndex(d.stored, chunk))
	for _, n := range chunk {
		layout = le.AppendUint32(layout, uint32(n))
	}
	layout = le.AppendUint32(layout, uint32(d.of.size))

	b = d.message(b, msgDataspace, dataspace(shape))
	b = d.message(b, msgDatatype, d.of.message)
	b = d.message(b, msgFill, fillChunked)
	b = d.message(b, msgLayout, layout)
	if d.uncompressed {
		return b
	}
	return d.message(b, msgPipeline, pipeline(d.of.size))
}

// Fill value messages (IV.A.2.f). They define no value, which means zero, and say when
// space is allocated: early, late or incrementally.
var (
	fillCompact    = []byte{3, 2<<2 | 1}
	fillContiguous = []byte{3, 2<<2 | 2}
	fillChunked    = []byte{3, 2<<2 | 3}
)

// maxCompact is the largest number of bytes that are stored in the header itself.
const maxCompact = 4096

// Write adds a data set that is written at once. Its value is as for Object.Attr.
func (g *Group) Write(name string, value any) Object {
	o := g.add(name)
	f := g.file
	a, err := arrayOf(value)
	if err != nil {
		f.fail(o.path, "%w", err)
		return o
	}
	data, err := f.encode(nil, a.of, a.Values)
	if err != nil {
		f.fail(o.path, "%w", err)
		return o
	}
	var fill, layout []byte
	if len(data) <= maxCompact {
		fill = fillCompact
		layout = le.AppendUint16([]byte{3, 0}, uint16(len(data)))
		layout = append(layout, data...)
	} else {
		fill = fillContiguous
		layout = le.AppendUint64([]byte{3, 1}, f.write(data))
		layout = le.AppendUint64(layout, uint64(len(data)))
	}
	o.body = func(b []byte) []byte {
		b = o.message(b, msgDataspace, dataspace(a.Shape))
		b = o.message(b, msgDatatype, a.of.message)
		b = o.message(b, msgFill, fill)
		return o.message(b, msgLayout, layout)
	}
	return o
}
