package main

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// What a trial and runs leave can be drawn in every format.
func TestPlot(t *testing.T) {
	plateautest.Empty(t)
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
		if got := plateautest.ReadFile(t, name); !strings.HasPrefix(got, start) {
			t.Errorf("%s begins with %.8q, want %q", name, got, start)
		}
	}
	text := plateautest.ReadFile(t, "trial-0.svg")
	for _, want := range []string{
		"<title>One trial:", "784-5-4-10 on digits, image 0, seed 1", "plateau " + cli.Version(),
		"forward phase", "target phase", "settling, 30 ms", "averaged, 20 ms", "plateau α", "apical", "basal", "soma",
		"hidden0, neuron", "hidden1, neuron", "output somata", "time (ms)", "relative to rest",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("trial-0.svg: no %q", want)
		}
	}
	learning := plateautest.ReadFile(t, "learning.svg")
	for _, want := range []string{"Error (%)", "Output loss", "Hidden loss", "epoch", "a, seed 1"} {
		if !strings.Contains(learning, want) {
			t.Errorf("learning.svg: no %q", want)
		}
	}
	must(t, "plot", "a", "b", "c", "--out", "names.svg")
	if text := plateautest.ReadFile(t, "names.svg"); !strings.Contains(text, "network.hidden = [5, 4]") || !strings.Contains(text, "2 seeds") || !strings.Contains(text, "± 1 standard deviation") {
		t.Error("names.svg does not say which runs are which")
	}
	if m, err := png.DecodeConfig(strings.NewReader(plateautest.ReadFile(t, "seeds.png"))); err != nil || m.Width < 1500 || m.Height < 600 {
		t.Errorf("seeds.png: %+v, %v", m, err)
	}
	events := plateautest.JSONLines(t, must(t, "plot", "a", "--json", "--force"))
	if len(events) != 1 || events[0]["event"] != "plot" || events[0]["out"] != "learning.svg" {
		t.Errorf("got %v", events)
	}
	if plateautest.ReadFile(t, "learning.svg") != learning {
		t.Error("the same picture again has other bytes")
	}
}

