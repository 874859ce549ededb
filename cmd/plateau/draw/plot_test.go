package draw

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train/traintest"
	"plateau/compartments"
	"plateau/internal/figure"
	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

// Where the images cannot be had, the picture shows what the input fired.
func TestPlotWithoutImages(t *testing.T) {
	h := &record.Header{Data: "mnist"}
	var messages bytes.Buffer
	plateautest.Empty(t)
	s := &recordedTrial{con: &terminal.Console{Err: &messages}, header: h, shown: &record.Trial{Example: 3, Purpose: sim.TrainingSpikes}}
	m := s.image(figure.Population{Neurons: 784, SpikeNeuron: []int32{30, 30, 31}})
	for x, want := range map[int]uint8{1: 255, 2: 0, 3: 128, 4: 255} {
		if got := m.(*image.Gray).GrayAt(x, 1).Y; got != want {
			t.Errorf("column %d is %d, want %d", x, got, want)
		}
	}
	if !strings.Contains(messages.String(), "images of mnist were not found") {
		t.Errorf("got %q", messages.String())
	}
}

// What a line of metrics has no value for is a gap: of a list as of a single number.
func TestPlotGaps(t *testing.T) {
	plateautest.Empty(t)
	traintest.Run(t, traintest.Tiny("--out", "run")...)
	text := plateautest.ReadFile(t, "run/metrics.jsonl")
	start, rest, _ := strings.Cut(text, "\n")
	lines := start + "\n"
	for k, v := range []string{"null", "80", "81", "null", "83"} {
		lines += fmt.Sprintf(`{"event":"measure","epoch":1,"examples":%d,"update_angles_deg":[%s],"alignment_angle_deg":%[2]s}`+"\n", k+1, v)
	}
	plateautest.WriteFile(t, "run/metrics.jsonl", lines+rest)
	angles := slices.Index(drawingNames(), "angles")
	drawn, _, err := Drawings()[angles].draw(nil, options{from: []string{"run"}, seeds: seedsMean})
	if err != nil {
		t.Fatal(err)
	}
	rows := drawn.(*figure.Changes).Rows
	if len(rows) != 2 {
		t.Fatalf("%d rows, want 2", len(rows))
	}
	run, err := run.ReadMetrics("run")
	if err != nil || run.Read([]byte(`{"event":"epoch","epoch":3,"hidden_losses":[null],"output_loss":null}`)) != nil || run.Read([]byte(`{"event":"epoch","epoch":4,"hidden_losses":[0.5],"output_loss":0.25}`)) != nil {
		t.Fatal(err)
	}
	if r := learningOf(run); fmt.Sprint(r.OutputLoss[2:], r.HiddenLosses[0][2:]) != "[NaN 0.25] [NaN 0.5]" {
		t.Errorf("losses of an epoch without them are %v and %v", r.OutputLoss, r.HiddenLosses)
	}
	for _, r := range rows {
		s := r.Lines[0].Runs[0]
		if got, want := fmt.Sprint(s.Examples, s.Value), "[1 2 3 4 5] [NaN 80 81 NaN 83]"; got != want {
			t.Errorf("%s: %s, want %s", r.Name, got, want)
		}
	}
}

// Fields are the columns of W0, and the largest are those of the largest norm.
func TestPlotFieldsAreWeights(t *testing.T) {
	plateautest.Empty(t)
	traintest.Run(t, traintest.Tiny("--out", "run", "--epochs", "1")...)
	r, err := npz.Open("run/weights.npz")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, _, err := r.Float32("W0")
	if err != nil {
		t.Fatal(err)
	}
	var norms [20]float64
	for k, v := range w {
		norms[k%20] += float64(v) * float64(v)
	}
	drawn, _, err := drawFields(nil, options{from: []string{"run"}, neurons: largest})
	if err != nil {
		t.Fatal(err)
	}
	f := drawn.(*figure.Fields)
	if f.Width != 28 || f.Height != 28 || len(f.Neurons) != 20 {
		t.Fatalf("%d fields of %d by %d", len(f.Neurons), f.Width, f.Height)
	}
	before := math.Inf(1)
	for _, field := range f.Neurons {
		n, err := strconv.Atoi(field.Name)
		if err != nil {
			t.Fatal(err)
		}
		if norms[n] > before {
			t.Errorf("neuron %d has a larger norm, %v, than the one before", n, norms[n])
		}
		before = norms[n]
		for j, v := range field.Weights {
			if v != float64(w[20*j+n]) {
				t.Fatalf("weight %d of neuron %d is %v, want %v", j, n, v, w[20*j+n])
			}
		}
	}
}

// Rates of the output are those that its potentials give, in Hz.
func TestPlotRates(t *testing.T) {
	s := &shownTrial{noise: compartments.EscapeNoise{MaxRate: 0.2}}
	for k, got := range s.rate([]float64{0, math.Log(3), -100}) {
		if want := []float64{100, 150, 0}[k]; math.Abs(got-want) > 1e-4 {
			t.Errorf("rate %d is %v Hz, want %v", k, got, want)
		}
	}
}
