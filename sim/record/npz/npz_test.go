package npz

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
)

// One array of every type, with the values that conversion could spoil.
var examples = []struct {
	name  string
	t     Type
	shape []int
	data  any
}{
	{"bool", Bool, []int{3}, []bool{true, false, true}},
	{"uint8", Uint8, []int{2, 2}, []uint8{0, 1, 128, 255}},
	{"int32", Int32, []int{1, 2, 2}, []int32{math.MinInt32, -1, 0, math.MaxInt32}},
	{"int64", Int64, []int{4}, []int64{math.MinInt64, -1, 0, math.MaxInt64}},
	{"uint64", Uint64, []int{2}, []uint64{1, math.MaxUint64}},
	{"float32", Float32, []int{3, 2}, []float32{0, float32(math.Copysign(0, -1)), 0x1p-149, -1.5, math.MaxFloat32, float32(math.Inf(-1))}},
	{"float64", Float64, []int{5}, []float64{math.Inf(1), -0x1p-1074, 0.1, math.Pi, -math.MaxFloat64}},
	{"strings", Text(5), []int{2, 2}, []string{"", "basal", "Δμ\x00τ", "🧠"}},
	{"scalar", Float64, []int{}, []float64{0.25}},
	{"empty", Float32, []int{0, 7}, []float32{}},
	{"hidden/1/soma", Int32, []int{1}, []int32{7}},
}

