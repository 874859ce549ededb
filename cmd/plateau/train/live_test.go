package train

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/training"
)

// someRun is a view of a run in its third epoch, with errors as they often are.
func someRun() *live {
	v := &live{
		epochs: 8, examples: 30000, checks: "test error",
		names: settings.PopulationNames(1), sizes: []int{784, 500, 10}, maxRate: 200,
	}
	for epoch := 1; epoch <= 3; epoch++ {
		v.train(training.Epoch{}, epoch, 30000)
		e := training.Epoch{Number: epoch}
		for e.Examples < 30000 && (epoch < 3 || e.Examples < 19148) {
			e.Examples++
			seen := float64(30000*(epoch-1) + e.Examples)
			e.Errors = int(float64(e.Examples) * (0.15 + 0.7/(1+seen/4000)))
			v.learnt(e)
		}
		if epoch < 3 {
			v.test(3, 2000, 20*time.Second)
			v.tested([]float64{0.206, 0.1575}[epoch-1], 1500*time.Millisecond)
		}
	}
	v.done, v.elapsed = 19148, 13*time.Second
	v.spikes, v.time = []float64{1000, 2500, 9}, 50
	return v
}

func TestLiveView(t *testing.T) {
	deep := func() *live {
		v := someRun()
		v.names, v.sizes, v.spikes = settings.PopulationNames(3), []int{784, 500, 100, 80, 10}, []float64{1000, 2500, 300, 1e4, 9}
		v.checks = "validation"
		return v
	}
	testing := func() *live {
		v := someRun()
		v.test(3, 2000, 20*time.Second)
		v.done, v.elapsed = 500, 400*time.Millisecond
		return v
	}
	young := func() *live {
		v := &live{epochs: 100, examples: 60000, checks: "test error"}
		v.train(training.Epoch{}, 1, 60000)
		return v
	}
	for name, test := range map[string]struct {
		view *live
		at   terminal.Terminal
	}{
		"live-80.txt":     {someRun(), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 0}},
		"live-120.txt":    {someRun(), terminal.Terminal{Columns: 120, Rows: 40, Unicode: true, Colours: 0}},
		"live-40.txt":     {someRun(), terminal.Terminal{Columns: 40, Rows: 24, Unicode: true, Colours: 0}},
		"live-15.txt":     {someRun(), terminal.Terminal{Columns: 15, Rows: 24, Unicode: true, Colours: 0}},
		"live-ascii.txt":  {someRun(), terminal.Terminal{Columns: 80, Rows: 24, Unicode: false, Colours: 0}},
		"live-colour.txt": {someRun(), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 16}},
		"live-deep.txt":   {deep(), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 0}},
		"live-test.txt":   {testing(), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 0}},
		"live-young.txt":  {young(), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 0}},
	} {
		got := plateautest.Frame(t, test.at.Columns, terminal.ColumnsOf, test.view.lines(test.at))
		plateautest.Golden(t, name, got)
		if !test.at.Unicode && strings.ContainsFunc(got, func(c rune) bool { return c > 126 }) {
			t.Errorf("%s: more than ASCII: %s", name, got)
		}
	}
	view := deep()
	for columns := range 200 { // whatever the window, nothing breaks
		at := terminal.Terminal{Columns: columns + 1, Rows: 24, Unicode: true, Colours: 0}
		plateautest.Frame(t, at.Columns, terminal.ColumnsOf, view.lines(at))
	}
}

// The view tells the errors of the last 1000 examples, however they came, and
// its curve those of all examples, part by part.
func TestLiveErrors(t *testing.T) {
	for _, batch := range []int{1, 7, 300} {
		v := &live{examples: 8000}
		var wrong []bool
		for number := 1; number <= 2; number++ {
			v.train(training.Epoch{}, number, 8000)
			e := training.Epoch{Number: number}
			for e.Examples < 8000 {
				n := min(batch, 8000-e.Examples)
				misread := (e.Examples / 11 * 7) % (n + 1)
				e.Examples += n
				e.Errors += misread
				v.learnt(e)
				wrong = append(wrong, slices.Repeat([]bool{true}, misread)...)
				wrong = append(wrong, slices.Repeat([]bool{false}, n-misread)...)
				count := 0
				for _, w := range wrong[max(len(wrong)-1000, 0):] {
					if w {
						count++
					}
				}
				if v.wrong != count || len(v.recent) != min(len(wrong), 1000) || v.shown != len(wrong) {
					t.Fatalf("batches of %d: %d of %d misread after %d, want %d", batch, v.wrong, len(v.recent), v.shown, count)
				}
			}
		}
		if v.pace() != 400 || len(v.curve) != 40 {
			t.Fatalf("%d points for %d examples each, want 40 for 400", len(v.curve), v.pace())
		}
		for k, err := range v.curve {
			count := 0.0
			for _, w := range wrong[400*k : 400*(k+1)] {
				if w {
					count++
				}
			}
			if err != count/400 {
				t.Errorf("batches of %d: point %d is %v, want %v", batch, k, err, count/400)
			}
		}
	}
}

