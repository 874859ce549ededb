package view

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plateau/sim/record"
	"plateau/sim/record/exporttest"
)

// spikesOf reads spikes trial by trial, as steps of the recording.
func spikesOf(t *testing.T, r *record.Reader, population int) (steps, neurons []int) {
	t.Helper()
	for i := range r.Trials() {
		trial, err := r.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		s := r.Spikes(i, population, 0, record.End)
		for s.Scan() {
			for _, spike := range s.Spikes() {
				steps, neurons = append(steps, int(trial.First)+int(spike.Step)), append(neurons, int(spike.Neuron))
			}
		}
		if s.Err() != nil {
			t.Fatal(s.Err())
		}
	}
	return steps, neurons
}

// A raster has every spike of its stretch and its neurons, one by one or counted
// where it belongs, from the recording or from its survey.
func TestRaster(t *testing.T) {
	r := recorded(t, 30, false)
	s := serve(t, r)
	for population, p := range r.Header().Populations {
		steps, neurons := spikesOf(t, r, population)
		for _, c := range []struct{ from, to, width, rows, low, high int }{
			{0, int(r.Steps()), 2000, 20, 0, p.Size}, {0, int(r.Steps()), 1, 1, 0, p.Size}, {100, 300, 3, 4, 2, 8},
			{0, int(r.Steps()), (len(steps) + spikesPerPixel - 1) / spikesPerPixel, 30, 0, p.Size}, // just one by one
			{44, 88, 500, 10, 0, p.Size}, {50, 51, 10, 4, 0, p.Size}, {7, 1000, 100, 7, 1, p.Size - 1},
		} {
			url := fmt.Sprintf("/api/raster?population=%d&from=%d&to=%d&width=%d&rows=%d&low=%d&high=%d", population, c.from, c.to, c.width, c.rows, c.low, c.high)
			var want []string
			all := 0 // of any neuron
			counts := map[[2]int]float64{}
			head := rasterHead{packet: &packet{}}
			data := askPacket(t, s, url, &head)
			for k := range steps {
				if steps[k] >= c.from && steps[k] < c.to {
					all++
				}
				if steps[k] >= c.from && steps[k] < c.to && neurons[k] >= c.low && neurons[k] < c.high {
					want = append(want, fmt.Sprint(steps[k], neurons[k]))
					if head.Unit > 0 {
						counts[[2]int{(steps[k] - int(head.First)) / int(head.Unit), (neurons[k] - c.low) * head.Rows / (c.high - c.low)}]++
					}
				}
			}
			if head.Total != len(want) || head.Until < int64(c.to) {
				t.Fatalf("%s: %d spikes until %d, want %d until %d", url, head.Total, head.Until, len(want), c.to)
			}
			if most := spikesPerPixel * c.width; len(want) > most && head.Kind != "counts" || all <= most && head.Kind != "spikes" {
				t.Fatalf("%s: %s for %d of %d spikes", url, head.Kind, len(want), all)
			}
			if head.Kind == "spikes" {
				var got []string
				for k := range data["steps"] {
					got = append(got, fmt.Sprint(head.First+int64(data["steps"][k]), data["neurons"][k]))
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s: spikes differ", url)
				}
				continue
			}
			if head.Cols > c.width || head.Rows > c.rows || head.Low != c.low || head.High != c.high {
				t.Fatalf("%s: %+v", url, head)
			}
			most := 0
			for k := range head.Cols {
				for i := range head.Rows {
					n := data["counts"][k*head.Rows+i]
					if n != counts[[2]int{k, i}] {
						t.Fatalf("%s: %v spikes in column %d, row %d, want %v", url, n, k, i, counts[[2]int{k, i}])
					}
					most = max(most, int(n))
				}
			}
			if most != head.Max {
				t.Fatalf("%s: max %d, want %d", url, head.Max, most)
			}
		}
		// The survey has the same, in its own rows and bins.
		low, high := p.Size/4+1, p.Size/2+1
		a := &raster{population: population, from: 90, to: 950, low: low, high: high}
		a.summarise(s.survey, 13)
		if a.low > low || a.high < high || a.high-a.low > high-low+2*(p.Size/surveyRows+1) || a.columns != (columns{90, 67, 13}) {
			t.Errorf("survey of population %d: neurons %d to %d, %+v", population, a.low, a.high, a.columns)
		}
		want, total := make([]uint16, 13*a.rows), 0
		g := s.survey.grids[population]
		for k := range steps {
			if steps[k] >= 90 && steps[k] < 950 && neurons[k] >= a.low && neurons[k] < a.high {
				row := 0 // the one whose first neuron is the last before
				for row+1 < a.rows && g.first(g.row(low)+row+1) <= neurons[k] {
					row++
				}
				want[(steps[k]-90)/67*a.rows+row]++
				total++
			}
		}
		if !slices.Equal(a.counts, want) || int(a.total) != total || total == 0 {
			t.Errorf("survey of population %d: %d spikes, want %d each in its place", population, a.total, total)
		}
	}
}

