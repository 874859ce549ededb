package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/internal/claim"
	"plateau/sim/record"
)

// The test binary is the program itself when this is set.
const beTheProgram = "PLATEAU_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(beTheProgram) != "" {
		main()
	}
	os.Args[0] = "plateau" // as if it were on the PATH; hints say so
	os.Exit(m.Run())
}

// programInBash returns bash, and the test binary, which is the program in everything
// that the test starts. The test runs in an empty folder.
func programInBash(t *testing.T) (shell, program string) {
	t.Helper()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	program, err = os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	plateautest.Empty(t)
	t.Setenv(beTheProgram, "1")
	return shell, program
}

// A process is the program in a separate process, which can be killed.
func process(args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Args[0] = "plateau"
	cmd.Env = append(os.Environ(), beTheProgram+"=1")
	return cmd
}

var clockFields = regexp.MustCompile(`"(seconds|train_seconds|test_seconds|examples_per_second|workers|out|recording)":("[^"]*"|[^,}]*)`)

// timeless is a run's metrics without what depends on clocks, places and workers.
func timeless(metrics string) string { return clockFields.ReplaceAllString(metrics, `"$1":_`) }

// sameRun compares all files of two runs, bit by bit.
func sameRun(t *testing.T, got, want string) {
	t.Helper()
	for _, name := range []string{cli.ConfigName, cli.WeightsName} {
		if plateautest.ReadFile(t, filepath.Join(got, name)) != plateautest.ReadFile(t, filepath.Join(want, name)) {
			t.Errorf("%s of %s and %s differ", name, got, want)
		}
	}
	if g, w := timeless(plateautest.ReadFile(t, filepath.Join(got, cli.MetricsName))), timeless(plateautest.ReadFile(t, filepath.Join(want, cli.MetricsName))); g != w {
		t.Errorf("metrics of %s are\n%s\nwant those of %s\n%s", got, g, want, w)
	}
	if _, err := os.Stat(filepath.Join(want, cli.MeasurementsName)); err == nil {
		if plateautest.ReadFile(t, filepath.Join(got, cli.MeasurementsName)) != plateautest.ReadFile(t, filepath.Join(want, cli.MeasurementsName)) {
			t.Errorf("%s of %s and %s differ", cli.MeasurementsName, got, want)
		}
	}
	last := func(dir string) *run.Checkpoint {
		files, err := run.ListCheckpoints(dir)
		if err != nil || len(files) == 0 || len(files) > run.KeptCheckpoints {
			t.Fatalf("%s: %d checkpoints, %v", dir, len(files), err)
		}
		c, err := files[len(files)-1].Read()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	content := func(p *run.KeptPart) string {
		b, err := io.ReadAll(p.Content)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	g, w := last(got), last(want)
	defer g.Close()
	defer w.Close()
	if g.Examples != w.Examples || g.Epochs != w.Epochs || g.Weights != w.Weights || g.Data != w.Data || len(g.Parts) != len(w.Parts) {
		t.Errorf("%s: last checkpoint is %+v, want %+v", got, g, w)
	}
	for i, p := range g.Parts {
		if p.Name != w.Parts[i].Name || content(p) != content(w.Parts[i]) {
			t.Errorf("%s: %s of the last checkpoint is another", got, p.Name)
		}
	}
}

// sameRecording compares all trials, all spikes and the weights that two recordings
// name.
func sameRecording(t *testing.T, got, want string) {
	t.Helper()
	g, err := record.Open(got)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	w, err := record.Open(want)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	g.Verify(func(d record.Damage) { t.Errorf("%s: %+v", got, d) }, nil)
	if !g.Complete() || g.Trials() != w.Trials() || g.Steps() != w.Steps() {
		t.Fatalf("%s: %d trials of %d steps, complete %v; want %d of %d", got, g.Trials(), g.Steps(), g.Complete(), w.Trials(), w.Steps())
	}
	words := func(r *record.Reader, i int) string {
		var b strings.Builder
		trial, err := r.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, trial.Number, trial.Example, trial.Class, trial.Predicted, trial.Slot, trial.Phases, trial.Losses, trial.Weights, trial.Snapshot, trial.Updates)
		for p := range r.Header().Populations {
			s := r.Spikes(i, p, 0, record.End)
			for s.Scan() {
				for _, spike := range s.Spikes() { // of chunks that may have other bounds
					fmt.Fprint(&b, spike, " ")
				}
			}
			if s.Err() != nil {
				t.Fatal(s.Err())
			}
		}
		return b.String()
	}
	for i := range g.Trials() {
		if g, w := words(g, i), words(w, i); g != w {
			t.Fatalf("trial %d of %s is another than that of %s:\n%.300s\n%.300s", i, got, want, g, w)
		}
	}
}

// A run that is interrupted and resumed ends with the same bits as an uninterrupted one.
func TestResumeAfterInterrupt(t *testing.T) {
	plateautest.Empty(t)
	for _, more := range [][]string{
		{"--checkpoint-every", "1ep"},
		{"--record", "--set", "record.weights_every=7"},
		{"--record", "--set", "record.trials=every=7", "--batch", "3"},
		{"--record", "--set", "record.weights=false", "--batch", "4", "--set", "record.weights_every=9", "--set", "record.trials=misread"},
		{"--batch", "4", "--set", "network.symmetric=true", "--set", "network.feedback_noise=0.05"},
		{"--set", "data.validation=9", "--set", "learning.rate_decay=0.5", "--set", "learning.rate_cosine=3", "--set", "phases.longer=true"},
		{"--record", "--set", "data.shift=3", "--batch", "4"},
		{"--measure", "all", "--set", "measure.every=7", "--batch", "4"},
	} {
		must(t, tiny(append(more, "--out", "whole", "--force", "--json")...)...)
		for _, word := range []string{`"event":"start"`, `"epoch":1`} {
			os.RemoveAll("broken")
			ctx, cancel := context.WithCancel(context.Background())
			out := &hook{word: word, do: cancel}
			var messages bytes.Buffer
			status := execute(ctx, tiny(append(more, "--out", "broken", "--json", "--workers", "3")...), out, &messages)
			cancel()
			if status != statusInterrupted || !strings.Contains(messages.String(), "to go on from there: plateau train --resume broken\n") {
				t.Fatalf("%q at %s: status %d: %s", more, word, status, &messages)
			}
			must(t, "test", "--run", "broken") // what is kept can be used
			resumed := plateautest.JSONLines(t, must(t, "train", "--resume", "broken", "--json", "--workers", "1"))
			if first := resumed[0]; first["event"] != "resume" || first["epochs"] != 2.0 || first["out"] != "broken" {
				t.Errorf("the first event is %v", first)
			}
			sameRun(t, "broken", "whole")
			if more[0] == "--record" {
				sameRecording(t, "broken/recording.plateau", "whole/recording.plateau")
			}
		}
	}
}

// A run that is killed again and again at any moment, or interrupted, ends as the
// unbroken one.
func TestResumeAfterKill(t *testing.T) {
	seeds := 2
	if testing.Short() {
		seeds = 1
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		more  []string
		every string
	}{
		{nil, "1ex"},
		{[]string{"--record"}, "7ex"},
		{[]string{"--batch", "5", "--set", "network.symmetric=true", "--set", "network.feedback_noise=0.05"}, "10ex"},
		{[]string{"--set", "data.validation=9", "--set", "learning.rate_decay=0.5", "--set", "network.silent=0.5"}, "9ex"},
		{[]string{"--measure", "all", "--set", "measure.every=7"}, "3ex"},
	} {
		for seed := range seeds {
			t.Run(fmt.Sprint(c, seed), func(t *testing.T) {
				plateautest.Empty(t)
				more := append(c.more, "--seed", fmt.Sprint(seed))
				must(t, tiny(append(more, "--out", "whole")...)...)
				kills := 0
				fresh := tiny(append(more, "--out", "broken", "--resume")...)
				args := fresh
				for kills < 200 {
					cmd := process(append(args, "--checkpoint-every", c.every, "--workers", fmt.Sprint(1+kills%3))...)
					var messages bytes.Buffer
					cmd.Stderr = &messages
					if err := cmd.Start(); err != nil {
						t.Fatal(err)
					}
					// Longer and longer, so that it comes to an end on any machine.
					signal := []os.Signal{os.Kill, os.Kill, os.Interrupt}[kills%3]
					killer := time.AfterFunc(time.Duration(random.IntN(100+20*kills))*time.Millisecond, func() { cmd.Process.Signal(signal) })
					err := cmd.Wait()
					killer.Stop()
					if err == nil {
						break
					}
					// A signal that comes before anything was done leaves nothing to go on from.
					said := messages.String()
					told := strings.Contains(said, "to go on from there") || said == "plateau: interrupted before it began\n"
					if status, ok := err.(*exec.ExitError); !ok || status.Exited() && !(told && status.ExitCode() == statusInterrupted) {
						t.Fatalf("after %d kills: %v: %s", kills, err, &messages)
					}
					kills++
					// The same once more, or what the run itself knows.
					if args = fresh; kills%2 > 0 && cli.HoldsRun("broken") {
						args = []string{"train", "--resume", "broken"}
					}
				}
				t.Logf("%d kills", kills)
				sameRun(t, "broken", "whole")
				if c.more != nil && c.more[0] == "--record" {
					sameRecording(t, "broken/recording.plateau", "whole/recording.plateau")
				}
				for _, name := range plateautest.Tree(t) {
					if strings.HasSuffix(name, ".tmp") {
						t.Errorf("%s is left", name)
					}
				}
			})
		}
	}
}

// Where checkpoints are taken, and that they are, changes nothing.
func TestCheckpointsChangeNothing(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "rare", "--checkpoint-every", "1000ep")...)
	for i, every := range []string{"1ex", "7ex", "1ep", "2ep", "1s"} {
		run := fmt.Sprint("often", i)
		must(t, tiny("--out", run, "--checkpoint-every", every)...)
		sameRun(t, run, "rare")
	}
}

