package sim_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"hash"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"plateau/internal/statistics"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
)

var rewrite = flag.Bool("update", false, "rewrite the files of testdata")

// digest collects bits.
type digest struct{ hash hash.Hash }

func newDigest() *digest { return &digest{sha256.New()} }

func (d *digest) float32s(x []float32) {
	buf := binary.LittleEndian.AppendUint64(nil, uint64(len(x)))
	for _, v := range x {
		buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
	}
	d.hash.Write(buf)
}

func (d *digest) int32s(x []int32) {
	buf := binary.LittleEndian.AppendUint64(nil, uint64(len(x)))
	for _, v := range x {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(v))
	}
	d.hash.Write(buf)
}

func (d *digest) means(means []network.Means) {
	for m := range means {
		v := &means[m]
		for _, x := range [][]float32{v.Trace, v.Soma, v.Rate, v.FeedbackTrace, v.Apical, v.Plateau} {
			d.float32s(x)
		}
	}
}

func (d *digest) String() string { return hex.EncodeToString(d.hash.Sum(nil)) }

// spikeDigest is an observer that digests all spikes, however they are divided into
// blocks.
type spikeDigest struct {
	layers int
	digest *digest
}

func (s *spikeDigest) Observe(event sim.Event) {
	if b, ok := event.(*sim.Block); ok {
		for step := range b.Steps {
			for layer := range s.layers + 1 {
				s.digest.int32s(b.Spikes(layer, step))
			}
		}
	}
}

// bits are digests of what a run computes.
type bits struct{ means, weights, spikes string }

// runBits runs the examples of a variant on a rig and digests all means after
// each phase and the weights after each example.
func runBits(t testing.TB, r *rig, v variant) bits {
	t.Helper()
	spikes := &spikeDigest{r.seen.layers, newDigest()}
	r.engine.Watch(spikes, false)
	b := presentBits(t, r, v)
	b.spikes = spikes.digest.String()
	return b
}

// presentBits is runBits without an observer.
func presentBits(t testing.TB, r *rig, v variant) bits {
	t.Helper()
	means := newDigest()
	weights := sha256.New()
	for _, e := range v.examples {
		r.Run(t, e, false)
		means.means(r.forward)
		means.means(r.target)
		fmt.Fprintln(weights, r.net.Weights().SHA256())
	}
	return bits{means: means.String(), weights: hex.EncodeToString(weights.Sum(nil))}
}

// mixed is a variant in which only the target phase has plateau times, so that
// apical potentials begin to be needed halfway through an example.
func mixed(alter ...func(*variantPlan)) variant {
	v := variantOf("plateau times in the target phase", []int{9, 7}, append(alter, plateaus, uneven)...)
	for i := range v.examples {
		v.examples[i].Forward.Plateau = nil
	}
	return v
}

func bitVariants() []variant {
	w := mixed(unlimited, layerWise)
	w.name += ", unlimited"
	return append(variants(), mixed(), w)
}

// someVariants returns all variants, or only a few with -short.
func someVariants() []variant {
	all := bitVariants()
	if !testing.Short() {
		return all
	}
	some := all[len(all)-2:]
	for i := 0; i < len(all)-2; i += 4 {
		some = append(some, all[i])
	}
	return some
}

