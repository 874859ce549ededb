package main

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/sim/record/npz"
)

// savePNG writes the image of a trial as a PNG.
func savePNG(t *testing.T, trial, path string) {
	t.Helper()
	pixels, shape, err := openNPZ(t, trial).Uint8("image")
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewGray(image.Rect(0, 0, shape[1], shape[0]))
	for k, v := range pixels {
		m.SetGray(k%shape[1], k/shape[1], color.Gray{Y: v})
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

// saveNPY writes an array of NumPy.
func saveNPY(t *testing.T, path string, shape []int, data any) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := npz.WriteArray(f, shape, data); err != nil {
		t.Fatal(err)
	}
}

// saveNPZ writes an archive of lists: a name, its list, and so on.
func saveNPZ(t *testing.T, path string, lists []any) {
	t.Helper()
	var b bytes.Buffer
	w := npz.NewWriter(&b)
	for k := 0; k < len(lists); k += 2 {
		if err := w.Write(lists[k].(string), []int{reflect.ValueOf(lists[k+1]).Len()}, lists[k+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, path, b.String())
}

// sameArrays checks that arrays of two archives are the same.
func sameArrays(t *testing.T, one, two string, names ...string) {
	t.Helper()
	a, b := openNPZ(t, one), openNPZ(t, two)
	for _, name := range names {
		read := func(r *npz.Reader) any {
			var values any
			var err error
			switch kind, _ := r.Type(name); kind {
			case npz.Int32:
				values, _, err = r.Int32(name)
			case npz.Float64:
				values, _, err = r.Float64(name)
			case npz.Uint8:
				values, _, err = r.Uint8(name)
			default:
				values, _, err = r.Float32(name)
			}
			if err != nil {
				t.Fatal(err)
			}
			return values
		}
		if !reflect.DeepEqual(read(a), read(b)) {
			t.Errorf("%s is not the same in %s and in %s", name, one, two)
		}
	}
}

// everywhere lists all potentials of a trial.
var everywhere = []string{"input_spike_step", "input_spike_neuron", "hidden0_spike_step", "hidden0_spike_neuron", "output_spike_step",
	"hidden0_basal", "hidden0_apical", "hidden0_soma", "output_basal", "output_soma"}

// An image, rates and spikes of one's own are shown as those of a data set are.
func TestTrialOfOwnStimuli(t *testing.T) {
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "8", "--example", "3")
	savePNG(t, "trial-3.npz", "three.png")

	// Without spikes of the input, nothing is random below the output.
	rates := []string{"trial", "--hidden", "8", "--set", "neurons.forward_signal=rates"}
	must(t, append(rates, "--example", "3", "--out", "a.npz")...)
	summary := must(t, append(rates, "--stimulus", "three.png", "--class", "3", "--out", "b.npz")...)
	sameArrays(t, "a.npz", "b.npz", "image", "hidden0_basal", "hidden0_soma", "phase_steps")
	if !strings.Contains(summary, "stimulus three.png") || !strings.Contains(summary, "class 3, predicted") {
		t.Errorf("the summary is\n%s", summary)
	}
	pixels, _, err := openNPZ(t, "a.npz").Uint8("image")
	if err != nil {
		t.Fatal(err)
	}
	hz, movie := make([]float64, len(pixels)), []float64(nil)
	for k, v := range pixels {
		hz[k] = float64(float32(v)/255) * 200
	}
	for range 50 {
		movie = append(movie, hz...)
	}
	saveNPY(t, "rates.npy", []int{len(hz)}, hz)
	saveNPY(t, "movie.npy", []int{50, len(hz)}, movie)
	must(t, append(rates, "--stimulus", "rates.npy", "--class", "3", "--out", "c.npz")...)
	sameArrays(t, "a.npz", "c.npz", "image", "hidden0_basal", "hidden0_soma")
	must(t, append(rates, "--stimulus", "movie.npy", "--class", "3", "--out", "d.npz")...)
	sameArrays(t, "a.npz", "d.npz", "hidden0_basal", "hidden0_soma")

	// The spikes of a trial, shown again, move the network below the output as they did.
	again := []string{"trial", "--hidden", "8", "--set", "phases.forward_ms=100"}
	must(t, append(again, "--stimulus", "trial-3.npz", "--out", "e.npz")...)
	sameArrays(t, "trial-3.npz", "e.npz", "input_spike_step", "input_spike_neuron", "hidden0_basal", "hidden0_soma")
	must(t, "trial", "--hidden", "8", "--example", "3", "--record", "r.plateau", "--out", "none")
	must(t, "export", "r.plateau", "--to", "csv")
	must(t, append(again, "--stimulus", "r-csv/spikes.csv", "--out", "f.npz")...)
	sameArrays(t, "e.npz", "f.npz", everywhere...)

	// Without a class there is no target phase, and nothing is right or wrong.
	e := plateautest.JSONLines(t, must(t, "trial", "--hidden", "8", "--stimulus", "three.png", "--json"))[0]
	if e["class"] != -1.0 || e["example"] != -1.0 || e["split"] != "" || len(e["phases_ms"].([]any)) != 1 || e["output_loss"] != nil || e["out"] != "trial-three.npz" {
		t.Errorf("%v", e)
	}
}

// The text of a protocol that a recording holds shows the same once more, to the last bit,
// and replay finds the potentials of its trial.
func TestProtocolOfARecording(t *testing.T) {
	plateautest.Empty(t)
	plateautest.WriteFile(t, "mine.toml", `
[[phase]]
name = "spontaneous"
length_ms = 40

[[phase]]
name = "image"
length_ms = 150
settle_ms = 40
stimulus = "example"
[[phase.current]]
neurons = "hidden0:2:5,output"
into = "basal"
ramp = [-1, 2]
from_ms = 30
to_ms = 90
[[phase.current]]
neurons = "hidden0"
noise = {mean = 0.1, sd = 0.7, tau_ms = 5}
[[phase.current]]
neurons = "hidden0:1"
into = "apical"
levels = [0, 1, 0.5]

[[phase]]
name = "teach"
length_ms = 50
stimulus = "example"
class = "4"
`)
	for name, args := range map[string][]string{
		"file":      {"--phases", "mine.toml"},
		"staircase": {"--phases", "forward", "--current", "hidden0:1=-1:1:0.5", "--current", "hidden0:3:6@apical=0.5"},
		"constant":  {"--current", "output:2=-2"},
	} {
		trial := append([]string{"trial", "--hidden", "8", "--example", "5"}, args...)
		must(t, append(trial, "--out", name+".npz", "--record", name+".plateau")...)
		head := plateautest.JSONLines(t, must(t, "inspect", name+".plateau", "--json"))[0]
		text := head["protocol"].(string)
		plateautest.WriteFile(t, name+".toml", text)
		must(t, "trial", "--hidden", "8", "--example", "5", "--phases", name+".toml", "--out", name+"-2.npz")
		sameArrays(t, name+".npz", name+"-2.npz", append(everywhere, "phase_steps", "phase_first_step", "hidden0_mean_apical", "phase_window_ms")...)

		must(t, "replay", name+".plateau", "--vars", "basal,apical,soma", "--out", name+"-3.npz")
		sameArrays(t, name+".npz", name+"-3.npz", "hidden0_basal", "hidden0_apical", "hidden0_soma")
		must(t, "replay", name+".plateau", "--layer", "output", "--vars", "basal,soma", "--out", name+"-4.npz")
		sameArrays(t, name+".npz", name+"-4.npz", "output_basal", "output_soma")
		for _, format := range []string{"npz", "csv", "parquet", "nwb", "sonata"} {
			must(t, "export", name+".plateau", "--to", format, "--out", name+"-"+format)
		}
	}
}

// Currents move the neurons that get them, and a staircase gives their f-I curve.
func TestCurrentsOfATrial(t *testing.T) {
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "8", "--example", "3")
	must(t, "trial", "--hidden", "8", "--example", "3", "--current", "hidden0=0", "--out", "zero.npz")
	sameArrays(t, "trial-3.npz", "zero.npz", everywhere...)
	must(t, "trial", "--hidden", "8", "--example", "3", "--current", "hidden0:2=1.4", "--out", "two.npz")
	sameArrays(t, "trial-3.npz", "two.npz", "input_spike_neuron", "hidden0_basal")
	before, after := float32s(t, openNPZ(t, "trial-3.npz"), "hidden0_soma", 100, 8), float32s(t, openNPZ(t, "two.npz"), "hidden0_soma", 100, 8)
	for i := range 8 {
		want := 0.0
		if i == 2 {
			want = 2 // I/(g_l + g_b)
		}
		plateautest.Near(t, fmt.Sprintf("shift of V of neuron %d", i), float64(after[99*8+i]-before[99*8+i]), want, 1e-4)
	}

	e := plateautest.JSONLines(t, must(t, "trial", "--hidden", "8", "--stimulus", "none", "--current", "hidden0:0:8=-3.5:3.5:3.5",
		"--set", "phases.forward_ms=3000", "--json", "--out", "fi.npz"))[0]
	must(t, "plot", "fi.npz", "--out", "fi.svg") // without an image, a class or a prediction
	steps := e["injected"].([]any)
	if len(steps) != 3 || len(e["phases"].([]any)) != 3 {
		t.Fatalf("%v", e)
	}
	basal := float32s(t, openNPZ(t, "fi.npz"), "hidden0_basal", 9000, 8)
	for k, step := range steps {
		s := step.(map[string]any)
		current := 3.5 * float64(k-1)
		rate := 0.0
		for i := range 8 {
			v := (0.6*float64(basal[i]) + current) / 0.7
			rate += 200 / (1 + math.Exp(-v)) / 8
		}
		spikes := rate / 1000 * (3000 - 30) * 8
		if s["mean_current"] != current || math.Abs(s["rate_hz"].(float64)-rate) > 5*rate/math.Sqrt(spikes) {
			t.Errorf("a current of %v gives %v Hz, want %v", s["mean_current"], s["rate_hz"], rate)
		}
	}
}

// Where the names of classes are numbers, but not their own, the text of a protocol teaches
// the same class again, and --class takes only names.
func TestProtocolNamesClasses(t *testing.T) {
	plateautest.Empty(t)
	for class := 1; class <= 3; class++ {
		for k := range 5 {
			path := filepath.Join("set", fmt.Sprint(class), fmt.Sprintf("%d.png", k))
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			m := image.NewGray(image.Rect(0, 0, 4, 4))
			m.SetGray(class, k%4, color.Gray{Y: uint8(200 + k)})
			var b bytes.Buffer
			if err := png.Encode(&b, m); err != nil {
				t.Fatal(err)
			}
			plateautest.WriteFile(t, path, b.String())
		}
	}
	trial := []string{"trial", "--data", "set", "--hidden", "8"}
	must(t, append(trial, "--stimulus", "none", "--class", "3", "--record", "three.plateau", "--out", "three.npz")...)
	head := plateautest.JSONLines(t, must(t, "inspect", "three.plateau", "--json"))[0]
	plateautest.WriteFile(t, "three.toml", head["protocol"].(string))
	must(t, append(trial, "--phases", "three.toml", "--out", "again.npz")...)
	sameArrays(t, "three.npz", "again.npz", append(everywhere, "phase_class_taught", "trial_class")...)
	if taught, _, err := openNPZ(t, "three.npz").Int32("phase_class_taught"); err != nil || taught[1] != 2 {
		t.Errorf("class %v is taught, want 2; error %v", taught, err)
	}

	// No number is taken for a place among the names; words are counted from 0.
	before := plateautest.Tree(t)
	for _, class := range []string{"0", "4", "02"} {
		status, _, messages := plateau(append(trial, "--stimulus", "none", "--class", class)...)
		if status != 2 || !strings.Contains(messages, "class "+class+": want one of 1, 2, 3\n") {
			t.Errorf("--class %s: status %d, messages\n%s", class, status, messages)
		}
	}
	if after := plateautest.Tree(t); !slices.Equal(before, after) {
		t.Errorf("files were written: %q", after)
	}
	if err := os.Rename("set/2", "set/two"); err != nil {
		t.Fatal(err)
	}
	must(t, append(trial, "--stimulus", "none", "--class", "0", "--out", "zero.npz")...)
	if taught, _, err := openNPZ(t, "zero.npz").Int32("phase_class_taught"); err != nil || taught[1] != 0 {
		t.Errorf("class %v is taught, want 0; error %v", taught, err)
	}
}

// What cannot be shown is refused with the reason, and nothing is written.
func TestOwnStimuliRefused(t *testing.T) {
	plateautest.Empty(t)
	plateautest.WriteFile(t, "late.csv", "time_ms,neuron\n10,3\n70,3\n")
	saveNPY(t, "short.npy", []int{20, 784}, make([]float64, 20*784))
	saveNPZ(t, "keys.npz", []any{"times", []float64{5}, "neuron", []int32{3}})
	plateautest.WriteFile(t, "type.toml", "[[phase]]\nlength_ms = \"50\"\n")
	plateautest.WriteFile(t, "noise.toml", "[[phase]]\nlength_ms = 50\n[[phase.current]]\nneurons = \"hidden0\"\nnoise = {mean = 0, sd = -1, tau_ms = 5}\n")
	plateautest.WriteFile(t, "empty.toml", "")
	plateautest.WriteFile(t, "typo.toml", "[[phase]]\nlength_ms = 10\n\n[[phase.current]]\nneurons = \"hidden0\"\nconstnat = 1\n")
	plateautest.WriteFile(t, "broken.toml", "[[phase]]\nlength_ms = \n")
	plateautest.WriteFile(t, "long.toml", "[[phase]]\nstimulus = \"none\"\n")
	plateautest.WriteFile(t, "silent.toml", "[[phase]]\nlength_ms = 10\n")
	plateautest.WriteFile(t, "between.toml", "[[phase]]\nlength_ms = 10.5\n")
	plateautest.WriteFile(t, "class.toml", "[[phase]]\nlength_ms = 10\nclass = 12\n")
	plateautest.WriteFile(t, "two.toml", "[[phase]]\nlength_ms = 10\n[[phase]]\nlength_ms = 20\n[[phase.current]]\nneurons = \"hidden0\"\nconstant = 1\nramp = [0, 1]\n")
	plateautest.WriteFile(t, "window.toml", "[[phase]]\nlength_ms = 10\n[[phase.current]]\nneurons = \"hidden0\"\nconstant = 1\nfrom_ms = 5\nto_ms = 20\n")
	before := plateautest.Tree(t)
	for _, test := range []struct {
		status int
		want   string
		args   []string
	}{
		{2, "--stimulus and --example do not go together", []string{"--stimulus", "none", "--example", "3"}},
		{2, "--stimulus and --split do not go together", []string{"--stimulus", "none", "--split", "train"}},
		{1, `keys.npz has the arrays ["times" "neuron"], want time_ms and neuron among them`, []string{"--stimulus", "keys.npz"}},
		{1, "short.npy has rates for 20 ms: want more than phases.settle_ms = 30", []string{"--stimulus", "short.npy"}},
		{1, "type.toml:2: the value of phase.length_ms is of the wrong type", []string{"--phases", "type.toml"}},
		{1, "noise.toml: phase 1: current 1: noise has sd = -1, want ≥ 0", []string{"--phases", "noise.toml"}},
		{2, "needs a --stimulus", []string{"--class", "3"}},
		{2, "do not go together: the file says", []string{"--phases", "silent.toml", "--current", "hidden0=1"}},
		{2, "a class is taught in the target phase", []string{"--stimulus", "none", "--class", "3", "--phases", "forward"}},
		{2, "so no image of the data set is shown", []string{"--phases", "silent.toml", "--example", "2"}},
		{2, "class eleven: want one of 0, 1,", []string{"--stimulus", "none", "--class", "eleven"}},
		{2, `--stimulus "": want a value`, []string{"--stimulus", ""}},
		{1, "spike in step 70, but the phase has only 50 steps; --set phases.forward_ms", []string{"--stimulus", "late.csv"}},
		{1, "no such file", []string{"--stimulus", "missing.png"}},
		{1, "want a name that ends with .png", []string{"--stimulus", "image.tiff"}},
		{1, "no such file", []string{"--phases", "missing.toml"}},
		{1, "empty.toml: there are 0 tables [[phase]]", []string{"--phases", "empty.toml"}},
		{1, "typo.toml:6: there is no key", []string{"--phases", "typo.toml"}},
		{1, "broken.toml:2:", []string{"--phases", "broken.toml"}},
		{1, "long.toml: phase 1: length_ms is missing", []string{"--phases", "long.toml"}},
		{1, "multiple of the time step", []string{"--phases", "between.toml"}},
		{1, "class.toml: phase 1: class 12: want one of", []string{"--phases", "class.toml"}},
		{1, "two.toml: phase 2: current 1: it has 2 of constant, ramp,", []string{"--phases", "two.toml"}},
		{1, "it flows from 5 to 20 ms, want times of the phase, 0 to 10 ms", []string{"--phases", "window.toml"}},
		{2, "want neurons and a current", []string{"--current", "hidden0"}},
		{2, `"x" is not a number`, []string{"--current", "hidden0=x"}},
		{2, "want from 2 to 1000 levels", []string{"--current", "hidden0=0:1:-0.1"}},
		{2, "want from 2 to 1000 levels", []string{"--current", "hidden0=0:1:0"}},
		{2, "there can be one staircase", []string{"--current", "hidden0=0:1:0.5", "--current", "output=0:1:0.5"}},
		{1, "there is no population hidden7", []string{"--current", "hidden7=1"}},
		{1, "output neurons have no apical", []string{"--current", "output@apical=1"}},
		{1, `into = "axon": want "soma"`, []string{"--current", "hidden0@axon=1"}},
		{1, "input is none of the populations", []string{"--current", "input:3=1"}},
		{1, "want −1e+06 to 1e+06", []string{"--current", "hidden0=1e7"}},
	} {
		status, out, messages := plateau(slices.Concat([]string{"trial", "--hidden", "8"}, test.args)...)
		if status != test.status || out != "" || !strings.Contains(messages, test.want) {
			t.Errorf("%q: status %d, messages\n%s\nwant status %d and %q", test.args, status, messages, test.status, test.want)
		}
	}
	if after := plateautest.Tree(t); !slices.Equal(before, after) {
		t.Errorf("files were written: %q", after)
	}
}

// Several trials are recorded together, with the same bytes for any number of workers; the
// first repeat of an image is its plain trial.
func TestManyTrials(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "8", "--out", "run")...)
	many := []string{"trial", "--run", "run", "--examples", "2:12", "--repeats", "3"}
	summary := must(t, append(many, "--record", "many.plateau")...)
	if !strings.Contains(summary, "30 trials of 10 images of the test set, 3 times each") || !strings.Contains(summary, "predictions wrong") {
		t.Errorf("the summary is\n%s", summary)
	}
	events := plateautest.JSONLines(t, must(t, append(many, "--workers", "1", "--json")...))
	if len(events) != 31 || events[30]["event"] != "trials" || events[30]["trials"] != 30.0 {
		t.Fatalf("%v", events)
	}
	wrong := 0.0
	for k, e := range events[:30] {
		if e["trial"] != float64(k) || e["example"] != float64(2+k/3) || e["repeat"] != float64(k%3) {
			t.Errorf("trial %d: %v", k, e)
		}
		if e["class"] != e["read"] {
			wrong++
		}
	}
	if events[30]["errors"] != wrong {
		t.Errorf("%v errors, want %v", events[30]["errors"], wrong)
	}
	must(t, "export", "many.plateau", "--to", "npz")
	r := openNPZ(t, "many.npz")
	repeats, _, err := r.Int32("trial_repeat")
	if err != nil || len(repeats) != 30 || repeats[0] != 0 || repeats[1] != 1 || repeats[29] != 2 {
		t.Errorf("repeats %v, error %v", repeats, err)
	}
	must(t, "trial", "--run", "run", "--example", "4")
	must(t, "replay", "many.plateau", "--trial", "6", "--vars", "basal,soma", "--out", "six.npz")
	sameArrays(t, "trial-4.npz", "six.npz", "hidden0_basal", "hidden0_soma")
	must(t, "inspect", "many.plateau", "--verify")

	// A stimulus, and phases from a file, with noise that is drawn anew.
	summary = must(t, "trial", "--hidden", "8", "--stimulus", "none", "--current", "hidden0=-1:1:1", "--repeats", "4", "--record", "fi.plateau")
	if !strings.Contains(summary, "4 trials of a stimulus, in ") || strings.Contains(summary, "predicted") {
		t.Errorf("the summary is\n%s", summary)
	}
	plateautest.WriteFile(t, "noisy.toml", "[[phase]]\nlength_ms = 20\nstimulus = \"example\"\n[[phase.current]]\nneurons = \"hidden0:1\"\nnoise = {mean = 0, sd = 1, tau_ms = 2}\n[[phase]]\nlength_ms = 10\nstimulus = \"example\"\nclass = \"example\"\n")
	must(t, "trial", "--hidden", "8", "--examples", "0:2", "--repeats", "2", "--phases", "noisy.toml", "--record", "noisy.plateau")
	must(t, "export", "noisy.plateau", "--to", "npz")
	r = openNPZ(t, "noisy.npz")
	currents := float32s(t, r, "current", 80)
	for k := range 3 {
		if slices.Equal(currents[20*k:20*k+20], currents[20*k+20:20*k+40]) {
			t.Errorf("trials %d and %d have the same noise", k, k+1)
		}
	}
	saveNPY(t, "wave.npy", []int{20}, append(make([]float64, 19), 3))
	plateautest.WriteFile(t, "wave.toml", "[[phase]]\nlength_ms = 20\n[[phase.current]]\nneurons = \"hidden0:1\"\nfile = \"wave.npy\"\n")
	must(t, "trial", "--hidden", "8", "--repeats", "5", "--phases", "wave.toml", "--record", "wave.plateau")
	must(t, "export", "wave.plateau", "--to", "npz")
	if wave := float32s(t, openNPZ(t, "wave.npz"), "current", 10); wave[0] != 0 || wave[9] != 3 {
		t.Errorf("the currents of the file are %v", wave)
	}
	classes, _, err := r.Int32("trial_class")
	taught, _, err2 := r.Int32("phase_class_taught")
	if err != nil || err2 != nil || taught[1] != classes[0] || taught[7] != classes[3] {
		t.Errorf("classes %v, taught %v", classes, taught)
	}

	for _, test := range []struct {
		want string
		args []string
	}{
		{"--examples and --example do not go together", []string{"--examples", "1", "--example", "1"}},
		{"--repeats shows a stimulus several times", []string{"--examples", "1", "--stimulus", "none"}},
		{"--repeats 0: want 1 to", []string{"--repeats", "0"}},
		{"--out x.npz: several trials have no archive", []string{"--repeats", "2", "--out", "x.npz"}},
		{"--examples 7000000: want numbers from 0", []string{"--examples", "7000000"}},
		{"--workers 0", []string{"--repeats", "2", "--workers", "0"}},
		{"counts the trials of a training", []string{"--repeats", "2", "--record", "x.plateau", "--set", "record.trials=1:3"}},
	} {
		status, out, messages := plateau(slices.Concat([]string{"trial", "--hidden", "8"}, test.args)...)
		if status == 0 || out != "" || !strings.Contains(messages, test.want) {
			t.Errorf("%q: status %d, messages\n%s\nwant %q", test.args, status, messages, test.want)
		}
	}
	if _, err := os.Stat("x.plateau"); err == nil {
		t.Error("x.plateau was written")
	}
}

