//go:build unix

package record_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
	"plateau/sim/record"
)

// childVariable is an environment variable. If it is set, the test binary records a
// run to the file that it names, until it is killed.
const childVariable = "PLATEAU_RECORD_TEST"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		if err := child(path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func crashModel() protocols.Model {
	m := tiny(20)
	m.Train = protocols.TwoPhase{Forward: 15, Target: 12, Settle: 2}
	return m
}

var crashData = noise{300, 6, 3, 1}

// child trains with a recording and prints, after every few trials, how many it has
// flushed. If there is a limit to the size of files, it trains on even if the
// recording fails, and prints at the end what became of both.
func child(path string) error {
	m := crashModel()
	net, err := m.NewNetwork()
	if err != nil {
		return err
	}
	limit, _ := strconv.Atoi(os.Getenv(childVariable + "_LIMIT"))
	if limit > 0 {
		signal.Ignore(syscall.SIGXFSZ)
		var l syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			return err
		}
		l.Cur = uint64(limit)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			return err
		}
	}
	w, err := record.Replace(path, header(m), net)
	if err != nil {
		return err
	}
	w.Small(300)
	trainer, err := protocolstest.New(m, net, 1)
	if err != nil {
		return err
	}
	trainer.Watch(w, w.Potentials())
	_, err = trainer.Epoch(context.Background(), crashData, func(e training.Epoch) {
		if limit == 0 && e.Examples%7 == 0 {
			if _, err := w.Flush(); err == nil {
				fmt.Println(e.Examples)
			}
		}
	})
	if err != nil {
		return err
	}
	closed := w.Close()
	fmt.Println("weights", net.Weights().SHA256())
	fmt.Println("closed", closed, errors.Is(closed, syscall.EFBIG))
	return nil
}

