package stream

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/internal/statistics"
)

// The first numbers that are published for SplitMix64 with seed 0, and those of some
// streams: recorded runs depend on these for ever.
func TestStreamGolden(t *testing.T) {
	for _, test := range []struct {
		name   string
		stream Stream
		want   [4]uint64
	}{
		{"SplitMix64", Stream{0}, [4]uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec}},
		{"origin", New(0, InitialWeights, 0, 0, 0), [4]uint64{0xe912e310ed4f1285, 0xa9df09df37c6c2e5, 0xec09719b5f728eb5, 0x7dbf48bb9fd4bb05}},
		{"some stream", New(1, TrainingSpikes, 59999, 2, 107), [4]uint64{0x58b0ca174a837b14, 0x7efdc8c1de1bc445, 0xf3e8232c5d6418a8, 0xad16e02fdc0dbd7a}},
		{"largest numbers", New(math.MaxUint64, TrialSpikes, math.MaxUint64, 7, 1<<30), [4]uint64{0x4cbde3d91497f68b, 0x3fc39907117b3ac8, 0xf402dbd9d0e43e74, 0x819fcc102dab0e20}},
	} {
		for i, want := range test.want {
			if got := test.stream.Uint64(); got != want {
				t.Errorf("%s: number %d = %#x, want %#x", test.name, i, got, want)
			}
		}
	}
	s := New(1, TrainingSpikes, 59999, 2, 107)
	if got := s.Uniform(); got != float64(0x58b0ca174a837b14>>11)*0x1p-53 {
		t.Errorf("Uniform = %v", got)
	}
	if got, want := []Purpose{InitialWeights, ExampleOrder, PhaseLengths, PlateauTimes, TrainingSpikes, TestSpikes, TrialSpikes, FeedbackNoise},
		[]Purpose{1, 2, 3, 4, 5, 6, 7, 8}; !slices.Equal(got, want) {
		t.Errorf("purposes are numbered %d, want %d", got, want)
	}
}

// Every purpose has its own name, and one name only.
func TestPurposesHaveWords(t *testing.T) {
	words := map[string]Purpose{}
	for p := InitialWeights; p <= FeedbackNoise; p++ {
		if before, ok := words[p.String()]; ok || strings.Contains(p.String(), "purpose") {
			t.Errorf("purpose %d is called %s, like purpose %d", uint64(p), p, uint64(before))
		}
		words[p.String()] = p
	}
	for word, want := range map[string]Purpose{"training": TrainingSpikes, "test": TestSpikes, "trial": TrialSpikes} {
		if words[word] != want {
			t.Errorf("%s is purpose %d, want %d", word, uint64(words[word]), uint64(want))
		}
	}
	if got := Purpose(99).String(); got != "purpose 99" {
		t.Errorf("an unknown purpose is called %s", got)
	}
}

// No two streams begin with the same number; with 64 bits, that would not happen by
// chance either.
func TestStreamsDiffer(t *testing.T) {
	type use struct {
		seed    uint64
		purpose Purpose
		example uint64
		layer   int
		step    int
	}
	seen := map[uint64]use{}
	for _, seed := range []uint64{0, 1, 2, 1 << 63} {
		for purpose := InitialWeights; purpose <= FeedbackNoise; purpose++ {
			for _, example := range []uint64{0, 1, 2, 59999, 1 << 40} {
				for layer := range 4 {
					for _, step := range []int{0, 1, 2, 3, 127, 128, 1000} {
						p := use{seed, purpose, example, layer, step}
						s := New(seed, purpose, example, layer, step)
						for range 8 {
							u := s.Uint64()
							if other, ok := seen[u]; ok {
								t.Fatalf("%+v and %+v share %#x", p, other, u)
							}
							seen[u] = p
						}
					}
				}
			}
		}
	}
}

