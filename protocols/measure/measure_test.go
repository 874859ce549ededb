package measure_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/measure"
	"plateau/protocols/training"
	"plateau/sim"
)

// made is a learner whose lessons are made up.
type made struct {
	*protocols.Learner
	witness protocols.Witness
	*measure.Measurements
}

func (m *made) AddWitness(w protocols.Witness, rates bool) { m.witness = w }

// tell tells the measurements of a batch with one lesson.
func (m *made) tell(l protocols.Lesson) {
	m.witness.Learnt(l)
	b := training.NewBatch(noise(1), []int{0})
	b.First, b.Seen[0].Losses = l.Number, l.Losses
	m.Learnt(b)
}

// hand returns a network of zeros, and measurements of it to which a test tells made-up
// lessons.
func hand(t *testing.T, hidden, outputs int, o measure.Options) (*network.Network, *made) {
	t.Helper()
	m := protocols.Default(3, []int{hidden}, outputs)
	whole := newTrainer(t, m, 1)
	whole.Weights().Set(make([]float32, whole.Weights().Count()))
	by := &made{Learner: whole.Learner}
	trainer, err := training.NewTrainer(by, m.Schedule())
	if err != nil {
		t.Fatal(err)
	}
	o.Every = 1
	if by.Measurements, err = measure.New(o, trainer); err != nil {
		t.Fatal(err)
	}
	return whole.Network(), by
}

// lesson makes up a lesson from the means that are measured.
func lesson(number uint64, somaHidden, plateauForward, plateauTarget, somaOutput, rateTarget []float32) protocols.Lesson {
	return protocols.Lesson{
		Number:  number,
		Forward: []network.Means{{Soma: somaHidden, Plateau: plateauForward}, {Soma: somaOutput}},
		Target:  []network.Means{{Plateau: plateauTarget}, {Rate: rateTarget}},
		Losses:  []float64{0, 0},
	}
}

func next(t *testing.T, m *measure.Measurements) measure.Line {
	t.Helper()
	line, ok := m.Next()
	if !ok {
		t.Fatal("no line")
	}
	return line
}

// There are two hidden neurons, and one of three output neurons has an error. The
// backpropagated update points along the weights of that neuron, so plateaus that
// change along them give an angle of 0°, against them 180°, and across them 90°. An
// update of zero has no angle.
func TestAngleByHand(t *testing.T) {
	net, m := hand(t, 2, 3, measure.Options{Angles: true})
	w := net.Layers[1].Weights
	// The last weight of each is that of a neuron without an error.
	w.SetRow(0, []float32{w.At(0, 0), 3, 100})
	w.SetRow(1, []float32{w.At(1, 0), -4, 100})
	rest := []float32{0, 0}
	for k, c := range []struct {
		change []float32
		want   float64
	}{
		{[]float32{0.0075, -0.01}, 0},
		{[]float32{-0.75, 1}, 180},
		{[]float32{-0.5, -0.375}, 90},
		{[]float32{0.25, 0}, 180 / math.Pi * math.Acos(0.6)},
		{rest, math.NaN()},
	} {
		// φ_max σ(0) = 0.1/ms in the forward phase; the second neuron is told to fire more.
		m.tell(lesson(uint64(k+1), rest, rest, c.change, []float32{0, 0, 0}, []float32{0.1, 0.15, 0.1}))
		// Near 1, an arc cosine turns an error of 1e-8 into 1e-4 radians.
		near(t, fmt.Sprint(c.change), next(t, m.Measurements).UpdateAngles, []float64{c.want}, 1e-2)
	}

	// The mean leaves out updates without an angle.
	net, m = hand(t, 2, 3, measure.Options{Angles: true})
	net.Layers[1].Weights.SetRow(0, []float32{1, 0, 0})
	for k, change := range [][]float32{{1, 0}, {0, 0}, {0, 1}} {
		m.tell(lesson(uint64(k+1), rest, rest, change, []float32{0, 0, 0}, []float32{0.2, 0.1, 0.1}))
	}
	near(t, "mean", next(t, m.Measurements).UpdateAngles, []float64{45}, 1e-9)
}