// Repeats of a stimulus say in how many trials each class was predicted.
func TestRepeatedPredictions(t *testing.T) {
	plateautest.Empty(t)
	rates := make([]float64, 784)
	for k := range rates {
		rates[k] = float64(k % 60)
	}
	saveNPY(t, "rates.npy", []int{784}, rates)
	repeats := []string{"trial", "--hidden", "8", "--seed", "2", "--stimulus", "rates.npy", "--repeats", "15"}
	counts := map[float64]int{}
	for _, e := range plateautest.JSONLines(t, must(t, append(repeats, "--json")...))[:15] {
		counts[e["read"].(float64)]++
	}
	classes := slices.SortedFunc(maps.Keys(counts), func(a, b float64) int { return cmp.Or(counts[b]-counts[a], int(a-b)) })
	if len(classes) < 2 {
		t.Fatalf("the predictions are %v, want several", counts)
	}
	want := fmt.Sprintf("predicted class %v in %d trials, class %v in %d", classes[0], counts[classes[0]], classes[1], counts[classes[1]])
	if summary := must(t, repeats...); !strings.Contains(summary, want) {
		t.Errorf("the summary is\n%s\nwant %s", summary, want)
	}
	if summary := must(t, append(repeats, "--class", "3")...); !strings.Contains(summary, want) || !strings.Contains(summary, fmt.Sprintf("%d of 15 predictions wrong", 15-counts[3])) {
		t.Errorf("with a class, the summary is\n%s\nwant %s", summary, want)
	}
}