// If a process is killed, at any moment, its recording can be read up to what it
// had written.
func TestKill(t *testing.T) {
	mem := remember(t)
	rounds := 40
	if testing.Short() {
		rounds = 8
	}
	random := rand.New(rand.NewPCG(1, 1))
	path := filepath.Join(t.TempDir(), "run.plateau")
	broken := 0
	longest := 300 * time.Millisecond
	for round := range rounds {
		os.Remove(path)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVariable+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		flushed := make(chan int)
		started := make(chan bool, 1)
		go func() {
			last := 0
			lines := bufio.NewScanner(out)
			for lines.Scan() {
				if n, err := strconv.Atoi(lines.Text()); err == nil {
					last = n
				}
				select {
				case started <- true:
				default:
				}
			}
			close(started)
			flushed <- last
		}()
		began := time.Now()
		<-started // the first trials have been written
		time.Sleep(time.Duration(random.Int64N(int64(longest))))
		cmd.Process.Kill()
		least := <-flushed
		cmd.Wait()
		took := time.Since(began)
		r, err := record.Open(path)
		if err != nil {
			t.Fatalf("round %d, killed after %v: %v", round, took, err)
		}
		whole, err := readable(r, mem.trials)
		if err != nil {
			t.Fatalf("round %d, killed after %v: %v", round, took, err)
		}
		if whole < least {
			t.Fatalf("round %d, killed after %v: %d trials can be read, but %d were flushed", round, took, whole, least)
		}
		if r.Complete() {
			longest = max(longest*2/3, time.Millisecond) // it was too late to kill the process
		} else {
			broken++
		}
		intact, _ := r.Verify(func(d record.Damage) {
			info, _ := os.Stat(path)
			if d.Offset+d.Length < info.Size() {
				t.Errorf("round %d: damage before the end: %+v", round, d)
			}
		}, nil)
		if intact.Trials != whole {
			t.Errorf("round %d: Verify finds %d intact trials, but %d can be read", round, intact.Trials, whole)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d of %d recordings broke off", broken, rounds)
	if broken < rounds/3 {
		t.Errorf("only %d of %d recordings broke off", broken, rounds)
	}
}

// remember makes the same run as child and remembers it.
func remember(t *testing.T) *memory {
	m := crashModel()
	_, mem, _ := recordTraining(t, m, header(m), crashData.n, 0)
	return mem
}

// If a file cannot grow any more, the run still reaches the same end. The recording
// ends with an index and the reason, if there is room for them.
func TestFileLimit(t *testing.T) {
	mem := remember(t)
	m := crashModel()
	want := newNetwork(t, m)
	trainer, err := protocolstest.New(m, want, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trainer.Epoch(t.Context(), crashData, nil); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, limit := range []int{60000, 61234, 100000, 151000, 250000} {
		path := filepath.Join(t.TempDir(), "run.plateau")
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVariable+"="+path, fmt.Sprintf("%s_LIMIT=%d", childVariable, limit))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if !strings.Contains(string(out), "weights "+want.Weights().SHA256()) {
			t.Errorf("limit %d: the run ended differently: %s", limit, out)
		}
		if !strings.Contains(string(out), "closed record: the recording broke off after") || !strings.Contains(string(out), "true") {
			t.Errorf("limit %d: %s", limit, out)
		}
		r, err := record.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := readable(r, mem.trials)
		if err != nil || whole < 3 {
			t.Errorf("limit %d: %d trials can be read: %v", limit, whole, err)
		}
		intact, _ := r.Verify(func(d record.Damage) { t.Errorf("limit %d: damage: %+v", limit, d) }, nil)
		if intact.Trials != whole {
			t.Errorf("limit %d: %d trials are intact, want %d", limit, intact.Trials, whole)
		}
		if r.Failure() != "" {
			told++
			if !strings.Contains(r.Failure(), "broke off after") {
				t.Errorf("limit %d: failure %q", limit, r.Failure())
			}
		}
		if r.Complete() {
			t.Errorf("limit %d: the recording claims to be complete", limit)
		}
		r.Close()
	}
	if told < 3 {
		t.Errorf("only %d recordings say why they broke off", told)
	}
}

// On a full device, creating a recording fails.
func TestFullDevice(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	m := tiny(4)
	if _, err := record.Replace("/dev/full", header(m), newNetwork(t, m)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want that the device is full", err)
	}
}

// If a writer fails, the recording ends, but the run goes on. What was written
// before can be read.
func TestFailingWriter(t *testing.T) {
	mem := remember(t)
	m := crashModel()
	full := errors.New("no space is left")
	for _, room := range []int{0, 1, 3000, 20000, 100000, 200000} {
		for _, short := range []bool{false, true} {
			to := &tight{room: room, err: full}
			if short {
				to.err = nil
			}
			net := newNetwork(t, m)
			w, err := record.NewWriter(to, header(m), net)
			if err != nil {
				if room > 5000 || !short && !errors.Is(err, full) {
					t.Errorf("room for %d bytes: %v", room, err)
				}
				continue
			}
			w.Small(300)
			trainer, err := protocolstest.New(m, net, 1)
			if err != nil {
				t.Fatal(err)
			}
			trainer.Watch(w, w.Potentials())
			if _, err := trainer.Epoch(t.Context(), crashData, nil); err != nil {
				t.Fatal(err)
			}
			err = w.Close()
			if err == nil || !strings.Contains(err.Error(), "broke off after") || !short && !errors.Is(err, full) || short && !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("room for %d bytes: error %v", room, err)
			}
			if again := w.Close(); again != err || w.Err() != err {
				t.Errorf("closed again: %v", again)
			}
			r := read(t, to.Bytes())
			whole, err := readable(r, mem.trials)
			if err != nil || r.Complete() {
				t.Errorf("room for %d bytes: complete %v, %v", room, r.Complete(), err)
			}
			if room >= 100000 && whole < 10 {
				t.Errorf("in %d bytes %d trials can be read", room, whole)
			}
		}
	}
}

// tight is a writer that has room for a limited number of bytes.
type tight struct {
	bytes.Buffer
	room int
	err  error
}

func (w *tight) Write(b []byte) (int, error) {
	n := min(len(b), w.room-w.Len())
	w.Buffer.Write(b[:n])
	if n < len(b) {
		return n, w.err
	}
	return n, nil
}
