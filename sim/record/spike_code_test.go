package record

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func poissonGaps(r *rand.Rand, p float64, n int, bernoulli bool) []uint64 {
	gaps := make([]uint64, 0, n)
	var f uint64
	var last uint64
	for len(gaps) < n {
		if bernoulli {
			g := uint64(math.Floor(math.Log(1-r.Float64()) / math.Log1p(-p)))
			f += g
			gaps = append(gaps, f-last)
			last = f
			f++
			continue
		}
		// continuous time in units of cells
		gaps = append(gaps, 0)
	}
	return gaps
}

func BenchmarkSpikeCode(b *testing.B) {
	for _, p := range []float64{0.0001, 0.001, 0.005, 0.02, 0.05, 0.1, 0.2} {
		r := rand.New(rand.NewPCG(1, 2))
		gaps := poissonGaps(r, p, 1<<16, true)
		spikes := cells(gaps, 500)
		z, d := newCompressor(), newDecompressor()
		var e spikeEncoder
		var dec spikeDecoder
		bound := (-math.Log2(p) - (1-p)/p*math.Log1p(-p)/math.Ln2) / 8
		b.Run("encode/"+formatFloat(p), func(b *testing.B) {
			var out []byte
			for b.Loop() {
				out = e.append(out[:0], spikes, 500, 0, len(gaps), z)
			}
			b.ReportMetric(float64(b.N)*float64(len(gaps))/b.Elapsed().Seconds()/1e6, "Mspikes/s")
			b.ReportMetric(float64(len(out))/float64(len(gaps)), "B/spike")
			b.ReportMetric(float64(len(out))/float64(len(gaps))/bound, "ratio")
		})
		b.Run("decode/"+formatFloat(p), func(b *testing.B) {
			out := e.append(nil, spikes, 500, 0, len(gaps), z)
			got := make([]uint64, len(gaps))
			for b.Loop() {
				if err := dec.decode(got, out, d); err != nil {
					b.Fatal(err)
				}
			}
			if !slices.Equal(got, gaps) {
				b.Fatal("differs")
			}
			b.ReportMetric(float64(b.N)*float64(len(gaps))/b.Elapsed().Seconds()/1e6, "Mspikes/s")
		})
	}
}

func formatFloat(p float64) string { return strconv.FormatFloat(p, 'g', -1, 64) }

// cells turns gaps into spikes of a population of n.
func cells(gaps []uint64, n uint64) *train {
	t := &train{}
	var at uint64
	for _, g := range gaps {
		at += g
		if step := int32(at / n); len(t.steps) == 0 || t.steps[len(t.steps)-1] != step {
			t.steps, t.ends = append(t.steps, step), append(t.ends, int32(len(t.neurons)))
		}
		t.neurons = append(t.neurons, int32(at%n))
		t.ends[len(t.ends)-1]++
	}
	return t
}
