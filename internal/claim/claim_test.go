package claim

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// The test binary claims the folder that this names, says whether it got it, and
// keeps it until its input ends.
const childVariable = "PLATEAU_CLAIM_TEST"

func TestMain(m *testing.M) {
	if folder := os.Getenv(childVariable); folder != "" {
		c, err := Take(folder)
		fmt.Println(err)
		io.Copy(io.Discard, os.Stdin)
		if c != nil {
			c.Release()
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// names lists a folder.
func names(t *testing.T, folder string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func wantNames(t *testing.T, folder, want string) {
	t.Helper()
	if got := strings.Join(names(t, folder), " "); got != want {
		t.Errorf("in the folder are %q, want %q", got, want)
	}
}

// plant writes a claim of somebody who gave the last sign of life some time ago.
func plant(t *testing.T, folder string, n int, h Holder, ago time.Duration) {
	t.Helper()
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	plantText(t, path(folder, n), string(text)+"\n", ago)
}

func plantText(t *testing.T, path, text string, ago time.Duration) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	age(t, path, ago)
}

func age(t *testing.T, path string, ago time.Duration) {
	t.Helper()
	then := time.Now().Add(-ago)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

// A folder is claimed by one at a time, who says who it is and leaves nothing.
func TestTake(t *testing.T) {
	t.Setenv("SLURM_JOB_ID", "88")
	folder := t.TempDir()
	first, err := Take(folder)
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, folder, "claim.1")
	host, _ := os.Hostname()
	_, err = Take(folder)
	held, ok := errors.AsType[*Held](err)
	if !ok || held.By.Process != os.Getpid() || held.By.Host != host || held.By.Job != "88" || held.By.Token == "" {
		t.Fatalf("the second: %v", err)
	}
	for _, want := range []string{fmt.Sprintf("process %d on %s, job 88, has it since ", os.Getpid(), host), held.By.Since.Local().Format(time.DateTime), "last sign of life"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %q", want, err)
		}
	}
	wantNames(t, folder, "claim.1")
	if by, err := Look(folder); err != nil || by == nil || by.Process != os.Getpid() {
		t.Errorf("looking: %+v, %v", by, err)
	}
	if err := errors.Join(first.Renew(), first.Err(), first.Release()); err != nil {
		t.Error(err)
	}
	wantNames(t, folder, "")
	if by, err := Look(folder); err != nil || by != nil {
		t.Errorf("looking after the release: %+v, %v", by, err)
	}
	again, err := Take(folder)
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
	if _, err := Take(filepath.Join(folder, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// Times of another day than the one named before are told with their date: a clock
// may be years off.
func TestHeldTellsDates(t *testing.T) {
	since := time.Date(2026, 3, 1, 23, 40, 0, 0, time.Local)
	for _, c := range []struct {
		since, seen time.Time
		want        string
	}{
		{since, since, "process 7 on node has it since 2026-03-01 23:40:00; its last sign of life was at 23:40:00, and without another it is free at 23:50:00"},
		{since, since.Add(15 * time.Minute), "process 7 on node has it since 2026-03-01 23:40:00; its last sign of life was at 23:55:00, and without another it is free at 2026-03-02 00:05:00"},
		{since, since.AddDate(1, 0, 0), "process 7 on node has it since 2026-03-01 23:40:00; its last sign of life was at 2027-03-01 23:40:00, and without another it is free at 2027-03-01 23:50:00"},
		{time.Time{}, since, "process 7 on node has it; its last sign of life was at 2026-03-01 23:40:00, and without another it is free at 2026-03-01 23:50:00"},
	} {
		held := Held{Holder{Host: "node", Process: 7, Since: c.since, Seen: c.seen}}
		if got := held.Error(); got != c.want {
			t.Errorf("it says\n%s, want\n%s", got, c.want)
		}
	}
}

// A claim counts for ten minutes after the last sign of life, and no longer than
// its process where that can be known.
func TestStale(t *testing.T) {
	me := self()
	ended := exec.Command(os.Args[0], "-test.run=^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	with := func(change func(h *Holder)) Holder {
		h := me
		h.Token = "another"
		change(&h)
		return h
	}
	gone := func(h *Holder) { h.Process = ended.Process.Pid }
	linux := runtime.GOOS == "linux" && me.Boot != "" && me.Began != "" && me.Space != ""
	for name, c := range map[string]struct {
		holder Holder
		ago    time.Duration
		free   bool
		skip   bool
	}{
		"elsewhere, 9 minutes":             {with(func(h *Holder) { h.Host = "elsewhere"; gone(h) }), 9 * time.Minute, false, false},
		"elsewhere, 11 minutes":            {with(func(h *Holder) { h.Host = "elsewhere"; gone(h) }), 11 * time.Minute, true, false},
		"elsewhere, tomorrow":              {with(func(h *Holder) { h.Host = "elsewhere"; gone(h) }), -24 * time.Hour, false, false},
		"here, lives":                      {with(func(h *Holder) {}), time.Minute, false, false},
		"here, stopped for long":           {with(func(h *Holder) {}), 11 * time.Minute, true, false},
		"here, ended":                      {with(gone), 0, true, runtime.GOOS == "plan9"},
		"another machine of the same name": {with(func(h *Holder) { h.Machine = "another"; gone(h) }), 0, false, false},
		"another process of the number":    {with(func(h *Holder) { h.Began = "1x" }), 0, true, !linux},
		"another container":                {with(func(h *Holder) { h.Space = "pid:[7]"; gone(h) }), 0, false, !linux},
		"before the machine was started":   {with(func(h *Holder) { h.Boot = "before" }), 0, true, !linux || me.Machine == ""},
	} {
		if c.skip {
			continue
		}
		folder := t.TempDir()
		plant(t, folder, 3, c.holder, c.ago)
		by, err := Look(folder)
		if err != nil || (by == nil) != c.free {
			t.Errorf("%s: looking says %v, %v", name, by, err)
		}
		wantNames(t, folder, "claim.3")
		taken, err := Take(folder)
		_, held := errors.AsType[*Held](err)
		if held == c.free || !held && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if taken != nil {
			wantNames(t, folder, "claim.4")
			taken.Release()
			wantNames(t, folder, "")
		}
	}
}

// A claim that does not say whose it is counts as long as any, and what is left of
// attempts is swept.
func TestEmptyClaim(t *testing.T) {
	folder := t.TempDir()
	plantText(t, path(folder, 1), "", time.Minute)
	plantText(t, filepath.Join(folder, ".claim.EMPTY.tmp"), "", 0)
	plantText(t, filepath.Join(folder, ".claim.OLD.tmp"), `{"host":"elsewhere"}`, time.Hour)
	plantText(t, filepath.Join(folder, ".claim.YOUNG.tmp"), `{"host":"elsewhere"}`, time.Minute)
	plantText(t, filepath.Join(folder, "claim.01"), "not ours", time.Hour)
	plantText(t, filepath.Join(folder, "claims"), "not ours", time.Hour)
	if _, err := Take(folder); err == nil || !strings.Contains(err.Error(), "does not say who it is") {
		t.Fatalf("a young one: %v", err)
	}
	age(t, path(folder, 1), time.Hour)
	c, err := Take(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	wantNames(t, folder, ".claim.YOUNG.tmp claim.01 claim.2 claims")
	for name, want := range map[string]bool{"claim.2": true, ".claim.YOUNG.tmp": true, "claim.01": false, "claims": false, "claim.": false, "claim.0": false} {
		if Belongs(name) != want {
			t.Errorf("%s belongs: %v", name, !want)
		}
	}
}

// A process that was asleep for too long finds out that its claim is lost, and
// leaves the other's alone.
func TestLost(t *testing.T) {
	folder := t.TempDir()
	first, err := Take(folder)
	if err != nil {
		t.Fatal(err)
	}
	age(t, path(folder, 1), 11*time.Minute)
	second, err := Take(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Err(); err != nil {
		t.Errorf("before it looks: %v", err)
	}
	if err := first.Renew(); !errors.Is(err, errLost) || first.Err() == nil {
		t.Errorf("renewed: %v, then %v", err, first.Err())
	}
	first.Release()
	if err := second.Renew(); err != nil {
		t.Error(err)
	}
	wantNames(t, folder, "claim.2")
	second.Release()

	// Where the old claim could not be removed, the number tells.
	first, err = Take(folder)
	if err != nil {
		t.Fatal(err)
	}
	plant(t, folder, 2, Holder{Host: "elsewhere", Process: 1}, 0)
	if err := first.Renew(); !errors.Is(err, errLost) || !strings.Contains(err.Error(), "process 1 on elsewhere") {
		t.Errorf("renewed under another: %v", err)
	}
	first.Release()
}

// Who waits for a process elsewhere goes on when it lives, when its claim is gone,
// and when it may wait no longer; it does not wait where it can know.
func TestWait(t *testing.T) {
	elsewhere := Holder{Host: "elsewhere", Process: 1}
	for name, c := range map[string]struct {
		holder Holder
		event  func(folder string, cancel func())
		told   bool
		after  bool // whether the folder is still held
	}{
		"it lives":     {elsewhere, func(folder string, _ func()) { age(t, path(folder, 1), time.Second) }, true, true},
		"it ends":      {elsewhere, func(folder string, _ func()) { os.Remove(path(folder, 1)) }, true, false},
		"it is stale":  {elsewhere, func(folder string, _ func()) { age(t, path(folder, 1), time.Hour) }, true, false},
		"told to stop": {elsewhere, func(_ string, cancel func()) { cancel() }, true, true},
		"here":         {self(), nil, false, true},
	} {
		folder := t.TempDir()
		plant(t, folder, 1, c.holder, 5*time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		told := false
		err := Wait(ctx, folder, func(h Held) {
			told = true
			if h.By.Host != c.holder.Host {
				t.Errorf("%s: told of %v", name, h)
			}
			c.event(folder, cancel)
		})
		if told != c.told || (err != nil) != (ctx.Err() != nil) {
			t.Errorf("%s: told %v, %v", name, told, err)
		}
		cancel()
		if by, err := Look(folder); err != nil || (by != nil) != c.after {
			t.Errorf("%s: then it is held by %v, %v", name, by, err)
		}
	}
	if err := Wait(t.Context(), t.TempDir(), nil); err != nil {
		t.Error(err)
	}
}

// Whoever has waited until a claim ended gets the folder: Wait and Take go by the
// same clock. The one of a file system lags by some milliseconds.
func TestTakeAfterWait(t *testing.T) {
	var all sync.WaitGroup
	for i := range 64 {
		folder := t.TempDir()
		plant(t, folder, 1, Holder{Host: "elsewhere", Process: 1}, stale-time.Second-time.Duration(i)*time.Millisecond/4)
		all.Go(func() {
			if err := Wait(t.Context(), folder, func(Held) {}); err != nil {
				t.Error(err)
			}
			c, err := Take(folder)
			if err != nil {
				t.Errorf("after waiting: %v", err)
				return
			}
			wantNames(t, folder, "claim.2")
			c.Release()
		})
	}
	all.Wait()
}

// To renew is to make the claim young.
func TestRenew(t *testing.T) {
	folder := t.TempDir()
	c, err := Take(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	age(t, path(folder, 1), 9*time.Minute)
	if err := c.Renew(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path(folder, 1))
	if err != nil || time.Since(info.ModTime()) > 5*time.Minute {
		t.Errorf("the last sign of life is of %v; %v", info.ModTime(), err)
	}
}

// Of many that find a folder vacant, or a claim stale, exactly one gets it.
func TestRace(t *testing.T) {
	rounds := 150
	if testing.Short() {
		rounds = 30
	}
	for round := range rounds {
		folder := t.TempDir()
		if round%3 > 0 {
			plant(t, folder, round, Holder{Host: "elsewhere", Token: "x"}, time.Hour)
		}
		if round%3 > 1 {
			plant(t, folder, round+2, Holder{Host: "elsewhere", Token: "y"}, time.Hour)
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		var winners []*Claim
		begin := make(chan struct{})
		for range 8 {
			all.Go(func() {
				<-begin
				c, err := Take(folder)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					winners = append(winners, c)
				} else if _, held := errors.AsType[*Held](err); !held {
					t.Error(err)
				}
			})
		}
		close(begin)
		all.Wait()
		if len(winners) != 1 {
			t.Fatalf("round %d: %d have it: %q", round, len(winners), names(t, folder))
		}
		if err := winners[0].Renew(); err != nil {
			t.Fatal(err)
		}
		winners[0].Release()
		wantNames(t, folder, "")
	}
}

// Nobody ever works in the folder at the same time as another, however often it
// changes hands and processes are stopped for long in it.
func TestExclusion(t *testing.T) {
	folder, inside := t.TempDir(), filepath.Join(t.TempDir(), "inside")
	var all sync.WaitGroup
	for k := range 4 {
		all.Go(func() {
			for i := 0; i < 40; {
				c, err := Take(folder)
				if err != nil {
					continue
				}
				i++
				f, err := os.OpenFile(inside, os.O_CREATE|os.O_EXCL, 0o666)
				if err != nil {
					t.Errorf("two work in it: %v", err)
					return
				}
				f.Close()
				os.Remove(inside)
				if (i+k)%3 == 0 {
					// It leaves without a word, and is found much later.
					close(c.stop)
					then := time.Now().Add(-time.Hour)
					os.Chtimes(path(folder, c.number), then, then)
					continue
				}
				c.Release()
			}
		})
	}
	all.Wait()
}

// Processes that are killed leave claims that do not stand in the way.
func TestProcesses(t *testing.T) {
	folder := t.TempDir()
	start := func() (cmd *exec.Cmd, said string, end func()) {
		cmd = exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVariable+"="+folder)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said, _ = bufio.NewReader(out).ReadString('\n')
		return cmd, strings.TrimSpace(said), func() { in.Close(); cmd.Wait() }
	}
	first, said, _ := start()
	if said != "<nil>" {
		t.Fatalf("the first says %q", said)
	}
	_, said, end := start()
	if want := fmt.Sprintf("process %d on ", first.Process.Pid); !strings.HasPrefix(said, want) {
		t.Errorf("the second says %q", said)
	}
	end()
	first.Process.Kill()
	first.Wait()
	_, said, end = start()
	if said != "<nil>" {
		t.Errorf("after the first was killed: %q", said)
	}
	wantNames(t, folder, "claim.2")
	end()
	wantNames(t, folder, "")
}
