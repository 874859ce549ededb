package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/internal/claim"
)

// stopAtStart leaves a run as a process does that is killed when it has said what
// it is to do, and nothing else yet.
func stopAtStart(t *testing.T, dir string, force bool, p run.Plan) {
	t.Helper()
	folder, err := run.Claim(dir, "digits", force)
	if err != nil {
		t.Fatal(err)
	}
	p.Format, p.Every = run.PlanFormat, "7ex"
	folder.Plan = &p
	if err := folder.SavePlan(); err != nil {
		t.Fatal(err)
	}
	folder.Release()
}

// A run that was stopped before its first checkpoint begins anew as it was asked
// to, with its recording. It used to go on without one.
func TestBeginAnewAsAsked(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "whole", "--record")...)
	must(t, tiny("--out", "older", "--seed", "2", "--record", "--measure", "all")...)
	config := plateautest.ReadFile(t, "whole/config.toml")
	outside, err := filepath.Abs("outside.plateau")
	if err != nil {
		t.Fatal(err)
	}
	for _, recording := range []string{"recording.plateau", outside} {
		for _, replaces := range []bool{false, true} {
			os.RemoveAll("run")
			os.Remove(outside)
			if replaces {
				if err := os.CopyFS("run", os.DirFS("older")); err != nil {
					t.Fatal(err)
				}
			}
			stopAtStart(t, "run", replaces, run.Plan{Recording: filepath.ToSlash(recording), Config: config})
			plateautest.WriteFile(t, "run/.recording.plateau.0a1b2c3d.tmp", "half a head")
			status, _, messages := plateau("train", "--resume", "run")
			if status != 0 || !strings.Contains(messages, "no checkpoint yet in run; the run begins anew") {
				t.Fatalf("status %d: %s", status, messages)
			}
			sameRun(t, "run", "whole")
			at := recording
			if !filepath.IsAbs(at) {
				at = filepath.Join("run", at)
			}
			sameRecording(t, at, "whole/recording.plateau")
			if p, err := run.ReadPlan("run"); err != nil || !p.Begun || p.Every != "7ex" || p.Config != config || p.Recording != filepath.ToSlash(recording) {
				t.Errorf("the plan is %+v, %v", p, err)
			}
			if names, _ := filepath.Glob("run/.*"); names != nil {
				t.Errorf("left are %q", names)
			}
			if _, err := os.Stat("run/measurements.npz"); err == nil {
				t.Error("measurements of the older run are left")
			}
		}
	}
}