func TestPlotMistakes(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record")...)
	must(t, tiny("--out", "sparse", "--record", "--set", "record.weights=false", "--set", "record.weights_every=30")...)
	must(t, "trial", "--run", "run")
	plateautest.WriteFile(t, "notes.txt", "mine")
	plateautest.WriteFile(t, "there.svg", "mine")
	if err := os.MkdirAll("young", 0o777); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "young/config.toml", plateautest.ReadFile(t, "run/config.toml"))
	start, _, _ := strings.Cut(plateautest.ReadFile(t, "run/metrics.jsonl"), "\n")
	plateautest.WriteFile(t, "young/metrics.jsonl", start+"\n")
	if err := os.Mkdir("bare", 0o777); err != nil {
		t.Fatal(err)
	}
	whole := []byte(plateautest.ReadFile(t, "trial-0.npz"))
	plateautest.WriteFile(t, "damaged.npz", string(bytes.Replace(whole, []byte("hidden0_apical"), []byte("hidden0_apicol"), -1)))
	before := plateautest.Tree(t)
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
		{"plot trial-0.npz trial-0.npz", 2, []string{"trial-0.npz is given twice"}},
		{"plot run run/", 2, []string{"run/ is given twice"}},
		{"plot run --neurons 3", 2, []string{"--neurons is for --what trial, tuning and fields, not for learning"}},
		{"plot notes.txt", 1, []string{"notes.txt: not a recording", "want the file of a trial"}},
		{"plot run/weights.npz", 1, []string{"holds weights", "plateau plot run"}},
		{"plot damaged.npz", 1, []string{"damaged.npz", "hidden0_apical"}},
		{"plot trial-0.npz --out there.svg", 1, []string{"--out there.svg", "--force"}},
		{"plot trial-0.npz --out picture.gif", 2, []string{"--out picture.gif", ".svg, .pdf or .png"}},
		{"plot trial-0.npz --out no/t.svg", 1, []string{"there is no folder no"}},
		{"plot trial-0.npz --neurons 20", 2, []string{"--neurons 20", "from 0 to 19"}},
		{"plot trial-0.npz --neurons hidden1:2", 2, []string{"no hidden layer hidden1", "hidden0"}},
		{"plot run sparse --labels one,two", 2, []string{"--labels one,two: 2 names, want 1: for run and sparse"}},
		{"plot run --labels ,", 2, []string{"--labels ,: one of the names is empty"}},
		{"plot run --seeds all", 2, []string{"--seeds all: want mean or each"}},
		{"plot run --seeds=", 2, []string{`--seeds ""`}},
		{"plot trial-0.npz --labels one", 2, []string{"--labels is for --what learning, dynamics, angles, eigenvalue, losses and rates, not for trial"}},
		{"plot trial-0.npz --neurons x", 2, []string{`neuron "x" of hidden0`}},
		{"plot trial-0.npz --neurons 1,2,3,4,5,6,7,8,9", 2, []string{"at most 8"}},
		{"plot trial-0.npz --out=", 2, []string{`--out ""`}},
		{"plot trial-0.npz other.npz", 1, []string{"other.npz: there is no such file"}},
		{"plot trial-0.npz notes.txt", 2, []string{"there are 2 of them", "a trial, a recording, or"}},
		{"plot trial-0.npz --trial 1", 2, []string{"--trial is for recordings", "trial-0.npz"}},
		{"plot run --what trail", 2, []string{"--what trail", "did you mean trial?"}},
		{"plot run run/checkpoints --what trial", 2, []string{"there are 2 of them", "a trial, a recording, or"}},
		{"plot trial-0.npz --what learning", 2, []string{"trial-0.npz is a file", "the folder of a run"}},
		{"plot trial-0.npz --what raster", 1, []string{"trial-0.npz: not a recording"}},
		{"plot run/recording.plateau --trial 60", 2, []string{"--trial 60: want 0 to 59"}},
		{"plot run/recording.plateau --trial -1", 2, []string{"--trial -1: want 0 to 59"}},
		{"plot run/recording.plateau --trials 0:3", 2, []string{"--trials is for --what raster, not for trial"}},
		{"plot run/recording.plateau --what raster --trials 0:61", 2, []string{"--trials 0:61: want numbers from 0 to 59"}},
		{"plot run/recording.plateau --what raster --trials 0:3 --trial 2", 2, []string{"--trial and --trials"}},
		{"plot run/recording.plateau --what raster --populations hiden0", 2, []string{"no spikes of hiden0", "did you mean hidden0?"}},
		{"plot run/recording.plateau --what raster --neurons 3", 2, []string{"--neurons is for --what trial, tuning and fields, not for raster"}},
		{"plot sparse/recording.plateau --trial 35 --run nowhere", 1, []string{"no file nowhere/weights.npz", "--what raster"}},
		{"plot sparse/recording.plateau --trial 35", 1, []string{"are needed, and are not in the recording", "--run DIR or --weights FILE"}},
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
		if after := plateautest.Tree(t); !slices.Equal(before, after) {
			t.Fatalf("plateau %s: before %q, now %q", test.args, before, after)
		}
	}
}

// anyWidth is a picture without how wide its texts are.
func anyWidth(svg string) string {
	return regexp.MustCompile(` textLength="[0-9.]+"`).ReplaceAllString(svg, "")
}

