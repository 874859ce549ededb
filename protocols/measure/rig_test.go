package measure_test

import (
	"math"
	"slices"
	"testing"

	"plateau/internal/stream"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/measure"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
	"plateau/sim"
)

// images are made-up examples.
type images struct {
	intensities [][]float32
	classes     []int
}

func (d images) Len() int  { return len(d.classes) }
func (d images) Size() int { return len(d.intensities[0]) }

func (d images) Example(i int, intensity []float32) (class int) {
	copy(intensity, d.intensities[i])
	return d.classes[i]
}

// noise returns n images with random intensities and classes, for the models of tiny.
func noise(n int) images {
	s := stream.New(5, 1000, 0, 0, 0)
	var d images
	for range n {
		row := make([]float32, 6)
		for j := range row {
			row[j] = float32(s.Uniform())
		}
		d.intensities, d.classes = append(d.intensities, row), append(d.classes, s.Below(3))
	}
	return d
}

// tiny returns a model that needs some microseconds for an example and learns fast.
func tiny(hidden ...int) protocols.Model {
	m := protocols.Default(6, hidden, 3)
	m.Train = protocols.TwoPhase{Forward: 12, Target: 10, Settle: 4}
	return m
}

func newTrainer(t testing.TB, m protocols.Model, workers int) *protocolstest.Training {
	t.Helper()
	net, err := m.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := protocolstest.New(m, net, workers)
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

func newMeasurements(t testing.TB, o measure.Options, trainer *protocolstest.Training) *measure.Measurements {
	t.Helper()
	m, err := measure.New(o, trainer.Trainer)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// course trains for some epochs and returns all lines.
func course(t testing.TB, m *measure.Measurements, trainer *protocolstest.Training, data training.Examples, epochs int) (lines []measure.Line) {
	t.Helper()
	for range epochs {
		_, err := trainer.Epoch(t.Context(), data, func(training.Epoch) {
			if line, ok := m.Next(); ok {
				lines = append(lines, line)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// A slow twin keeps all lessons in float64, and the weights at each of them, and
// computes everything from its definition at the end.
type slow struct {
	model   protocols.Model
	net     *network.Network
	lessons []slowLesson

	told    []slowLesson // spikes of examples whose lessons have not come yet
	forward bool
}

type slowLesson struct {
	weights   *network.Network
	intensity []float64
	losses    []float64
	forward   []slowMeans
	target    []slowMeans

	spikes []int   // of each population in the forward phase
	time   float64 // length of the forward phase (ms)
}

type slowMeans struct{ trace, soma, rate, plateau []float64 }

func wide(x []float32) []float64 {
	var y []float64
	for _, v := range x {
		y = append(y, float64(v))
	}
	return y
}

func (s *slow) Learnt(l protocols.Lesson) {
	means := func(list []network.Means) (out []slowMeans) {
		for _, f := range list {
			out = append(out, slowMeans{wide(f.Trace), wide(f.Soma), wide(f.Rate), wide(f.Plateau)})
		}
		return out
	}
	s.lessons = append(s.lessons, slowLesson{
		weights: s.heard(), intensity: s.seen(l.Intensity), losses: slices.Clone(l.Losses),
		forward: means(l.Forward), target: means(l.Target), spikes: s.told[0].spikes, time: s.told[0].time,
	})
	s.told = s.told[1:]
}

// heard returns the weights as if those of silenced neurons were 0.
func (s *slow) heard() *network.Network {
	net := s.net.Clone()
	for _, lesion := range net.Lesions {
		for j := lesion.From; j < lesion.To; j++ {
			w := net.Layers[lesion.Layer].Weights
			w.SetRow(j, make([]float32, w.Cols))
		}
	}
	return net
}

// seen returns the intensities of an example, 0 for inputs that are silenced.
func (s *slow) seen(intensity []float32) []float64 {
	x := wide(intensity)
	for _, lesion := range s.net.Lesions {
		if lesion.Layer == 0 {
			clear(x[lesion.From:lesion.To])
		}
	}
	return x
}

// Observe counts spikes, step by step.
func (s *slow) Observe(e sim.Event) {
	switch e := e.(type) {
	case *sim.Presentation:
		s.told = append(s.told, slowLesson{spikes: make([]int, 1+len(s.net.Layers))})
	case *sim.PhaseBegan:
		s.forward = e.Phase.Name == "forward"
	case *sim.Block:
		l := &s.told[len(s.told)-1]
		for step := 0; s.forward && step < e.Steps; step++ {
			l.time += s.model.Neurons.Dt
			for i := range l.spikes {
				l.spikes[i] += len(e.Spikes(i, step))
			}
		}
	}
}

func sigma(v float64) float64  { return 1 / (1 + math.Exp(-v)) }
func dsigma(v float64) float64 { return sigma(v) * (1 - sigma(v)) }

// matrix is dense, with rows of receiving neurons as the equations have them.
type matrix [][]float64

func zeros(rows, cols int) matrix {
	m := make(matrix, rows)
	for i := range m {
		m[i] = make([]float64, cols)
	}
	return m
}

// receiving returns a projection with a row for each receiving neuron.
func receiving(w network.Projection) matrix {
	m := zeros(w.Cols, w.Rows)
	for j := range w.Rows {
		for i, x := range w.Row(j) {
			m[i][j] = float64(x)
		}
	}
	return m
}

func (a matrix) transposed() matrix {
	m := zeros(len(a[0]), len(a))
	for i := range a {
		for j := range a[i] {
			m[j][i] = a[i][j]
		}
	}
	return m
}

func (a matrix) times(b matrix) matrix {
	m := zeros(len(a), len(b[0]))
	for i := range m {
		for j := range m[i] {
			for k := range b {
				m[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return m
}

func (a matrix) of(x []float64) []float64 {
	y := make([]float64, len(a))
	for i := range a {
		for j := range x {
			y[i] += a[i][j] * x[j]
		}
	}
	return y
}

// outer returns d ⊗ s as one long vector.
func outer(d, s []float64) (flat []float64) {
	for _, x := range d {
		for _, y := range s {
			flat = append(flat, x*y)
		}
	}
	return flat
}

func (a matrix) flat() []float64 { return slices.Concat(a...) }

func norm(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum)
}

func minus(a, b []float64) []float64 {
	c := slices.Clone(a)
	for i := range c {
		c[i] -= b[i]
	}
	return c
}

func average(x []float64) (mean float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	return mean
}

// angle returns the angle between two vectors (degrees), from the half angle of an
// isosceles triangle, which needs no arc cosine.
func angle(a, b []float64) float64 {
	a, b = slices.Clone(a), slices.Clone(b)
	na, nb := norm(a), norm(b)
	sum := slices.Clone(a)
	for i := range a {
		a[i], b[i] = a[i]/na, b[i]/nb
		sum[i] = a[i] + b[i]
	}
	return 2 * math.Atan2(norm(minus(a, b)), norm(sum)) * 180 / math.Pi
}

// near fails unless numbers agree to a tolerance, which is relative for large ones.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d numbers, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if math.IsNaN(got[i]) && math.IsNaN(want[i]) {
			continue
		}
		if !(math.Abs(got[i]-want[i]) <= tolerance*max(1, math.Abs(want[i]))) {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], want[i])
		}
	}
}