// A run of two epochs that goes on to three is the run of three, also when it was
// interrupted, and more than once.
func TestResumeForMoreEpochs(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "long", "--epochs", "3")...)
	must(t, tiny("--out", "short", "--epochs", "1")...)
	if out := must(t, "train", "--resume", "short"); !strings.Contains(out, "short is done: 1 epoch,") || !strings.Contains(out, "plateau train --resume short --epochs 2\n") {
		t.Errorf("resuming a run that is done says\n%s", out)
	}
	before := plateautest.ReadFile(t, "short/metrics.jsonl")
	if must(t, "train", "--resume", "short"); plateautest.ReadFile(t, "short/metrics.jsonl") != before {
		t.Error("resuming a run that is done changes its metrics")
	}
	must(t, "train", "--resume", "--out", "short", "--epochs", "2")
	must(t, "train", "--resume=short", "--set", "learning.epochs=3")
	sameRun(t, "short", "long")
}

// If a run cannot be resumed, the message says why, and the folder is unchanged.
func TestResumeMistakes(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "a run", "--checkpoint-every", "10ex")...)
	must(t, tiny("--out", "fresh")...)
	must(t, tiny("--out", "rec", "--record", "--epochs", "1")...)
	for _, run := range []string{"a run", "fresh", "rec"} { // killed before the end
		metrics := plateautest.ReadFile(t, filepath.Join(run, cli.MetricsName))
		plateautest.WriteFile(t, filepath.Join(run, cli.MetricsName), metrics[:strings.Index(metrics, `{"event":"done"`)])
	}
	damaged := "a run/checkpoints/000000060.checkpoint"
	bits := []byte(plateautest.ReadFile(t, damaged))
	bits[len(bits)/2] ^= 4
	plateautest.WriteFile(t, damaged, string(bits))
	if err := os.MkdirAll("empty", 0o777); err != nil {
		t.Fatal(err)
	}
	copyRun := func(to string) {
		t.Helper()
		if err := os.CopyFS(to, os.DirFS("fresh")); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(name string) {
		t.Helper()
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
	config := plateautest.ReadFile(t, "fresh/config.toml")
	copyRun("cutmetrics")
	plateautest.WriteFile(t, "cutmetrics/metrics.jsonl", plateautest.ReadFile(t, "fresh/metrics.jsonl")[:400])
	copyRun("nocheckpoints")
	remove("nocheckpoints/checkpoints")
	copyRun("emptied")
	plateautest.WriteFile(t, "emptied/config.toml", "")
	copyRun("lacking")
	plateautest.WriteFile(t, "lacking/config.toml", strings.Replace(config, "target_ms = 35\n", "", 1))
	copyRun("edited")
	plateautest.WriteFile(t, "edited/config.toml", strings.Replace(config, "hidden = [20]", "hidden = [21]", 1))
	copyRun("later")
	for name, version := range map[string]string{"30": "2", "60": "12"} {
		path := "later/checkpoints/0000000" + name + ".checkpoint"
		plateautest.WriteFile(t, path, strings.Replace(plateautest.ReadFile(t, path), "checkpoint 1", "checkpoint "+version, 1))
	}
	copyRun("newer")
	plateautest.WriteFile(t, "newer/config.toml", strings.Replace(config, fmt.Sprintf("with all %d settings", len(settings.Written(settings.Defaults()))), fmt.Sprintf("with all %d settings", len(settings.Written(settings.Defaults()))+1), 1)+"[future]\nkey = 3\n")
	copyRun("renamed")
	if err := os.Rename("renamed/checkpoints/000000060.checkpoint", "renamed/checkpoints/000000061.checkpoint"); err != nil {
		t.Fatal(err)
	}
	remove("rec/recording.plateau")
	before := plateautest.Tree(t)
	for _, test := range []struct {
		args   []string
		status int
		want   []string
	}{
		{[]string{"--resume"}, 2, []string{"--resume needs the folder of a run"}},
		{[]string{"--resume="}, 2, []string{`--resume ""`}},
		{[]string{"--resume", "nowhere"}, 1, []string{"--resume nowhere: there is no such folder"}},
		{[]string{"--resume", "empty"}, 1, []string{"--resume empty", "no config.toml"}},
		{[]string{"--resume", "fresh/config.toml"}, 1, []string{"is not a folder"}},
		{[]string{"--resume", "fresh", "rec"}, 2, []string{`takes no arguments, but there is "rec"`}},
		{[]string{"--resume", "fresh", "--force"}, 2, []string{"--force and --resume"}},
		{[]string{"--resume", "fresh", "--config", "x"}, 2, []string{"--config and --resume"}},
		{[]string{"--resume=fresh", "--out", "rec"}, 2, []string{"two folders"}},
		{[]string{"--resume-at", "60"}, 2, []string{"--resume-at goes with --resume"}},
		{[]string{"--resume", "fresh", "--resume-at", "-7"}, 2, []string{"--resume-at -7"}},
		{[]string{"--resume", "fresh", "--resume-at", "7"}, 1, []string{"--resume-at 7", "30 and 60"}},
		{[]string{"--resume", "fresh", "--hidden", "21"}, 2, []string{"--hidden: network.hidden = [21]: the run was begun with [20]"}},
		{[]string{"--resume", "fresh", "--seed", "2", "--batch", "3"}, 2, []string{"--seed: seed = 2: the run was begun with 1", "--batch: learning.batch = 3"}},
		{[]string{"--resume", "fresh", "--epochs", "1"}, 2, []string{"--epochs: learning.epochs = 1", "2 epochs already"}},
		{[]string{"--resume", "fresh", "--record"}, 1, []string{"begun without a recording"}},
		{[]string{"--resume", "a run"}, 1, []string{
			damaged + " is damaged: its checksum does not match", "the one before, after 50 examples, is intact",
			"plateau train --resume 'a run' --resume-at 50\n"}},
		{[]string{"--resume", "rec"}, 1, []string{"rec/recording.plateau is missing"}},
		{[]string{"--resume", "cutmetrics"}, 1, []string{"cutmetrics/metrics.jsonl has changed since the checkpoint", "or remove it"}},
		{[]string{"--resume", "nocheckpoints"}, 1, []string{"no checkpoints in it, but weights.npz", "to begin it anew: plateau train --config nocheckpoints/config.toml --out nocheckpoints --force\n"}},
		{[]string{"--resume", "emptied"}, 2, []string{"emptied/config.toml", "is damaged"}},
		{[]string{"--resume", "lacking"}, 2, []string{"lacking/config.toml", "is damaged", "there is no phases.target_ms"}},
		{[]string{"--resume", "edited"}, 2, []string{"edited/config.toml:", "network.hidden = [21]: the run was begun with [20]"}},
		{[]string{"--resume", "later"}, 1, []string{"has version 12, and this program knows versions up to 1", "no other is left"}},
		{[]string{"--resume", "later", "--resume-at", "30"}, 1, []string{"has version 2, and this program knows versions up to 1"}},
		{[]string{"--resume", "newer"}, 2, []string{
			fmt.Sprintf("newer/config.toml: has %d settings, and this program knows %d: it was written by a later plateau", len(settings.Written(settings.Defaults()))+1, len(settings.Written(settings.Defaults()))), "there is no key future"}},
		{[]string{"--resume", "renamed"}, 1, []string{"was made after 60 examples, not when its name says", "--resume-at 30"}},
	} {
		status, _, messages := plateau(append([]string{"train"}, test.args...)...)
		if status != test.status {
			t.Errorf("%q: status %d, want %d\n%s", test.args, status, test.status, messages)
		}
		for _, want := range test.want {
			if !strings.Contains(messages, want) {
				t.Errorf("%q: want %q in\n%s", test.args, want, messages)
			}
		}
		if after := plateautest.Tree(t); !slices.Equal(before, after) {
			t.Fatalf("%q: has changed the files: before %q, now %q", test.args, before, after)
		}
	}
	// What is offered works, also if it is interrupted before the damaged one.
	ctx, cancel := context.WithCancel(context.Background())
	if status := execute(ctx, []string{"train", "--resume", "a run", "--resume-at", "50", "--json"}, &hook{word: `"event":"resume"`, do: cancel}, &bytes.Buffer{}); status != statusInterrupted {
		t.Errorf("interrupted: status %d", status)
	}
	cancel()
	must(t, "train", "--resume", "a run")
	must(t, tiny("--out", "unbroken")...)
	sameRun(t, "a run", "unbroken")
	must(t, "train", "--config", "nocheckpoints/config.toml", "--out", "nocheckpoints", "--force")
	sameRun(t, "nocheckpoints", "unbroken")
	// Metrics that are lost are written anew.
	remove("cutmetrics/metrics.jsonl")
	if status, _, messages := plateau("train", "--resume", "cutmetrics"); status != 0 || !strings.Contains(messages, "cutmetrics/metrics.jsonl is missing") {
		t.Errorf("status %d: %s", status, messages)
	}
	sameRun(t, "cutmetrics", "unbroken")
	// So is the configuration.
	remove("emptied/config.toml")
	must(t, "train", "--resume", "emptied")
	sameRun(t, "emptied", "unbroken")
}

// Where the lines of measurements are lost, the arrays made of them are kept, also
// if somebody tried before and did not come as far as a checkpoint.
func TestResumeWithoutMeasurements(t *testing.T) {
	plateautest.Empty(t)
	args := tiny("--measure", "all", "--set", "measure.every=12")
	must(t, append(args, "--out", "unbroken")...)
	must(t, append(args, "--out", "run", "--epochs", "1")...)
	arrays := plateautest.ReadFile(t, "run/measurements.npz")
	var known []string
	for line := range strings.Lines(plateautest.ReadFile(t, "run/metrics.jsonl")) {
		if strings.Contains(line, `"event":"start"`) || strings.Contains(line, `"event":"epoch"`) {
			known = append(known, line)
		}
	}
	for name, metrics := range map[string]string{"removed": "", "rebuilt": strings.Join(known, "")} {
		if err := os.CopyFS(name, os.DirFS("run")); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(name + "/metrics.jsonl"); err != nil {
			t.Fatal(err)
		}
		if metrics != "" {
			plateautest.WriteFile(t, name+"/metrics.jsonl", metrics)
		}
		plateautest.WriteFile(t, name+"/measurements-1.npz", "of last time")
		status, _, messages := plateau("train", "--resume", name, "--epochs", "2")
		if status != 0 || !strings.Contains(messages, name+"/metrics.jsonl is missing") || !strings.Contains(messages, "kept as "+name+"/measurements-2.npz") {
			t.Errorf("%s: status %d: %s", name, status, messages)
		}
		if plateautest.ReadFile(t, name+"/measurements-1.npz") != "of last time" || plateautest.ReadFile(t, name+"/measurements-2.npz") != arrays {
			t.Errorf("%s: the arrays were not kept", name)
		}
		if plateautest.ReadFile(t, name+"/weights.npz") != plateautest.ReadFile(t, "unbroken/weights.npz") {
			t.Errorf("%s: other weights than those of an unbroken run", name)
		}
		run, err := run.ReadMetrics(name)
		if err != nil || len(run.Epochs) != 2 || len(run.Measured) == 0 || run.Measured[0].Epoch != 2 {
			t.Errorf("%s: %+v, %v", name, run, err)
		}
	}
}

// writeImages writes some images as MNIST has them.
func writeImages(t *testing.T, folder string) {
	t.Helper()
	os.MkdirAll(folder, 0o777)
	const n = 40
	for _, set := range []string{"train", "t10k"} {
		pixels, labels := make([]byte, 28*28*n), make([]byte, n)
		for i := range pixels {
			pixels[i] = byte(i * i)
		}
		for i := range labels {
			labels[i] = byte(i % 10)
		}
		plateautest.WriteFile(t, filepath.Join(folder, set+"-images-idx3-ubyte"), "\x00\x00\x08\x03\x00\x00\x00\x28\x00\x00\x00\x1c\x00\x00\x00\x1c"+string(pixels))
		plateautest.WriteFile(t, filepath.Join(folder, set+"-labels-idx1-ubyte"), "\x00\x00\x08\x01\x00\x00\x00\x28"+string(labels))
	}
}

// Images that have changed since are refused.
func TestResumeWithOtherImages(t *testing.T) {
	plateautest.Empty(t)
	for _, set := range []string{"train", "t10k"} {
		writeImages(t, "images")
		os.RemoveAll("run")
		must(t, tiny("--data", "mnist", "--data-dir", "images", "--out", "run", "--epochs", "1")...)
		if out := must(t, "train", "--resume", "run", "--data-dir", "images"); !strings.Contains(out, "run is done") {
			t.Errorf("the same images: %s", out)
		}
		name := "images/" + set + "-images-idx3-ubyte"
		b := []byte(plateautest.ReadFile(t, name))
		b[16+100] ^= 1
		plateautest.WriteFile(t, name, string(b))
		status, _, messages := plateau("train", "--resume", "run", "--epochs", "2")
		if status != 1 || !strings.Contains(messages, "not those that the run has learnt from") {
			t.Errorf("%s: status %d: %s", name, status, messages)
		}
	}
}

// Settings of a run that are damaged do not turn into defaults.
func TestDamagedConfigOfARun(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	config := plateautest.ReadFile(t, "run/config.toml")
	for _, text := range []string{"", config[:len(config)/2], strings.Replace(config, "\nseed = 1\n", "\n", 1)} {
		plateautest.WriteFile(t, "run/config.toml", text)
		for _, args := range []string{"test --run run", "trial --run run", "plot run", "inspect run", "train --resume run"} {
			status, _, messages := plateau(strings.Fields(args)...)
			if status != 2 || !strings.Contains(messages, "run/config.toml") {
				t.Errorf("%s with %d bytes: status %d: %s", args, len(text), status, messages)
			}
		}
	}
}

// inspect lists checkpoints, and the digest of the latest weights.
func TestInspectCheckpoints(t *testing.T) {
	plateautest.Empty(t)
	done := plateautest.JSONLines(t, must(t, tiny("--out", "run", "--json", "--checkpoint-every", "7ex")...))
	weights := done[len(done)-1]["weights_sha256"]
	inspected := plateautest.JSONLines(t, must(t, "inspect", "run", "--json", "--verify"))[0]
	kept := inspected["checkpoints"].([]any)
	if len(kept) != 2 || inspected["weights_sha256"] != weights {
		t.Fatalf("weights are %v, want %v; checkpoints %v", inspected["weights_sha256"], weights, kept)
	}
	last := kept[1].(map[string]any)
	if last["examples"] != 60.0 || last["epochs"] != 2.0 || last["state"] != "intact" || last["weights_sha256"] != weights {
		t.Errorf("the last is %v", last)
	}
	path := last["path"].(string)
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	out := must(t, "inspect", "run")
	for _, want := range []string{"checkpoint after 56 examples, ", "checkpoint after 60 examples, 1 kB: is damaged: its checksum does not match"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "to go on") {
		t.Errorf("a run that is done is to go on:\n%s", out)
	}
	status, out, messages := plateau("inspect", "run", "--verify", "--json")
	if status != 1 || !strings.Contains(messages, "run: 1 of 2 checkpoints damaged") || plateautest.JSONLines(t, out)[0]["weights_sha256"] != weights { // those of weights.npz, as the last checkpoint is damaged
		t.Errorf("status %d: %s\n%s", status, messages, out)
	}
	held, err := claim.Take("run")
	if err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "run/metrics.jsonl", strings.SplitAfter(plateautest.ReadFile(t, "run/metrics.jsonl"), "\n")[0])
	if out := must(t, "inspect", "run"); !strings.Contains(out, "digits, running\n") {
		t.Errorf("a run under way is not:\n%s", out)
	}
	held.Release()
	if out := must(t, "inspect", "run"); !strings.Contains(out, "digits, killed\n") || !strings.Contains(out, "to go on with the run: plateau train --resume run\n") {
		t.Errorf("a run that was killed is not:\n%s", out)
	}
}

