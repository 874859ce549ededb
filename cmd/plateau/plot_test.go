package main

import (
	"bytes"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"
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
	must(t, tiny("--out", "run")...)
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
		{"plot trial-0.npz trial-0.npz", 2, []string{"2 files"}},
		{"plot run run/", 2, []string{"run/ is there twice"}},
		{"plot run --neurons 3", 2, []string{"--neurons is for a trial"}},
		{"plot notes.txt", 1, []string{"notes.txt: want the file of a trial"}},
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
