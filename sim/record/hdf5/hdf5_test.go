package hdf5_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"plateau/sim/record/hdf5"
	"plateau/sim/record/hdf5/hdf5test"
)

func read(t *testing.T, file []byte) *hdf5test.Object {
	t.Helper()
	root, err := hdf5test.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// The reader of hdf5test finds all that was written.
func TestZoo(t *testing.T) {
	file := zoo(t)
	root := read(t, file)
	attrs := func(o *hdf5test.Object) string {
		var lines []string
		for name, a := range o.Attrs {
			values := slices.Clone(a.Values)
			for i, v := range values {
				if to, ok := v.(*hdf5test.Object); ok {
					values[i] = to.Path
				}
			}
			lines = append(lines, fmt.Sprintf("%s: %s %v %v", name, a.Type, a.Shape, values))
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	const want = `bool: bool [] [true]
bools: bool [3] [true false true]
empty: string [] []
fixed: fixed 2 [] [φ]
float32: float32 [] [0.1]
float64: float64 [] [-1e-300]
int16: int16 [] [-300]
int32: int32 [] [-2147483648]
int64: int64 [] [-9223372036854775808]
int8: int8 [] [-1]
int: int64 [] [-3]
matrix: int64 [2 3] [1 2 3 4 5 6]
none: float64 [0] []
string: string [] [Δt ≥ 0]
strings: string [4] [basal  apical basal]
uint16: uint16 [] [65535]
uint32: uint32 [] [4294967295]
uint64: uint64 [] [18446744073709551615]
uint8: uint8 [] [255]`
	if got := attrs(root); got != want {
		t.Errorf("attributes of the root:\n%s\nwant\n%s", got, want)
	}
	for _, c := range []struct{ path, want string }{
		{"group/größe", "up: reference [] [/group]"},
		{"elsewhere", "unit: string [] [ms]"},
		{"many/2999", "i: int64 [] [2999]"},
		{"group/streamed", "group: reference [] [/group]"},
	} {
		if got := attrs(root.Find(c.path)); got != c.want {
			t.Errorf("attributes of %s: %s, want %s", c.path, got, c.want)
		}
	}
	if root.Find("elsewhere") != root.Find("group/größe/one") {
		t.Error("a link to an object leads to another")
	}
	if n := len(root.Find("many").Links); n != 3000 {
		t.Errorf("%d links in a group, want 3000", n)
	}

	values := func(n int, at func(i int) any) []any {
		v := make([]any, n)
		for i := range v {
			v[i] = at(i)
		}
		return v
	}
	one := root.Find("elsewhere")
	for _, c := range []struct {
		path, kind string
		shape      []int64
		chunk      int64
		filters    string
		values     []any
	}{
		{"elsewhere", "float64", nil, 0, "", []any{1.5}},
		{"group/größe/list", "string", []int64{3}, 0, "", []any{"a", "bc", "def"}},
		{"group/größe/names", "fixed 3", []int64{3}, 0, "", []any{"a", "bc", "def"}},
		{"group/größe/large", "int32", []int64{3, 10000}, 0, "", values(30000, func(i int) any { return int64(i) })},
		{"group/größe/objects", "reference", []int64{3}, 0, "", []any{root, root.Find("group"), one}},
		{"group/streamed", "int64", []int64{10007}, 10, "shuffle 8 deflate 4", values(10007, func(i int) any { return int64(i) })},
		{"group/rows", "float32", []int64{9, 3, 2}, 4, "shuffle 4 deflate 4", values(54, func(i int) any { return float32(i/6) + float32(i%6)/8 })},
		{"group/backwards", "uint16", []int64{100}, 7, "shuffle 2 deflate 4", values(100, func(i int) any {
			if i >= 30 && i < 60 {
				return uint64(0)
			}
			return uint64(i + 1)
		})},
		{"group/plain", "float64", []int64{7, 2}, 3, "", values(14, func(i int) any { return float64(i/2) * float64(1-i%2*2) })},
		{"group/bytes", "uint8", []int64{9}, 9, "deflate 4", values(9, func(i int) any { return uint64("one chunk"[i]) })},
		{"group/flags", "bool", []int64{3}, 3, "deflate 4", []any{false, true, true}},
		{"group/nothing", "float64", []int64{0}, 8192, "shuffle 8 deflate 4", []any{}},
		{"group/no rows", "float64", []int64{0, 4}, 2048, "shuffle 8 deflate 4", []any{}},
		{"group/strings", "string", []int64{20000}, 512, "shuffle 16 deflate 4", values(20000, func(i int) any { return text(i) })},
		{"group/long", "string", nil, 0, "", []any{longText()}},
		{"group/compound", "{start int32, label string, code fixed 5, object reference, right bool}", []int64{3}, 3, "shuffle 34 deflate 4",
			values(3, func(i int) any {
				return map[string]any{"start": int64(i), "label": fmt.Sprint("row ", i), "code": "abc", "object": one, "right": i%2 == 0}
			})},
		{"group/wide", "{a fixed 199, b int8}", []int64{1}, 1, "shuffle 200 deflate 4", []any{map[string]any{"a": "x", "b": int64(7)}}},
		{"group/wider", "{a fixed 299, b int8}", []int64{1}, 1, "shuffle 300 deflate 4", []any{map[string]any{"a": "x", "b": int64(7)}}},
	} {
		o := root.Find(c.path)
		if o == nil || o.Array == nil {
			t.Errorf("%s is not there, or no data set", c.path)
			continue
		}
		if o.Type != c.kind || !slices.Equal(o.Shape, c.shape) || strings.Join(o.Filters, " ") != c.filters || c.chunk > 0 && o.Chunk[0] != c.chunk {
			t.Errorf("%s: type %s, shape %v, chunks %v, filters %q, want %s %v [%d] %q", c.path, o.Type, o.Shape, o.Chunk, o.Filters, c.kind, c.shape, c.chunk, c.filters)
		}
		if !reflect.DeepEqual(o.Values, c.values) {
			t.Errorf("%s: %.300s, want %.300s", c.path, fmt.Sprint(o.Values), fmt.Sprint(c.values))
		}
	}

	if !bytes.Equal(zoo(t), file) {
		t.Error("the same contents make another file")
	}
}

// Rows in pieces of any size and in any order make the same array, and more
// chunks than a tree of two levels holds are found again.
func TestPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ rows, chunk, piece int }{
		{1, 1, 1}, {1000, 1, 3}, {1000, 7, 100}, {1000, 1000, 10}, {1000, 2000, 10}, {20000, 3, 500}, {64, 1, 1}, {65, 1, 1}, {4096, 1, 1}, {4097, 1, 2},
	} {
		var m memory
		f := hdf5.Create(&m)
		d := f.Root.Dataset("d", hdf5.Int32, 2)
		d.Chunk = int64(c.chunk)
		var starts []int
		for i := 0; i < c.rows; i += c.piece {
			starts = append(starts, i)
		}
		random.Shuffle(len(starts), func(i, j int) { starts[i], starts[j] = starts[j], starts[i] })
		var want []any
		for i := range 2 * c.rows {
			want = append(want, int64(i))
		}
		all := count(2 * c.rows)
		for _, i := range starts {
			if err := d.WriteAt(all[2*i:2*min(i+c.piece, c.rows)], int64(i)); err != nil {
				t.Fatal(err)
			}
		}
		if d.Rows() != int64(c.rows) {
			t.Errorf("%+v: %d rows", c, d.Rows())
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got := read(t, m.b).Find("d"); !reflect.DeepEqual(got.Values, want) || !slices.Equal(got.Shape, []int64{int64(c.rows), 2}) {
			t.Errorf("%+v: %.300s of shape %v", c, fmt.Sprint(got.Values), got.Shape)
		}
	}
}

func TestErrors(t *testing.T) {
	disk := errors.New("disk full")
	type file = *hdf5.File
	for _, c := range []struct {
		name string
		do   func(file)
		want string
	}{
		{"same link", func(f file) { f.Root.Group("a"); f.Root.Write("a", 1) }, "hdf5: /a: there is something of this name already"},
		{"slash", func(f file) { f.Root.Group("g").Group("a/b") }, `hdf5: /g/a/b: "a/b" is no name for a link, want UTF-8 without / and U+0000`},
		{"no name", func(f file) { f.Root.Group("") }, `"" is no name`},
		{"dot", func(f file) { f.Root.Link(".", f.Root) }, `"." is no name`},
		{"same attribute", func(f file) { f.Root.Attr("a", 1); f.Root.Attr("a", 2) }, "hdf5: /@a: there is an attribute of this name already"},
		{"nameless attribute", func(f file) { f.Root.Attr("", 1) }, "want a name in UTF-8"},
		{"attribute's type", func(f file) { f.Root.Attr("a", struct{}{}) }, "hdf5: /@a: a value is a struct {}, want a bool, number"},
		{"attribute's shape", func(f file) { f.Root.Attr("a", hdf5.Array{Shape: []int64{2, 3}, Values: []int{1, 2, 3}}) }, "3 values for shape [2 3], want 6"},
		{"array of one", func(f file) { f.Root.Attr("a", hdf5.Array{Shape: []int64{1}, Values: 1}) }, "values of an array are a int, want a slice"},
		{"large attribute", func(f file) { f.Root.Attr("a", make([]uint8, 65536)) }, "a header message of 655"},
		{"string", func(f file) { f.Root.Attr("a", "a\x00b") }, `the string "a\x00b", want UTF-8 without U+0000`},
		{"fixed", func(f file) { f.Root.Write("a", hdf5.Fixed("\xff")) }, `the string "\xff", want`},
		{"write", func(f file) { f.Root.Write("a", []error{}) }, "hdf5: /a: a value is a []error"},
		{"another type", func(f file) { f.Root.Dataset("a", hdf5.Int32).Append([]int64{1}) }, "hdf5: /a: values are a []int64, which does not fit"},
		{"row of no compound", func(f file) { f.Root.Dataset("a", hdf5.Int32).Append(hdf5.Row{1}) }, "which does not fit"},
		{"long fixed", func(f file) { f.Root.Dataset("a", hdf5.FixedString(2)).Append(hdf5.Fixed("abc")) }, "which does not fit"},
		{"short row", func(f file) {
			f.Root.Dataset("a", hdf5.Compound(hdf5.Field{"x", hdf5.Int32})).Append(hdf5.Row{})
		}, "a row of 0 values, want 1"},
		{"field", func(f file) {
			f.Root.Dataset("a", hdf5.Compound(hdf5.Field{"x", hdf5.Int32})).Append([]hdf5.Row{{int32(1)}, {int64(1)}})
		}, "field x: a value is a int64, which does not fit"},
		{"part of a row", func(f file) { f.Root.Dataset("a", hdf5.Int32, 2).Append([]int32{1, 2, 3}) }, "3 values, want a multiple of 2"},
		{"inner axis", func(f file) { f.Root.Dataset("a", hdf5.Int32, 2, 0) }, "want lengths ≥ 1"},
		{"large row", func(f file) { f.Root.Dataset("a", hdf5.Int32, 1<<20, 1<<10) }, "less than 4 GiB"},
		{"row twice", func(f file) {
			d := f.Root.Dataset("a", hdf5.Int32)
			d.Chunk = 1
			d.Append([]int32{1, 2, 3})
			d.WriteAt(int32(1), 1)
		}, "row 1 is written a second time"},
		{"after Close of the data set", func(f file) {
			d := f.Root.Dataset("a", hdf5.Int32)
			d.Append(int32(1))
			d.Close()
			d.Append(int32(1))
		}, "the data set is closed"},
	} {
		var m memory
		f := hdf5.Create(&m)
		c.do(f)
		if err := f.Close(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
		if len(m.b) >= 8 && string(m.b[1:4]) == "HDF" {
			t.Errorf("%s: the file has a superblock all the same", c.name)
		}
	}

	for after := range 3 {
		f := hdf5.Create(&failing{after: after, err: disk})
		d := f.Root.Dataset("a", hdf5.Int64)
		random := rand.New(rand.NewPCG(3, 4))
		v := make([]int64, 1<<16)
		for range 4 {
			for i := range v {
				v[i] = random.Int64()
			}
			d.Append(v)
		}
		if err := f.Close(); !errors.Is(err, disk) {
			t.Errorf("a disk that is full after %d writes: error %v", after, err)
		}
	}

	var m memory
	f := hdf5.Create(&m)
	d := f.Root.Dataset("a", hdf5.Int32)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err == nil {
		t.Error("closed twice")
	}
	if err := d.Append(int32(1)); err == nil {
		t.Error("appended to a closed file")
	}
}

type failing struct {
	memory
	after int
	err   error
}

func (f *failing) WriteAt(b []byte, at int64) (int, error) {
	if f.after--; f.after < 0 {
		return 0, f.err
	}
	return f.memory.WriteAt(b, at)
}

// Memory does not grow with the data: 512 MB need less than 4 MB, of which the
// places of 8192 chunks are the part that grows.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("deflates 512 MB")
	}
	f := hdf5.Create(discard{})
	d := f.Root.Dataset("a", hdf5.Float64)
	v := make([]float64, 1<<16)
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := heap()
	for range 1024 {
		d.Append(v)
	}
	if grown := int64(heap() - before); grown > 4<<20 {
		t.Errorf("%d bytes of memory for 512 MB, want ≤ 4 MiB", grown)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

type discard struct{}

func (discard) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }

// h5py and h5dump read the file and find the same.
func TestLibhdf5(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // libhdf5 can hang on a faulty file
	defer cancel()
	name := filepath.Join(t.TempDir(), "zoo.h5")
	if err := os.WriteFile(name, zoo(t), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Run("h5py", func(t *testing.T) {
		python := os.Getenv("PLATEAU_PYTHON")
		if python == "" {
			t.Skip("PLATEAU_PYTHON names no Python interpreter with h5py")
		}
		if out, err := exec.CommandContext(ctx, python, "testdata/zoo.py", name).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("h5dump", func(t *testing.T) {
		h5dump, err := exec.LookPath("h5dump")
		if err != nil {
			t.Skip("there is no h5dump (Debian: hdf5-tools)")
		}
		out, err := exec.CommandContext(ctx, h5dump, "-d", "/group/rows", "-d", "/group/streamed", "-p", name).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, want := range []string{"(8,2,0): 8.5, 8.625", "10000, 10001,", "CHUNKED ( 4, 3, 2 )", "PREPROCESSING SHUFFLE", "COMPRESSION DEFLATE { LEVEL 4 }"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("h5dump does not say %q:\n%.3000s", want, out)
			}
		}
		if out, err := exec.CommandContext(ctx, h5dump, name).CombinedOutput(); err != nil {
			t.Errorf("%v\n%.1000s", err, out)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, kind := range []string{"sorted", "noise"} {
		b.Run(kind, func(b *testing.B) {
			random := rand.New(rand.NewPCG(5, 6))
			v := make([]float64, 1<<17)
			for i := range v {
				v[i] = float64(i) / 1000
				if kind == "noise" {
					v[i] = random.NormFloat64()
				}
			}
			b.SetBytes(int64(8 * len(v)))
			f := hdf5.Create(discard{})
			d := f.Root.Dataset("a", hdf5.Float64)
			for b.Loop() {
				d.Append(v)
			}
			f.Close()
		})
	}
}