func archiveOf(t testing.TB, deflate bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	w.Deflate = deflate
	for _, e := range examples {
		if err := w.Write(e.name, e.shape, e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readerOf(t testing.TB, b []byte) *Reader {
	t.Helper()
	r, err := NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// get reads an array by the method for its type.
func get(r *Reader, name string, t Type) (data any, shape []int, err error) {
	switch t {
	case Bool:
		return three(r.Bool(name))
	case Uint8:
		return three(r.Uint8(name))
	case Int32:
		return three(r.Int32(name))
	case Int64:
		return three(r.Int64(name))
	case Uint64:
		return three(r.Uint64(name))
	case Float32:
		return three(r.Float32(name))
	case Float64:
		return three(r.Float64(name))
	}
	return three(r.Strings(name))
}

func three[T any](v []T, shape []int, err error) (any, []int, error) { return v, shape, err }

func checkExamples(t *testing.T, r *Reader) {
	t.Helper()
	var names []string
	for _, e := range examples {
		names = append(names, e.name)
		data, shape, err := get(r, e.name, e.t)
		if err != nil {
			t.Error(err)
			continue
		}
		if !reflect.DeepEqual(data, e.data) || !slices.Equal(shape, e.shape) {
			t.Errorf("%s = %v of shape %v, want %v of shape %v", e.name, data, shape, e.data, e.shape)
		}
		if got, err := r.Type(e.name); got != e.t || err != nil {
			t.Errorf("Type(%s) = %q, %v, want %q", e.name, got, err, e.t)
		}
		if got, err := r.Shape(e.name); !slices.Equal(got, e.shape) || err != nil {
			t.Errorf("Shape(%s) = %v, %v, want %v", e.name, got, err, e.shape)
		}
	}
	if got := r.Names(); !slices.Equal(got, names) {
		t.Errorf("Names() = %q, want %q", got, names)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, deflate := range []bool{false, true} {
		t.Run(fmt.Sprintf("deflate=%v", deflate), func(t *testing.T) {
			checkExamples(t, readerOf(t, archiveOf(t, deflate)))
		})
	}
}

// Arrays longer than the buffers, whole and in uneven pieces, make the same
// archive and come back as they were.
func TestStream(t *testing.T) {
	const rows, columns = 1501, 67
	values := make([]float32, rows*columns)
	words := make([]string, rows)
	for i := range values {
		values[i] = float32(i) * 0.1
	}
	for i := range words {
		words[i] = strings.Repeat("ö", i%40)
	}
	for _, deflate := range []bool{false, true} {
		var whole, pieces bytes.Buffer
		w := NewWriter(&whole)
		w.Deflate = deflate
		if err := errors.Join(w.Write("v", []int{rows, columns}, values), w.Write("w", []int{rows}, words), w.Close()); err != nil {
			t.Fatal(err)
		}

		w = NewWriter(&pieces)
		w.Deflate = deflate
		s, err := w.Stream("v", Float32, []int{rows, columns})
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < rows; {
			n := min(1+i%300, rows-i)
			if err := s.Write(values[i*columns : (i+n)*columns]); err != nil {
				t.Fatal(err)
			}
			i += n
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err = w.Stream("w", Text(39), []int{rows}); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Write(words[:700]), s.Write([]string{}), s.Write(words[700:]), s.Close(), w.Close()); err != nil {
			t.Fatal(err)
		}
		// The deflated forms may differ, as they depend on the pieces.
		if !deflate && !bytes.Equal(whole.Bytes(), pieces.Bytes()) {
			t.Error("an array in pieces makes other bytes than the whole one")
		}

		r := readerOf(t, pieces.Bytes())
		if v, _, err := r.Float32("v"); err != nil || !slices.Equal(v, values) {
			t.Errorf("deflate=%v: the array comes back changed; error %v", deflate, err)
		}
		if v, _, err := r.Strings("w"); err != nil || !slices.Equal(v, words) {
			t.Errorf("deflate=%v: the strings come back changed; error %v", deflate, err)
		}
	}
}

func TestSameBytes(t *testing.T) {
	for _, deflate := range []bool{false, true} {
		if !bytes.Equal(archiveOf(t, deflate), archiveOf(t, deflate)) {
			t.Errorf("deflate=%v: equal contents make different archives", deflate)
		}
	}
	b := archiveOf(t, false)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if len(f.Extra) != 0 || f.Modified.Year() > 1980 {
			t.Errorf("%s has the time %v and the extra field %x, want neither", f.Name, f.Modified, f.Extra)
		}
	}
}

// The layout, byte by byte: what NumPy's documentation of the format says.
func TestLayout(t *testing.T) {
	var b bytes.Buffer
	if err := WriteArray(&b, []int{2, 1}, []float32{1, -2}); err != nil {
		t.Fatal(err)
	}
	want := "\x93NUMPY\x01\x00\x76\x00" +
		"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }" + strings.Repeat(" ", 58) + "\n" +
		"\x00\x00\x80\x3f\x00\x00\x00\xc0"
	if b.String() != want {
		t.Errorf("WriteArray:\n%q, want\n%q", b.String(), want)
	}
	for _, shape := range [][]int{{}, {7}, {1, 2}, slices.Repeat([]int{1}, 64)} {
		if h := appendHeader(nil, Float32, shape); len(h)%alignment != 0 {
			t.Errorf("data of shape %v begin at %d, want a multiple of %d", shape, len(h), alignment)
		}
	}
}

func npy(version int, dict string, data ...byte) []byte {
	b := []byte(magic)
	b = append(b, byte(version), 0)
	b = le.AppendUint16(b, uint16(len(dict)))
	if version > 1 {
		b = append(b, 0, 0)
	}
	return append(append(b, dict...), data...)
}

func TestHeaders(t *testing.T) {
	for _, b := range [][]byte{
		npy(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }\n", 5, 0, 0, 0),
		npy(2, "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }     \n", 5, 0, 0, 0),
		npy(3, "{'descr': '<i4', 'fortran_order': True, 'shape': (1,)}", 5, 0, 0, 0),
		npy(1, `{"shape":(1,),"fortran_order":False,"descr":"<i4"}`, 5, 0, 0, 0),
	} {
		v, shape, err := readerOf(t, b).Int32("")
		if err != nil || !slices.Equal(v, []int32{5}) || !slices.Equal(shape, []int{1}) {
			t.Errorf("%q: %v of shape %v, error %v", b, v, shape, err)
		}
	}
	// What cannot be read can be looked at.
	r := readerOf(t, npy(1, "{'descr': [('t', '<f8'), ('x[', [('y', '<i4')], (2,))], 'fortran_order': False, 'shape': (3, 1)}"))
	shape, err := r.Shape("")
	if err != nil || !slices.Equal(shape, []int{3, 1}) {
		t.Errorf("shape of records %v, error %v", shape, err)
	}
	if got, _ := r.Type(""); got != "[('t', '<f8'), ('x[', [('y', '<i4')], (2,))]" {
		t.Errorf("type of records %q", got)
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one of %q", parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
}

func TestBadHeaders(t *testing.T) {
	const rest = ", 'fortran_order': False"
	for _, c := range []struct {
		b     []byte
		parts []string
	}{
		{[]byte(magic), []string{"header", "unexpected EOF"}},
		{[]byte(magic + "\x01\x00\x10"), []string{"header", "unexpected EOF"}},
		{[]byte(magic + "\x04\x00\x10\x00"), []string{"version 4.0", "want 1, 2 or 3"}},
		{[]byte(magic + "\x02\x00\xff\xff\xff\xff"), []string{"header of 4294967295 bytes", "want ≤ 65536"}},
		{[]byte(magic + "\x01\x00\x76\x00{'descr"), []string{"unexpected EOF"}},
		{npy(1, ""), []string{"want '{'"}},
		{npy(1, "{}"), []string{`no "descr"`}},
		{npy(1, "{'descr': '<f4', 'shape': (1,)}"), []string{`no "fortran_order"`}},
		{npy(1, "{'descr': '<f4', 'descr': '<f4'"+rest+", 'shape': (1,)}"), []string{`"descr" twice`}},
		{npy(1, "{'descr': '<f4', 'order': 'C'}"), []string{`key "order"`}},
		{npy(1, "{'descr': <f4"+rest+", 'shape': (1,)}"), []string{"want a string"}},
		{npy(1, "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}"), []string{"want False or True"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': (-1,)}"), []string{"not an integer"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': (9223372036854775808,)}"), []string{"not an integer"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': 1}"), []string{"want '('"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': ("+strings.Repeat("1,", 65)+")}"), []string{"more than 64"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': (1,)} x"), []string{"after the dictionary"}},
		{npy(1, "{'descr': ['<f4'"+rest), []string{"list that ends"}},
		{npy(1, "{'descr': '>f4'"+rest+", 'shape': (1,)}", 0, 0, 0, 0), []string{`type ">f4"`, `want "<f4"`}},
		{npy(1, "{'descr': '<f8'"+rest+", 'shape': (1,)}"), []string{`type "<f8"`, `want "<f4"`}},
		{npy(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}", 0, 0, 0, 0), []string{"Fortran order", "want C order"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': (4294967296, 4294967296)}"), []string{"fewer elements"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': (4611686018427387904,)}"), []string{"fewer elements"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': (1073741824,)}", 0), []string{"1 bytes of data", "want 4294967296"}},
		{npy(1, "{'descr': '<f4'"+rest+", 'shape': (1,)}", 0, 0, 0, 0, 0), []string{"5 bytes of data", "want 4"}},
	} {
		_, _, err := readerOf(t, c.b).Float32("")
		wantError(t, err, append(c.parts, `npz: "": `)...)
	}
	for _, c := range []struct {
		b    []byte
		part string
	}{
		{npy(1, "{'descr': '<U0'"+rest+", 'shape': (4611686018427387904,)}"), `type "<U0"`},
		{npy(1, "{'descr': '<U99999999999'"+rest+", 'shape': (1,)}"), `type "<U99999999999"`},
		{npy(1, "{'descr': '<U1'"+rest+", 'shape': (1,)}", 0, 0, 0x11, 0), "code point"},
		{npy(1, "{'descr': '<U1'"+rest+", 'shape': (1,)}", 0, 0xd8, 0, 0), "code point"},
		{npy(1, "{'descr': '<U1'"+rest+", 'shape': (1,)}", 0, 0, 0, 0xff), "code point"},
	} {
		_, _, err := readerOf(t, c.b).Strings("")
		wantError(t, err, c.part)
	}
}

func TestBadArchives(t *testing.T) {
	good := archiveOf(t, false)
	open := func(b []byte) error {
		_, err := NewReader(bytes.NewReader(b), int64(len(b)))
		return err
	}
	wantError(t, open(nil), "neither")
	wantError(t, open([]byte("hello")), "neither an .npz archive nor a .npy file")
	wantError(t, open(good[:len(good)-30]), "neither")

	_, _, err := readerOf(t, good).Float32("weights")
	wantError(t, err, "npz: weights: ", "no such array", "float32")
	_, _, err = readerOf(t, good).Float32("float64")
	wantError(t, err, "npz: float64: ", `type "<f8", want "<f4"`)

	// A changed byte of data is found by the checksum.
	i := bytes.Index(good, le.AppendUint64(nil, math.Float64bits(math.Pi)))
	bad := slices.Clone(good)
	bad[i] ^= 1
	_, _, err = readerOf(t, bad).Float64("float64")
	wantError(t, err, "npz: float64: ", "checksum")

	var twice bytes.Buffer
	w := zip.NewWriter(&twice)
	for range 2 {
		if _, err := w.Create("a.npy"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wantError(t, open(twice.Bytes()), `two arrays of the name "a"`)

	dir := t.TempDir()
	_, err = Open(filepath.Join(dir, "none.npz"))
	wantError(t, err, "none.npz")
	_, err = Open(dir)
	wantError(t, err, dir, "not a regular file")
}

// An archive and a header that agree on 16 GiB of which there are none cost an
// error, not memory.
func TestNoMemoryOnTrust(t *testing.T) {
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		h := appendHeader(nil, Float32, []int{1 << 16, 1 << 16})
		var data bytes.Buffer
		if method == zip.Store {
			data.Write(h)
		} else {
			w, err := flate.NewWriter(&data, 1)
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.Write(h)
			if err := errors.Join(err, w.Close()); err != nil {
				t.Fatal(err)
			}
		}
		var archive bytes.Buffer
		z := zip.NewWriter(&archive)
		size := uint64(len(h)) + 4<<32
		compressed := size
		if method == zip.Deflate {
			compressed = uint64(data.Len())
		}
		w, err := z.CreateRaw(&zip.FileHeader{Name: "v.npy", Method: method, UncompressedSize64: size, CompressedSize64: compressed})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write(data.Bytes())
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}

		r := readerOf(t, archive.Bytes())
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err = r.Float32("v")
		runtime.ReadMemStats(&after)
		wantError(t, err, "npz: v: ")
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
			t.Errorf("method %d: allocated %d bytes for an array that is not there", method, got)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "all.npz")
	if err := os.WriteFile(path, archiveOf(t, true), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	checkExamples(t, r)
	_, _, err = r.Bool("x")
	wantError(t, err, path, "x: there is no such array")
	if err := r.Close(); err != nil {
		t.Error(err)
	}

	var b bytes.Buffer
	if err := WriteArray(&b, []int{2}, []string{"α", "beta"}); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "names.npy")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	if r, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if v, _, err := r.Strings("names"); err != nil || !slices.Equal(v, []string{"α", "beta"}) {
		t.Errorf("names = %q, error %v", v, err)
	}
}

func TestRefusedWrites(t *testing.T) {
	w := NewWriter(io.Discard)
	if err := w.Write("a", []int{1}, []float32{1}); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.Write("a", []int{1}, []float32{1}), "npz: a: ", "already")
	wantError(t, w.Write("b", []int{2, 3}, make([]float32, 5)), "npz: b: 5 values for shape (2, 3), want 6")
	wantError(t, w.Write("b", []int{-1}, []float32{}), "dimensions ≥ 0")
	wantError(t, w.Write("b", []int{math.MaxInt, math.MaxInt}, []float32{}), "fewer elements")
	wantError(t, w.Write("b", make([]int, 65), []float32{}), "65 dimensions, want ≤ 64")
	wantError(t, w.Write("b", []int{1}, []int{1}), "data is a []int")
	wantError(t, w.Write("b", []int{2}, []string{"", "\xff"}), "string 1", "UTF-8")
	wantError(t, w.Write("b", []int{1}, []string{"a\x00"}), "padding")
	for _, name := range []string{"", ".", "../b", "/b", "b//c", `b\c`, "b\x00", "\xff"} {
		wantError(t, w.Write(name, []int{1}, []float32{1}), "no name for an array")
	}
	for _, bad := range []Type{"", "<f2", "<U0", "<U", "<U01", "<U-1", "<U16777217"} {
		_, err := w.Stream("b", bad, []int{1})
		wantError(t, err, "not supported")
	}

	s, err := w.Stream("s", Text(3), []int{2})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, w.Write("c", []int{1}, []float32{1}), "npz: c: ", "while s is being written")
	wantError(t, s.Write([]float32{1}), "npz: s: ", "type <f4, want <U3")
	wantError(t, s.Write([]string{"four"}), "type <U4, want <U3")
	wantError(t, s.Write([]string{"a", "b", "c"}), "3 values more, want ≤ 2")
	// None of these has spoilt anything.
	if err := errors.Join(s.Write([]string{"a", "b"}), s.Close()); err != nil {
		t.Fatal(err)
	}
	wantError(t, s.Write([]string{}), "npz: s: it is closed")
	wantError(t, s.Close(), "npz: s: it is closed")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.Write("d", []int{1}, []float32{1}), "closed")
	wantError(t, w.Close(), "closed")

	w = NewWriter(io.Discard)
	if s, err = w.Stream("s", Float32, []int{2, 2}); err != nil {
		t.Fatal(err)
	}
	if err := s.Write([]float32{1}); err != nil {
		t.Fatal(err)
	}
	wantError(t, s.Close(), "npz: s: 3 values missing for shape (2, 2)")
	wantError(t, w.Close(), "3 values missing")

	w = NewWriter(io.Discard)
	if _, err = w.Stream("s", Float32, []int{2, 2}); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.Close(), "npz: s: ", "closed while it was being written")
}

// A full disk: every later call says so.
func TestFailingWriter(t *testing.T) {
	for limit := range 3 {
		w := NewWriter(&limitedWriter{left: limit * 40000})
		err := w.Write("v", []int{100000}, make([]float32, 100000))
		wantError(t, err, "npz: v: ", "disk full")
		wantError(t, w.Close(), "disk full")
	}
}

type limitedWriter struct{ left int }

func (w *limitedWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(b), nil
}

// NumPy reads what we write, and we read what NumPy writes.
func TestNumPy(t *testing.T) {
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Skip("PLATEAU_PYTHON names no Python interpreter with NumPy")
	}
	dir := t.TempDir()
	ours, theirs := filepath.Join(dir, "ours.npz"), filepath.Join(dir, "theirs.npz")
	if err := os.WriteFile(ours, archiveOf(t, true), 0o666); err != nil {
		t.Fatal(err)
	}
	const script = `
import sys, numpy as np
from numpy.lib import format
a = np.load(sys.argv[1], allow_pickle=False)
for name in a.files:
    print(name, a[name].dtype.str, a[name].shape, ascii(a[name].tolist()), sep='|')
(np.savez_compressed if sys.argv[4] == 'deflate' else np.savez)(sys.argv[2], **{name: a[name] for name in a.files})
for version in 1, 2, 3:
    with open(sys.argv[3] % version, 'wb') as f:
        format.write_array(f, a['strings'], version=(version, 0))
`
	for _, deflate := range []bool{false, true} {
		mode := "store"
		if deflate {
			mode = "deflate"
		}
		if err := os.WriteFile(ours, archiveOf(t, deflate), 0o666); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(python, "-c", script, ours, theirs, filepath.Join(dir, "v%d.npy"), mode)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		const want = `bool||b1|(3,)|[True, False, True]
uint8||u1|(2, 2)|[[0, 1], [128, 255]]
int32|<i4|(1, 2, 2)|[[[-2147483648, -1], [0, 2147483647]]]
int64|<i8|(4,)|[-9223372036854775808, -1, 0, 9223372036854775807]
uint64|<u8|(2,)|[1, 18446744073709551615]
float32|<f4|(3, 2)|[[0.0, -0.0], [1.401298464324817e-45, -1.5], [3.4028234663852886e+38, -inf]]
float64|<f8|(5,)|[inf, -5e-324, 0.1, 3.141592653589793, -1.7976931348623157e+308]
strings|<U5|(2, 2)|[['', 'basal'], ['\u0394\u03bc\x00\u03c4', '\U0001f9e0']]
scalar|<f8|()|0.25
empty|<f4|(0, 7)|[]
hidden/1/soma|<i4|(1,)|[7]
`
		if got := strings.ReplaceAll(string(out), "\r", ""); got != want {
			t.Errorf("NumPy reads\n%s, want\n%s", got, want)
		}
		r, err := Open(theirs)
		if err != nil {
			t.Fatal(err)
		}
		checkExamples(t, r)
		r.Close()
		for version := 1; version <= 3; version++ {
			name := fmt.Sprintf("v%d", version)
			r, err := Open(filepath.Join(dir, name+".npy"))
			if err != nil {
				t.Fatal(err)
			}
			if v, _, err := r.Strings(name); err != nil || v[1] != "basal" {
				t.Errorf("version %d: %q, error %v", version, v, err)
			}
			r.Close()
		}
	}
}