// However a run that replaces another is killed, what is left goes on as the one
// or the other, whole. It used to go on with the old settings without what was
// learnt by them, or not at all.
func TestReplaceAfterKill(t *testing.T) {
	plateautest.Empty(t)
	kills := 40
	if testing.Short() {
		kills = 10
	}
	must(t, tiny("--out", "old", "--seed", "2", "--record")...)
	must(t, tiny("--out", "new", "--record")...)
	random := rand.New(rand.NewPCG(3, 4))
	longest := 300 * time.Millisecond
	var kept, replaced, anew int
	for i := range kills {
		os.RemoveAll("run")
		if err := os.CopyFS("run", os.DirFS("old")); err != nil {
			t.Fatal(err)
		}
		force := tiny("--out", "run", "--record", "--force", "--checkpoint-every", "7ex")
		cmd := process(force...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killer := time.AfterFunc(time.Duration(random.Int64N(int64(longest))), func() { cmd.Process.Kill() })
		if err := cmd.Wait(); err == nil {
			longest = longest * 2 / 3
		}
		killer.Stop()
		if i%4 == 0 { // the same command once more
			must(t, force...)
		}
		status, _, messages := plateau("train", "--resume", "run")
		if status != 0 {
			t.Fatalf("kill %d: status %d: %s", i, status, messages)
		}
		want := "new"
		if plateautest.ReadFile(t, "run/config.toml") == plateautest.ReadFile(t, "old/config.toml") {
			want = "old"
			kept++
		} else if replaced++; strings.Contains(messages, "begins anew") {
			anew++
		}
		sameRun(t, "run", want)
		sameRecording(t, "run/recording.plateau", want+"/recording.plateau")
		for _, name := range plateautest.Tree(t) {
			if strings.HasSuffix(name, ".tmp") || strings.Contains(name, "claim") {
				t.Errorf("kill %d: %s is left", i, name)
			}
		}
	}
	t.Logf("%d times the old run was left, %d times the new one, of which %d had no checkpoint yet", kept, replaced, anew)
}

// What a process that was killed at the start leaves does not stand in the way of
// the same command, nor of --force.
func TestLeftovers(t *testing.T) {
	plateautest.Empty(t)
	os.Mkdir("run", 0o777)
	for _, name := range []string{".run.json.01234567.tmp", ".config.toml.01234567.tmp", "..probe.89abcdef.tmp", ".recording.plateau.01234567.tmp", ".claim.X.tmp"} {
		plateautest.WriteFile(t, "run/"+name, "half")
	}
	ended := process("version")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	taken, err := claim.Take("run")
	if err != nil {
		t.Fatal(err)
	}
	written := plateautest.ReadFile(t, "run/claim.1")
	taken.Release()
	plateautest.WriteFile(t, "run/claim.1", strings.Replace(written, fmt.Sprintf(`"process":%d`, os.Getpid()), fmt.Sprintf(`"process":%d`, ended.Process.Pid), 1))
	must(t, tiny("--out", "run", "--record")...)
	for _, half := range []int64{0, 10, 100} {
		if err := os.Truncate("run/recording.plateau", half); err != nil {
			t.Fatal(err)
		}
		status, _, messages := plateau(tiny("--out", "run", "--record", "--force")...)
		if half == 10 {
			if status != 1 || !strings.Contains(messages, "recording.plateau was not made by a run of plateau") {
				t.Errorf("with %d bytes: status %d: %s", half, status, messages)
			}
			os.Remove("run/recording.plateau")
			must(t, tiny("--out", "run", "--record", "--force")...)
		} else if status != 0 {
			t.Errorf("with %d bytes: %s", half, messages)
		}
	}
}

// What --force replaces was made by a run, checkpoints too.
func TestForceLooksAtCheckpoints(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	plateautest.WriteFile(t, "run/checkpoints/000000060.checkpoint", "my notes")
	before := plateautest.Tree(t)
	status, _, messages := plateau(tiny("--out", "run", "--force", "--seed", "2")...)
	if status != 1 || !strings.Contains(messages, "000000060.checkpoint was not made by a run of plateau") {
		t.Errorf("status %d: %s", status, messages)
	}
	if after := plateautest.Tree(t); !slices.Equal(before, after) || plateautest.ReadFile(t, "run/checkpoints/000000060.checkpoint") != "my notes" {
		t.Errorf("the folder has changed: %q", after)
	}
}

// The same command begins a run, goes on with it, and succeeds when it is done.
func TestOneCommand(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "whole", "--record")...)
	plateautest.WriteFile(t, "exp.toml", "seed = 1\n[network]\nhidden = [20]\n[learning]\nepochs = 2\n")
	command := tiny("--config", "exp.toml", "--record", "--out", "deep/run", "--resume", "--json")
	ctx, cancel := context.WithCancel(context.Background())
	if status := execute(ctx, command, &hook{word: `"event":"epoch"`, do: cancel}, &bytes.Buffer{}); status == 0 {
		t.Fatal("it was not interrupted")
	}
	cancel()
	events := plateautest.JSONLines(t, must(t, command...))
	if events[0]["event"] != "resume" || events[len(events)-1]["event"] != "done" {
		t.Errorf("it went on with %v", events)
	}
	sameRun(t, "deep/run", "whole")
	sameRecording(t, "deep/run/recording.plateau", "whole/recording.plateau")
	before := plateautest.Tree(t)
	if events := plateautest.JSONLines(t, must(t, command...)); len(events) != 1 || events[0]["event"] != "done" {
		t.Errorf("once more it says %v", events)
	}
	os.Mkdir("other", 0o777)
	plateautest.WriteFile(t, "other/notes", "mine")
	plateautest.WriteFile(t, "changed.toml", "seed = 1\n[network]\nhidden = [21]\n")
	before = append(before, "changed.toml", "other", "other/notes")
	slices.Sort(before)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{tiny("--out", "deep/run", "--resume", "--seed", "2"), 2, "--seed: seed = 2: the run was begun with 1"},
		{[]string{"train", "--config", "changed.toml", "--out", "deep/run", "--resume"}, 2, "changed.toml:3: network.hidden = [21]: the run was begun with [20]"},
		{[]string{"train", "--config", "exp.toml", "--resume", "deep/run"}, 2, "--out DIR --resume begins it"},
		{tiny("--out", "other", "--resume"), 1, "--out other: the folder is not empty"},
		{tiny("--resume", "nowhere"), 1, "--resume nowhere: there is no such folder"},
		{tiny("--out", "nowhere", "--resume", "--resume-at", "0"), 1, "--resume-at 0: there is no run in nowhere yet"},
		{tiny("--resume"), 2, "--resume needs the folder of a run"},
	} {
		status, _, messages := plateau(c.args...)
		if status != c.status || !strings.Contains(messages, c.want) {
			t.Errorf("%q: status %d, want %d and %q: %s", c.args, status, c.status, c.want, messages)
		}
	}
	if after := plateautest.Tree(t); !slices.Equal(after, before) {
		t.Errorf("there are %q, want %q", after, before)
	}
}