// Some Jacobians can be worked out by hand: with W_out = a I and Y = b I all singular
// values of I − J_B J_G are the same, and with one weight off the diagonal it is a
// shear.
func TestEigenvalueByHand(t *testing.T) {
	const a, b = 7, 5
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	up := 0.2 / 4 * (0.6 / 0.7) * a                   // φ_max σ′(0) k_d a
	back := sigmoid(b*0.1) * (1 - sigmoid(b*0.1)) * b // σ′(b φ_max/2) b
	trace := 2 + up*back*up*back                      // of ((1, x), (0, 1))ᵀ((1, x), (0, 1)), whose
	shear := (trace + math.Sqrt(trace*trace-4)) / 2   // determinant is 1
	for _, c := range []struct {
		name string
		w    [2][2]float32
		want float64
	}{
		{"diagonal", [2][2]float32{{a, 0}, {0, a}}, (1 - up*back) * (1 - up*back)},
		{"opposed", [2][2]float32{{-a, 0}, {0, -a}}, (1 + up*back) * (1 + up*back)},
		{"shear", [2][2]float32{{0, a}, {0, 0}}, shear},
		{"nothing", [2][2]float32{}, 1},
	} {
		net, m := hand(t, 2, 2, measure.Options{Eigenvalue: true})
		for j, row := range c.w {
			net.Layers[1].Weights.SetRow(j, row[:])
		}
		net.Layers[0].Feedback.Set(0, 0, b)
		net.Layers[0].Feedback.Set(1, 1, b)
		rest := []float32{0, 0}
		m.tell(lesson(1, rest, rest, rest, rest, rest))
		near(t, c.name, []float64{next(t, m.Measurements).LargestEigenvalue}, []float64{c.want}, 1e-9) // eigenvalues are rounded to ten digits
	}
	net, m := hand(t, 2, 2, measure.Options{Eigenvalue: true})
	net.Layers[1].Weights.Set(0, 0, float32(math.Inf(1)))
	rest := []float32{0, 0}
	m.tell(lesson(1, rest, rest, rest, rest, rest))
	if v := next(t, m.Measurements).LargestEigenvalue; !math.IsNaN(v) {
		t.Errorf("with infinite weights it is %v, want NaN", v)
	}
}

// Feedback that is tied to the forward weights is aligned with them.
func TestAlignmentByHand(t *testing.T) {
	m := tiny(7, 5)
	m.Network.Symmetric = true
	trainer := newTrainer(t, m, 1)
	lines := course(t, newMeasurements(t, measure.Options{Every: 10, Alignment: true}, trainer), trainer, noise(20), 1)
	for _, line := range lines {
		near(t, "symmetric", []float64{line.AlignmentAngle}, []float64{0}, 1e-5) // an arc cosine near 1
	}
	net, by := hand(t, 2, 2, measure.Options{Alignment: true})
	rest := []float32{0, 0}
	for k, c := range []struct{ y, want float64 }{{-2, 180}, {0, math.NaN()}, {3, 0}} {
		net.Layers[1].Weights.SetRow(0, []float32{1, 2})
		net.Layers[0].Feedback.Set(0, 0, float32(c.y))
		net.Layers[0].Feedback.Set(1, 0, float32(2*c.y))
		by.tell(lesson(uint64(k+1), rest, rest, rest, rest, rest))
		near(t, fmt.Sprint(c.y), []float64{next(t, by.Measurements).AlignmentAngle}, []float64{c.want}, 1e-5)
	}
	// Rounding makes some cosines of parallel vectors larger than 1; no angle may be NaN.
	for k := range 100 {
		y := 0.1 * float32(k+1)
		net.Layers[1].Weights.SetRow(0, []float32{y, y / 3})
		net.Layers[0].Feedback.Set(0, 0, y)
		net.Layers[0].Feedback.Set(1, 0, y/3)
		by.tell(lesson(uint64(k+4), rest, rest, rest, rest, rest))
		near(t, fmt.Sprint(y), []float64{next(t, by.Measurements).AlignmentAngle}, []float64{0}, 1e-5)
	}
}

