// Package hdf5test reads the HDF5 files that package hdf5 writes, slowly and
// strictly, for tests: it shares no code with the writer, compares every
// checksum, and wants every byte of the file to belong to one thing only.
package hdf5test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// An Object is a group or a data set.
type Object struct {
	Path  string // the first by which it was found
	Attrs map[string]*Array
	// Links are the members of a group in the order of the file; nil in a data set.
	Links []Link
	*Array
	Chunk   []int64  // shape of the chunks; nil if there are none
	Filters []string // "shuffle 8"

	address uint64
}

// Link is a member of a group.
type Link struct {
	Name string
	To   *Object
}

// An Array holds elements in C order. Integers are int64 or uint64, references
// *Object, compounds map[string]any.
type Array struct {
	Type   string  // "int32", "string", …
	Shape  []int64 // nil for a single value
	Values []any
}

// Find returns what a path leads to, nil if nothing.
func (o *Object) Find(path string) *Object {
	for _, name := range strings.Split(strings.Trim(path, "/"), "/") {
		if name == "" {
			continue
		}
		i := slices.IndexFunc(o.Links, func(l Link) bool { return l.Name == name })
		if i < 0 {
			return nil
		}
		o = o.Links[i].To
	}
	return o
}

// Read reads a whole file.
func Read(file []byte) (root *Object, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("hdf5test: %v", r)
		}
	}()
	p := &parser{file: file, objects: map[uint64]*Object{}, heaps: map[uint64]map[uint32]string{}}
	s := p.claim(0, 48, "superblock")
	p.want(string(s.take(8)), "\x89HDF\r\n\x1a\n", "signature")
	p.want(string(s.take(4)), "\x02\x08\x08\x00", "version, sizes and flags")
	p.want(s.u64(), uint64(0), "base address")
	p.want(s.u64(), none, "extension")
	p.want(s.u64(), uint64(len(file)), "end of the file")
	at := s.u64()
	p.want(s.u32(), lookup3(file[:44]), "checksum of the superblock")
	root = p.object(at, "")
	for _, fix := range p.later {
		fix()
	}

	slices.SortFunc(p.claims, func(a, b claim) int { return int(a.from) - int(b.from) })
	end := uint64(0)
	for _, c := range p.claims {
		p.want(c.from, end, "start of the "+c.what)
		end = c.to
	}
	p.want(end, uint64(len(file)), "end of what is used")
	return root, nil
}

const none = ^uint64(0)

type claim struct {
	from, to uint64
	what     string
}

type parser struct {
	file    []byte
	claims  []claim
	objects map[uint64]*Object
	heaps   map[uint64]map[uint32]string
	later   []func() // what needs all objects
}

func (p *parser) want(got, want any, what string) {
	if got != want {
		panic(fmt.Sprintf("%s: %#v, want %#v", what, got, want))
	}
}

// claim returns a part of the file, which nothing else may use.
func (p *parser) claim(at, size uint64, what string) *cursor {
	p.claims = append(p.claims, claim{at, at + size, what})
	return &cursor{p.file[at : at+size]}
}

// A cursor takes bytes one after the other.
type cursor struct{ b []byte }

func (c *cursor) take(n int) []byte {
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}
func (c *cursor) u8() byte    { return c.take(1)[0] }
func (c *cursor) u16() int    { return int(binary.LittleEndian.Uint16(c.take(2))) }
func (c *cursor) u32() uint32 { return binary.LittleEndian.Uint32(c.take(4)) }
func (c *cursor) u64() uint64 { return binary.LittleEndian.Uint64(c.take(8)) }
func (c *cursor) text() string {
	n := bytes.IndexByte(c.b, 0)
	s := string(c.take(n))
	c.take(1)
	return s
}

