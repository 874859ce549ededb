package record

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// bernoulli draws n gaps between cells with a spike; each cell has one with
// probability p.
func bernoulli(r *rand.Rand, p float64, n int) []uint64 {
	gaps := make([]uint64, n)
	for i := range gaps {
		gaps[i] = uint64(math.Log(1-r.Float64()) / math.Log1p(-p))
		if i > 0 {
			gaps[i]++
		}
	}
	return gaps
}

// cells turns gaps into the spikes of a population of n neurons.
func cells(gaps []uint64, n uint64) *raster {
	t := &raster{}
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

// The decoded spikes are the encoded ones, whatever the gaps, wherever runs and
// chunks end, and however large the population.
func TestSpikeCode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	z, u := newCompressor(), newDecompressor()
	var e spikeEncoder
	var d spikeDecoder
	for _, n := range []int{1, 2, 7, 8, 9, 100, spikeRun - 1, spikeRun, spikeRun + 1, 3*spikeRun + 5, maxSpikes} {
		for _, size := range []uint64{1, 10, 500, 1 << 20} {
			for name, gap := range map[string]func(i int) uint64{
				"all in one":  func(int) uint64 { return 0 },
				"every cell":  func(int) uint64 { return 1 },
				"small":       func(int) uint64 { return r.Uint64N(20) },
				"a byte full": func(int) uint64 { return 250 + r.Uint64N(10) },
				"wide":        func(int) uint64 { return r.Uint64N(2 * size) },
				"far apart":   func(int) uint64 { return r.Uint64N(min(1<<31*size/uint64(n), 1<<50)) },
				"one far": func(i int) uint64 {
					if i == n/2 {
						return 1 << 30 * size
					}
					return r.Uint64N(3)
				},
				"rates change": func(i int) uint64 { return r.Uint64N(1 << (i / 1000 % 9)) },
			} {
				gaps := make([]uint64, n)
				for i := range gaps {
					gaps[i] = gap(i)
				}
				all := cells(gaps, size)
				// A chunk may begin anywhere in the raster, and within a step.
				for _, from := range []int{0, n / 3} {
					payload := e.append(nil, all, int(size), from, n, z)
					want := slices.Clone(gaps[from:])
					for _, g := range gaps[:from] {
						want[0] += g
					}
					got := make([]uint64, n-from)
					if err := d.decode(got, payload, u); err != nil {
						t.Fatalf("%d spikes of %d neurons, %s, from %d: %v", n, size, name, from, err)
					}
					if !slices.Equal(got, want) {
						t.Fatalf("%d spikes of %d neurons, %s, from %d: they differ", n, size, name, from)
					}
					spikes := make([]Spike, n-from)
					steps := int(all.steps[len(all.steps)-1]) + 1
					if err := spikesFrom(spikes, got, size, steps); err != nil {
						t.Fatal(err)
					}
					if last := spikes[len(spikes)-1]; last.Neuron != all.neurons[n-1] || int(last.Step) != steps-1 {
						t.Fatalf("the last spike is %+v", last)
					}
					if steps > 1 && spikesFrom(spikes, got, size, steps-1) == nil {
						t.Fatal("a spike after the last step is accepted")
					}
					if d.decode(got[1:], payload, u) == nil {
						t.Fatal("an extra spike is accepted")
					}
				}
			}
		}
	}
}

// Encoding and decoding allocate nothing once they have their buffers.
func TestSpikeCodeAllocates(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	all := cells(bernoulli(rand.New(rand.NewPCG(1, 1)), 0.02, 1<<14), 500)
	z, u := newCompressor(), newDecompressor()
	var e spikeEncoder
	var d spikeDecoder
	var out []byte
	gaps := make([]uint64, len(all.neurons))
	n := testing.AllocsPerRun(20, func() {
		out = e.append(out[:0], all, 500, 0, len(all.neurons), z)
		if err := d.decode(gaps, out, u); err != nil {
			t.Fatal(err)
		}
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSpikeCode(b *testing.B) {
	for _, p := range []float64{0.0001, 0.001, 0.005, 0.02, 0.05, 0.1, 0.2} {
		gaps := bernoulli(rand.New(rand.NewPCG(1, 2)), p, 1<<16)
		spikes := cells(gaps, 500)
		z, u := newCompressor(), newDecompressor()
		var e spikeEncoder
		var d spikeDecoder
		out := e.append(nil, spikes, 500, 0, len(gaps), z)
		bound := (-math.Log2(p) - (1-p)/p*math.Log1p(-p)/math.Ln2) / 8
		name := strconv.FormatFloat(p, 'f', -1, 64)
		report := func(b *testing.B) {
			b.ReportMetric(float64(b.N)*float64(len(gaps))/b.Elapsed().Seconds()/1e6, "Mspikes/s")
		}
		b.Run("encode/"+name, func(b *testing.B) {
			for b.Loop() {
				out = e.append(out[:0], spikes, 500, 0, len(gaps), z)
			}
			report(b)
			size := float64(len(out)+frameSize) / float64(len(gaps))
			b.ReportMetric(size, "B/spike")
			b.ReportMetric((size/bound-1)*100, "%above-bound")
		})
		b.Run("decode/"+name, func(b *testing.B) {
			list := make([]Spike, len(gaps))
			steps := int(spikes.steps[len(spikes.steps)-1]) + 1
			for b.Loop() {
				if err := d.decode(gaps, out, u); err != nil {
					b.Fatal(err)
				}
				if err := spikesFrom(list, gaps, 500, steps); err != nil {
					b.Fatal(err)
				}
			}
			report(b)
		})
	}
}
