package main

import (
	"archive/zip"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
	"plateau/sim/record/npz"
)

func openNPZ(t *testing.T, path string) *npz.Reader {
	t.Helper()
	r, err := npz.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func float32s(t *testing.T, r *npz.Reader, name string, shape ...int) []float32 {
	t.Helper()
	values, got, err := r.Float32(name)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, shape) {
		t.Fatalf("%s has shape %v, want %v", name, got, shape)
	}
	return values
}

func float64s(t *testing.T, r *npz.Reader, name string) []float64 {
	t.Helper()
	values, _, err := r.Float64(name)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// What is in the file agrees with itself and with what --json says: means are
// those of the traces in their windows, plateaus are σ of them, spikes are as
// many as counted.
func TestTrialFile(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "12,8", "--out", "run", "--set", "neurons.dt_ms=0.5")...)
	events := plateautest.JSONLines(t, must(t, "trial", "--run", "run", "--example", "3", "--json",
		"--set", "phases.window_ms=10", "--set", "phases.plateau_spread_ms=6", "--set", "phases.longer=true"))
	if len(events) != 1 {
		t.Fatalf("got %v", events)
	}
	e := events[0]
	r := openNPZ(t, "trial-3.npz")

	phases := e["phases_ms"].([]any)
	begin, window, end := float64s(t, r, "phase_begin_ms"), float64s(t, r, "phase_window_ms"), float64s(t, r, "phase_end_ms")
	steps := len(float64s(t, r, "output_soma_time_ms"))
	if end[1] != float64(steps)/2 || phases[0] != end[0] || phases[1] != end[1]-begin[1] || begin[1] != end[0] || window[0] != end[0]-10 {
		t.Fatalf("%d steps, phases of %v: begin %v, window %v, end %v", steps, phases, begin, window, end)
	}
	if end[0] <= 35 {
		t.Errorf("the forward phase lasts %v ms, want more than 35", end[0])
	}
	if last := float64s(t, r, "output_soma_time_ms")[steps-1]; last != end[1] {
		t.Errorf("output_soma_time_ms ends with %v, want %v", last, end[1])
	}

	// Potentials of the output layer, averaged over the window, give the reading.
	soma := float32s(t, r, "output_soma", steps, 10)
	from, to := int(2*window[0]), int(2*end[0])
	stored := float32s(t, r, "output_mean_soma", 2, 10)[:10]
	potentials := e["class_potentials"].([]any)
	best := 0
	for i := range 10 {
		sum := 0.0
		for k := from; k < to; k++ {
			sum += float64(soma[k*10+i])
		}
		plateautest.Near(t, "mean output potential", float64(stored[i]), sum/float64(to-from), 1e-5)
		plateautest.Near(t, "class potential", potentials[i].(float64), float64(stored[i]), 1e-12)
		if stored[i] > stored[best] {
			best = i
		}
	}
	if e["read"] != float64(best) {
		t.Errorf("read as %v, want %d", e["read"], best)
	}

	// Plateaus are means over the window before the neuron's own plateau time.
	for layer, n := range map[string]int{"hidden0": 12, "hidden1": 8} {
		for k, phase := range []string{"forward", "target"} {
			apical := float32s(t, r, layer+"_apical", steps, n)
			plateau := float32s(t, r, layer+"_plateau", 2, n)[k*n:]
			at := float64s(t, r, layer+"_plateau_time_ms")[k*n:]
			for i := range n {
				last := int(2 * at[i])
				if at[i] < end[k]-6 || at[i] > end[k] {
					t.Fatalf("%s: a plateau of the %s phase at %v, want it in the last 6 ms before %v", layer, phase, at[i], end[k])
				}
				sum := 0.0
				for s := last - 20; s < last; s++ {
					sum += float64(apical[s*n+i])
				}
				plateautest.Near(t, layer+" plateau", float64(plateau[i]), 1/(1+math.Exp(-sum/20)), 1e-5)
			}
		}
		float32s(t, r, layer+"_basal", steps, n)
		float32s(t, r, layer+"_soma", steps, n)
	}

	for _, p := range e["populations"].([]any) {
		p := p.(map[string]any)
		name := p["name"].(string)
		at := float64s(t, r, name+"_spike_time_ms")
		neuron, _, err := r.Int32(name + "_spike_neuron")
		if err != nil || len(neuron) != len(at) {
			t.Fatalf("%s: %d times and %d neurons, %v", name, len(at), len(neuron), err)
		}
		counts := [2]float64{}
		for k, s := range at {
			if s >= end[0] {
				counts[1]++
			} else {
				counts[0]++
			}
			if neuron[k] < 0 || float64(neuron[k]) >= p["neurons"].(float64) || k > 0 && s < at[k-1] || s >= end[1] {
				t.Fatalf("%s: spike %d is of neuron %d at %v ms", name, k, neuron[k], s)
			}
		}
		if said := p["spikes"].([]any); said[0] != counts[0] || said[1] != counts[1] {
			t.Errorf("%s: said %v spikes, stored %v", name, said, counts)
		}
		if name == "input" && counts[0] == 0 {
			t.Error("no input spikes")
		}
	}

	// The image is that of the data set, and so is the class.
	set := dataset.Digits(1, 1, 4).Test
	image, shape, err := r.Uint8("image")
	if err != nil || !slices.Equal(shape, []int{28, 28}) || !slices.Equal(image, set.Image(3)) {
		t.Errorf("the image is another one (%v, %v)", shape, err)
	}
	if class, _, _ := r.Int32("trial_class"); len(class) != 1 || class[0] != int32(set.Label(3)) || e["class"] != float64(set.Label(3)) {
		t.Errorf("the class is %v and %v, want %d", class, e["class"], set.Label(3))
	}
	losses := slices.Concat(float64s(t, r, "trial_loss_hidden0"), float64s(t, r, "trial_loss_hidden1"), float64s(t, r, "trial_loss_output"))
	if hidden := e["hidden_losses"].([]any); len(losses) != 3 || e["output_loss"] != losses[2] || hidden[0] != losses[0] || hidden[1] != losses[1] {
		t.Errorf("losses are %v and %v, %v", losses, e["hidden_losses"], e["output_loss"])
	}
}

