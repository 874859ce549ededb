package protocols_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
	"plateau/sim"
)

// Lengths in ms are rounded to steps of dt; the window begins after Settle, or Window
// before the end.
func TestPhaseSteps(t *testing.T) {
	paper := protocols.DefaultTwoPhase()
	windowed := protocols.TwoPhase{Forward: 50, Target: 60, Settle: 30, Window: 10}
	for _, c := range []struct {
		dt            float64
		p             protocols.TwoPhase
		forward, from int
		target, then  int // steps of the target phase, and its From
	}{
		{1, paper, 50, 30, 50, 30},
		{0.5, paper, 100, 60, 100, 60},
		{0.1, paper, 500, 300, 500, 300},
		{0.3, paper, 167, 100, 167, 100},
		{1, windowed, 50, 40, 60, 50},
		{0.5, windowed, 100, 80, 120, 100},
		{0.1, windowed, 500, 400, 600, 500},
		{0.3, windowed, 167, 134, 200, 167},
		{1, protocols.TwoPhase{Forward: 7, Target: 9}, 7, 0, 9, 0},
		{1, protocols.TwoPhase{Forward: 7, Target: 9, Window: 7}, 7, 0, 9, 2},
		// Halves are rounded up, and there is at least one step.
		{1, protocols.TwoPhase{Forward: 0.2, Target: 0.3}, 1, 0, 1, 0},
		{1, protocols.TwoPhase{Forward: 30.5, Target: 31.5, Settle: 29.5}, 31, 30, 32, 30},
		{10, protocols.TwoPhase{Forward: 34, Target: 36, Settle: 4}, 3, 1, 4, 1},
		{1, protocols.TwoPhase{Forward: 2, Target: 2, Settle: 1}, 2, 1, 2, 1},
		{1, protocols.TwoPhase{Forward: 20, Target: 20, Settle: 5, Window: 0.01}, 20, 19, 20, 19},
	} {
		m := protocolstest.Tiny(2)
		m.Neurons.Dt, m.Train = c.dt, c.p
		m.Neurons.Integration = compartments.Exponential // takes steps of any length
		began := phasesOf(t, m, 2)
		for k, b := range began {
			name, steps, from := "forward", c.forward, c.from
			if k%2 == 1 {
				name, steps, from = "target", c.target, c.then
			}
			if b.phase.Name != name || b.phase.Taught != (name == "target") {
				t.Errorf("phase %d is %q and taught: %v", k, b.phase.Name, b.phase.Taught)
			}
			if b.phase.Steps != steps || b.phase.From != from {
				t.Errorf("dt %v, %+v: %s phase of %d steps with means from %d, want %d from %d",
					c.dt, c.p, name, b.phase.Steps, b.phase.From, steps, from)
			}
			if b.phase.PlateauStep != nil {
				t.Errorf("%+v: neurons have their own plateau times", c.p)
			}
		}
		if began[1].Step != c.forward || began[2].Step != 0 {
			t.Errorf("a target phase begins at step %d, the next example at %d, want %d and 0", began[1].Step, began[2].Step, c.forward)
		}
	}
}