// A recorded trial makes the picture that the archive of the same trial makes,
// whose potentials were not found by replay.
func TestPlotRecordedTrial(t *testing.T) {
	plateautest.Empty(t)
	for name, settings := range map[string][]string{
		"plain":  {"--hidden", "9"},
		"random": {"--hidden", "9,7", "--set", "phases.window_ms=20", "--set", "phases.plateau_spread_ms=5", "--split", "train"},
		"flat":   {"--hidden", "none"},
	} {
		must(t, append([]string{"trial", "--example", "3", "--out", name + ".npz", "--record", name + ".plateau"}, settings...)...)
		must(t, "plot", name+".npz", "--out", "archive.svg", "--force")
		must(t, "plot", name+".plateau", "--out", "recording.svg", "--force")
		archive, recording := anyWidth(plateautest.ReadFile(t, "archive.svg")), anyWidth(plateautest.ReadFile(t, "recording.svg"))
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
	plateautest.Empty(t)
	must(t, tiny("--out", "one", "--epochs", "1")...)
	must(t, tiny("--out", "run", "--record")...)
	must(t, tiny("--out", "bare", "--record", "--set", "record.weights=false", "--set", "record.weights_every=30")...)
	must(t, "plot", "run/recording.plateau", "--trial", "35", "--neurons", "4")
	must(t, "plot", "bare/recording.plateau", "--trial", "35", "--neurons", "4", "--run", "one", "--out", "bare.svg")
	text := plateautest.ReadFile(t, "recording-35.svg")
	for _, want := range []string{
		"run/recording.plateau, training trial 35", "plateau plot run/recording.plateau --trial 35 --neurons 4", "hidden0, neuron 4", "<image",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("recording-35.svg: no %q", want)
		}
	}
	curves := func(svg string) string { return anyWidth(svg[strings.Index(svg, "<path"):]) }
	if curves(strings.ReplaceAll(text, "run/recording", "bare/recording")) != curves(plateautest.ReadFile(t, "bare.svg")) {
		t.Error("without weights of its own the recording gives another picture")
	}
}

func TestPlotRaster(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	must(t, "plot", "run/recording.plateau", "--what", "raster", "--trials", "3:6,9")
	text := plateautest.ReadFile(t, "recording-raster.svg")
	for _, want := range []string{"Spikes of 4 trials: 3:6,9", "784-20-10 on digits, seed 1; ", "forward phase", "input", "hidden0", "output", "time (ms)", ">250<"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	must(t, "plot", "run/recording.plateau", "--what", "raster", "--populations", "output", "--out", "output.svg")
	if text := plateautest.ReadFile(t, "output.svg"); strings.Contains(text, "hidden0") || !strings.Contains(text, "Spikes of trial 0") {
		t.Error("output.svg is not of the output in trial 0")
	}
}

// measuredRun trains a little and adds measurements to its metrics, as training
// would write them.
func measuredRun(t *testing.T, out string, args ...string) {
	t.Helper()
	must(t, tiny(append([]string{"--out", out}, args...)...)...)
	path := out + "/metrics.jsonl"
	text := plateautest.ReadFile(t, path)
	start, rest, _ := strings.Cut(text, "\n")
	lines := start + "\n"
	for k := range 3 {
		angle := 90 - 10*k
		change := "null"
		if k > 0 {
			change = "0.9"
		}
		lines += fmt.Sprintf(`{"event":"measure","epoch":1,"examples":%d,"update_angles_deg":[%d],"alignment_angle_deg":%d,"largest_eigenvalue":%d,`+
			`"weight_norms":[300,80],"weight_changes":[0.01,0.02],"gradient_changes":[%s,%[5]s],"hidden_losses":[0.5],"output_loss":0.02,"loss_correlation":[0.3],"rates_hz":[20,90,22]}`+"\n",
			10*(k+1), angle, angle-5, 3-k, change)
	}
	rest = strings.Replace(rest, `"epoch":2,`, `"confusion":[[3,1],[0,6]],"epoch":2,`, 1)
	plateautest.WriteFile(t, path, lines+rest)
}

// Everything that is measured in training can be drawn, of one run and of several.
func TestPlotMeasured(t *testing.T) {
	plateautest.Empty(t)
	measuredRun(t, "a")
	measuredRun(t, "b", "--seed", "2")
	measuredRun(t, "c", "--hidden", "9,8")
	for what, want := range map[string][]string{
		"dynamics":   {"Learning dynamics: 784-20-10 on digits", "‖W‖", "‖ΔW‖ / ‖W‖", "‖ΔG‖ / ‖G‖", "hidden0", "output", "training examples", "a, seed 1"},
		"angles":     {"backpropagation", "Output weights and feedback", ">90<"},
		"eigenvalue": {"Largest eigenvalue", "Theorem 1", ">1<"},
		"losses":     {"Output loss", "Hidden loss", "Correlation"},
		"rates":      {"Mean rate", "(Hz)", "input"},
		"confusion":  {"epoch 2: error 10.00 % on 10 images", ">75.0 %<"},
	} {
		must(t, "plot", "a", "--what", what)
		text := plateautest.ReadFile(t, what+".svg")
		for _, w := range append(want, "<title>", "plateau plot a --what "+what, "plateau "+cli.Version()) {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q", what, w)
			}
		}
		must(t, "plot", "a", "b", "--what", what, "--out", "seeds.pdf", "--force")
		if what != "confusion" {
			must(t, "plot", "a", "b", "c", "--what", what, "--out", "compared.svg", "--force")
			if text := plateautest.ReadFile(t, "compared.svg"); !strings.Contains(text, "network.hidden = [9, 8]") || strings.Contains(text, "learning.rates") || !strings.Contains(text, "2 seeds") {
				t.Errorf("%s: the picture does not say which runs are which, and nothing else", what)
			}
		}
	}
	must(t, "plot", "a", "b", "--what", "confusion", "--out", "both.svg")
	if text := plateautest.ReadFile(t, "both.svg"); !strings.Contains(text, "a, b, seeds 1, 2, epoch 2: error 10.00 % on 20 images") {
		t.Error("the confusion of two runs is not their sum")
	}
	must(t, "plot", "c", "--what", "fields", "--neurons", "largest")
	if text := plateautest.ReadFile(t, "fields.svg"); strings.Count(text, "<image") != 1 || strings.Count(text, ">8<") != 1 || !strings.Contains(text, "the 9 of 9 neurons with the largest weights") {
		t.Error("fields.svg has not a map for each neuron, or does not say which")
	}
	must(t, "plot", "a", "--what", "fields", "--neurons", "3:5,19", "--out", "three.svg")
	if text := plateautest.ReadFile(t, "three.svg"); !strings.Contains(text, "3 neurons of 20: 3:5,19") || !strings.Contains(text, ">19<") || strings.Contains(text, ">5<") {
		t.Error("three.svg is not of neurons 3, 4 and 19")
	}
	plateautest.WriteFile(t, "test.jsonl", must(t, "test", "--run", "a", "--json"))
	must(t, "plot", "test.jsonl", "--what", "confusion", "--out", "test.svg")
	if text := plateautest.ReadFile(t, "test.svg"); !strings.Contains(text, " on 20 images") || !strings.Contains(text, "Confusion matrix: digits") {
		t.Error("test.svg is not of the test")
	}
}