// Signals that ask a run to end make it say how it goes on, and its status says
// that it can.
func TestSignals(t *testing.T) {
	plateautest.Empty(t)
	for _, sig := range append([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, cli.UserSignals()...) {
		if signal.Ignored(sig) {
			continue // under nohup, which the program respects
		}
		os.RemoveAll("run")
		cmd := process(tiny("--out", "run", "--epochs", "1000", "--json")...)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var messages bytes.Buffer
		cmd.Stderr = &messages
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 10)); err != nil { // it has begun
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		rest := make(chan struct{})
		go func() {
			defer close(rest)
			for err := error(nil); err == nil; _, err = out.Read(make([]byte, 1000)) {
			}
		}()
		<-rest
		err = cmd.Wait()
		if status, ok := err.(*exec.ExitError); !ok || status.ExitCode() != statusInterrupted || !strings.Contains(messages.String(), "plateau train --resume run\n") {
			t.Errorf("%v: %v: %s", sig, err, &messages)
		}
	}
}

// A run goes on with the loops of another vector unit, to the same bits.
func TestResumeWithoutAssembly(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	program := filepath.Join(t.TempDir(), "plateau")
	if out, err := exec.Command("go", "build", "-tags", "noasm", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	plateautest.Empty(t) // only now: Go's cache is the user's
	for _, batch := range []string{"1", "4"} {
		args := []string{"--batch", batch, "--hidden", "37,11"}
		must(t, tiny(append(args, "--out", "whole"+batch)...)...)
		must(t, tiny(append(args, "--out", "broken"+batch, "--epochs", "1")...)...)
		if out, err := exec.Command(program, "train", "--resume", "broken"+batch, "--epochs", "2").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		sameRun(t, "broken"+batch, "whole"+batch)
	}
}

// signalled is how a run in the middle of a long batch ends under one signal after
// another.
func signalled(t *testing.T, sig os.Signal) error {
	t.Helper()
	cmd := process(tiny("--out", "run", "--force", "--examples", "5000", "--batch", "5000", "--json")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }()
	for begun := false; !begun; time.Sleep(50 * time.Millisecond) {
		_, err := os.Stat("run/weights.npz")
		begun = err == nil
	}
	for {
		cmd.Process.Signal(sig)
		select {
		case err := <-ended:
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Other signals than Ctrl-C, which send themselves twice, never end the program
// before it has kept what it has learnt.
func TestSignalTwice(t *testing.T) {
	plateautest.Empty(t)
	for _, sig := range append([]os.Signal{syscall.SIGTERM, syscall.SIGHUP}, cli.UserSignals()...) {
		if signal.Ignored(sig) {
			continue
		}
		err := signalled(t, sig)
		if status, ok := err.(*exec.ExitError); !ok || status.ExitCode() != statusInterrupted {
			t.Errorf("%v again and again: %v", sig, err)
		}
		os.RemoveAll("run")
	}
}

// A second Ctrl-C ends the program at once, in the middle of a long batch.
func TestSecondInterrupt(t *testing.T) {
	plateautest.Empty(t)
	for range 10 { // unless the first came before the batch
		err := signalled(t, os.Interrupt)
		if status, ok := err.(*exec.ExitError); ok && !status.Exited() {
			if c, err := (&run.Folder{Path: "run"}).FindCheckpoint(-1); err != nil || c == nil || c.Examples != 0 {
				t.Errorf("the checkpoint is %+v, %v", c, err)
			}
			return
		}
		os.RemoveAll("run")
	}
	t.Error("it always ends by itself")
}