func TestCorrelationByHand(t *testing.T) {
	_, m := hand(t, 2, 2, measure.Options{Losses: true})
	number := uint64(0)
	tell := func(hidden, output []float64) measure.Line {
		for k := range hidden {
			number++
			m.tell(protocols.Lesson{Number: number, Losses: []float64{hidden[k], output[k]}})
		}
		return next(t, m.Measurements)
	}
	for _, c := range []struct {
		hidden, output []float64
		want           float64
	}{
		{[]float64{1e6 + 1, 1e6 + 2, 1e6 + 4}, []float64{1e6 + 10, 1e6 + 20, 1e6 + 40}, 1},
		{[]float64{1, 2, 4}, []float64{-1, -2, -4}, -1},
		{[]float64{1, 2, 3, 4}, []float64{1, -1, -1, 1}, 0},
		{[]float64{1, 1, 1}, []float64{1, 2, 3}, math.NaN()},
	} {
		near(t, fmt.Sprint(c.hidden), tell(c.hidden, c.output).LossCorrelation, []float64{c.want}, 1e-9)
	}
}

// White images make the input fire with φ_max, black ones with 0.
func TestRatesByHand(t *testing.T) {
	m := tiny(4)
	m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates
	trainer := newTrainer(t, m, 1)
	measurements := newMeasurements(t, measure.Options{Every: 2, Rates: true}, trainer)
	white, black := []float32{1, 1, 1, 1, 1, 1}, make([]float32, 6)
	for _, c := range []struct {
		rows [][]float32
		want float64
	}{{[][]float32{white, white}, 0.2}, {[][]float32{black, black}, 0}, {[][]float32{white, black}, 0.1}} {
		line := course(t, measurements, trainer, images{c.rows, []int{0, 1}}, 1)[0]
		near(t, "input", line.Rates[:1], []float64{c.want}, 1e-12)
		for _, r := range line.Rates[1:] {
			if !(r > 0 && r < 0.2) {
				t.Errorf("layers fire with %v/ms, want between 0 and φ_max", line.Rates)
			}
		}
	}
}

// Measuring changes nothing, and measurements do not depend on the number of workers.
func TestMeasuringChangesNothing(t *testing.T) {
	data := noise(50)
	for _, batch := range []int{1, 16} {
		m := tiny(8, 7)
		m.Batch, m.MeanUpdate = batch, batch > 1
		m.Neurons.Dt, m.Train.Longer = 0.3, &protocols.Wald{Mean: 2, Scale: 1} // times whose sums round
		var want, lines string
		for _, workers := range []int{1, 3} {
			for _, on := range []bool{false, true} {
				trainer := newTrainer(t, m, workers)
				o := measure.Options{Every: 7}
				if on {
					o = measure.All(7, trainer.Learner)
				}
				got := fmt.Sprint(course(t, newMeasurements(t, o, trainer), trainer, data, 2))
				if on {
					if lines == "" {
						lines = got
					}
					if got != lines {
						t.Errorf("batches of %d, %d workers: other measurements", batch, workers)
					}
				}
				sha := trainer.Network().Weights().SHA256()
				if want == "" {
					want = sha
				}
				if sha != want {
					t.Errorf("batches of %d, %d workers, measured %v: other weights", batch, workers, on)
				}
			}
		}
	}
}

