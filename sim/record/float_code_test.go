package record

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Decoded values are the encoded ones, bit for bit, whatever they are.
func TestFloatCode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	z, u := newCompressor(), newDecompressor()
	var e floatEncoder
	var d floatDecoder
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), math.MaxFloat32, -math.SmallestNonzeroFloat32, 1, -1}
	for _, width := range []int{1, 3, 500} {
		for _, rows := range []int{0, 1, 2, 77} {
			for _, predictor := range []byte{fromNothing, fromAbove} {
				values := make([]float32, rows*width)
				words := make([]uint32, rows*width)
				for i := range values {
					values[i] = float32(r.NormFloat64())
					if r.IntN(5) == 0 {
						values[i] = special[r.IntN(len(special))]
					}
					words[i] = math.Float32bits(values[i])
				}
				payload := e.append(nil, values, nil, width, predictor, z)
				got := make([]uint32, len(words))
				if err := d.decode(got, payload, width, u); err != nil || !slices.Equal(got, words) {
					t.Fatalf("%d rows of %d: they differ; %v", rows, width, err)
				}
				for n := range payload {
					if n%997 == 0 || n < 30 {
						if err := new(floatDecoder).decode(got, payload[:n], width, u); err == nil && len(got) > 0 {
							t.Fatalf("%d of %d bytes are accepted", n, len(payload))
						}
					}
				}
			}
		}
	}
}

func TestOrdered(t *testing.T) {
	list := []float32{float32(math.Inf(-1)), -2, -1, -math.SmallestNonzeroFloat32, float32(math.Copysign(0, -1)), 0, math.SmallestNonzeroFloat32, 1, 1.5, float32(math.Inf(1))}
	for i, v := range list {
		w := math.Float32bits(v)
		if unordered(ordered(w)) != w {
			t.Errorf("%v does not decode to itself", v)
		}
		if i > 0 && ordered(w) <= ordered(math.Float32bits(list[i-1])) {
			t.Errorf("%v is not after %v", v, list[i-1])
		}
	}
	for _, d := range []uint32{0, 1, 2, 1 << 31, math.MaxUint32, 12345} {
		if unzigzag(zigzag(d)) != d {
			t.Errorf("%d does not decode to itself", d)
		}
	}
	if zigzag(math.MaxUint32) != 1 {
		t.Errorf("−1 becomes %d", zigzag(math.MaxUint32))
	}
}

// BenchmarkFloatCode encodes something like potentials: 100 steps of 500 neurons
// that slowly follow a noisy input.
func BenchmarkFloatCode(b *testing.B) {
	const width, rows = 500, 100
	r := rand.New(rand.NewPCG(1, 1))
	values := make([]float32, rows*width)
	for i := range values {
		v := float32(r.NormFloat64())
		if i >= width {
			v = 0.9*values[i-width] + 0.1*v
		}
		values[i] = v
	}
	z, u := newCompressor(), newDecompressor()
	var e floatEncoder
	var d floatDecoder
	var out []byte
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(4 * rows * width)
		for b.Loop() {
			out = e.append(out[:0], values, nil, width, fromAbove, z)
		}
		b.ReportMetric(float64(len(out))/rows/width, "B/value")
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(4 * rows * width)
		words := make([]uint32, rows*width)
		for b.Loop() {
			if err := d.decode(words, out, width, u); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Bytes that cannot be compressed are stored as they are, in frames that any
// decoder reads.
func TestRandomPlanes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	z, u := newCompressor(), newDecompressor()
	var e floatEncoder
	for _, n := range []int{4095, 4096, 1 << 17, 1<<17 + 1, chunkWords} {
		random, skew := make([]byte, n), make([]byte, n)
		values, words := make([]float32, n), make([]uint32, n)
		for i := range values {
			random[i], skew[i] = byte(r.Uint32()), byte(r.IntN(243)) // 7.92 bits
			words[i] = 0x3f000000 | r.Uint32()>>8                    // a constant byte and three random ones
			values[i] = math.Float32frombits(words[i])
		}
		if flat(random) != (n >= 4096) || flat(skew) {
			t.Errorf("%d bytes: flat is %v of random bytes and %v of others", n, flat(random), flat(skew))
		}
		payload := e.append(nil, values, nil, n, fromNothing, z)
		if len(payload) > 3*n+200 {
			t.Errorf("%d values are %d bytes", n, len(payload))
		}
		if got, err := countWords(payload); err != nil || got != n {
			t.Errorf("%d values are counted as %d, %v", n, got, err)
		}
		got := make([]uint32, n)
		if err := new(floatDecoder).decode(got, payload, n, u); err != nil || !slices.Equal(got, words) {
			t.Errorf("%d values differ; %v", n, err)
		}
		for m := range min(n, 3) {
			if b, err := decompress(u, nil, appendRaw(nil, random[:m]), m); err != nil || !slices.Equal(b, random[:m]) {
				t.Errorf("%d bytes: %v", m, err)
			}
		}
	}
}
