package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"

	"plateau/internal/figure"
	"plateau/sim"
	"plateau/sim/record"
)

// What a trial and runs leave can be drawn in every format.
func TestPlot(t *testing.T) {
	empty(t)
	for seed, out := range map[string]string{"1": "a", "2": "b"} {
		must(t, tiny("--hidden", "5,4", "--seed", seed, "--out", out)...)
	}
	must(t, tiny("--out", "c")...)
	must(t, "trial", "--run", "a", "--set", "phases.forward_ms=50", "--set", "phases.target_ms=50", "--set", "phases.window_ms=20", "--set", "phases.plateau_spread_ms=5")
	must(t, "trial", "--hidden", "none", "--out", "flat.npz")
	for _, args := range []string{
		"trial-0.npz", "trial-0.npz --out t.pdf --neurons 0,hidden1:3", "trial-0.npz --out t.png --neurons none", "flat.npz",
		"a", "a b c --out compared.pdf", "a b --out seeds.png",
	} {
		must(t, append([]string{"plot"}, strings.Fields(args)...)...)
	}
	for name, start := range map[string]string{
		"trial-0.svg": "<?xml", "t.pdf": "%PDF", "t.png": "\x89PNG", "flat.svg": "<?xml",
		"learning.svg": "<?xml", "compared.pdf": "%PDF", "seeds.png": "\x89PNG",
	} {
		if got := readFile(t, name); !strings.HasPrefix(got, start) {
			t.Errorf("%s begins with %.8q, want %q", name, got, start)
		}
	}
	text := readFile(t, "trial-0.svg")
	for _, want := range []string{
		"<title>One trial:", "784-5-4-10 on digits, image 0, seed 1", "plateau " + version(),
		"forward phase", "target phase", "settling, 30 ms", "averaged, 20 ms", "plateau α", "apical", "basal", "soma",
		"hidden0, neuron", "hidden1, neuron", "output somata", "time (ms)", "relative to rest",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("trial-0.svg: no %q", want)
		}
	}
	learning := readFile(t, "learning.svg")
	for _, want := range []string{"Misread images (%)", "Output loss", "Hidden loss", "epoch", "a, seed 1"} {
		if !strings.Contains(learning, want) {
			t.Errorf("learning.svg: no %q", want)
		}
	}
	must(t, "plot", "a", "b", "c", "--out", "names.svg")
	if text := readFile(t, "names.svg"); !strings.Contains(text, "network.hidden = [5, 4]") || !strings.Contains(text, "2 seeds") || !strings.Contains(text, "± 1 standard deviation") {
		t.Error("names.svg does not say which runs are which")
	}
	if m, err := png.DecodeConfig(strings.NewReader(readFile(t, "seeds.png"))); err != nil || m.Width < 1500 || m.Height < 600 {
		t.Errorf("seeds.png: %+v, %v", m, err)
	}
	events := jsonLines(t, must(t, "plot", "a", "--json", "--force"))
	if len(events) != 1 || events[0]["event"] != "plot" || events[0]["out"] != "learning.svg" {
		t.Errorf("got %v", events)
	}
	if readFile(t, "learning.svg") != learning {
		t.Error("the same picture again has other bytes")
	}
}