// Layer by layer and step by step, everything has the same bits. Candidates of layers with
// several blocks are drawn block by block in one schedule and together in the other, so
// there the second takes the spikes of the first.
func TestSchedulesAgree(t *testing.T) {
	for _, v := range someVariants() {
		byLayer, byStep := newBlindRig(t, v.model, v.weights, 1), newBlindRig(t, v.model, v.weights, 1)
		byStep.engine.Stepwise()
		wide := false
		for _, w := range v.weights.W {
			wide = wide || len(w) > network.MaxBlockWidth
		}
		if a, b := runBits(t, byLayer, v), runBits(t, byStep, v); a != b && !wide {
			t.Errorf("%s: %+v layer by layer, %+v step by step", v.name, a, b)
		}
		if v.model.Apical != 0 {
			continue
		}
		// The same while all potentials are watched.
		byLayer, byStep = newRig(t, v.model, v.weights), newRig(t, v.model, v.weights)
		byStep.engine.Stepwise()
		for i, e := range v.examples {
			a := byLayer.Run(t, e, false)
			if wide {
				e.Input, e.Layers = byLayer.seen.spikes[0], byLayer.seen.spikes[1:]
			}
			b := byStep.Run(t, e, wide)
			if !reflect.DeepEqual(a, b) || byLayer.net.Weights().SHA256() != byStep.net.Weights().SHA256() {
				t.Errorf("%s: potentials of example %d differ", v.name, i)
			}
		}
	}
}

// Observers do not change a bit: with nobody watching, with spikes watched, with
// all potentials watched, by one observer or by several.
func TestObserversChangeNothing(t *testing.T) {
	for _, v := range someVariants() {
		blind := presentBits(t, newBlindRig(t, v.model, v.weights, 1), v)
		spikes := runBits(t, newBlindRig(t, v.model, v.weights, 1), v)
		all := runBits(t, newRig(t, v.model, v.weights), v)
		if spikes.means != blind.means || spikes.weights != blind.weights {
			t.Errorf("%s: %+v with nobody watching, %+v with spikes watched", v.name, blind, spikes)
		}
		if all != spikes {
			t.Errorf("%s: %+v with spikes watched, %+v with all potentials", v.name, spikes, all)
		}
	}
}

func TestSameSeedSameBits(t *testing.T) {
	for _, v := range someVariants() {
		run := func(seed uint64) bits { return runBits(t, newBlindRig(t, v.model, v.weights, seed), v) }
		first := run(1)
		if again := run(1); again != first {
			t.Errorf("%s: %+v, and with the same seed %+v", v.name, first, again)
		}
		if other := run(2); other.spikes == first.spikes && v.name != "rate mode" && len(v.weights.W) > 1 {
			t.Errorf("%s: the same spikes with another seed", v.name)
		}
	}
}

// Presentations with the same number and purpose have the same draws; with another
// number or purpose they have others.
func TestPresentationsDecideTheDraws(t *testing.T) {
	v := variantOf("paper", []int{8})
	r := newBlindRig(t, v.model, v.weights, 1)
	spikes := &spikeDigest{layers: 2}
	r.engine.Watch(spikes, false)
	run := func(purpose sim.Purpose, example uint64) string {
		spikes.digest = newDigest()
		r.engine.Rest()
		r.engine.Present(sim.Presentation{Purpose: purpose, Number: example})
		if err := r.engine.Run(goodPhase(), r.forward); err != nil {
			t.Fatal(err)
		}
		return spikes.digest.String()
	}
	seen := map[string]string{}
	for _, purpose := range []sim.Purpose{sim.TrainingSpikes, sim.TestSpikes, sim.TrialSpikes} {
		for _, example := range []uint64{0, 1, 2, 1 << 40} {
			what := fmt.Sprintf("purpose %d, example %d", purpose, example)
			d := run(purpose, example)
			if again := run(purpose, example); again != d {
				t.Errorf("%s: two runs differ", what)
			}
			if other, ok := seen[d]; ok {
				t.Errorf("%s has the spikes of %s", what, other)
			}
			seen[d] = what
		}
	}
}

