package train

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim"
)

// A live is what a terminal shows during training: the progress, the errors since the
// beginning, and firing rates. It does not change the run.
type live struct {
	epochs   int      // number of epochs of the run
	examples int      // number of examples in an epoch
	checks   string   // name of the error after each epoch
	names    []string // names of the populations, from the input up
	sizes    []int    // their numbers of neurons
	maxRate  float64  // Hz

	number  int           // number of the epoch in progress, from 1
	testing bool          // its test is in progress, not its training
	done    int64         // images done in that part
	total   int64         // images of that part
	from    int64         // images that were done when a resumed run began with it
	elapsed time.Duration // time since it began

	trainTook, testTook time.Duration // duration of the last training and test

	before training.Epoch // the epoch at the last call
	recent []bool         // which of the last predictions were wrong, a ring
	wrong  int            // number of wrong ones in recent
	shown  int            // number of examples since the view began
	part   int            // wrong predictions since the last point of the curve
	curve  []float64      // training error, a point for every pace examples
	tests  []float64      // test error after each epoch

	counter *protocols.SpikeCount // nil if spikes are not counted
	spikes  []float64             // of each population; older spikes have smaller weights
	time    float64               // simulated time, weighted in the same way (ms)
	dt      float64               // ms
}

const (
	recentExamples = 1000 // number of examples for the training error
	fading         = 0.9  // factor of the weight of spikes from one drawing to the next
	leastError     = 5e-4 // smaller errors are drawn as this one
)

// newLive returns the view of a run. Spikes are counted only if there is a terminal.
func (r *session) newLive(info dataset.Info) *live {
	v := &live{
		epochs: r.config.Learning.Epochs, examples: r.shown.Len(), checks: "test error",
		names: settings.PopulationNames(len(r.config.Network.Hidden)), sizes: r.config.Sizes(info),
		maxRate: r.config.Neurons.MaxRate, dt: r.config.Neurons.Dt,
	}
	if r.config.Data.Validation > 0 {
		v.checks = "validation"
	}
	if l, ok := r.Learner.(settings.Spiking); ok && r.con.Screen != nil && l.Model().Neurons.Forward == sim.Spikes {
		v.counter = l.CountSpikes()
	}
	return v
}

// pace is the number of examples in a point of the curve.
func (v *live) pace() int { return min(max(v.examples/20, 1), recentExamples) }

// resume adds what was before the view began: complete epochs, and part of one. Only
// their mean errors are known.
func (v *live) resume(epochs []run.EpochEvent, now training.Epoch) {
	past := func(examples int, err float64) {
		v.curve = append(v.curve, slices.Repeat([]float64{err}, examples/v.pace())...)
	}
	for _, e := range epochs {
		past(e.Examples, e.TrainError)
		v.tested(e.Checked(), terminal.Seconds(e.TestSeconds))
		v.trainTook = terminal.Seconds(e.TrainSeconds)
	}
	if now.Examples > 0 {
		past(now.Examples, now.Error())
	}
}

// train begins the training of an epoch, or goes on with it from where it is now.
func (v *live) train(now training.Epoch, number int, total int64) {
	v.from = int64(now.Examples)
	v.number, v.testing, v.done, v.total, v.elapsed = number, false, v.from, total, 0
	v.before = now
}

// learnt adds the examples since the last call, given the epoch so far.
func (v *live) learnt(e training.Epoch) {
	n, wrong := e.Examples-v.before.Examples, e.Errors-v.before.Errors
	v.before = e
	for k := range n { // the order within a batch does not matter
		v.add(k < wrong)
	}
}

func (v *live) add(wrong bool) {
	if len(v.recent) < recentExamples {
		v.recent = append(v.recent, wrong)
	} else {
		oldest := &v.recent[v.shown%recentExamples]
		if *oldest {
			v.wrong--
		}
		*oldest = wrong
	}
	v.shown++
	if wrong {
		v.wrong++
		v.part++
	}
	if n := v.pace(); v.shown%n == 0 {
		v.curve = append(v.curve, float64(v.part)/float64(n))
		v.part = 0
	}
}