// Ones and zeros are equally frequent along a stream, and across streams that differ
// in one of the five numbers only, which is how streams are used.
func TestStreamBits(t *testing.T) {
	const n = 20_000
	along := New(1, TrainingSpikes, 0, 0, 0)
	first := func(s Stream) uint64 { return s.Uint64() }
	for _, test := range []struct {
		name string
		draw func(i int) uint64
	}{
		{"along a stream", func(int) uint64 { return along.Uint64() }},
		{"over steps", func(i int) uint64 { return first(New(1, TrainingSpikes, 5, 1, i)) }},
		{"over layers", func(i int) uint64 { return first(New(1, TrainingSpikes, 5, i, 0)) }},
		{"over examples", func(i int) uint64 { return first(New(1, TrainingSpikes, uint64(i), 1, 3)) }},
		{"over seeds", func(i int) uint64 { return first(New(uint64(i), TrainingSpikes, 0, 0, 0)) }},
		{"over purposes", func(i int) uint64 { return first(New(1, Purpose(i), 0, 0, 0)) }},
	} {
		var ones, changes [64]int
		last := uint64(0)
		for i := range n {
			u := test.draw(i)
			for b := range 64 {
				ones[b] += int(u >> b & 1)
				changes[b] += int((u ^ last) >> b & 1)
			}
			last = u
		}
		var sum float64
		for b := range 64 {
			statistics.Expect(t, fmt.Sprintf("%s: share of ones in bit %d", test.name, b), float64(ones[b])/n, 0.5, 0.5/math.Sqrt(n))
			statistics.Expect(t, fmt.Sprintf("%s: share of changes in bit %d", test.name, b), float64(changes[b])/n, 0.5, 0.5/math.Sqrt(n))
			sum += float64(ones[b])
		}
		statistics.Expect(t, test.name+": share of ones", sum/n/64, 0.5, 0.5/math.Sqrt(n*64))
	}
}

func TestUniform(t *testing.T) {
	const n, bins = 100_000, 100
	s := New(3, TrialSpikes, 0, 0, 0)
	counts, expected := make([]int, bins), make([]float64, bins)
	var sum, square, product, last float64
	low := 0
	for range n {
		u := s.Uniform()
		if !(u >= 0 && u < 1) || u != math.Trunc(u*0x1p53)*0x1p-53 {
			t.Fatalf("Uniform = %v, want one of 2⁵³ numbers from [0, 1)", u)
		}
		low += int(uint64(u*0x1p53) & 1)
		counts[int(u*bins)]++
		sum += u
		square += u * u
		product += (u - 0.5) * (last - 0.5)
		last = u
	}
	for i := range expected {
		expected[i] = n / bins
	}
	statistics.ChiSquare(t, "uniform", counts, expected)
	statistics.Expect(t, "mean", sum/n, 0.5, math.Sqrt(1./12/n))
	statistics.Expect(t, "second moment", square/n, 1./3, math.Sqrt((1./5-1./9)/n))
	statistics.Expect(t, "covariance with the last", product/n, 0, 1./12/math.Sqrt(n))
	statistics.Expect(t, "share of ones in the last bit", float64(low)/n, 0.5, 0.5/math.Sqrt(n))
}

func TestBelow(t *testing.T) {
	const draws = 50_000
	for _, n := range []int{1, 2, 3, 10, 784, 1000} {
		s := New(4, ExampleOrder, uint64(n), 0, 0)
		counts, expected := make([]int, n), make([]float64, n)
		for range draws {
			k := s.Below(n)
			if k < 0 || k >= n {
				t.Fatalf("Below(%d) = %d", n, k)
			}
			counts[k]++
		}
		for i := range expected {
			expected[i] = draws / float64(n)
		}
		statistics.ChiSquare(t, fmt.Sprintf("Below(%d)", n), counts, expected)
	}
	s := New(4, ExampleOrder, 0, 0, 0)
	const most = math.MaxInt32
	for range 1000 {
		if k := s.Below(most); k < 0 || k >= most {
			t.Fatalf("Below(%d) = %d", most, k)
		}
	}
}