// The archive of a trial has every array of its recording's export, with the same
// bytes, and some that a recording does not tell.
func TestTrialIsARecording(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "12,8", "--out", "run")...)
	must(t, "trial", "--run", "run", "--example", "3", "--record")
	must(t, "export", "trial-3.plateau", "--to", "npz", "--out", "export.npz")
	must(t, "replay", "trial-3.plateau", "--layer", "hidden1", "--vars", "all", "--out", "replay.npz")
	whole := members(t, "trial-3.npz")
	for name, content := range members(t, "export.npz") {
		if name != "about.npy" && whole[name] != content {
			t.Errorf("%s is another array in the trial's archive than in the export", name)
		}
	}
	for name, content := range members(t, "replay.npz") {
		if name != "about.npy" && whole[name] != content {
			t.Errorf("%s is another array in the trial's archive than in the replay", name)
		}
	}
	r := openNPZ(t, "trial-3.npz")
	for name, want := range map[string][]string{"run": {"run"}, "split": {"test"}, "class_names": strings.Fields("0 1 2 3 4 5 6 7 8 9")} {
		if got, _, err := r.Strings(name); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
	weights := plateautest.JSONLines(t, plateautest.ReadFile(t, "run/metrics.jsonl"))
	if got, _, err := r.Strings("trial_weights"); err != nil || len(got) != 1 || got[0] != weights[len(weights)-1]["weights_sha256"] {
		t.Errorf("weights %q, %v; want those of the run, %v", got, err, weights[len(weights)-1]["weights_sha256"])
	}
	for _, name := range []string{"hidden0_rate_hz", "hidden1_mean_trace_feedback_per_ms", "image"} {
		if whole[name+".npy"] == "" {
			t.Errorf("there is no %s", name)
		}
	}
}

// members are what a zip archive holds.
func members(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := map[string]string{}
	for _, m := range z.File {
		f, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		all[m.Name] = string(content)
	}
	return all
}

// A first spike shows in the potential of the step it is in, and the first row
// of potentials is the end of the first step.
func TestTrialTimes(t *testing.T) {
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "4", "--out", "t.npz", "--set", "initial.law=uniform",
		"--set", "initial.uniform_bias_halfwidth=0", "--set", "initial.uniform_weight_mean=1", "--set", "initial.uniform_weight_halfwidth=0")
	r := openNPZ(t, "t.npz")
	basal := float32s(t, r, "hidden0_basal", 100, 4)
	first := float64s(t, r, "input_spike_time_ms")[0]
	row := slices.IndexFunc(basal, func(v float32) bool { return v != 0 }) / 4
	if float64(row) != first {
		t.Errorf("the first input spike is at %v ms, but potentials begin to move in row %d", first, row)
	}
	if at := float64s(t, r, "hidden0_basal_time_ms")[row]; at != first+1 {
		t.Errorf("row %d is at %v ms, want %v", row, at, first+1)
	}
}