func (p *parser) object(at uint64, path string) *Object {
	if o := p.objects[at]; o != nil {
		return o
	}
	o := &Object{Path: path, Attrs: map[string]*Array{}, address: at}
	if path == "" {
		o.Path = "/"
	}
	p.objects[at] = o

	s := p.claim(at, 31, "header of "+path)
	p.want(string(s.take(6)), "OHDR\x02\x00", "start of the header of "+path)
	p.want(s.u8(), byte(20), "its size")
	p.want(string(s.take(4)), "\x10\x10\x00\x00", "its only message")
	rest, size := s.u64(), s.u64()
	p.want(s.u32(), lookup3(p.file[at:at+27]), "its checksum")

	m := p.claim(rest, size, "messages of "+path)
	p.want(string(m.take(4)), "OCHK", "start of the messages of "+path)
	body := &cursor{m.take(len(m.b) - 4)}
	p.want(m.u32(), lookup3(p.file[rest:rest+size-4]), "their checksum")

	var shape []int64
	var t *datatype
	var layout *cursor
	seen := map[byte]bool{}
	for len(body.b) > 0 {
		kind := body.u8()
		n := body.u16()
		p.want(body.u8(), byte(0), "message flags")
		d := &cursor{body.take(n)}
		if seen[kind] && kind != 0x06 && kind != 0x0c {
			panic(fmt.Sprintf("%s has two messages %#x", path, kind))
		}
		seen[kind] = true
		switch kind {
		case 0x01:
			shape = p.dataspace(d)
		case 0x02, 0x15:
			p.want(string(d.take(2)), "\x00\x00", "link or attribute info")
			p.want(d.u64(), none, "fractal heap")
			p.want(d.u64(), none, "name index")
			if kind == 0x02 {
				o.Links = []Link{}
			}
		case 0x03:
			t = p.datatype(d)
		case 0x05:
			p.want(d.u8(), byte(3), "version of fill value")
			p.want(d.u8()&^3, byte(8), "fill value")
		case 0x06:
			p.want(string(d.take(3)), "\x01\x11\x01", "link flags")
			name := string(d.take(d.u16()))
			o.Links = append(o.Links, Link{name, p.object(d.u64(), path+"/"+name)})
		case 0x08:
			layout = &cursor{slices.Clone(d.b)}
			d.b = nil
		case 0x0a:
			p.want(string(d.take(2)), "\x00\x00", "group info")
		case 0x0b:
			p.want(d.u8(), byte(2), "version of pipeline")
			for range d.u8() {
				name := map[int]string{1: "deflate", 2: "shuffle"}[d.u16()]
				p.want(d.u16(), 0, "filter flags")
				p.want(d.u16(), 1, "filter parameters")
				o.Filters = append(o.Filters, fmt.Sprint(name, " ", d.u32()))
			}
		case 0x0c:
			p.attribute(o, d)
		default:
			panic(fmt.Sprintf("%s has a message %#x", path, kind))
		}
		p.want(len(d.b), 0, fmt.Sprintf("bytes left of message %#x of %s", kind, path))
	}
	if !seen[0x15] {
		panic(path + " has no attribute info")
	}
	if layout != nil {
		o.Array = &Array{Type: t.name, Shape: shape}
		data := p.data(o, layout, t, shape)
		p.later = append(p.later, func() { o.Values = p.values(t, &cursor{data}, elements(shape)) })
	}
	return o
}

func (p *parser) attribute(o *Object, d *cursor) {
	p.want(string(d.take(2)), "\x03\x00", "attribute version and flags")
	n, nt, ns := d.u16(), d.u16(), d.u16()
	p.want(d.u8(), byte(1), "attribute character set")
	name := string(d.take(n - 1))
	p.want(d.u8(), byte(0), "end of the name")
	tc, sc := &cursor{d.take(nt)}, &cursor{d.take(ns)}
	t := p.datatype(tc)
	a := &Array{Type: t.name, Shape: p.dataspace(sc)}
	p.want(len(tc.b)+len(sc.b), 0, "bytes left of attribute "+name)
	if o.Attrs[name] != nil {
		panic("two attributes " + name)
	}
	o.Attrs[name] = a
	data := &cursor{d.take(t.size * elements(a.Shape))}
	p.later = append(p.later, func() { a.Values = p.values(t, data, elements(a.Shape)) })
}

func elements(shape []int64) int {
	n := 1
	for _, d := range shape {
		n *= int(d)
	}
	return n
}

func (p *parser) dataspace(d *cursor) []int64 {
	p.want(d.u8(), byte(2), "version of dataspace")
	rank := d.u8()
	p.want(d.u8(), byte(0), "dataspace flags")
	if kind := d.u8(); kind == 0 {
		p.want(rank, byte(0), "rank of a single value")
		return nil
	}
	shape := []int64{}
	for range rank {
		shape = append(shape, int64(d.u64()))
	}
	return shape
}

// datatype is one of the types that are read.
type datatype struct {
	name    string
	size    int
	members []member
}

type member struct {
	name   string
	offset int
	of     *datatype
}