// Rest leaves nothing of what was before: a presentation then gives the same as with
// a new engine.
func TestRest(t *testing.T) {
	for _, v := range someVariants() {
		used := newRig(t, v.model, v.weights)
		for _, e := range v.examples[:len(v.examples)-1] {
			used.Run(t, e, false)
		}
		used.engine.Rest()
		fresh := newRig(t, v.model, used.weights())
		fresh.presented = used.presented
		e := v.examples[len(v.examples)-1]
		a, b := used.Run(t, e, false), fresh.Run(t, e, false)
		if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(used.seen.spikes, fresh.seen.spikes) || used.net.Weights().SHA256() != fresh.net.Weights().SHA256() {
			t.Errorf("%s: after Rest an engine differs from a new one", v.name)
		}
	}
	// From rest, before any spike arrives, dendrites are at their bias.
	v := variantOf("bias", []int{5}, biased)
	r := newRig(t, v.model, v.weights)
	for range 3 {
		e := v.examples[0]
		e.Input, e.Layers = nil, make([][][3]int, 2)
		e.Target.Steps = 0
		r.engine.Rest()
		got := r.Run(t, e, true)
		for i := range got.Basal[0][0] {
			if a, b := got.Basal[0][0][i], v.weights.B[0][i]; a != b {
				t.Errorf("basal dendrite %d is at %v, want its bias %v", i, a, b)
			}
			if a, b := got.Apical[0][49][i], v.weights.C[0][i]; a != b {
				t.Errorf("apical dendrite %d is at %v, want its bias %v", i, a, b)
			}
			if a, b := got.Soma[0][0][i], float64(float32(0.6)*float32(v.weights.B[0][i])); math.Abs(a-b) > 1e-7 {
				t.Errorf("soma %d is at %v after a step, want %v", i, a, b)
			}
		}
	}
}

// goodPhase is a phase for the variant "paper" with 12 inputs, 8 hidden and 3
// output neurons.
func goodPhase() *sim.Phase {
	p := &sim.Phase{Name: "target", Steps: 40, From: 10, Taught: true, Class: 2, PlateauWindow: 5}
	for j := range 12 {
		p.Intensity = append(p.Intensity, float32(j)/11)
	}
	p.PlateauStep = [][]int{{4, 5, 6, 7, 8, 9, 10, 39}}
	return p
}

