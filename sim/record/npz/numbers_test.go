package npz

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// Numbers of every size, sign and byte order have the values that their bytes say.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		descr string
		data  []byte
		want  []float64
	}{
		{"|b1", []byte{0, 1}, []float64{0, 1}},
		{"|u1", []byte{7, 255}, []float64{7, 255}},
		{"|i1", []byte{7, 255}, []float64{7, -1}},
		{"<u2", []byte{1, 2, 255, 255}, []float64{513, 65535}},
		{">i2", []byte{1, 2, 255, 254}, []float64{258, -2}},
		{"<i4", []byte{1, 0, 0, 1, 0xff, 0xff, 0xff, 0xff}, []float64{1<<24 + 1, -1}},
		{">u4", []byte{0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff}, []float64{256, 1<<32 - 1}},
		{"<i8", []byte{3, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, []float64{3, -2}},
		{">u8", []byte{0, 0, 0, 0, 0, 0, 0, 5, 0x80, 0, 0, 0, 0, 0, 0, 0}, []float64{5, 1 << 63}},
		// 1, and the largest number, of each size; and the least above 0 of 16 bits.
		{"<f2", []byte{0, 0x3c, 0xff, 0x7b}, []float64{1, 65504}},
		{">f2", []byte{0, 1, 0xfc, 0}, []float64{math.Ldexp(1, -24), math.Inf(-1)}},
		{">f4", []byte{0x3f, 0x80, 0, 0, 0x7f, 0x7f, 0xff, 0xff}, []float64{1, math.MaxFloat32}},
		{"<f4", []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}, []float64{1, -2}},
		{">f8", []byte{0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0}, []float64{1, -2}},
	} {
		r := readerOf(t, npy(1, "{'descr': '"+c.descr+"', 'fortran_order': False, 'shape': (2,), }", c.data...))
		var got []float64
		shape, fortran, err := r.Numbers("", func(v []float64) error { got = append(got, v...); return nil })
		if err != nil || !slices.Equal(got, c.want) || !slices.Equal(shape, []int{2}) || fortran {
			t.Errorf("%s: %v of shape %v, error %v, want %v", c.descr, got, shape, err, c.want)
		}
	}
}

// The numbers come in the order of the file, and the reader is told which it is.
func TestNumbersInFortranOrder(t *testing.T) {
	r := readerOf(t, npy(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", 0, 3, 1, 4, 2, 5))
	var got []float64
	shape, fortran, err := r.Numbers("", func(v []float64) error { got = append(got, v...); return nil })
	if err != nil || !fortran || !slices.Equal(shape, []int{2, 3}) || !slices.Equal(got, []float64{0, 3, 1, 4, 2, 5}) {
		t.Errorf("%v of shape %v, Fortran order: %v, error %v", got, shape, fortran, err)
	}
}

func TestNumbersOfOtherTypes(t *testing.T) {
	for _, descr := range []string{"|O", "<c8", "<U3", "|S1", "<M8", "<f3", "<u3", "f4"} {
		r := readerOf(t, npy(1, "{'descr': '"+descr+"', 'fortran_order': False, 'shape': (0,), }"))
		_, _, err := r.Numbers("", func([]float64) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "want numbers") {
			t.Errorf("%s: error %v", descr, err)
		}
	}
}