// Measurements whose state is moved to new ones at any moment give the same lines as
// without that.
func TestStateGoesOn(t *testing.T) {
	data := noise(40)
	for _, batch := range []int{1, 6} {
		m := tiny(8, 7)
		m.Batch = batch
		m.Neurons.Dt, m.Train.Longer = 0.3, &protocols.Wald{Mean: 2, Scale: 1} // times whose sums round
		if batch == 6 {
			m.Neurons.Forward = sim.Rates
		}
		trainer := newTrainer(t, m, 1)
		o := measure.All(15, trainer.Learner)
		want := fmt.Sprint(course(t, newMeasurements(t, o, trainer), trainer, data, 3))
		for _, stop := range []int{1, 14, 15, 16, 29, 40, 44, 75, 79} {
			trainer := newTrainer(t, m, 1)
			measurements := newMeasurements(t, o, trainer)
			var lines []measure.Line
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var err error
			var now training.Epoch
			for err == nil {
				_, err = trainer.Epoch(ctx, data, func(e training.Epoch) {
					if line, ok := measurements.Next(); ok {
						lines = append(lines, line)
					}
					if now = e; (e.Number-1)*data.Len()+e.Examples >= stop {
						cancel()
					}
				})
			}
			rest := 3 - now.Number
			if now.Examples < data.Len() {
				rest++
			}
			state := written(t, measurements)
			var checkpoint bytes.Buffer
			if err := trainer.WriteState(&checkpoint); err != nil {
				t.Fatal(err)
			}

			trainer = newTrainer(t, m, 2)
			measurements = newMeasurements(t, o, trainer)
			if err := trainer.ReadState(section(checkpoint.Bytes())); err != nil {
				t.Fatal(err)
			}
			if err := measurements.ReadState(section(state)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(written(t, measurements), state) {
				t.Error("the state differs from the one that was set")
			}
			lines = append(lines, course(t, measurements, trainer, data, rest)...)
			if got := fmt.Sprint(lines); got != want {
				t.Errorf("batches of %d, stopped after %d:\n%s\nwant\n%s", batch, stop, got, want)
			}
		}
	}
}

func TestStateRefused(t *testing.T) {
	state := func(every int, alter func(*measure.Options), hidden ...int) (*measure.Measurements, []byte) {
		m := tiny(hidden...)
		trainer := newTrainer(t, m, 1)
		o := measure.All(every, trainer.Learner)
		alter(&o)
		measurements := newMeasurements(t, o, trainer)
		course(t, measurements, trainer, noise(20), 1)
		return measurements, written(t, measurements)
	}
	same := func(*measure.Options) {}
	m, before := state(15, same, 5)
	_, every := state(14, same, 5)
	_, options := state(15, func(o *measure.Options) { o.Rates = false }, 5)
	_, larger := state(15, same, 6)
	for _, c := range []struct {
		name  string
		state []byte
		want  string
	}{
		{"another interval", every, "15 examples"},
		{"other options", options, "other measurements"},
		{"another network", larger, "bytes, want"},
		{"cut short", before[:len(before)-1], "bytes, want"},
		{"nothing", nil, "0 bytes, want"},
	} {
		if err := m.ReadState(section(c.state)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", c.name, err, c.want)
		}
	}
	if !bytes.Equal(written(t, m), before) {
		t.Error("a state that was refused changed the measurements")
	}
}

func TestNothingToTell(t *testing.T) {
	m := tiny(3)
	trainer := newTrainer(t, m, 1)
	measurements := newMeasurements(t, measure.All(1, trainer.Learner), trainer)
	if line, ok := measurements.Next(); ok {
		t.Errorf("before anything was learnt there is %+v", line)
	}
	course(t, measurements, trainer, noise(3), 1)
	if line, ok := measurements.Next(); ok {
		t.Errorf("Next returned a line twice: %+v", line)
	}
}

func TestOptions(t *testing.T) {
	none := tiny()
	for _, c := range []struct {
		o    measure.Options
		want []string
	}{
		{measure.Options{Losses: true}, []string{"Every = 0"}},
		{measure.Options{Every: -3}, []string{"Every = -3"}},
		{measure.Options{Every: 1, Angles: true, Eigenvalue: true, Alignment: true}, []string{"Angles needs a hidden layer", "Eigenvalue", "Alignment"}},
	} {
		_, err := measure.New(c.o, newTrainer(t, none, 1).Trainer)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: error %v, want one that says %q", c.o, err, want)
			}
		}
	}
	for hidden, m := range []protocols.Model{none, tiny(3)} {
		if err := measure.All(1, newTrainer(t, m, 1).Learner).Validate(hidden); err != nil {
			t.Errorf("Validate refuses All: %v", err)
		}
	}
}