func TestPlotMeasuredMistakes(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	must(t, tiny("--out", "flat", "--hidden", "none")...)
	must(t, tiny("--out", "short", "--measure", "losses, alignment", "--epochs", "1")...) // 30 examples
	measuredRun(t, "a")
	measuredRun(t, "c", "--hidden", "9,8")
	if err := os.Mkdir("young", 0o777); err != nil {
		t.Fatal(err)
	}
	must(t, tiny("--out", "told", "--measure", "confusion")...)
	plateautest.WriteFile(t, "young/config.toml", plateautest.ReadFile(t, "told/config.toml"))
	start, _, _ := strings.Cut(plateautest.ReadFile(t, "told/metrics.jsonl"), "\n")
	plateautest.WriteFile(t, "young/metrics.jsonl", start+"\n")
	plateautest.WriteFile(t, "notes.txt", "mine")
	plateautest.WriteFile(t, "odd.jsonl", `{"event":"test","data":"mnist","confusion":[[1,2],[3]]}`+"\n")
	before := plateautest.Tree(t)
	for args, want := range map[string]string{
		"run --what angles":                   "run: nothing was measured of angles; plateau train --measure angle,alignment",
		"run --what dynamics":                 "plateau train --measure norms",
		"a run --what eigenvalue":             "run: nothing was measured of feedback; plateau train --measure eigenvalue",
		"short --what losses":                 "short: nothing was measured of losses yet: there is a line every 1000 examples; plateau train --set measure.every=… makes more",
		"short --what angles":                 "short: nothing was measured of angles yet: there is a line every 1000 examples",
		"short --what dynamics":               "short: nothing was measured of learning dynamics; plateau train --measure norms does",
		"flat --what angles":                  "flat: there are no measurements of angles: the network has no hidden layer",
		"run --what confusion":                "run: has no confusion matrix; plateau train --measure confusion",
		"told run --what confusion":           "run: has no confusion matrix; plateau train --measure confusion",
		"young --what confusion":              "young: no epoch is finished yet, so there is no confusion matrix",
		"a c --what confusion":                "the runs differ in more than their seed (network.hidden = [9, 8])",
		"notes.txt --what confusion":          "notes.txt: want the folder of a run, or a file with what plateau test --json printed",
		"odd.jsonl --what confusion":          "row 1 of the confusion matrix has 1 numbers, want 2",
		"a notes.txt --what confusion":        "there are 2 of them",
		"a c --what fields":                   "there are 2 of them; --what fields needs the folder of a run",
		"a --what fields --neurons 20":        "--neurons 20: want numbers from 0 to 19, or largest",
		"a --what fields --neurons hidden0:3": "--neurons",
		"a --what rates --neurons 3":          "--neurons is for --what trial, tuning and fields, not for rates",
		"a --what rates --trials 0:3":         "--trials is for --what raster, not for rates",
		"run/weights.npz --what fields":       "run/weights.npz is a file; --what fields needs the folder of a run",
		"a --what feilds":                     "did you mean fields?",
	} {
		status, out, messages := plateau(append([]string{"plot"}, strings.Fields(args)...)...)
		if status == 0 || out != "" || !strings.Contains(messages, want) {
			t.Errorf("plot %s: status %d, output %q, messages %q, want %q", args, status, out, messages, want)
		}
	}
	if after := plateautest.Tree(t); !slices.Equal(before, after) {
		t.Errorf("before %q, now %q", before, after)
	}
}