func (p *parser) datatype(d *cursor) *datatype {
	head := d.u32()
	class, flags := head&15, head>>8
	t := &datatype{size: int(d.u32())}
	switch class {
	case 0:
		p.want(head>>4&15, uint32(1), "version of integer")
		t.name = fmt.Sprint("uint", 8*t.size)
		if flags == 8 {
			t.name = t.name[1:]
		} else {
			p.want(flags, uint32(0), "integer flags")
		}
		p.want(d.u16(), 0, "bit offset")
		p.want(d.u16(), 8*t.size, "precision")
	case 1:
		t.name = fmt.Sprint("float", 8*t.size)
		p.want(flags, uint32(8*t.size-1)<<8|0x20, "float flags")
		p.want(d.u32(), uint32(8*t.size)<<16, "offset and precision")
		layout := [2]uint32{d.u32(), d.u32()}
		p.want(layout, map[int][2]uint32{4: {0x17000817, 127}, 8: {0x34000b34, 1023}}[t.size], "float layout")
	case 3:
		t.name = fmt.Sprint("fixed ", t.size)
		p.want(flags, uint32(0x11), "string flags")
	case 6:
		p.want(head>>4&15, uint32(3), "version of compound")
		var names []string
		for range flags {
			name := d.text()
			offset := int(d.u8())
			if t.size > 255 {
				offset += int(d.u8()) << 8
			}
			m := member{name, offset, p.datatype(d)}
			t.members = append(t.members, m)
			names = append(names, m.name+" "+m.of.name)
		}
		t.name = "{" + strings.Join(names, ", ") + "}"
	case 7:
		t.name = "reference"
		p.want(flags, uint32(0), "reference flags")
	case 8:
		t.name = "bool"
		p.want(head>>4&15, uint32(3), "version of enumeration")
		p.want(flags, uint32(2), "members of bool")
		p.want(p.datatype(d).name, "int8", "base of bool")
		p.want(string(d.take(13)), "FALSE\x00TRUE\x00\x00\x01", "bool")
	case 9:
		t.name = "string"
		p.want(flags, uint32(0x101), "variable string flags")
		p.want(t.size, 16, "size of string")
		p.want(p.datatype(d).name, "uint8", "base of string")
	default:
		panic(fmt.Sprintf("datatype class %d", class))
	}
	return t
}

// data returns the bytes of a data set.
func (p *parser) data(o *Object, l *cursor, t *datatype, shape []int64) []byte {
	p.want(l.u8(), byte(3), "version of layout")
	switch class := l.u8(); class {
	case 0:
		return l.take(l.u16())
	case 1:
		at := l.u64()
		return p.claim(at, l.u64(), "data of "+o.Path).b
	case 2:
		p.want(int(l.u8()), len(shape)+1, "dimensions of chunks")
		root := l.u64()
		size := t.size
		for range shape {
			n := l.u32()
			o.Chunk = append(o.Chunk, int64(n))
			size *= int(n)
		}
		p.want(int(l.u32()), t.size, "size of elements")
		if !slices.Equal(o.Chunk[1:], shape[1:]) || o.Chunk[0] < 1 {
			panic(fmt.Sprintf("chunks of %v for %v", o.Chunk, shape))
		}
		rows := (int(shape[0]) + int(o.Chunk[0]) - 1) / int(o.Chunk[0])
		data := make([]byte, rows*size)
		if root != none {
			leaves := p.tree(root, len(shape), 0, math.MaxUint64, -1)
			for i, leaf := range leaves {
				if i > 0 && leaf.row <= leaves[i-1].row || leaf.row%uint64(o.Chunk[0]) != 0 {
					panic(fmt.Sprintf("chunk at row %d", leaf.row))
				}
				at := int(leaf.row) / int(o.Chunk[0]) * size
				p.unfilter(data[at:at+size], p.claim(leaf.at, leaf.size, "chunk of "+o.Path).b, o.Filters, t.size)
			}
		}
		return data[:elements(shape)*t.size]
	default:
		panic(fmt.Sprintf("layout %d", class))
	}
}

type leaf struct{ row, size, at uint64 }

// tree returns the chunks below a node whose keys lie between from and to.
func (p *parser) tree(at uint64, rank int, from, to uint64, level int) []leaf {
	key := 8 + 8*(rank+1)
	n := p.claim(at, uint64(24+64*(key+8)+key), "tree")
	p.want(string(n.take(5)), "TREE\x01", "tree")
	l := int(n.u8())
	if level >= 0 {
		p.want(l, level, "level")
	}
	used := n.u16()
	left, right := n.u64(), n.u64()
	for _, s := range []uint64{left, right} {
		if s != none {
			p.want(string(p.file[s:s+6]), "TREE\x01"+string(rune(l)), "sibling")
		}
	}
	if left != none {
		p.want(binary.LittleEndian.Uint64(p.file[left+16:]), at, "right sibling of the left sibling")
	}
	takeKey := func() leaf {
		k := leaf{size: uint64(n.u32())}
		p.want(n.u32(), uint32(0), "filter mask")
		k.row = n.u64()
		for range rank {
			p.want(n.u64(), uint64(0), "offset")
		}
		return k
	}
	var leaves []leaf
	k := takeKey()
	if k.row < from {
		panic("key too small")
	}
	for range used {
		child := n.u64()
		next := takeKey()
		if next.row <= k.row || next.row > to {
			panic("keys out of order")
		}
		if l > 0 {
			below := p.tree(child, rank, k.row, next.row, l-1)
			p.want(below[0].row, k.row, "first chunk below a key")
			leaves = append(leaves, below...)
		} else {
			k.at = child
			leaves = append(leaves, k)
		}
		k = next
	}
	return leaves
}