// flat is a learner without plateaus: a vector that grows by the length of each batch.
type flat struct {
	weights []float32
}

func (f *flat) Shape() training.Shape              { return training.Shape{Inputs: 6, Classes: 3, Losses: 1} }
func (f *flat) Reader() (training.Reader, error)   { return f, nil }
func (f *flat) Read(training.Example) (int, error) { return 0, nil }
func (f *flat) AppendState(b []byte) []byte        { return b }
func (f *flat) SetState([]byte) error              { return nil }
func (f *flat) Weights() network.Weights {
	return network.Weights{network.MatrixArray("W0", network.Matrix{Rows: 1, Cols: 1, Stride: 1, Data: f.weights}), network.BiasArray("b0", []float32{7})}
}

func (f *flat) Learn(b *training.Batch) error {
	for k := range b.Seen {
		b.Read(k)
		b.Seen[k] = training.Seen{Losses: []float64{float64(k)}}
	}
	f.weights[0] += float32(b.Len())
	return nil
}

// What learns without plateaus has losses and norms, and is refused what it cannot tell.
func TestLearnerWithoutPlateaus(t *testing.T) {
	f := &flat{make([]float32, 1)}
	trainer, err := training.NewTrainer(f, training.Schedule{Batch: 2, Course: network.Course{Decay: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []measure.Options{{Every: 1, Angles: true}, {Every: 1, Eigenvalue: true}, {Every: 1, Alignment: true}, {Every: 1, Rates: true}} {
		if _, err := measure.New(o, trainer); err == nil || !strings.Contains(err.Error(), "plateau potentials") {
			t.Errorf("%+v: error %v, want one about plateau potentials", o, err)
		}
	}
	if _, err := measure.New(measure.Options{Losses: true}, trainer); err == nil || !strings.Contains(err.Error(), "Every = 0") {
		t.Errorf("an interval of no examples: error %v", err)
	}
	m, err := measure.New(measure.All(4, f), trainer)
	if err != nil {
		t.Fatal(err)
	}
	var lines []measure.Line
	if _, err := trainer.Epoch(t.Context(), noise(8), func(training.Epoch) {
		if line, ok := m.Next(); ok {
			lines = append(lines, line)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 2 || lines[1].Examples != 8 || lines[1].OutputLoss != 0.5 || lines[1].HiddenLosses == nil ||
		!slices.Equal(lines[1].WeightNorms, []float64{8}) || !slices.Equal(lines[1].WeightChanges, []float64{1}) ||
		lines[1].UpdateAngles != nil || lines[1].Rates != nil {
		t.Errorf("%+v", lines)
	}
}

// Measuring does not allocate anything per example.
func TestNothingIsAllocated(t *testing.T) {
	data := noise(200)
	for _, batch := range []int{1, 20} {
		m := tiny(8, 7)
		m.Batch = batch
		trainer := newTrainer(t, m, 1)
		measurements := newMeasurements(t, measure.All(1e6, trainer.Learner), trainer)
		perEpoch := testing.AllocsPerRun(3, func() { course(t, measurements, trainer, data, 1) })
		if perEpoch >= 10 {
			t.Errorf("batches of %d: %v allocations in an epoch of 200 examples", batch, perEpoch)
		}
	}
}

// written returns the state of measurements, and checks that it has the size that they
// say.
func written(t *testing.T, m *measure.Measurements) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.WriteState(&b); err != nil || b.Len() != m.StateSize() {
		t.Fatalf("%d bytes, want %d: %v", b.Len(), m.StateSize(), err)
	}
	return b.Bytes()
}

func section(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}