// Rates count every spike and every trial once.
func TestRates(t *testing.T) {
	r := recorded(t, 30, false)
	s := serve(t, r)
	for _, width := range []int{1, 7, 400, 4096} {
		head := ratesHead{packet: &packet{}}
		data := askPacket(t, s, fmt.Sprintf("/api/rates?from=0&to=%d&width=%d", r.Steps(), width), &head)
		sum := func(name string) (n float64) {
			if len(data[name]) > width || len(data[name]) == 0 {
				t.Fatalf("width %d: %d values of %s", width, len(data[name]), name)
			}
			for _, v := range data[name] {
				n += v
			}
			return n
		}
		for k, p := range r.Header().Populations {
			if steps, _ := spikesOf(t, r, k); sum(p.Name) != float64(len(steps)) {
				t.Errorf("width %d: %v spikes of %s, want %d", width, sum(p.Name), p.Name, len(steps))
			}
		}
		wrong := 0
		for i := range r.Trials() {
			if trial, _ := r.Trial(i); trial.Predicted != trial.Class {
				wrong++
			}
		}
		if sum("trials") != 30 || sum("misread") != float64(wrong) || wrong == 0 || wrong == 30 {
			t.Errorf("width %d: %v trials, %v misread, want 30 and %d", width, sum("trials"), sum("misread"), wrong)
		}
	}
}