// test begins the test after the training of an epoch; took is the time of the training.
func (v *live) test(number int, total int64, took time.Duration) {
	v.number, v.testing, v.done, v.from, v.total, v.elapsed, v.trainTook = number, true, 0, 0, total, 0, took
}

// tested adds the result of a test; took is its duration.
func (v *live) tested(err float64, took time.Duration) {
	v.tests, v.testTook = append(v.tests, err), took
}

// draw updates the progress and draws the view.
func (v *live) draw(t terminal.Terminal, done int64, elapsed time.Duration) []string {
	v.done, v.elapsed = done, elapsed
	v.takeSpikes()
	return v.lines(t)
}

// takeSpikes adds the spikes since the last drawing.
func (v *live) takeSpikes() {
	if v.counter == nil {
		return
	}
	more, steps := v.counter.Take()
	if steps == 0 {
		return
	}
	if v.spikes == nil {
		v.spikes = make([]float64, len(more))
	}
	for l, n := range more {
		v.spikes[l] = fading*v.spikes[l] + float64(n)
	}
	v.time = fading*v.time + float64(steps)*v.dt
}

// lines draws the view.
func (v *live) lines(t terminal.Terminal) []string {
	lines := []string{"", v.barLine(t), v.timeLine(t)}
	lines = append(lines, v.errorLines(t)...)
	return append(lines, v.rateLines(t)...)
}

// labelled begins a line with a label.
func labelled(t terminal.Terminal, label string) *terminal.Row {
	r := &terminal.Row{T: t}
	r.Add(terminal.Plainly, label+" ")
	r.To(labelWidth)
	return r
}

const labelWidth = 14

func (v *live) barLine(t terminal.Terminal) string {
	what, of, colour := "epoch", " of ", terminal.Cyan
	if v.testing {
		what, colour = "test", terminal.Yellow
	}
	if t.Columns < terminal.Narrow {
		of = "/"
	}
	r := labelled(t, fmt.Sprint(what, " ", v.number, of, v.epochs))
	share := float64(v.done) / float64(max(v.total, 1))
	r.Bar(share, max(r.Left()-5, 0), colour)
	r.Add(terminal.Plainly, fmt.Sprintf("%3d %%", int(100*share)))
	return r.String()
}

// timeLine shows the speed and the time that is left, or less if there is little room.
func (v *live) timeLine(t terminal.Terminal) string {
	words := []string{fmt.Sprintf("%d of %d images", v.done, v.total)}
	if done := v.done - v.from; done > 0 {
		rest := terminal.Left(done, v.total-v.from, v.elapsed)
		words = append(words, fmt.Sprintf("%.0f/s", terminal.PerSecond(done, v.elapsed)), terminal.Clock(rest)+" left")
		if v.epochs > 1 {
			words = append(words, terminal.Clock(rest+v.ahead(rest))+" in all")
		}
	}
	r := &terminal.Row{T: t}
	if t.Columns >= terminal.Narrow {
		r.To(labelWidth)
	}
	for len(words) > 1 && len(strings.Join(words, ", ")) > r.Left() {
		words = words[1:]
	}
	r.Add(terminal.Dim, strings.Join(words, ", "))
	return r.String()
}

// ahead estimates the time for everything after the part in progress, of which rest is
// left.
func (v *live) ahead(rest time.Duration) time.Duration {
	train, test, now := v.trainTook, v.testTook, time.Duration(0)
	if v.testing {
		test = v.elapsed + rest
	} else {
		now = test
		train = time.Duration(float64(v.elapsed+rest) * float64(v.total) / float64(max(v.total-v.from, 1)))
	}
	return now + time.Duration(v.epochs-v.number)*(train+test)
}