func TestTrialIsRepeatable(t *testing.T) {
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "5", "--example", "2")
	first := plateautest.ReadFile(t, "trial-2.npz")
	if status, _, _ := plateau("trial", "--hidden", "5", "--example", "2"); status != 1 || plateautest.ReadFile(t, "trial-2.npz") != first {
		t.Errorf("status %d, or the file has changed", status)
	}
	must(t, "trial", "--hidden", "5", "--example", "2", "--force", "--seed", "2")
	if plateautest.ReadFile(t, "trial-2.npz") == first {
		t.Error("--force did not replace the file, or the seed has no effect")
	}
	must(t, "trial", "--hidden", "5", "--example", "2", "--force")
	if plateautest.ReadFile(t, "trial-2.npz") != first {
		t.Error("the same trial gives another file")
	}
	must(t, "trial", "--hidden", "5", "--example", "2", "--split", "train")
	if _, err := os.Stat("trial-train-2.npz"); err != nil {
		t.Error(err)
	}
}

// The seed of a run leaves the digits alone; data.seed draws others.
func TestDataSeed(t *testing.T) {
	plateautest.Empty(t)
	image := func(args ...string) []byte {
		must(t, append([]string{"trial", "--hidden", "3", "--force", "--out", "t.npz"}, args...)...)
		v, _, err := openNPZ(t, "t.npz").Uint8("image")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	first := image()
	if !slices.Equal(image("--seed", "2"), first) {
		t.Error("--seed changes the image")
	}
	if slices.Equal(image("--set", "data.seed=2"), first) {
		t.Error("data.seed does not change the image")
	}
}

func TestTrialForAPerson(t *testing.T) {
	plateautest.Empty(t)
	for _, hidden := range []string{"6", "6,4", "none"} {
		out := must(t, "trial", "--hidden", hidden, "--force")
		wants := []string{"fresh weights", "← predicted", "← true", "forward phase, 50 ms", "input", "Hz", "output loss", "trial-0.npz", "numpy.load"}
		if hidden == "none" {
			if strings.Contains(out, "plateaus") {
				t.Errorf("plateaus without a hidden layer:\n%s", out)
			}
		} else {
			wants = append(wants, "hidden0 plateaus", "hidden0 loss")
		}
		if named := strings.Contains(out, "loss L_1"); named == (hidden == "6,4") || strings.Contains(out, "loss L_0") != (hidden == "6") {
			t.Errorf("--hidden %s: losses are named L_0 and L_1 where there is more than one hidden layer, or not where there is one:\n%s", hidden, out)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("--hidden %s: want %q in\n%s", hidden, want, out)
			}
		}
	}
}

// Pictures and bars side by side, or one below the other.
func TestTrialPictures(t *testing.T) {
	set := dataset.Digits(1, 1, 4).Test
	names := strings.Fields("0 1 2 3 4 5 6 7 8 nine")
	potentials := []float64{-8, -6.5, -4.25, -1, 3, -7.75, -4.5, -7.5, 1.25, -12.625}
	for name, at := range map[string]terminal.Terminal{
		"picture-80.txt": {Columns: 80, Rows: 24, Unicode: true, Colours: 0}, "picture-40.txt": {Columns: 40, Rows: 24, Unicode: true, Colours: 0}, "picture-ascii.txt": {Columns: 80, Rows: 24, Unicode: false, Colours: 0},
	} {
		got := at.Beside(at.Picture(set, 3), func(width int) []string { return at.ClassBars(width, potentials, names, 5, 4) })
		plateautest.Golden(t, name, got)
		for line := range strings.Lines(got) {
			if n := terminal.ColumnsOf(line); n > at.Columns {
				t.Errorf("%s: a line of %d columns: %s", name, n, line)
			}
		}
	}
}

// All that is said of a trial, in 80 columns.
func TestTrialText(t *testing.T) {
	here := emptyTerminal(t)
	out := must(t, "trial", "--hidden", "30,20", "--example", "3")
	for line := range strings.Lines(out) {
		if n := len([]rune(line)); n > 80 {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
	t.Chdir(here)
	plateautest.Golden(t, "trial.txt", out)
}