// Rounded to whole steps, a phase must leave something to average, and have room for
// its window and plateau times.
func TestTimesMustSurviveTheGrid(t *testing.T) {
	test := protocols.DefaultTestPhase()
	for _, c := range []struct {
		dt   float64
		p    protocols.TwoPhase
		test protocols.TestPhase
		want []string // none if it is accepted
	}{
		{10, protocols.TwoPhase{Forward: 34, Target: 34, Settle: 30}, test, []string{
			"in whole steps of Dt = 10 ms", "Forward = 30 ms, want > Settle (30 ms)", "Target = 30 ms, want > Settle (30 ms)"}},
		{10, protocols.TwoPhase{Forward: 50, Target: 40, Settle: 36}, test, []string{"Target = 40 ms, want > Settle (40 ms)"}},
		{10, protocols.TwoPhase{Forward: 36, Target: 36, Settle: 34}, test, nil},
		{1, protocols.TwoPhase{Forward: 0.2, Target: 0.3, Settle: 0.1}, test, []string{"Forward = 1 ms, want > Settle (1 ms)"}},
		{10, protocols.TwoPhase{Forward: 34, Target: 50, Settle: 5, Window: 34}, test, nil},
		{10, protocols.TwoPhase{Forward: 40, Target: 44, Window: 15, PlateauSpread: 25}, test, []string{"Window + PlateauSpread = 50 ms, want at most the shorter phase (40 ms)"}},
		{0.3, protocols.TwoPhase{Forward: 10, Target: 10, Window: 5, PlateauSpread: 5}, test, []string{"Window + PlateauSpread = 10.2 ms, want at most the shorter phase (9.9 ms)"}},
		{1, protocols.DefaultTwoPhase(), protocols.TestPhase{Length: 5.4, Settle: 5}, []string{"TestPhase.Length = 5 ms, want > Settle (5 ms)"}},
		{1, protocols.DefaultTwoPhase(), protocols.TestPhase{Length: 5.5, Settle: 5}, nil},
	} {
		m := protocolstest.Tiny(2)
		m.Neurons.Dt, m.Train, m.Test = c.dt, c.p, c.test
		m.Neurons.Integration = compartments.Exponential
		err := m.Validate()
		if (err == nil) != (c.want == nil) {
			t.Errorf("dt %v, %+v, %+v: %v, want %q", c.dt, c.p, c.test, err, c.want)
		}
		for _, want := range c.want {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
	}
}

// OnGrid does not change how a model runs, and calling it again changes nothing.
// Trainers, trials and recordings report the model that it returns.
func TestModelOnGrid(t *testing.T) {
	m := protocolstest.Tiny(2)
	m.Neurons.Dt = 0.3
	m.Neurons.Kernel = kernels.Finite{Kernel: kernels.Exponential{Decay: 10}, Support: 10}
	m.Train = protocols.TwoPhase{Forward: 50, Target: 20, Settle: 5, Window: 10, PlateauSpread: 2, PlateauSD: 1, Longer: &protocols.Wald{Mean: 2, Scale: 1}}
	m.Test = protocols.TestPhase{Length: 100, Settle: 30}
	grid := m.OnGrid()
	if got, want := grid.Train, (protocols.TwoPhase{Forward: 50.1, Target: 20.1, Settle: 5.1, Window: 9.9, PlateauSpread: 2.1, PlateauSD: 1, Longer: m.Train.Longer}); got != want {
		t.Errorf("the phases become %+v, want %+v", got, want)
	}
	if got, want := grid.Test, (protocols.TestPhase{Length: 99.9, Settle: 30}); got != want {
		t.Errorf("the test becomes %+v, want %+v", got, want)
	}
	if got := grid.Neurons.Kernel.(kernels.Finite).Support; got != 9.9 {
		t.Errorf("spikes act for %v ms, want 9.9", got)
	}
	if again := grid.OnGrid(); !reflect.DeepEqual(again, grid) {
		t.Errorf("a model on the grid becomes %+v, want %+v", again, grid)
	}
	if m := protocols.Default(784, []int{500}, 10); !reflect.DeepEqual(m.OnGrid(), m) {
		t.Errorf("the default model becomes %+v", m.OnGrid())
	}
	trainer, err := protocolstest.New(m, protocolstest.Network(t, m), 1)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(trainer.Model(), grid) {
		t.Errorf("the trainer says it trains %+v, want %+v", trainer.Model(), grid)
	}
	if got := protocols.RecordingHeader(m).Neurons.Kernel; got != grid.Neurons.Kernel {
		t.Errorf("the recording says that spikes act as %+v, want %+v", got, grid.Neurons.Kernel)
	}
	data := protocolstest.Noise(1, 20, 6, 3)
	result, err := protocols.RunTrial(m, protocolstest.Network(t, m), data, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if result.Training != grid.Train {
		t.Errorf("the trial says that it went through %+v, want %+v", result.Training, grid.Train)
	}
	if got, want := trained(t, m, data), trained(t, grid, data); got != want {
		t.Errorf("the weights after training are %s, and on the grid %s", got, want)
	}
}

// trained returns the digest of the weights after an epoch.
func trained(t *testing.T, m protocols.Model, data training.Examples) string {
	t.Helper()
	net := protocolstest.Network(t, m)
	trainer, err := protocolstest.New(m, net, 1)
	if err == nil {
		_, err = trainer.Epoch(t.Context(), data, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return net.Weights().SHA256()
}

// Phases are longer than their minimum by draws from Longer, one for the forward and
// one for the target phase.
func TestPhasesOutlastTheirMinimum(t *testing.T) {
	n := 10000
	if testing.Short() {
		n = 2000
	}
	m := protocolstest.Tiny(1)
	w := protocols.Wald{Mean: 2, Scale: 1}
	m.Neurons.Dt = 0.5 // ms
	m.Train = protocols.TwoPhase{Forward: 5, Target: 8, Settle: 2, Longer: &w}
	began := phasesOf(t, m, n)
	var beyond [2][]float64
	for k, b := range began {
		least := 10
		if k%2 == 1 {
			least = 16
		}
		if b.phase.Steps < least || b.phase.From != 4 {
			t.Fatalf("phase %d: %d steps with means from %d, want at least %d from 4", k, b.phase.Steps, b.phase.From, least)
		}
		beyond[k%2] = append(beyond[k%2], float64(b.phase.Steps-least)/2)
	}
	for k, x := range beyond {
		// Rounding to steps makes the distribution discrete, so compare it at the
		// boundaries between steps, which are odd quarters of a ms. That can only make
		// Kolmogorov and Smirnov's distance smaller.
		for q := 0.25; q < 20; q += 0.5 {
			var below float64
			for _, v := range x {
				if v < q {
					below++
				}
			}
			if d := math.Abs(below/float64(n) - cdf(w, q)); d > 1.95/math.Sqrt(float64(n)) {
				t.Errorf("phase %d: %.3f are less than %v ms longer, want %.3f", k, below/float64(n), q, cdf(w, q))
			}
		}
	}
	var long [2]float64
	var both float64
	for i := range n {
		for k := range long {
			if beyond[k][i] > 1 {
				long[k]++
			}
		}
		if beyond[0][i] > 1 && beyond[1][i] > 1 {
			both++
		}
	}
	p, q := long[0]/float64(n), long[1]/float64(n)
	want, sd := p*q*float64(n), math.Sqrt(p*(1-p)*q*(1-q)*float64(n))
	if math.Abs(both-want) > 4*sd {
		t.Errorf("both phases are long for %.0f examples, want %.0f ± %.0f", both, want, 4*sd)
	}
	var follow float64
	for i := 1; i < n; i++ {
		if beyond[0][i-1] > 1 && beyond[0][i] > 1 {
			follow++
		}
	}
	// The variance of each pair is p² (1 − p²), its covariance with the next
	// p³ (1 − p).
	if want, sd := p*p*float64(n-1), p*math.Sqrt(float64(n)*(1-p*p+2*p*(1-p))); math.Abs(follow-want) > 4*sd {
		t.Errorf("%.0f pairs of long phases follow one another, want %.0f ± %.0f", follow, want, 4*sd)
	}
}

// A Window has the same length in phases of every length.
func TestWindowIsTheEndOfALongerPhase(t *testing.T) {
	m := protocolstest.Tiny(1)
	m.Train = protocols.TwoPhase{Forward: 5, Target: 8, Settle: 2, Window: 4, Longer: &protocols.Wald{Mean: 2, Scale: 1}}
	for k, b := range phasesOf(t, m, 500) {
		if b.phase.Steps-b.phase.From != 4 {
			t.Fatalf("phase %d: means over steps %d to %d, want over 4", k, b.phase.From, b.phase.Steps)
		}
	}
}

// Lengths and plateau times of an example are a function of the seed and of the
// number of examples before it. They do not depend on the data, the sizes of layers,
// or the observer.
func TestPhasesAreAFunctionOfSeedAndExample(t *testing.T) {
	shape := func(m protocols.Model, n int) (lengths, plateaus []int) {
		m.Train = protocols.TwoPhase{Forward: 10, Target: 10, Settle: 2, Window: 4, PlateauSpread: 6,
			Longer: &protocols.Wald{Mean: 2, Scale: 1}}
		for _, b := range phasesOf(t, m, n) {
			lengths = append(lengths, b.phase.Steps)
			for _, step := range b.phase.PlateauStep[0][:2] {
				plateaus = append(plateaus, b.phase.Steps-step)
			}
		}
		return lengths, plateaus
	}
	lengths, plateaus := shape(protocolstest.Tiny(2), 40)
	check := func(what string, m protocols.Model, n int) {
		t.Helper()
		if l, p := shape(m, n); !slices.Equal(l[:80], lengths) || !slices.Equal(p[:160], plateaus) {
			t.Error(what, "has other phases")
		}
	}
	check("a second run", protocolstest.Tiny(2), 40)
	check("a longer epoch", protocolstest.Tiny(2), 60)
	wide := protocolstest.Tiny(5)
	wide.Rates = []float64{0, 0}
	check("a larger layer that does not learn", wide, 40)
	other := protocolstest.Tiny(2)
	other.Seed++
	l, p := shape(other, 40)
	if slices.Equal(l, lengths) {
		t.Error("another seed has the same lengths")
	}
	if slices.Equal(p, plateaus) {
		t.Error("another seed has the same plateaus")
	}
	for k := 2; k < 80; k += 2 { // pairs of phases
		if slices.Equal(plateaus[2*k:2*k+4], plateaus[2*k-4:2*k]) && lengths[k] == lengths[k-2] && lengths[k+1] == lengths[k-1] {
			t.Errorf("examples %d and %d have the same phases", k/2, k/2+1)
		}
	}
}

// Each neuron has its own plateau time, uniform over the last PlateauSpread of a
// phase, and its window lies within the phase.
func TestPlateauSpread(t *testing.T) {
	n := 1500
	if testing.Short() {
		n = 400
	}
	for _, c := range []struct {
		dt                      float64
		forward, window, spread float64
		steps, width, times     int
	}{
		{1, 50, 20, 30, 50, 20, 31},
		{1, 50, 30, 5, 50, 30, 6},
		{0.5, 20, 10, 4, 40, 20, 9},
		{0.1, 5, 2, 1, 50, 20, 11},
		{0.3, 10, 5, 4.9, 33, 17, 17},
		{0.7, 10, 7.3, 2.7, 14, 10, 5},
		{1, 10, 10, 0, 10, 0, 0},
		{1, 10, 8.9, 1.1, 10, 9, 2},
	} {
		m := protocolstest.Tiny(3, 2)
		m.Neurons.Dt = c.dt
		m.Train = protocols.TwoPhase{Forward: c.forward, Target: c.forward, Window: c.window, PlateauSpread: c.spread}
		counts := make([][]int, 2*5) // by phase and neuron, then by time
		var same, pairs [25]int      // by pairs of neurons
		for k, b := range phasesOf(t, m, n) {
			p := b.phase
			if p.Steps != c.steps {
				t.Fatalf("dt %v: %d steps, want %d", c.dt, p.Steps, c.steps)
			}
			if c.spread == 0 {
				if p.PlateauStep != nil {
					t.Fatal("plateaus spread")
				}
				continue
			}
			if p.PlateauWindow != c.width {
				t.Fatalf("dt %v: windows of %d steps, want %d", c.dt, p.PlateauWindow, c.width)
			}
			at := slices.Concat(p.PlateauStep...)
			if len(at) != 5 || len(p.PlateauStep[0]) != 3 {
				t.Fatalf("plateau times %v, want 3 and 2", p.PlateauStep)
			}
			for i, step := range at {
				if step >= p.Steps || step-p.PlateauWindow < -1 {
					t.Fatalf("dt %v: a plateau at step %d of %d with a window of %d", c.dt, step, p.Steps, p.PlateauWindow)
				}
				back := p.Steps - 1 - step
				if back >= c.times {
					t.Fatalf("dt %v: a plateau %d steps before the end, want less than %d", c.dt, back, c.times)
				}
				cell := &counts[k%2*5+i]
				if *cell == nil {
					*cell = make([]int, c.times)
				}
				(*cell)[back]++
				for j := range i {
					pairs[i*5+j]++
					if step == at[j] {
						same[i*5+j]++
					}
				}
			}
		}
		if c.times < 2 {
			continue
		}
		// The mean of χ² is its number of degrees of freedom, its variance twice that.
		// More than 5 standard deviations and a little above the mean has a probability
		// below 10⁻⁴.
		free := float64(c.times - 1)
		expected := float64(n) / float64(c.times)
		for k, cell := range counts {
			var chi2 float64
			for _, got := range cell {
				chi2 += (float64(got) - expected) * (float64(got) - expected) / expected
			}
			if limit := free + 5*math.Sqrt(2*free) + 8; chi2 > limit {
				t.Errorf("dt %v, phase %d, neuron %d: plateau times %v, χ² %.0f, want < %.0f", c.dt, k/5, k%5, cell, chi2, limit)
			}
		}
		p := 1 / float64(c.times)
		for k, n := range pairs {
			if want, sd := p*float64(n), math.Sqrt(p*(1-p)*float64(n)); math.Abs(float64(same[k])-want) > 5*sd {
				t.Errorf("dt %v: neurons %d and %d share %d of %d plateau times, want %.0f ± %.0f", c.dt, k/5, k%5, same[k], n, want, 5*sd)
			}
		}
	}
}

// With PlateauSD, plateau times are those of the published program: end of phase
// − min(int(|N(0, 3 ms)|), 5 ms).
func TestPlateauSD(t *testing.T) {
	const n, neurons = 1500, 4
	for _, c := range []struct{ dt, sd, most float64 }{{1, 3, 5}, {0.5, 3, 5}, {1, 1, 7}, {1, 1e5, 5}} {
		m := protocolstest.Tiny(neurons)
		m.Neurons.Dt, m.Rates = c.dt, []float64{0, 0}
		m.Train = protocols.TwoPhase{Forward: 12, Target: 12, Window: 5, PlateauSpread: c.most, PlateauSD: c.sd}
		most := int(c.most / c.dt)
		var counts [2][]int // by phase
		counts[0], counts[1] = make([]int, most+1), make([]int, most+1)
		same, last := 0, -1
		for k, b := range phasesOf(t, m, n) {
			for _, step := range b.phase.PlateauStep[0] {
				early := b.phase.Steps - 1 - step
				if early < 0 || early > most {
					t.Fatalf("%+v: a plateau %d steps before the end, want at most %d", c, early, most)
				}
				counts[k%2][early]++
				if early == last {
					same++
				}
				last = early
			}
		}
		// The share of each time is within 4 standard errors, and so is that of equal
		// neighbours, which is Σ p² for independent draws.
		near := func(what string, got, of int, p float64) {
			if sd := math.Sqrt(float64(of) * p * (1 - p)); !(math.Abs(float64(got)-float64(of)*p) <= 4*sd+1) {
				t.Errorf("%+v: %s: %d of %d, want %.1f ± %.1f", c, what, got, of, float64(of)*p, 4*sd)
			}
		}
		within := func(steps int) float64 { return math.Erf(float64(steps) * c.dt / (c.sd * math.Sqrt2)) }
		equal := 0.0
		for early := range most + 1 {
			p := within(early+1) - within(early)
			if early == most {
				p = 1 - within(most)
			}
			equal += p * p
			for phase := range counts {
				near(fmt.Sprintf("phase %d, %d steps", phase, early), counts[phase][early], n*neurons, p)
			}
		}
		near("equal neighbours", same, 2*n*neurons, equal)
	}
}

// An error names the field, its value and what is wanted, and does not mention fields
// that are right.
func TestTwoPhaseValidate(t *testing.T) {
	ok := protocols.TwoPhase{Forward: 50, Target: 60, Settle: 30, Window: 20, PlateauSpread: 10}
	nan, inf := math.NaN(), math.Inf(1)
	set := func(change func(*protocols.TwoPhase)) protocols.TwoPhase {
		p := ok
		change(&p)
		return p
	}
	for _, p := range []protocols.TwoPhase{
		ok, protocols.DefaultTwoPhase(),
		{Forward: 1e-3, Target: 1e-3},
		{Forward: 999999, Target: 999999, Settle: 999998},
		{Forward: 50, Target: 60, Settle: 30, Window: 50},
		{Forward: 50, Target: 60, Settle: 30, Window: 30, PlateauSpread: 20},
		{Forward: 50, Target: 60, Longer: &protocols.Wald{Mean: 2, Scale: 1}},
	} {
		if err := p.Validate(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, c := range []struct {
		p    protocols.TwoPhase
		want []string // one line each
	}{
		{set(func(p *protocols.TwoPhase) { p.Settle = -1 }), []string{"Settle = -1 ms, want ≥ 0"}},
		{set(func(p *protocols.TwoPhase) { p.Settle = nan }), []string{"Settle = NaN ms, want ≥ 0", "Forward = 50 ms, want > Settle (NaN ms)", "Target = 60 ms, want > Settle (NaN ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Settle = inf }), []string{"Settle = +Inf ms, want ≥ 0 and < 1e+06 ms", "Forward = 50 ms, want > Settle (+Inf ms)", "Target = 60 ms, want > Settle (+Inf ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Settle = 50 }), []string{"Forward = 50 ms, want > Settle (50 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Forward, p.Window, p.PlateauSpread = 30, 0, 0 }), []string{"Forward = 30 ms, want > Settle (30 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Forward, p.Window, p.PlateauSpread = nan, 0, 0 }), []string{"Forward = NaN ms, want > Settle (30 ms) and < 1e+06 ms"}},
		{set(func(p *protocols.TwoPhase) { p.Forward, p.Window, p.PlateauSpread = -5, 0, 0 }), []string{"Forward = -5 ms, want > Settle (30 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Forward = inf }), []string{"Forward = +Inf ms, want > Settle (30 ms) and < 1e+06 ms"}},
		{set(func(p *protocols.TwoPhase) { p.Forward = 1e6 }), []string{"Forward = 1e+06 ms, want > Settle (30 ms) and < 1e+06 ms"}},
		{set(func(p *protocols.TwoPhase) { p.Target = inf }), []string{"Target = +Inf ms, want > Settle (30 ms) and < 1e+06 ms"}},
		{set(func(p *protocols.TwoPhase) { p.Target, p.Window, p.PlateauSpread = nan, 0, 0 }), []string{"Target = NaN ms, want > Settle (30 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Target, p.Window, p.PlateauSpread = 0, 0, 0 }), []string{"Target = 0 ms, want > Settle (30 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Window, p.PlateauSpread = -1, 0 }), []string{"Window = -1 ms, want 0 (all since Settle) or up to the shorter phase (50 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Window, p.PlateauSpread = nan, 0 }), []string{"Window = NaN ms, want 0"}},
		{set(func(p *protocols.TwoPhase) { p.Window, p.PlateauSpread = inf, 0 }), []string{"Window = +Inf ms, want 0"}},
		{set(func(p *protocols.TwoPhase) { p.Window, p.PlateauSpread = 50.5, 0 }), []string{"Window = 50.5 ms, want 0 (all since Settle) or up to the shorter phase (50 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.PlateauSpread = -1 }), []string{"PlateauSpread = -1 ms, want ≥ 0"}},
		{set(func(p *protocols.TwoPhase) { p.PlateauSpread = nan }), []string{"PlateauSpread = NaN ms, want ≥ 0"}},
		{set(func(p *protocols.TwoPhase) { p.PlateauSpread = inf }), []string{"Window + PlateauSpread = +Inf ms, want at most the shorter phase (50 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.PlateauSpread = 31 }), []string{"Window + PlateauSpread = 51 ms, want at most the shorter phase (50 ms)"}},
		{set(func(p *protocols.TwoPhase) { p.Window = 0 }), []string{"PlateauSpread = 10 ms needs a Window, which is 0"}},
		{set(func(p *protocols.TwoPhase) { p.PlateauSD = -1 }), []string{"PlateauSD = -1 ms, want ≥ 0"}},
		{set(func(p *protocols.TwoPhase) { p.PlateauSD = nan }), []string{"PlateauSD = NaN ms, want ≥ 0"}},
		{set(func(p *protocols.TwoPhase) { p.PlateauSD, p.PlateauSpread = 3, 0 }), []string{"PlateauSD = 3 ms needs a PlateauSpread, which is 0"}},
		{set(func(p *protocols.TwoPhase) { p.Longer = &protocols.Wald{Mean: nan, Scale: -1} }), []string{"Mean = NaN ms and Scale = -1 ms"}},
		{protocols.TwoPhase{Forward: -1, Target: -2, Settle: -3, Window: -4, PlateauSpread: -5, Longer: &protocols.Wald{}},
			[]string{"Settle = -3 ms", "Window = -4 ms", "PlateauSpread = -5 ms", "Mean = 0 ms and Scale = 0 ms"}},
		{protocols.TwoPhase{Forward: -3, Target: nan, Settle: -2, Window: inf, PlateauSpread: nan},
			[]string{"Settle = -2 ms", "Forward = -3 ms", "Target = NaN ms", "Window = +Inf ms", "PlateauSpread = NaN ms"}},
	} {
		checkLines(t, fmt.Sprintf("%+v", c.p), c.p.Validate(), c.want)
	}
}

// checkLines fails unless the error has one line for each of the texts, and no other
// lines.
func checkLines(t *testing.T, what string, err error, want []string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: accepted, want %q", what, want)
		return
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(want) {
		t.Errorf("%s: %q, want %d lines: %q", what, lines, len(want), want)
		return
	}
	for i, line := range lines {
		if !strings.Contains(line, want[i]) {
			t.Errorf("%s: %q, want %q", what, line, want[i])
		}
	}
}

func TestTestPhaseValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, p := range []protocols.TestPhase{protocols.DefaultTestPhase(), {Length: 1e-9}, {Length: 999999, Settle: 999998}} {
		if err := p.Validate(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, c := range []struct {
		length, settle float64
		want           []string
	}{
		{30, 30, []string{"Length = 30 ms, want > Settle (30 ms) and < 1e+06 ms"}},
		{0, 0, []string{"Length = 0 ms, want > Settle (0 ms)"}},
		{nan, 30, []string{"Length = NaN ms, want > Settle (30 ms)"}},
		{inf, 30, []string{"Length = +Inf ms, want > Settle (30 ms) and < 1e+06 ms"}},
		{1e6, 30, []string{"Length = 1e+06 ms, want > Settle (30 ms) and < 1e+06 ms"}},
		{50, -1, []string{"Settle = -1 ms, want ≥ 0"}},
		{50, nan, []string{"Settle = NaN ms, want ≥ 0", "Length = 50 ms, want > Settle (NaN ms)"}},
		{50, inf, []string{"Settle = +Inf ms, want ≥ 0 and < 1e+06 ms", "Length = 50 ms, want > Settle (+Inf ms)"}},
	} {
		p := protocols.TestPhase{Length: c.length, Settle: c.settle}
		checkLines(t, fmt.Sprintf("%+v", p), p.Validate(), c.want)
	}
}

// Whatever Validate accepts runs and stays finite.
func FuzzPhases(f *testing.F) {
	f.Add(50.0, 50.0, 30.0, 0.0, 0.0, 0.0, 0.0, 1.0, 60.0, 30.0)
	f.Add(10.0, 12.0, 3.0, 5.0, 5.0, 2.0, 1.0, 0.3, 20.0, 3.0)
	f.Add(10.0, 10.0, 0.0, 5.05, 4.95, 1e5, 1e-9, 0.1, 20.0, 19.99)
	f.Add(0.1, 0.1, 0.0, 0.05, 0.05, 0.0, 0.0, 2.5, 0.1, 0.0)
	f.Add(1e-300, 1e-9, 0.0, 1e-301, 0.0, 1e-300, 1e-300, 1.0, 1e-300, 0.0)
	f.Add(math.NaN(), 50.0, -1.0, math.Inf(1), 0.0, 2.0, 0.0, 1.0, math.Inf(1), math.NaN())
	data := protocolstest.Noise(1, 3, 6, 3)
	f.Fuzz(func(t *testing.T, forward, target, settle, window, spread, mean, scale, dt, length, testSettle float64) {
		m := protocolstest.Tiny(3, 2)
		m.Train = protocols.TwoPhase{Forward: forward, Target: target, Settle: settle, Window: window, PlateauSpread: spread}
		if mean != 0 || scale != 0 {
			m.Train.Longer = &protocols.Wald{Mean: mean, Scale: scale}
		}
		m.Test = protocols.TestPhase{Length: length, Settle: testSettle}
		m.Neurons.Dt = dt
		m.Neurons.Integration = compartments.Exponential // takes steps of any length
		if err := m.Validate(); err != nil {
			grid := m.OnGrid()
			if grid.Train.Validate() == nil && grid.Test.Validate() == nil && m.Train.Validate() == nil && m.Test.Validate() == nil && dt > 0.001 && dt < 10 && max(forward, target, length) < 1e4 {
				t.Fatalf("the model refuses phases that Validate accepts: %v", err)
			}
			return
		}
		if !(dt > 0.02 && dt < 10) || max(forward, target, length, mean) > 400*min(1, dt) {
			t.Skip("would take too long")
		}
		net := protocolstest.Network(t, m)
		trainer, err := protocolstest.New(m, net, 1)
		if err != nil {
			t.Fatal(err)
		}
		var longest stepCount
		trainer.Watch(&longest, true)
		e, err := trainer.Epoch(t.Context(), data, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, loss := range e.Losses {
			if math.IsNaN(loss) || math.IsInf(loss, 0) {
				t.Fatalf("losses %v", e.Losses)
			}
		}
		if err := net.Weights().Check(); err != nil {
			t.Fatal(err)
		}
		protocolstest.Test(t, m, net, data, 1)
	})
}

// stepCount is an observer that panics if potentials are not finite.
type stepCount struct{}

func (*stepCount) Observe(e sim.Event) {
	b, ok := e.(*sim.Block)
	if !ok {
		return
	}
	for step := range b.Steps {
		for layer := 1; layer <= 3; layer++ {
			if !finiteAll(b.Soma(layer, step)) || !finiteAll(b.Basal(layer, step)) || !finiteAll(b.Apical(layer, step)) {
				panic(fmt.Sprintf("potentials of layer %d are not finite in step %d", layer, b.First+step))
			}
		}
	}
}