func TestPlotMistakes(t *testing.T) {
	empty(t)
	must(t, tiny("--out", "run", "--record")...)
	must(t, tiny("--out", "sparse", "--record", "--set", "record.weights=false", "--set", "record.weights_every=30")...)
	must(t, "trial", "--run", "run")
	writeFile(t, "notes.txt", "mine")
	writeFile(t, "there.svg", "mine")
	if err := os.MkdirAll("young", 0o777); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "young/config.toml", readFile(t, "run/config.toml"))
	start, _, _ := strings.Cut(readFile(t, "run/metrics.jsonl"), "\n")
	writeFile(t, "young/metrics.jsonl", start+"\n")
	if err := os.Mkdir("bare", 0o777); err != nil {
		t.Fatal(err)
	}
	whole := []byte(readFile(t, "trial-0.npz"))
	writeFile(t, "damaged.npz", string(bytes.Replace(whole, []byte("hidden0_apical"), []byte("hidden0_apicol"), -1)))
	before := tree(t)
	for _, test := range []struct {
		args   string
		status int
		want   []string
	}{
		{"plot", 2, []string{"needs the file of a trial"}},
		{"plot nothing", 1, []string{"nothing: there is no such file"}},
		{"plot bare", 1, []string{"bare: is not the folder of a run", "config.toml"}},
		{"plot young", 1, []string{"young: no epoch is finished"}},
		{"plot run trial-0.npz", 2, []string{"files and folders"}},
		{"plot trial-0.npz trial-0.npz", 2, []string{"trial-0.npz is there twice"}},
		{"plot run run/", 2, []string{"run/ is there twice"}},
		{"plot run --neurons 3", 2, []string{"--neurons is for --what trial, not for learning"}},
		{"plot notes.txt", 1, []string{"notes.txt: not a recording", "want the file of a trial"}},
		{"plot run/weights.npz", 1, []string{"holds weights", "plateau plot run"}},
		{"plot damaged.npz", 1, []string{"damaged.npz", "hidden0_apical"}},
		{"plot trial-0.npz --out there.svg", 1, []string{"--out there.svg", "--force"}},
		{"plot trial-0.npz --out picture.gif", 2, []string{"--out picture.gif", ".svg, .pdf or .png"}},
		{"plot trial-0.npz --out no/t.svg", 1, []string{"there is no folder no"}},
		{"plot trial-0.npz --neurons 20", 2, []string{"--neurons 20", "from 0 to 19"}},
		{"plot trial-0.npz --neurons hidden1:2", 2, []string{"no hidden layer hidden1", "hidden0"}},
		{"plot trial-0.npz --neurons x", 2, []string{`neuron "x" of hidden0`}},
		{"plot trial-0.npz --neurons 1,2,3,4,5,6,7,8,9", 2, []string{"at most 8"}},
		{"plot trial-0.npz --out=", 2, []string{`--out ""`}},
		{"plot trial-0.npz other.npz", 1, []string{"other.npz: there is no such file"}},
		{"plot trial-0.npz notes.txt", 2, []string{"there are 2 of them", "a trial or a recording"}},
		{"plot trial-0.npz --trial 1", 2, []string{"--trial is for recordings", "trial-0.npz"}},
		{"plot run --what trail", 2, []string{"--what trail", "did you mean trial?"}},
		{"plot run --what trial", 2, []string{"run is a folder", "a trial or a recording", "perhaps run/recording.plateau"}},
		{"plot trial-0.npz --what learning", 2, []string{"trial-0.npz is a file", "the folder of a run"}},
		{"plot trial-0.npz --what raster", 1, []string{"trial-0.npz: not a recording"}},
		{"plot run/recording.plateau --trial 60", 2, []string{"--trial 60: want 0 to 59"}},
		{"plot run/recording.plateau --trial -1", 2, []string{"--trial -1: want 0 to 59"}},
		{"plot run/recording.plateau --trials 0:3", 2, []string{"--trials is for --what raster, not for trial"}},
		{"plot run/recording.plateau --what raster --trials 0:61", 2, []string{"--trials 0:61: want numbers from 0 to 59"}},
		{"plot run/recording.plateau --what raster --trials 0:3 --trial 2", 2, []string{"--trial and --trials"}},
		{"plot run/recording.plateau --what raster --populations hiden0", 2, []string{"no spikes of hiden0", "did you mean hidden0?"}},
		{"plot run/recording.plateau --what raster --neurons 3", 2, []string{"--neurons is for --what trial, not for raster"}},
		{"plot sparse/recording.plateau --trial 35 --run nowhere", 1, []string{"no file nowhere/weights.npz", "--what raster"}},
		{"plot sparse/recording.plateau --trial 35", 1, []string{"does not hold the weights", "--run DIR or --weights FILE"}},
	} {
		status, out, messages := plateau(strings.Fields(test.args)...)
		if status != test.status || out != "" {
			t.Errorf("plateau %s: status %d, want %d; output %q, messages %q", test.args, status, test.status, out, messages)
		}
		for _, want := range test.want {
			if !strings.Contains(messages, want) {
				t.Errorf("plateau %s: want %q in %q", test.args, want, messages)
			}
		}
		if after := tree(t); !slices.Equal(before, after) {
			t.Fatalf("plateau %s: before %q, now %q", test.args, before, after)
		}
	}
}