// Run refuses a phase that cannot be run with an error that says why, and leaves the
// engine as it was.
func TestRunRefusesBadPhases(t *testing.T) {
	nan := float32(math.NaN())
	v := variantOf("paper", []int{8})
	run := func(bad func(*sim.Phase), means int) (string, error) {
		r := newBlindRig(t, v.model, v.weights, 1)
		count := &eventCount{}
		spikes := &spikeDigest{2, newDigest()}
		r.engine.Watch(count, false)
		r.engine.Watch(spikes, true)
		d := newDigest()
		r.engine.Present(sim.Presentation{Purpose: sim.TrainingSpikes, Number: 1})
		if err := r.engine.Run(goodPhase(), r.forward); err != nil {
			t.Fatal(err)
		}
		d.means(r.forward)
		var err error
		if bad != nil {
			p := goodPhase()
			bad(p)
			before := count.events
			err = r.engine.Run(p, append(r.forward, network.Means{})[:means])
			if count.events != before {
				t.Error("observers were told of a phase that is refused")
			}
		}
		if err := r.engine.Run(goodPhase(), r.target); err != nil {
			t.Fatal(err)
		}
		d.means(r.forward)
		d.means(r.target)
		return d.String() + spikes.digest.String(), err
	}
	want, _ := run(nil, 2)
	for _, test := range []struct {
		name  string
		bad   func(*sim.Phase)
		means int
		want  []string
	}{
		{"no intensities", func(p *sim.Phase) { p.Intensity = nil }, 2, []string{"0 intensities", "12 inputs"}},
		{"too many intensities", func(p *sim.Phase) { p.Intensity = make([]float32, 13) }, 2, []string{"13 intensities", "12 inputs"}},
		{"NaN", func(p *sim.Phase) { p.Intensity[3] = nan }, 2, []string{"input 3 is NaN", "0 to 1"}},
		{"too bright", func(p *sim.Phase) { p.Intensity[11] = 1.5 }, 2, []string{"input 11 is 1.5"}},
		{"infinite", func(p *sim.Phase) { p.Intensity[0] = float32(math.Inf(1)) }, 2, []string{"input 0 is +Inf"}},
		{"negative", func(p *sim.Phase) { p.Intensity[0] = -0.1 }, 2, []string{"input 0 is -0.1"}},
		{"no steps", func(p *sim.Phase) { p.Steps, p.From = 0, 0 }, 2, []string{"Steps = 0"}},
		{"negative steps", func(p *sim.Phase) { p.Steps = -5 }, 2, []string{"Steps = -5"}},
		{"window outside", func(p *sim.Phase) { p.From = 40 }, 2, []string{"From = 40", "Steps (40)"}},
		{"window before", func(p *sim.Phase) { p.From = -1 }, 2, []string{"From = -1"}},
		{"class", func(p *sim.Phase) { p.Class = 3 }, 2, []string{"Class = 3", "0 to 2"}},
		{"negative class", func(p *sim.Phase) { p.Class = -1 }, 2, []string{"Class = -1"}},
		{"plateau window", func(p *sim.Phase) { p.PlateauWindow = 0 }, 2, []string{"PlateauWindow = 0"}},
		{"plateau layers", func(p *sim.Phase) { p.PlateauStep = nil; p.PlateauStep = [][]int{} }, 2, []string{"PlateauStep for 0 layers, want 1"}},
		{"plateau neurons", func(p *sim.Phase) { p.PlateauStep[0] = []int{9} }, 2, []string{"PlateauStep[0] for 1 neurons, want 8"}},
		{"plateau after the phase", func(p *sim.Phase) { p.PlateauStep[0][2] = 40 }, 2, []string{"neuron 2", "step 40", "4 to 39"}},
		{"plateau before a window", func(p *sim.Phase) { p.PlateauStep[0][7] = 3 }, 2, []string{"neuron 7", "step 3"}},
		{"several", func(p *sim.Phase) { p.Steps, p.Class, p.Intensity[5] = -1, 9, nan }, 2, []string{"Steps = -1", "Class = 9", "input 5"}},
		{"few means", func(p *sim.Phase) {}, 1, []string{"means for 1 layers, want 2"}},
		{"many means", func(p *sim.Phase) {}, 3, []string{"means for 3 layers, want 2"}},
	} {
		got, err := run(test.bad, test.means)
		if err == nil {
			t.Errorf("%s: accepted", test.name)
			continue
		}
		if got != want {
			t.Errorf("%s: what follows the refused phase differs", test.name)
		}
		for _, want := range append(test.want, "sim: ") {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q does not say %q", test.name, err, want)
			}
		}
		if test.means == 2 && !strings.Contains(err.Error(), `"target"`) {
			t.Errorf("%s: error %q does not name the phase", test.name, err)
		}
	}
	// Class does not matter unless Taught is set.
	r := newBlindRig(t, v.model, v.weights, 1)
	p := goodPhase()
	p.Taught, p.Class = false, -1
	r.engine.Present(sim.Presentation{Purpose: sim.TrainingSpikes, Number: 1})
	if err := r.engine.Run(p, r.forward); err != nil {
		t.Error(err)
	}
}

type eventCount struct{ events int }

func (c *eventCount) Observe(sim.Event) { c.events++ }

func TestParamsValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	v := variantOf("paper", []int{8})
	r := newBlindRig(t, v.model, v.weights, 1)
	for _, test := range []struct {
		alter func(*sim.Params)
		want  []string
	}{
		{func(p *sim.Params) { p.Dt = 0 }, []string{"Dt = 0 ms"}},
		{func(p *sim.Params) { p.Dt = -1 }, []string{"Dt = -1 ms"}},
		{func(p *sim.Params) { p.Dt = nan }, []string{"Dt = NaN"}},
		{func(p *sim.Params) { p.Dt = inf }, []string{"Dt = +Inf"}},
		{func(p *sim.Params) { p.Dt = 1.5 }, []string{"dt = 1.5", "dt < 1.176"}},
		{func(p *sim.Params) { p.Kernel = nil }, []string{"Kernel is missing"}},
		{func(p *sim.Params) { p.Kernel = kernels.Alpha{} }, []string{"Alpha", "Peak = 0"}},
		{func(p *sim.Params) { p.Kernel = kernels.Finite{Kernel: kernels.Alpha{Peak: 3}, Support: nan} }, []string{"Support = NaN"}},
		{func(p *sim.Params) { p.Kernel = kernels.Finite{Kernel: kernels.Alpha{Peak: 3}, Support: 1e6} }, []string{"1e+06 steps", "unlimited"}},
		{func(p *sim.Params) { p.Hidden.Leak = nan }, []string{"Pyramidal.Leak = NaN"}},
		{func(p *sim.Params) { p.Output.Dendritic = 0 }, []string{"Output.Dendritic = 0"}},
		{func(p *sim.Params) { p.Noise.MaxRate = nan }, []string{"MaxRate = NaN"}},
		{func(p *sim.Params) { p.Integration = "rk4" }, []string{`"rk4"`, `"exponential"`}},
		{func(p *sim.Params) { p.Forward = "analog" }, []string{`Forward = "analog"`, `"spikes"`, `"rates"`}},
		{func(p *sim.Params) { p.Feedback = "" }, []string{`Feedback = ""`}},
		{func(p *sim.Params) { p.Dt, p.Noise.MaxRate, p.Forward = -7, -8, "up" }, []string{"-7", "-8", `"up"`}},
	} {
		p := r.engine.Params()
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		test.alter(&p)
		err := p.Validate()
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v does not say %q", err, want)
			}
		}
		if e, err := sim.New(r.net, p, 1); err == nil || e != nil {
			t.Errorf("New made an engine of %+v", p)
		}
	}
	r.net.Layers[1].Weights.Set(0, 0, float32(nan))
	if _, err := sim.New(r.net, r.engine.Params(), 1); err == nil || !strings.Contains(err.Error(), "W1") {
		t.Errorf("New with a NaN among the weights: error %v, want one that names W1", err)
	}
}

// Observers are told of the beginning of a phase, then of all its blocks in order,
// then of its end with its means.
func TestEvents(t *testing.T) {
	v := variantOf("paper", []int{8}, uneven)
	r := newBlindRig(t, v.model, v.weights, 1)
	log := &eventLog{}
	r.engine.Watch(log, false)
	var want []string
	for i, e := range v.examples {
		r.Run(t, e, false)
		step := 0
		for k, phase := range []densePhase{e.Forward, e.Target} {
			name := []string{"forward", "target"}[k]
			want = append(want,
				fmt.Sprintf("%s of example %d, purpose %d, begins at %d", name, i+1, sim.TrainingSpikes, step),
				fmt.Sprintf("steps %d to %d", step, step+phase.Steps),
				fmt.Sprintf("%s ends with %d means", name, 2))
			step += phase.Steps
		}
	}
	log.flush()
	if got := strings.Join(log.lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("observed\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if log.err != nil {
		t.Error(log.err)
	}
}

// eventLog is an observer that logs events and joins blocks that follow each other.
type eventLog struct {
	shown    sim.Presentation
	lines    []string
	from, to int
	err      error
}

func (l *eventLog) flush() {
	if l.to > l.from {
		l.lines = append(l.lines, fmt.Sprintf("steps %d to %d", l.from, l.to))
	}
	l.from, l.to = 0, 0
}

func (l *eventLog) Observe(event sim.Event) {
	switch e := event.(type) {
	case *sim.Presentation:
		l.shown = *e
	case *sim.PhaseBegan:
		l.flush()
		l.lines = append(l.lines, fmt.Sprintf("%s of example %d, purpose %d, begins at %d", e.Phase.Name, l.shown.Number, l.shown.Purpose, e.Step))
		l.from, l.to = e.Step, e.Step
	case *sim.Block:
		if e.First != l.to || e.Steps < 1 {
			l.err = errors.Join(l.err, fmt.Errorf("a block of %d steps from %d follows step %d", e.Steps, e.First, l.to))
		}
		l.to = e.First + e.Steps
	case *sim.PhaseEnded:
		l.flush()
		l.lines = append(l.lines, fmt.Sprintf("%s ends with %d means", e.Phase.Name, len(e.Means)))
	}
}

// golden compares text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			t.Fatalf("%s, line %d: %q differs from the file; go test -update rewrites it, if the change can be explained", path, i+1, a[i])
		}
	}
	t.Fatalf("%s has %d lines, want %d", path, len(b), len(a))
}