func TestWriteAllocates(t *testing.T) {
	allocs := func(n int) float64 {
		v := make([]float32, n)
		return testing.AllocsPerRun(5, func() {
			if err := WriteArray(io.Discard, []int{n}, v); err != nil {
				t.Fatal(err)
			}
		})
	}
	// The runtime may allocate a little meanwhile, but not for each of the 64 or so
	// pieces that a million values are written in.
	if small, large := allocs(10), allocs(1000000); large > small+20 {
		t.Errorf("%v allocations for a million values, %v for ten", large, small)
	}
}

// FuzzReader: whatever the bytes, no panic, and no more memory than they are
// worth. Arrays that can be read are written and read again.
func FuzzReader(f *testing.F) {
	f.Add(archiveOf(f, false))
	f.Add(archiveOf(f, true))
	for _, e := range examples {
		var b bytes.Buffer
		if err := WriteArray(&b, e.shape, e.data); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add(npy(2, "{'descr': '<f4', 'fortran_order': False, 'shape': (1073741824,)}", 1))
	f.Add(npy(1, "{'descr': '<U1', 'fortran_order': False, 'shape': (4611686018427387903,)}", 1))
	f.Add(npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (0, 9999999999)}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, name := range r.Names() {
			n := 0
			if shape, _, err := r.Numbers(name, func(values []float64) error { n += len(values); return nil }); err == nil {
				for _, d := range shape {
					if d > 0 && n%d != 0 || d == 0 && n != 0 {
						t.Fatalf("%d numbers in the shape %v", n, shape)
					}
				}
			}
			for _, e := range examples {
				data, shape, err := get(r, name, e.t)
				if err != nil {
					continue
				}
				var again bytes.Buffer
				if err := WriteArray(&again, shape, data); err != nil {
					t.Fatal(err)
				}
				back, shapeBack, err := get(readerOf(t, again.Bytes()), "", e.t)
				if err != nil || !slices.Equal(shapeBack, shape) {
					t.Fatalf("shape %v, want %v, error %v", shapeBack, shape, err)
				}
				if fmt.Sprint(back) != fmt.Sprint(data) { // NaN is NaN here
					t.Fatalf("%v, want %v", back, data)
				}
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	v := make([]float32, 1<<22)
	for i := range v {
		v[i] = float32(math.Sin(float64(i)))
	}
	for _, deflate := range []bool{false, true} {
		b.Run(fmt.Sprintf("deflate=%v", deflate), func(b *testing.B) {
			b.SetBytes(int64(4 * len(v)))
			w := NewWriter(io.Discard)
			w.Deflate = deflate
			for i := 0; b.Loop(); i++ {
				if err := w.Write(fmt.Sprint(i), []int{len(v)}, v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	v := make([]float32, 1<<22)
	for _, deflate := range []bool{false, true} {
		b.Run(fmt.Sprintf("deflate=%v", deflate), func(b *testing.B) {
			var archive bytes.Buffer
			w := NewWriter(&archive)
			w.Deflate = deflate
			if err := errors.Join(w.Write("v", []int{len(v)}, v), w.Close()); err != nil {
				b.Fatal(err)
			}
			r := readerOf(b, archive.Bytes())
			b.SetBytes(int64(4 * len(v)))
			for b.Loop() {
				if _, _, err := r.Float32("v"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