// errorLines draws both errors over the same time and on the same scale.
func (v *live) errorLines(t terminal.Terminal) []string {
	words := []string{v.trainWords(), v.testWords()}
	if t.Columns < terminal.Narrow {
		for i := range words {
			if share, _, ok := strings.Cut(words[i], " %"); ok {
				words[i] = share + " %"
			}
		}
	}
	longest := 0
	for _, w := range words {
		longest = max(longest, len(w))
	}
	r := labelled(t, "train error")
	width := max(r.Left()-longest-2, 0)
	train, test, low, high := v.curves(width)
	r.Add(terminal.Cyan, terminal.Pad(t.Spark(train, low, high), width)+"  ")
	r.Add(terminal.Plainly, words[0])
	s := labelled(t, v.checks)
	s.Add(terminal.Yellow, terminal.Pad(t.Spark(test, low, high), width)+"  ")
	s.Add(terminal.Plainly, words[1])
	return []string{r.String(), s.String()}
}

func (v *live) trainWords() string {
	if v.shown == 0 {
		return ""
	}
	return fmt.Sprintf("%7s of the last %-4d", terminal.Percent(float64(v.wrong)/float64(len(v.recent))), len(v.recent))
}

func (v *live) testWords() string {
	n := len(v.tests)
	if n == 0 {
		return ""
	}
	words := fmt.Sprintf("%7s", terminal.Percent(v.tests[n-1]))
	if best := slices.Min(v.tests); best < v.tests[n-1] {
		words += ", at best " + terminal.Percent(best)
	}
	return words
}

// curves returns the logarithms of both errors from the beginning until now, in at most
// width columns, and their common range. A column stands for one point of the curve and,
// when there is no more room, for two, four, eight, so that the curve rarely changes its
// shape. A test stands below the end of its epoch.
func (v *live) curves(width int) (train, test []float64, low, high float64) {
	if width == 0 {
		return nil, nil, 0, 1
	}
	each := 1
	for (len(v.curve)+each-1)/each > width {
		each *= 2
	}
	low, high = math.Inf(1), math.Inf(-1)
	height := func(err float64) float64 {
		h := math.Log(max(err, leastError))
		low, high = min(low, h), max(high, h)
		return h
	}
	for begin := 0; begin < len(v.curve); begin += each {
		end := min(begin+each, len(v.curve))
		sum := 0.0
		for _, err := range v.curve[begin:end] {
			sum += err
		}
		train = append(train, height(sum/float64(end-begin)))
		middle := (begin + end) * v.pace() / 2
		if e := middle / v.examples; e < len(v.tests) {
			test = append(test, height(v.tests[e]))
		}
	}
	// Small differences should look small.
	const least = 0.5
	if span := high - low; span < least {
		low, high = low-(least-span)/2, high+(least-span)/2
	}
	return train, test, low, high
}

// rateLines shows the firing rate of each population, as a number and as a share of the
// highest rate; as many on a line as there is room for.
func (v *live) rateLines(t terminal.Terminal) []string {
	if v.time == 0 {
		return nil
	}
	longest := 0
	for _, name := range v.names {
		longest = max(longest, len(name))
	}
	var lines []string
	r := labelled(t, "firing rate")
	for l, name := range v.names {
		hz := 1000 * v.spikes[l] / v.time / float64(v.sizes[l])
		number := fmt.Sprintf(" %3.0f Hz", hz)
		width := longest + 1 + gaugeWidth + len(number)
		if r.Used > labelWidth && r.Left() < 2+width {
			lines = append(lines, r.String())
			r = labelled(t, "")
		}
		if r.Used > labelWidth {
			r.Add(terminal.Plainly, "  ")
		}
		r.Add(terminal.Plainly, terminal.Pad(name, longest+1))
		r.Add(terminal.Green, t.Gauge(hz/v.maxRate, gaugeWidth))
		r.Add(terminal.Plainly, number)
	}
	return append(lines, r.String())
}

const gaugeWidth = 5