// A test that is recorded predicts what a plain test does, and its trials can be replayed.
func TestRecordedTest(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "8", "--out", "run")...)
	plain := plateautest.JSONLines(t, must(t, "test", "--run", "run", "--json"))[0]
	recorded := plateautest.JSONLines(t, must(t, "test", "--run", "run", "--record", "--json", "--set", "record.variables=soma"))[0]
	if !reflect.DeepEqual(plain["confusion"], recorded["confusion"]) || recorded["recording"] != "test.plateau" {
		t.Errorf("a test has %v, recorded %v", plain, recorded)
	}
	must(t, "inspect", "test.plateau", "--verify")
	must(t, "export", "test.plateau", "--to", "npz")
	must(t, "replay", "test.plateau", "--trial", "0", "--out", "zero.npz")
	all, _, err := openNPZ(t, "test.npz").Float32("hidden0_soma")
	if err != nil {
		t.Fatal(err)
	}
	zero, shape, err := openNPZ(t, "zero.npz").Float32("hidden0_soma")
	if err != nil || shape[0] == 0 || !slices.Equal(all[:len(zero)], zero) {
		t.Errorf("replay finds other potentials: shape %v, error %v", shape, err)
	}
	if status, _, messages := plateau("test", "--run", "run", "--record"); status == 0 || !strings.Contains(messages, "test.plateau") {
		t.Errorf("a recording was overwritten unasked: %s", messages)
	}
	must(t, "test", "--run", "run", "--record", "wrong.plateau", "--set", "record.trials=misread")
	lines := plateautest.JSONLines(t, must(t, "inspect", "wrong.plateau", "--json"))
	if last := lines[len(lines)-1]; last["trials"] != last["misread"] {
		t.Errorf("trials that are right were recorded: %v", last)
	}
}