// A line that is wrong does not hide the rest of a run from inspect.
func TestInspectSpoiltMetrics(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	whole := must(t, "inspect", "run")
	text := plateautest.ReadFile(t, "run/metrics.jsonl")
	for _, spoilt := range []string{"nonsense\n", "\n", `{"event":"epoch","epoch":7}` + "\n", `{"event":"done","epochs":"two"}` + "\n"} {
		plateautest.WriteFile(t, "run/metrics.jsonl", strings.Replace(text, "\n", "\n"+spoilt, 1))
		status, told, messages := plateau("inspect", "run")
		if status != 0 || told != whole || !strings.Contains(messages, "note: run/metrics.jsonl:2: not a line of metrics") {
			t.Errorf("%q: status %d, %s%s, want %s", spoilt, status, told, messages, whole)
		}
		if status, _, messages := plateau("inspect", "run", "--verify"); status != 1 || !strings.Contains(messages, "run/metrics.jsonl:2:") {
			t.Errorf("%q, verified: status %d, %s", spoilt, status, messages)
		}
	}
}

// Lines have the names that were asked for, and seeds a line each if that was; the
// legend tells the test error in which each run ended.
func TestPlotLabels(t *testing.T) {
	plateautest.Empty(t)
	measuredRun(t, "a", "--hidden", "5")
	measuredRun(t, "b", "--hidden", "5", "--seed", "2")
	measuredRun(t, "c", "--validation", "10")
	final := func(folder string) string {
		t.Helper()
		run, err := run.ReadMetrics(folder)
		if err != nil || run.End == nil {
			t.Fatal(err)
		}
		return strconv.FormatFloat(100**run.End.TestError, 'f', 2, 64)
	}
	must(t, "plot", "a", "b", "c", "--labels", "small, held <out>", "--seeds", "each", "--out", "named.svg")
	text := plateautest.ReadFile(t, "named.svg")
	for _, want := range []string{">small<", ">held &lt;out&gt;<", ">" + final("a") + ", " + final("b") + " %<", ">" + final("c") + " %<", "a line for each seed; a, b, seeds 1, 2; c, seed 1", "--labels &#39;small, held &lt;out&gt;&#39; --seeds each"} {
		if !strings.Contains(text, want) {
			t.Errorf("named.svg: no %q", want)
		}
	}
	if strings.Contains(text, "network.hidden") {
		t.Error("named.svg has the settings in which runs differ")
	}
	must(t, "plot", "a", "b", "c", "--what", "rates", "--labels", "small,held out", "--seeds", "each", "--out", "rates.svg")
	if text := plateautest.ReadFile(t, "rates.svg"); !strings.Contains(text, ">small<") {
		t.Error("rates.svg has no names")
	}
}