// spikeText is an observer that writes spikes for people to read.
type spikeText struct {
	layers int
	shown  sim.Presentation
	text   strings.Builder
}

func (s *spikeText) Observe(event sim.Event) {
	switch e := event.(type) {
	case *sim.Presentation:
		s.shown = *e
	case *sim.PhaseBegan:
		fmt.Fprintf(&s.text, "example %d, %s phase\n", s.shown.Number, e.Phase.Name)
	case *sim.Block:
		for step := range e.Steps {
			fmt.Fprintf(&s.text, "%3d", e.First+step)
			for layer := range s.layers + 1 {
				spikes := fmt.Sprint(e.Spikes(layer, step))
				fmt.Fprintf(&s.text, " %-12s", spikes[1:len(spikes)-1])
			}
			s.text.WriteByte('\n')
		}
	}
}

// The spikes of a tiny network in two examples: which neurons of the input, the
// hidden layer and the output layer fire in each step, counted from 0.
func TestGoldenSpikes(t *testing.T) {
	v := variantOf("tiny", []int{6})
	v.examples = v.examples[:2]
	r := newBlindRig(t, v.model, v.weights, 1)
	text := &spikeText{layers: 2}
	r.engine.Watch(text, false)
	for _, e := range v.examples {
		r.Run(t, e, false)
	}
	var trimmed strings.Builder
	for line := range strings.Lines(text.text.String()) {
		trimmed.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	golden(t, "spikes.txt", trimmed.String())
}

// Digests of the weights of some networks after they have learned their examples.
func TestGoldenDigests(t *testing.T) {
	var text strings.Builder
	for _, v := range bitVariants() {
		r := newBlindRig(t, v.model, v.weights, 1)
		presentBits(t, r, v)
		fmt.Fprintf(&text, "%s  %s\n", r.net.Weights().SHA256(), v.name)
	}
	golden(t, "weights.txt", text.String())
}

// Nothing on the path of a step allocates.
func TestRunDoesNotAllocate(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	for _, v := range []variant{
		variantOf("segregated", []int{40, 30}),
		variantOf("attenuated, unlimited", []int{40, 30}, unlimited, apical(0.05)),
		variantOf("rates", []int{40, 30}, ratesUp, ratesDown),
	} {
		r := newBlindRig(t, v.model, v.weights, 1)
		e := v.examples[0]
		p := &sim.Phase{Name: "forward", Steps: 300, From: 30}
		for _, rate := range e.Rates {
			p.Intensity = append(p.Intensity, float32(rate/v.model.MaxRate))
		}
		run := func() {
			r.engine.Present(sim.Presentation{Purpose: sim.TrainingSpikes, Number: 1})
			if err := r.engine.Run(p, r.forward); err != nil {
				t.Fatal(err)
			}
		}
		for range 20 { // until buffers have grown to the size that the spikes need
			run()
		}
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("%s: a phase of 300 steps allocates %v times", v.name, n)
		}
	}
}

// wrong is a script with invalid spikes.
type wrong struct {
	layer, step int
	spikes      []int32
}

func (w wrong) Spikes(layer, step int) []int32 {
	if layer == w.layer && step == w.step {
		return w.spikes
	}
	return nil
}