// What is told to begin a run anew asks for its recording too.
func TestAnewKeepsRecording(t *testing.T) {
	plateautest.Empty(t)
	outside, err := filepath.Abs("spikes.plateau")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ asked, want []string }{
		{nil, nil},
		{[]string{"--record"}, []string{"--record"}},
		{[]string{"--record", "spikes.plateau", "--checkpoint-every", "50ex"}, []string{"--record", outside, "--checkpoint-every", "50ex"}},
	} {
		must(t, tiny(append([]string{"--out", "run", "--force"}, c.asked...)...)...)
		os.RemoveAll("run/checkpoints")
		status, _, messages := plateau("train", "--resume", "run")
		want := append([]string{"train", "--config", "run/config.toml", "--out", "run", "--force"}, c.want...)
		if status != 1 || !strings.HasSuffix(messages, "to begin it anew: "+cli.Command(want...)+"\n") {
			t.Errorf("%q: status %d: %s, want %q", c.asked, status, messages, want)
		}
		must(t, want...)
	}
}

// A job that is requeued when its machine was lost waits until the claim of the
// lost process ends.
func TestRequeued(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--epochs", "1")...)
	plateautest.WriteFile(t, "run/claim.1", `{"host":"elsewhere","process":7}`)
	then := time.Now().Add(-10*time.Minute + 2*time.Second)
	if err := os.Chtimes("run/claim.1", then, then); err != nil {
		t.Fatal(err)
	}
	status, _, messages := plateau(tiny("--out", "run", "--resume")...)
	if status != 0 || !strings.Contains(messages, "note: another plateau works in run: process 7 on elsewhere") || !strings.Contains(messages, "waiting") {
		t.Errorf("status %d: %s", status, messages)
	}
	must(t, tiny("--out", "whole")...)
	sameRun(t, "run", "whole")
}

// A run whose folder was given to another process, as this one gave no sign of
// life, leaves it alone.
func TestFolderLost(t *testing.T) {
	plateautest.Empty(t)
	var state string
	lose := func() {
		os.Remove("run/claim.1")
		plateautest.WriteFile(t, "run/claim.2", `{"host":"elsewhere","process":7}`)
		state = plateautest.ReadFile(t, "run/run.json") + strings.Join(plateautest.Tree(t), " ")
	}
	var messages bytes.Buffer
	status := execute(context.Background(), tiny("--out", "run", "--json", "--checkpoint-every", "1ep"), &hook{word: `"event":"epoch"`, do: lose}, &messages)
	if status != 1 || !strings.Contains(messages.String(), "this process must not write to run any more") {
		t.Errorf("status %d: %s", status, &messages)
	}
	if now := plateautest.ReadFile(t, "run/run.json") + strings.Join(plateautest.Tree(t), " "); now != state {
		t.Errorf("it has changed from\n%s to\n%s", state, now)
	}
	status, _, text := plateau("train", "--resume", "run")
	if status != 1 || !strings.Contains(text, "another plateau works in it: process 7 on elsewhere") {
		t.Errorf("resumed: status %d: %s", status, text)
	}
	if out := must(t, "inspect", "run"); !strings.Contains(out, "digits, running\n") {
		t.Errorf("inspect says %s", out)
	}
	if !strings.Contains(strings.Join(plateautest.Tree(t), " "), "run/claim.2") {
		t.Error("inspect has touched the claim")
	}
}

// A plan whose bits have flipped is not believed.
func TestDamagedPlan(t *testing.T) {
	p := run.Plan{Format: run.PlanFormat, Program: "x", Recording: "recording.plateau", Every: "5m", Config: "# plateau run\nseed = 1\n"}
	b, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	plateautest.Empty(t)
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			plateautest.WriteFile(t, cli.PlanName, string(b))
			if p, err := run.ReadPlan("."); err == nil {
				t.Fatalf("%s is taken for %+v", b, p)
			}
			b[i] ^= 1 << bit
		}
	}
	plateautest.WriteFile(t, cli.PlanName, string(b))
	if got, err := run.ReadPlan("."); err != nil || got.Config != p.Config || got.Recording != p.Recording {
		t.Errorf("%+v, %v", got, err)
	}
	must(t, tiny("--out", "whole")...)
	must(t, tiny("--out", "run", "--epochs", "1")...)
	text := plateautest.ReadFile(t, "run/run.json")
	plateautest.WriteFile(t, "run/run.json", strings.Replace(text, "5m", "7m", 1))
	status, _, messages := plateau("train", "--resume", "run", "--epochs", "2")
	if status != 0 || !strings.Contains(messages, "run/run.json is damaged: its checksum does not match; it is written anew") {
		t.Errorf("status %d: %s", status, messages)
	}
	sameRun(t, "run", "whole")
	if _, err := run.ReadPlan("run"); err != nil {
		t.Error(err)
	}
}

// A run that stopped before its first checkpoint is one all the same, and who wants its
// weights is told how to get them.
func TestRunWithoutWeights(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	for _, name := range []string{"run/weights.npz", "run/checkpoints"} {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range []string{"trial --run run", "test --run run"} {
		status, _, messages := plateau(strings.Fields(args)...)
		if status != 1 || !strings.Contains(messages, "--run run: has no weights yet") || !strings.Contains(messages, "plateau train --resume run") {
			t.Errorf("%s: status %d, %s", args, status, messages)
		}
	}
}