// Trials are those of the stretch, and misread ones are found one after the other
// in both directions.
func TestTrials(t *testing.T) {
	r := recorded(t, 30, false)
	s := serve(t, r)
	const length = 44
	for _, c := range [][4]int{{0, 1, 0, 1}, {0, 44, 0, 1}, {43, 45, 0, 2}, {44, 88, 1, 1}, {100, 400, 2, 8}, {0, 30 * length, 0, 30}, {30*length - 1, 30 * length, 29, 1}} {
		var a trialsAnswer
		ask(t, s, fmt.Sprintf("/api/trials?from=%d&to=%d&most=10", c[0], c[1]), &a)
		if a.First != c[2] || a.Count != c[3] {
			t.Fatalf("steps %d to %d: trials from %d on, %d; want from %d, %d", c[0], c[1], a.First, a.Count, c[2], c[3])
		}
		if a.Count > 10 != (len(a.Trials) == 0) {
			t.Errorf("%d trials are sent of %d", len(a.Trials), a.Count)
		}
		for k, got := range a.Trials {
			want, err := r.Trial(a.First + k)
			if err != nil {
				t.Fatal(err)
			}
			if got.Index != want.Index || got.First != want.First || got.Class != want.Class || got.Read != want.Predicted || len(got.Phases) != 2 || got.Phases[1].From != 8 || !got.Phases[1].Taught {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	}
	var wrong []int
	for i := range r.Trials() {
		if trial, _ := r.Trial(i); trial.Predicted != trial.Class {
			wrong = append(wrong, i)
		}
	}
	walk := func(trial, step int) (found []int) {
		for {
			var a misreadAnswer
			ask(t, s, fmt.Sprintf("/api/misread?trial=%d&step=%d", trial, step), &a)
			if !a.Whole {
				t.Fatal("the survey is over, but not whole")
			}
			if a.Index < 0 {
				return found
			}
			if a.First != int64(length*a.Index) || a.Steps != length {
				t.Fatalf("misread trial %+v", a)
			}
			found = append(found, a.Index)
			trial = a.Index
		}
	}
	if got := walk(-1, 1); !slices.Equal(got, wrong) {
		t.Errorf("misread are %v, want %v", got, wrong)
	}
	got := walk(30, -1)
	slices.Reverse(got)
	if !slices.Equal(got, wrong) {
		t.Errorf("misread, from behind, are %v, want %v", got, wrong)
	}
}

// Far apart, misread trials are found without a look at each in between.
func TestNextMisread(t *testing.T) {
	r := recorded(t, 1, false)
	s := &survey{reader: r, trials: 1000, misread: make([]uint64, 16)}
	for _, i := range []int{0, 63, 64, 500, 999} {
		s.misread[i/64] |= 1 << (i % 64)
	}
	for _, c := range [][3]int{{-1, 1, 0}, {0, 1, 63}, {63, 1, 64}, {64, 1, 500}, {500, 1, 999}, {999, 1, -1}, {1000, -1, 999}, {999, -1, 500}, {500, -1, 64}, {70, -1, 64}, {64, -1, 63}, {63, -1, 0}, {0, -1, -1}} {
		if got, _ := s.next(c[0], c[1]); got != c[2] {
			t.Errorf("from %d by %d: %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

const someNeurons = "&neurons=1.3,2.7,3.19,1.0&vars=basal,apical,soma,rate&classes=1"

// What is replayed is, to the last bit, what was recorded.
func TestPotentials(t *testing.T) {
	full, spikes := serve(t, recorded(t, 30, true)), serve(t, recorded(t, 30, false))
	for _, trial := range []int{0, 17, 29, 3} {
		url := fmt.Sprintf("/api/potentials?trial=%d&from=0&to=44&width=100", trial) + someNeurons
		a, b := potentialsHead{packet: &packet{}}, potentialsHead{packet: &packet{}}
		want, got := askPacket(t, full, url, &a), askPacket(t, spikes, url, &b)
		if len(a.Series) != 3*4+3+10 || a.Error != "" || b.Error != "" {
			t.Fatalf("trial %d: %d series, errors %q and %q", trial, len(a.Series), a.Error, b.Error)
		}
		for k, of := range a.Series {
			name := fmt.Sprint(k)
			if !of.Recorded || b.Series[k].Recorded {
				t.Fatalf("trial %d, series %d: recorded %v and %v", trial, k, of.Recorded, b.Series[k].Recorded)
			}
			if len(want[name]) != 44 || !slices.Equal(got[name], want[name]) || !slices.Equal(b.Series[k].Means, of.Means) {
				t.Fatalf("trial %d, %v of neuron %d of population %d: replay differs from the recording", trial, of.Variable, of.Neuron, of.Population)
			}
			// The mean over the window of the second phase, steps 32 to 43.
			mean := 0.0
			for _, v := range want[name][32:44] {
				mean += v / 12
			}
			if len(of.Means) != 2 || math.Abs(of.Means[1]-mean) > 1e-4 {
				t.Errorf("trial %d, series %d: means %v, want %v second", trial, k, of.Means, mean)
			}
		}
		// The reader itself says the same.
		s := full.recording.Reader.Samples(trial, full.recording.Reader.Header().Probe(2, record.Soma), 0, record.End)
		for s.Scan() {
			for k := range s.Len() {
				if v := float64(s.Values()[8*k+7]); want["6"][s.Step()+k] != v {
					t.Fatalf("step %d: %v, want %v", s.Step()+k, want["6"][s.Step()+k], v)
				}
			}
		}
		// Rates are in Hz: 200 σ(V).
		for step, v := range want["3"] {
			if hz := 200 / (1 + math.Exp(-want["2"][step])); math.Abs(v-hz) > 0.01 {
				t.Fatalf("a rate of %v, want %v Hz", v, hz)
			}
		}
		// A class is the mean of its two neurons.
		for k, of := range a.Series {
			if of.Neuron == -1 && of.Class == 4 {
				pair := potentialsHead{packet: &packet{}}
				two := askPacket(t, full, fmt.Sprintf("/api/potentials?trial=%d&from=0&to=44&width=100&neurons=3.8,3.9&vars=soma&classes=0", trial), &pair)
				for step, v := range want[fmt.Sprint(k)] {
					if math.Abs(v-(two["0"][step]+two["1"][step])/2) > 1e-6 {
						t.Fatalf("class 4, step %d: %v, want the mean of %v and %v", step, v, two["0"][step], two["1"][step])
					}
				}
			}
		}
	}
}

// What was recorded now and then, and cannot be replayed, is shown as it is.
func TestSparse(t *testing.T) {
	plan := exporttest.Default()
	for k := range plan.Probes {
		plan.Probes[k].Every = 3
	}
	plan.Populations = []string{"output"}
	r, memory := exporttest.Make(t, plan)
	s := serve(t, r)
	head := potentialsHead{packet: &packet{}}
	data := askPacket(t, s, "/api/potentials?trial=2&from=4&to=50&width=100&neurons=1.4&vars=soma&classes=0", &head)
	if of := head.Series[0]; !of.Recorded || of.Interval != 3 || of.First != 6 || len(of.Means) != 0 || !strings.Contains(head.Error, "not recorded") {
		t.Fatalf("%+v, error %q", of, head.Error)
	}
	trace := memory.Trials[2].Samples[r.Header().Probe(1, record.Soma)]
	for k, v := range data["0"] {
		if want := float64(trace[2+k][4]); v != want {
			t.Errorf("step %d: %v, want %v", 6+3*k, v, want)
		}
	}
	if len(data["0"]) != 15 {
		t.Errorf("%d values, want 15 of steps 6 to 48", len(data["0"]))
	}
	// Where nothing helps, the page is told why.
	head = potentialsHead{packet: &packet{}}
	plan.Probes = nil
	r, _ = exporttest.Make(t, plan)
	data = askPacket(t, serve(t, r), "/api/potentials?trial=2&from=4&to=50&width=100&neurons=1.4&vars=soma&classes=0", &head)
	if len(data["0"]) != 0 || head.Series[0].Interval != 0 || !strings.Contains(head.Error, "not recorded") {
		t.Errorf("%+v", head)
	}
}

// On a narrow screen each pixel stands for the least and the largest value of its
// steps.
func TestDecimation(t *testing.T) {
	s := serve(t, recorded(t, 5, false))
	a, b := potentialsHead{packet: &packet{}}, potentialsHead{packet: &packet{}}
	all := askPacket(t, s, "/api/potentials?trial=3&from=0&to=44&width=22"+someNeurons, &a)
	few := askPacket(t, s, "/api/potentials?trial=3&from=5&to=44&width=6"+someNeurons, &b)
	for k, of := range b.Series {
		name := fmt.Sprint(k)
		if a.Series[k].Unit != 0 || len(all[name]) != 44 {
			t.Fatalf("two values a pixel are not sent one by one: %+v", a.Series[k])
		}
		if of.Unit != 7 || of.First != 5 || len(few[name]) != 12 {
			t.Fatalf("39 steps on 6 pixels: %d values, %+v", len(few[name]), of)
		}
		for i := range 6 {
			part := all[name][5+7*i : min(12+7*i, 44)]
			if few[name][2*i] != slices.Min(part) || few[name][2*i+1] != slices.Max(part) {
				t.Fatalf("pixel %d: %v, want the range of %v", i, few[name][2*i:2*i+2], part)
			}
		}
	}
}

// Plateaus are those of the recording, for rows of neurons and for chosen ones.
func TestTrial(t *testing.T) {
	r := recorded(t, 5, false)
	s := serve(t, r)
	var a oneTrialAnswer
	ask(t, s, "/api/trial?index=2&rows=4&neurons=1.5,3.1", &a)
	if len(a.Layers) != 2 || len(a.Neurons) != 2 || len(a.Losses) != 3 || a.Weights == "" || a.Updates != 2 {
		t.Fatalf("got %+v", a)
	}
	for phase := range 2 {
		p, err := r.Plateaus(2, phase, 0)
		if err != nil {
			t.Fatal(err)
		}
		n := a.Neurons[phase]
		if n.Phase != phase || n.Step != int(p.Step[5]) || math.Abs(n.Value-float64(p.Value[5])) > 1e-4 || n.From != []int{8, 32}[phase] {
			t.Errorf("phase %d: %+v, want %v after step %d", phase, n, p.Value[5], p.Step[5])
		}
		rows := a.Layers[0].Phases[phase].Rows
		if want := float64(p.Value[3]+p.Value[4]+p.Value[5]) / 3; len(rows) != 4 || math.Abs(rows[1]-want) > 1e-4 {
			t.Errorf("phase %d: rows %v, want %v second", phase, rows, want)
		}
	}
}

// Where each neuron has a time of its own for its plateaus, all of them are sent, and
// the mean of an apical potential is that from which the neuron's plateau came.
func TestPlateausOfTheirOwnTimes(t *testing.T) {
	m := model()
	m.Train.Window, m.Train.PlateauSpread = 6, 8
	r := recordedOf(t, m, 5, false)
	s := serve(t, r)
	var a oneTrialAnswer
	ask(t, s, "/api/trial?index=2&rows=4&neurons=1.5", &a)
	head := potentialsHead{packet: &packet{}}
	values := askPacket(t, s, "/api/potentials?trial=2&from=0&to=44&width=100&neurons=1.5&vars=apical,soma&classes=0", &head)
	for phase := range 2 {
		p, err := r.Plateaus(2, phase, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := a.Layers[0].Phases[phase]
		if slices.Min(p.Step) == slices.Max(p.Step) || got.Step != slices.Min(p.Step) || got.Last != slices.Max(p.Step) || !slices.Equal(got.Steps, p.Step) {
			t.Fatalf("phase %d: steps %v from %d to %d, want %v", phase, got.Steps, got.Step, got.Last, p.Step)
		}
		for i, v := range p.Value {
			if math.Abs(got.Values[i]-float64(v)) > 1e-4 {
				t.Errorf("phase %d: α of neuron %d is %v, want %v", phase, i, got.Values[i], v)
			}
		}
		// The plateau is σ of the mean of the six steps before it.
		end := int(p.Step[5]) + 1
		sum := 0.0
		for _, v := range values["0"][end-6 : end] {
			sum += v / 6
		}
		mean := head.Series[0].Means[phase]
		if math.Abs(mean-sum) > 1e-4 || math.Abs(1/(1+math.Exp(-mean))-float64(p.Value[5])) > 1e-4 {
			t.Errorf("phase %d: a mean apical potential of %v for α = %v, want %v", phase, mean, p.Value[5], sum)
		}
		// That of a soma is over the window of the phase, its last 6 ms.
		end = []int{24, 44}[phase]
		sum = 0
		for _, v := range values["1"][end-6 : end] {
			sum += v / 6
		}
		if mean := head.Series[1].Means[phase]; math.Abs(mean-sum) > 1e-4 {
			t.Errorf("phase %d: a mean somatic potential of %v, want %v", phase, mean, sum)
		}
	}
	a = oneTrialAnswer{}
	if ask(t, s, "/api/trial?index=2&rows=1", &a); a.Layers[0].Phases[0].Steps != nil {
		t.Error("what is asked for with one row has every neuron")
	}
}

// Who leaves ends the replay, and loses nothing for the next.
func TestLeaving(t *testing.T) {
	s := serve(t, recorded(t, 12, false))
	url := "/api/potentials?trial=11&from=0&to=44&width=100" + someNeurons
	w := httptest.NewRecorder()
	s.ServeHTTP(w, cancelled(url))
	if w.Body.Len() != 0 {
		t.Errorf("somebody who left was sent %s", w.Body)
	}
	if s.replayer.progress() != nil {
		t.Error("the replay goes on")
	}
	a, b := potentialsHead{packet: &packet{}}, potentialsHead{packet: &packet{}}
	fresh := serve(t, recorded(t, 12, false))
	got, want := askPacket(t, s, url, &a), askPacket(t, fresh, url, &b)
	for name := range want {
		if !slices.Equal(got[name], want[name]) {
			t.Fatalf("series %s differs after a replay that was left", name)
		}
	}
}

// Backwards, trial by trial, little is learnt again.
func TestBackwards(t *testing.T) {
	m := model()
	m.Network.Hidden, m.Rates = []int{6}, []float64{0.2, 0.2}
	r := recordedOf(t, m, 120, false)
	s, fresh := serve(t, r), serve(t, r)
	for trial := 119; trial >= 60; trial-- {
		url := fmt.Sprintf("/api/potentials?trial=%d&from=0&to=44&width=100&neurons=1.3,2.7&vars=soma,apical&classes=0", trial)
		a, b := potentialsHead{packet: &packet{}}, potentialsHead{packet: &packet{}}
		got := askPacket(t, s, url, &a)
		if trial%9 != 0 {
			continue
		}
		want := askPacket(t, fresh, url, &b)
		for name := range want {
			if !slices.Equal(got[name], want[name]) || len(want[name]) == 0 {
				t.Fatalf("trial %d: series %s differs after a way backwards", trial, name)
			}
		}
	}
	// Without waypoints it would be 119 + 118 + … + 60.
	if s.replayer.learnt > 119+60*8 {
		t.Errorf("%d trials were learnt from", s.replayer.learnt)
	}
	bytes := 0
	for _, w := range s.replayer.waypoints {
		bytes += w.Bytes()
	}
	if len(s.replayer.waypoints) > maxWaypoints || bytes > maxWaypointBytes {
		t.Errorf("%d waypoints of %d bytes", len(s.replayer.waypoints), bytes)
	}
}

// The last results are kept, but no more than a fixed amount.
func TestFindings(t *testing.T) {
	var f findings
	for i := range 20 {
		f.put(&finding{key: fmt.Sprint(i), bytes: maxHeld / 4})
		f.get("17")
	}
	if f.held > maxHeld || len(f.list) != 4 || f.get("17") == nil || f.get("19") == nil || f.get("15") != nil {
		t.Errorf("%d results of %d bytes are held", len(f.list), f.held)
	}
}

// How much is sent does not grow with the recording: never more than the screen's
// width times its rows.
func TestBytes(t *testing.T) {
	const width, rows, trials = 300, 40, 37
	sizes := map[string][]int{}
	for _, n := range []int{20, 160} {
		r := recorded(t, n, false)
		s := serve(t, r)
		for name, c := range map[string]struct {
			url  string
			most int
		}{
			"raster":     {fmt.Sprintf("/api/raster?population=0&from=0&to=%d&width=%d&rows=%d&low=0&high=784", r.Steps(), width, rows), 2*width*rows + 400},
			"spikes":     {fmt.Sprintf("/api/raster?population=3&from=0&to=%d&width=%d&rows=%d&low=0&high=1", r.Steps(), width, rows), 8*spikesPerPixel*width + 400},
			"rates":      {fmt.Sprintf("/api/rates?from=0&to=%d&width=%d", r.Steps(), width), 4*width*6 + 600},
			"trials":     {fmt.Sprintf("/api/trials?from=0&to=%d&most=%d", r.Steps(), trials), trials * 400},
			"trial":      {"/api/trial?index=9&rows=64&neurons=1.1", 8000},
			"potentials": {"/api/potentials?trial=9&from=0&to=44&width=10" + someNeurons, 8*10*25 + 25*200},
			"summary":    {"/api/summary", 2000},
			"misread":    {"/api/misread?trial=0&step=1", 100},
			"state":      {"/api/state", 200},
		} {
			w := get(s, c.url)
			if w.Code != 200 || w.Body.Len() > c.most {
				t.Errorf("%s of %d trials: status %d, %d bytes, want at most %d", name, n, w.Code, w.Body.Len(), c.most)
			}
			sizes[name] = append(sizes[name], w.Body.Len())
		}
	}
	// Both are longer than the screen is wide; what differs are digits of numbers,
	// and that columns are whole steps.
	if n := sizes["rates"]; n[1] > n[0]+200 {
		t.Errorf("rates take %v bytes", n)
	}
	if n := sizes["trials"]; n[1] > n[0] {
		t.Errorf("trials take %v bytes", n)
	}
}

// The survey's memory does not grow with the recording; its bins do.
func TestSurveyMemory(t *testing.T) {
	s := newSurvey(recorded(t, 3, false))
	if s.bin != 1 || s.bins != 3*44 {
		t.Errorf("bins of %d steps for a short recording", s.bin)
	}
	cells := 0
	for _, g := range s.grids {
		if len(g.counts) != s.bins*g.rows || g.rows > surveyRows {
			t.Errorf("%d counts of %d rows", len(g.counts), g.rows)
		}
		cells += len(g.counts)
		for n := range g.size {
			if row := g.row(n); n < g.first(row) || n >= g.first(row+1) {
				t.Errorf("neuron %d is in row %d, which has %d to %d", n, row, g.first(row), g.first(row+1)-1)
			}
		}
	}
	for _, c := range []struct{ steps, bin int64 }{{1, 1}, {1e5, 1}, {3600000, 32}, {1e9, 1 << 14}, {1 << 50, 1 << 34}} {
		bin := binFor(c.steps, 64+64+10)
		if bin != c.bin || (64+64+10)*((c.steps+bin-1)/bin) > surveyCells {
			t.Errorf("%d steps: bins of %d, want %d", c.steps, bin, c.bin)
		}
	}
}

// Metrics are followed line by line, through lines that are not whole yet and
// through a new run in the same folder.
func TestMetrics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	s := New(nil, &Run{Name: "it", Metrics: path})
	defer s.Close()
	follow := func(before metricsAnswer) (a metricsAnswer) {
		t.Helper()
		ask(t, s, fmt.Sprintf("/api/metrics?offset=%d&mark=%d", before.Offset, before.Mark), &a)
		return a
	}
	var none metricsAnswer
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if a := follow(none); a.Anew || a.Offset != 0 || a.Lines == nil || len(a.Lines) != 0 {
		t.Errorf("before the run: %+v", a)
	}
	write("{\"event\":\"start\"}\n{\"event\":\"epo")
	a := follow(none)
	if len(a.Lines) != 1 || string(a.Lines[0]) != `{"event":"start"}` || a.Offset != 18 || a.Anew {
		t.Errorf("half a line: %+v", a)
	}
	write("{\"event\":\"start\"}\n{\"event\":\"epoch\"}\nnot JSON\n{\"event\":\"done\"}\n")
	b := follow(a)
	if len(b.Lines) != 2 || string(b.Lines[1]) != `{"event":"done"}` || b.Offset != b.Size || b.Anew {
		t.Errorf("the rest: %+v", b)
	}
	if c := follow(b); c.Anew || len(c.Lines) != 0 || c.Offset != b.Offset {
		t.Errorf("nothing new: %+v", c)
	}
	write("{\"event\":\"start\",\"seed\":2}\n")
	if c := follow(b); !c.Anew || c.Offset != c.Size || len(c.Lines) != 1 {
		t.Errorf("a new run: %+v", c)
	}
	// One that went back, and is longer again by now.
	write("{\"event\":\"start\"}\n{\"event\":\"epoch\",\"epoch\":1}\n{\"event\":\"epoch\",\"epoch\":2}\n")
	if c := follow(b); !c.Anew || c.Offset != c.Size || len(c.Lines) != 3 {
		t.Errorf("a run that went back: %+v", c)
	}
	// In parts, none of which is larger than a part and its longest line.
	long := `{"event":"measure","x":"` + strings.Repeat("x", 1<<16) + "\"}\n"
	write(strings.Repeat(long, 20))
	lines := 0
	for a = none; ; {
		w := get(s, fmt.Sprintf("/api/metrics?offset=%d&mark=%d", a.Offset, a.Mark))
		a = none
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		if w.Body.Len() > metricsPart+1000 {
			t.Fatalf("%d bytes at once", w.Body.Len())
		}
		if len(a.Lines) == 0 {
			break
		}
		lines += len(a.Lines)
	}
	if lines != 20 {
		t.Errorf("%d lines, want 20", lines)
	}
	// A line longer than a part; one that is no line at all.
	write(`{"event":"` + strings.Repeat("x", 2*metricsPart) + "\"}\n" + strings.Repeat("x", longestLine+5) + "\n{}\n")
	lines = 0
	for a = none; a.Offset == 0 || a.Offset < a.Size; lines += len(a.Lines) {
		a = follow(a)
	}
	if a := follow(a); lines != 2 || a.Offset != a.Size {
		t.Errorf("%d lines up to byte %d of %d, want 2 and all", lines, a.Offset, a.Size)
	}
}

// A file that is made shorter between two looks at it is read from the beginning
// again, and not waited for.
func TestMetricsCut(t *testing.T) {
	for _, c := range []struct{ has, size, offset int64 }{{0, 30, 0}, {5, 30, 0}, {20, 30, 10}, {10, 30, 20}, {5, 2 * metricsPart, 0}} {
		file := strings.NewReader(strings.Repeat("x", int(c.has)))
		a, err := readPart(file, c.size, c.offset, markOf(file, c.offset))
		if err != nil || !a.Anew || a.Offset != 0 || a.Mark != 0 || len(a.Lines) != 0 {
			t.Errorf("%d bytes of %d from %d on: %+v, error %v; want to begin anew", c.has, c.size, c.offset, a, err)
		}
	}
}