// A script with neurons that do not exist, or are not in order, is an error and not
// a panic.
func TestScriptsAreChecked(t *testing.T) {
	v := variantOf("script", []int{6})
	r := newBlindRig(t, v.model, v.weights, 1)
	e := v.examples[0]
	for _, w := range []wrong{{0, 1, []int32{99}}, {1, 0, []int32{-1}}, {1, 3, []int32{4, 2}}, {2, 2, []int32{1 << 30}}} {
		r.engine.Follow(w)
		r.engine.Present(sim.Presentation{Purpose: sim.TrainingSpikes, Number: 1})
		phase := &sim.Phase{Name: "p", Intensity: make([]float32, len(e.Rates)), Steps: 10}
		err := r.engine.Run(phase, r.forward)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("layer %d in step %d", w.layer, w.step)) {
			t.Errorf("spikes %v: error %v", w.spikes, err)
		}
		r.engine.Follow(nil)
		if err := r.engine.Run(phase, r.forward); err != nil {
			t.Errorf("after the script: %v", err)
		}
	}
}

// Run without a presentation is an error.
func TestRunNeedsAPresentation(t *testing.T) {
	v := variantOf("early", []int{6})
	r := newBlindRig(t, v.model, v.weights, 1)
	phase := &sim.Phase{Name: "p", Intensity: make([]float32, len(v.examples[0].Rates)), Steps: 10}
	early := func(when string) {
		t.Helper()
		if err := r.engine.Run(phase, r.forward); err == nil || !strings.Contains(err.Error(), "Present") {
			t.Errorf("Run %s: error %v", when, err)
		}
	}
	early("of a new engine")
	r.engine.Present(sim.Presentation{})
	if err := r.engine.Run(phase, r.forward); err != nil {
		t.Fatal(err)
	}
	r.engine.Rest()
	early("after Rest")
}

// Blocks of a layer draw their candidates independently: neurons at the same place of two
// blocks, with the same potential, do not fire together more often than chance has it.
func TestBlocksDrawApart(t *testing.T) {
	const width = network.MaxBlockWidth
	v := variantOf("paper", []int{2 * width})
	r := newBlindRig(t, v.model, v.weights, 1)
	for _, a := range r.net.Weights() { // V is what the bias says, 0.8 k_b
		a.Fill(func(row []float32) {
			for i := range row {
				row[i] = 0
				if a.Rows == 0 {
					row[i] = 0.8
				}
			}
		})
	}
	pairs := &coincidences{}
	r.engine.Watch(pairs, false)
	means := allMeans(r.net)
	phase := &sim.Phase{Intensity: make([]float32, r.net.Inputs), Steps: 500, From: 100}
	for number := range uint64(10) {
		r.engine.Rest()
		r.engine.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: number})
		if err := r.engine.Run(phase, means); err != nil {
			t.Fatal(err)
		}
	}
	// In n opportunities, two neurons that fire with probability p together by chance do so
	// n p² times, give or take the root of that.
	n := float64(pairs.steps) * width
	p := float64(pairs.fired) / (2 * n)
	statistics.Expect(t, "coincidences", float64(pairs.both), n*p*p, math.Sqrt(n*p*p))
	if pairs.fired < 10000 {
		t.Errorf("only %d spikes", pairs.fired)
	}
}

// coincidences counts how often neurons at the same place of two blocks fire in a step.
type coincidences struct{ steps, fired, both int }

func (c *coincidences) Observe(event sim.Event) {
	b, ok := event.(*sim.Block)
	if !ok {
		return
	}
	for step := range b.Steps {
		var first [network.MaxBlockWidth]bool
		c.steps++
		for k, i := range b.Spikes(1, step) {
			if fired := b.Spikes(1, step); k > 0 && fired[k-1] == i {
				continue
			}
			c.fired++
			if i < network.MaxBlockWidth {
				first[i] = true
			} else if first[i-network.MaxBlockWidth] {
				c.both++
			}
		}
	}
}