// Curves keep their shape as they grow, and a test stands under its epoch.
func TestLiveCurves(t *testing.T) {
	v := &live{examples: 4000, curve: make([]float64, 40), tests: []float64{0.5, 0.25, 0.25}}
	for k := range v.curve {
		v.curve[k] = 1 / float64(k+1)
	}
	v.curve[39] = 0
	train, test, low, high := v.curves(20) // two points of 200 examples to a column
	if len(train) != 20 || low != train[19] || high != train[0] {
		t.Errorf("%d columns from %v to %v", len(train), low, high)
	}
	for k, h := range train {
		plateautest.Near(t, "training error", math.Exp(h), (v.curve[2*k]+v.curve[2*k+1])/2, 1e-12)
	}
	if len(test) != 20 || math.Exp(test[9]) != 0.5 || math.Exp(test[10]) != 0.25 {
		t.Errorf("tests at %v, want 0.5 for the first half of the columns", test)
	}
	if train, _, _, _ = v.curves(19); len(train) != 10 {
		t.Errorf("%d columns, want 10 of four points each", len(train))
	}
	if _, test, _, _ = (&live{examples: 4000, curve: v.curve[:30], tests: v.tests[:1]}).curves(30); len(test) != 20 {
		t.Errorf("an epoch of 20 points is tested, not of %d", len(test))
	}
	none := &live{examples: 4000, curve: []float64{0.5, 0}}
	if _, _, low, _ = none.curves(20); low != math.Log(leastError) {
		t.Errorf("no error is drawn as %v", low)
	}
	flat := &live{examples: 4000, curve: []float64{0.1, 0.101}}
	train, _, low, high = flat.curves(20)
	if got := (terminal.Terminal{Unicode: true}).Spark(train, low, high); got != "▄▅" {
		t.Errorf("small differences look large: %s", got)
	}
}

// The time left is estimated from the last epoch, and from the current one so far.
func TestLiveTimeLeft(t *testing.T) {
	v := &live{epochs: 5, examples: 1000}
	v.train(training.Epoch{}, 2, 1000)
	v.done, v.elapsed, v.testTook = 250, 5*time.Second, 2*time.Second
	if got := v.ahead(15 * time.Second); got != 2*time.Second+3*22*time.Second {
		t.Errorf("in training: %v", got)
	}
	v.test(2, 100, 21*time.Second)
	v.done, v.elapsed = 50, time.Second
	if got := v.ahead(time.Second); got != 3*23*time.Second {
		t.Errorf("in a test: %v", got)
	}
}

// The view of a run that goes on has the curves from its beginning, and tells how
// fast it is and what the last examples were from what it sees itself.
func TestLiveResumed(t *testing.T) {
	v := &live{epochs: 8, examples: 30000, checks: "test error"}
	test := 0.25
	now := training.Epoch{Number: 3, Examples: 10000, Errors: 1000}
	v.resume([]run.EpochEvent{
		{Epoch: 1, Examples: 30000, TrainError: 0.5, TestError: &test, TrainSeconds: 20, TestSeconds: 1},
		{Epoch: 2, Examples: 30000, TrainError: 0.25, TestError: &test, TrainSeconds: 30, TestSeconds: 2},
	}, now)
	v.train(now, 3, 30000)
	v.learnt(training.Epoch{Number: 3, Examples: 10500, Errors: 1250})
	v.done, v.elapsed = 10500, time.Second
	if got := fmt.Sprint(v.curve[0], v.curve[29], v.curve[30], v.curve[59], v.curve[60], len(v.curve), v.tests); got != "0.5 0.5 0.25 0.25 0.1 70 [0.25 0.25]" {
		t.Errorf("the curves are %s", got)
	}
	text := strings.Join(v.lines(terminal.Terminal{Columns: 100, Unicode: true}), "\n")
	for _, want := range []string{"50.00 % of the last 500", "10500 of 30000 images, 500/s, 39 s left", "25.00 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	if v.trainTook != 30*time.Second || v.testTook != 2*time.Second {
		t.Errorf("an epoch took %v and %v", v.trainTook, v.testTook)
	}
	v.done, v.elapsed = 20000, 10*time.Second // half of what this process has to do
	if got := v.ahead(10 * time.Second); got != 2*time.Second+5*32*time.Second {
		t.Errorf("still to come: %v", got)
	}
	v = &live{epochs: 8, examples: 30000, checks: "test error"}
	v.test(4, 2000, time.Second) // nothing but the test was to be done
	if got := v.barLine(terminal.Terminal{Columns: 80}); !strings.HasPrefix(got, "test 4 of 8 ") {
		t.Errorf("got %q", got)
	}
}