// A recorded trial makes the picture that the archive of the same trial makes,
// whose potentials were not found by replay.
func TestPlotRecordedTrial(t *testing.T) {
	empty(t)
	for name, settings := range map[string][]string{
		"plain":  {"--hidden", "9"},
		"random": {"--hidden", "9,7", "--set", "phases.window_ms=20", "--set", "phases.plateau_spread_ms=5", "--split", "train"},
		"flat":   {"--hidden", "none"},
	} {
		must(t, append([]string{"trial", "--example", "3", "--out", name + ".npz", "--record", name + ".plateau"}, settings...)...)
		must(t, "plot", name+".npz", "--out", "archive.svg", "--force")
		must(t, "plot", name+".plateau", "--out", "recording.svg", "--force")
		archive, recording := readFile(t, "archive.svg"), readFile(t, "recording.svg")
		archive = strings.ReplaceAll(archive, "plateau plot "+name+".npz", "plateau plot "+name+".plateau")
		archive = strings.ReplaceAll(archive, name+".npz: ", name+".plateau, trial 0: ")
		if archive != recording {
			t.Errorf("%s: the two pictures differ", name)
		}
		if want := "output rates"; !strings.Contains(recording, want) {
			t.Errorf("%s: no %q", name, want)
		}
	}
}

// Potentials of a training trial are found with weights that the recording holds,
// or with those of another file; and pictures say how they were made.
func TestPlotTrainingTrial(t *testing.T) {
	empty(t)
	must(t, tiny("--out", "one", "--epochs", "1")...)
	must(t, tiny("--out", "run", "--record")...)
	must(t, tiny("--out", "bare", "--record", "--set", "record.weights=false", "--set", "record.weights_every=30")...)
	must(t, "plot", "run/recording.plateau", "--trial", "35", "--neurons", "4")
	must(t, "plot", "bare/recording.plateau", "--trial", "35", "--neurons", "4", "--run", "one", "--out", "bare.svg")
	text := readFile(t, "recording-35.svg")
	for _, want := range []string{
		"run/recording.plateau, training trial 35", "plateau plot run/recording.plateau --trial 35 --neurons 4", "hidden0, neuron 4", "<image",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("recording-35.svg: no %q", want)
		}
	}
	curves := func(svg string) string { return svg[strings.Index(svg, "<path"):] }
	if curves(strings.ReplaceAll(text, "run/recording", "bare/recording")) != curves(readFile(t, "bare.svg")) {
		t.Error("without weights of its own the recording gives another picture")
	}
}

// Where the images cannot be had, the picture shows what the input fired.
func TestPlotWithoutImages(t *testing.T) {
	h := &record.Header{Data: "mnist"}
	var messages bytes.Buffer
	empty(t)
	s := &recordedTrial{con: &console{err: &messages}, h: h, t: &record.Trial{Sample: 3, Purpose: sim.TrainingSpikes}}
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

func TestPlotRaster(t *testing.T) {
	empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	must(t, "plot", "run/recording.plateau", "--what", "raster", "--trials", "3:6,9")
	text := readFile(t, "recording-raster.svg")
	for _, want := range []string{"Spikes of 4 trials: 3:6,9", "784-20-10 on digits, seed 1; ", "forward phase", "input", "hidden0", "output", "time (ms)", ">250<"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	must(t, "plot", "run/recording.plateau", "--what", "raster", "--populations", "output", "--out", "output.svg")
	if text := readFile(t, "output.svg"); strings.Contains(text, "hidden0") || !strings.Contains(text, "Spikes of trial 0") {
		t.Error("output.svg is not of the output in trial 0")
	}
}