func (p *parser) unfilter(to, b []byte, filters []string, size int) {
	for _, f := range slices.Backward(filters) {
		switch f {
		case "deflate 4":
			z, err := zlib.NewReader(bytes.NewReader(b))
			if err != nil {
				panic(err)
			}
			if b, err = io.ReadAll(z); err != nil {
				panic(err)
			}
		case fmt.Sprint("shuffle ", size):
			plain := make([]byte, len(b))
			for i := range b {
				plain[i] = b[i%size*(len(b)/size)+i/size]
			}
			b = plain
		default:
			panic("filter " + f)
		}
	}
	p.want(len(b), len(to), "bytes of a chunk")
	copy(to, b)
}

func (p *parser) values(t *datatype, d *cursor, n int) []any {
	v := make([]any, n)
	for i := range v {
		v[i] = p.value(t, &cursor{d.take(t.size)})
	}
	p.want(len(d.b), 0, "bytes after the values")
	return v
}

func (p *parser) value(t *datatype, d *cursor) any {
	switch t.name {
	case "int8":
		return int64(int8(d.u8()))
	case "int16":
		return int64(int16(d.u16()))
	case "int32":
		return int64(int32(d.u32()))
	case "int64":
		return int64(d.u64())
	case "uint8":
		return uint64(d.u8())
	case "uint16":
		return uint64(d.u16())
	case "uint32":
		return uint64(d.u32())
	case "uint64":
		return d.u64()
	case "float32":
		return math.Float32frombits(d.u32())
	case "float64":
		return math.Float64frombits(d.u64())
	case "bool":
		b := d.u8()
		if b > 1 {
			panic("bool of another value")
		}
		return b == 1
	case "reference":
		at := d.u64()
		if p.objects[at] == nil {
			panic(fmt.Sprintf("a reference to %d, where there is no object", at))
		}
		return p.objects[at]
	case "string":
		n, at, index := d.u32(), d.u64(), d.u32()
		if n == 0 {
			p.want(at+uint64(index), uint64(0), "place of an empty string")
			return ""
		}
		s, ok := p.heap(at)[index]
		if !ok || len(s) != int(n) {
			panic(fmt.Sprintf("string %d of %d bytes", index, n))
		}
		return s
	}
	if t.members == nil {
		return strings.TrimRight(string(d.b), "\x00")
	}
	row := map[string]any{}
	for _, m := range t.members {
		row[m.name] = p.value(m.of, &cursor{d.b[m.offset : m.offset+m.of.size]})
	}
	return row
}

// heap reads a collection of strings.
func (p *parser) heap(at uint64) map[uint32]string {
	if h := p.heaps[at]; h != nil {
		return h
	}
	h := map[uint32]string{}
	p.heaps[at] = h
	size := binary.LittleEndian.Uint64(p.file[at+8:])
	d := p.claim(at, size, "heap")
	p.want(string(d.take(8)), "GCOL\x01\x00\x00\x00", "heap")
	d.take(8)
	if size < 4096 {
		panic("a small heap")
	}
	for len(d.b) >= 16 {
		left := len(d.b)
		index := uint32(d.u16())
		d.take(6)
		n := d.u64()
		if index == 0 {
			p.want(n, uint64(left), "free part of the heap")
			d.take(len(d.b))
			break
		}
		h[index] = string(d.take(int(n)))
		d.take(int(-n & 7))
	}
	for _, b := range d.b { // too little for an object is free without one
		p.want(b, byte(0), "rest of the heap")
	}
	return h
}

// lookup3 follows the description of the hash, a byte at a time.
func lookup3(key []byte) uint32 {
	rot := func(x uint32, k int) uint32 { return x<<k | x>>(32-k) }
	s := [3]uint32{0xdeadbeef + uint32(len(key)), 0xdeadbeef + uint32(len(key)), 0xdeadbeef + uint32(len(key))}
	for len(key) > 0 {
		n := min(12, len(key))
		for i, b := range key[:n] {
			s[i/4] += uint32(b) << (8 * (i % 4))
		}
		last := len(key) <= 12
		key = key[n:]
		if last {
			for _, m := range [][3]int{{2, 1, 14}, {0, 2, 11}, {1, 0, 25}, {2, 1, 16}, {0, 2, 4}, {1, 0, 14}, {2, 1, 24}} {
				s[m[0]] ^= s[m[1]]
				s[m[0]] -= rot(s[m[1]], m[2])
			}
			break
		}
		for i, k := range []int{4, 6, 8, 16, 19, 4} {
			a, b, c := i%3, (i+1)%3, (i+2)%3
			s[a] -= s[c]
			s[a] ^= rot(s[c], k)
			s[c] += s[b]
		}
	}
	return s[2]
}
