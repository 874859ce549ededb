package hdf5_test

import (
	"fmt"
	"testing"

	"plateau/sim/record/hdf5"
)

// memory is a file in memory.
type memory struct{ b []byte }

func (m *memory) WriteAt(b []byte, at int64) (int, error) {
	if n := int(at) + len(b); n > len(m.b) {
		m.b = append(m.b, make([]byte, n-len(m.b))...)
	}
	return copy(m.b[at:], b), nil
}

// zoo holds one of everything that the package can write.
func zoo(t *testing.T) []byte {
	t.Helper()
	var m memory
	f := hdf5.Create(&m)

	f.Root.Attr("bool", true)
	f.Root.Attr("int8", int8(-1))
	f.Root.Attr("int16", int16(-300))
	f.Root.Attr("int32", int32(-1<<31))
	f.Root.Attr("int64", int64(-1<<63))
	f.Root.Attr("int", -3)
	f.Root.Attr("uint8", uint8(255))
	f.Root.Attr("uint16", uint16(65535))
	f.Root.Attr("uint32", uint32(1<<32-1))
	f.Root.Attr("uint64", uint64(1<<64-1))
	f.Root.Attr("float32", float32(0.1))
	f.Root.Attr("float64", -1e-300)
	f.Root.Attr("string", "Δt ≥ 0")
	f.Root.Attr("empty", "")
	f.Root.Attr("fixed", hdf5.Fixed("φ"))
	f.Root.Attr("strings", []string{"basal", "", "apical", "basal"})
	f.Root.Attr("bools", []bool{true, false, true})
	f.Root.Attr("matrix", hdf5.Array{Shape: []int64{2, 3}, Values: []int{1, 2, 3, 4, 5, 6}})
	f.Root.Attr("none", []float64{})

	g := f.Root.Group("group")
	sub := g.Group("größe")
	sub.Attr("up", g)
	one := sub.Write("one", 1.5)
	one.Attr("unit", "ms")
	sub.Write("list", []string{"a", "bc", "def"})
	sub.Write("names", []hdf5.Fixed{"a", "bc", "def"})
	sub.Write("large", hdf5.Array{Shape: []int64{3, 10000}, Values: count(30000)})
	sub.Write("objects", []hdf5.Object{f.Root, g, one})
	f.Root.Link("elsewhere", one)

	// Pieces that do not fit the chunks.
	d := g.Dataset("streamed", hdf5.Int64)
	d.Chunk = 10
	for i, left := 1, 10007; left > 0; i++ {
		n := min(i%50, left)
		v := make([]int64, n)
		for j := range v {
			v[j] = int64(10007 - left + j)
		}
		d.Append(v)
		left -= n
	}
	d.Attr("group", g)

	d = g.Dataset("rows", hdf5.Float32, 3, 2)
	d.Chunk = 4
	for i := range 9 {
		v := make([]float32, 6)
		for j := range v {
			v[j] = float32(i) + float32(j)/8
		}
		d.Append(v)
	}

	// From the end to the start, with a hole: rows 30 to 59 are not written.
	d = g.Dataset("backwards", hdf5.Uint16)
	d.Chunk = 7
	for i := 99; i >= 0; i-- {
		if i < 30 || i >= 60 {
			d.WriteAt(uint16(i+1), int64(i))
		}
	}

	f.Uncompressed = true
	d = g.Dataset("plain", hdf5.Float64, 2)
	d.Chunk = 3
	for i := range 7 {
		d.Append([]float64{float64(i), -float64(i)})
	}
	f.Uncompressed = false

	g.Dataset("bytes", hdf5.Uint8).Append([]uint8("one chunk"))
	g.Dataset("flags", hdf5.Bool).Append([]bool{false, true, true})
	g.Dataset("nothing", hdf5.Float64)
	g.Dataset("no rows", hdf5.Float64, 4)

	d = g.Dataset("strings", hdf5.String)
	d.Chunk = 512
	for i := range 20000 {
		d.Append(text(i))
	}
	g.Write("long", longText())

	d = g.Dataset("compound", hdf5.Compound(
		hdf5.Field{Name: "start", Type: hdf5.Int32},
		hdf5.Field{Name: "label", Type: hdf5.String},
		hdf5.Field{Name: "code", Type: hdf5.FixedString(5)},
		hdf5.Field{Name: "object", Type: hdf5.Reference},
		hdf5.Field{Name: "right", Type: hdf5.Bool}))
	for i := range int32(3) {
		d.Append(hdf5.Row{i, fmt.Sprint("row ", i), hdf5.Fixed("abc"), one, i%2 == 0})
	}

	for i, size := range []int{199, 299} {
		g.Dataset([]string{"wide", "wider"}[i], hdf5.Compound(hdf5.Field{Name: "a", Type: hdf5.FixedString(size)}, hdf5.Field{Name: "b", Type: hdf5.Int8})).
			Append(hdf5.Row{hdf5.Fixed("x"), int8(7)})
	}

	many := f.Root.Group("many")
	for i := range 3000 {
		many.Group(fmt.Sprintf("%04d", i)).Attr("i", i)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return m.b
}

// text is one of 20,000 strings, of which some are equal.
func text(i int) string {
	if i%100 == 99 {
		return "again and again"
	}
	return fmt.Sprint("string ", i/3)
}

func count(n int) []int32 {
	v := make([]int32, n)
	for i := range v {
		v[i] = int32(i)
	}
	return v
}

// longText is longer than a collection of strings.
func longText() string {
	b := make([]byte, 210000)
	for i := range b {
		b[i] = 'a' + byte(i%26)
	}
	return string(b)
}
