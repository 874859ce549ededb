package run

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"plateau/cmd/plateau/plateautest"
	"plateau/sim/record"
)

func someCheckpoint() *Checkpoint {
	c := &Checkpoint{Examples: 12, Epochs: 1, Seconds: 1.5, Metrics: 77, Data: "aa", Weights: "bb", Tested: []EpochEvent{{Epoch: 1, HiddenLosses: []Quantity{0.25}}}}
	c.Recording = &RecordingMark{"recording.plateau", record.Mark{Size: 1 << 40, Shown: 12}}
	c.AddText(PartSettings, "seed = 1\n")
	c.AddText(PartTrainer, strings.Repeat("\x00\x01\xff\n", 50))
	c.AddText("nothing", "")
	return c
}

func encoded(t *testing.T, c *Checkpoint) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decoded(b []byte) (*Checkpoint, error) {
	return decodeCheckpoint(bytes.NewReader(b), int64(len(b)))
}

// A checkpoint that is damaged in any bit, cut short or longer is refused.
func TestDamagedCheckpoint(t *testing.T) {
	b := encoded(t, someCheckpoint())
	c, err := decoded(b)
	if err != nil {
		t.Fatal(err)
	}
	if again := encoded(t, c); !bytes.Equal(again, b) {
		t.Errorf("what was read is written as %q, want %q", again, b)
	}
	content, ok := c.Part(PartTrainer)
	if text, err := io.ReadAll(content); !ok || err != nil || len(text) != 200 {
		t.Errorf("the trainer's part is %q, %v", text, err)
	}
	short := someCheckpoint()
	short.Parts[0].Bytes++
	if err := short.encode(io.Discard); err == nil || !strings.Contains(err.Error(), "has 9 bytes, want 10") {
		t.Errorf("a part that is shorter than it says: %v", err)
	}
	refused := func(b []byte) {
		t.Helper()
		if _, err := decoded(b); err == nil {
			t.Fatalf("%q is accepted", b)
		}
	}
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			refused(b)
			b[i] ^= 1 << bit
		}
	}
	for n := range b {
		refused(b[:n])
	}
	refused(append(b, 0))
	refused(append([]byte{0}, b...))
}

// The format is fixed: what one version writes a later one reads.
func TestCheckpointFormat(t *testing.T) {
	c := someCheckpoint()
	c.Parts = c.Parts[:1]
	c.Tested, c.Recording = nil, nil
	b := encoded(t, c)
	want := "plateau run checkpoint 1\n" +
		`{"examples":12,"epochs":1,"seconds":1.5,"epoch_seconds":0,"metrics_bytes":77,"data_sha256":"aa","weights_sha256":"bb","parts":[{"name":"settings","bytes":9}]}` + "\n" +
		"seed = 1\n"
	if got := string(b[:len(b)-32]); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The latest checkpoints are kept, whatever else is in the folder.
func TestKeptCheckpoints(t *testing.T) {
	plateautest.Empty(t)
	r := &Folder{Path: "."}
	for _, n := range []int{0, 7, 999_999_999, 1_000_000_000} {
		c := someCheckpoint()
		c.Examples = n
		if err := r.AddCheckpoint(c); err != nil {
			t.Fatal(err)
		}
		plateautest.WriteFile(t, "checkpoints/notes.checkpoint", "mine")
		plateautest.WriteFile(t, "checkpoints/5.checkpoint", "mine")
	}
	files, err := ListCheckpoints(".")
	if err != nil || len(files) != 2 || files[0].Examples != 999_999_999 || files[1].Examples != 1_000_000_000 {
		t.Errorf("kept are %v, %v", files, err)
	}
	if err := r.DropCheckpoints(999_999_999); err != nil {
		t.Fatal(err)
	}
	if names := plateautest.Tree(t); strings.Join(names, " ") != "checkpoints checkpoints/5.checkpoint checkpoints/999999999.checkpoint checkpoints/notes.checkpoint" {
		t.Errorf("left are %q", names)
	}
	if err := os.WriteFile("checkpoints/999999999.checkpoint", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := r.FindCheckpoint(-1); err == nil || !strings.Contains(err.Error(), "does not begin as a checkpoint does\nno other is left") {
		t.Errorf("an empty checkpoint: %v", err)
	}
}

func TestInterval(t *testing.T) {
	for text, want := range map[string]Interval{
		"5m": {time: 5 * time.Minute, Epochs: 1}, "1h30m": {time: 90 * time.Minute, Epochs: 1}, "1000ex": {examples: 1000, Epochs: 1}, "1ep": {Epochs: 1}, "3ep": {Epochs: 3},
	} {
		if got, err := ParseInterval(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "0m", "-5m", "1ms", "ex", "0ex", "-1ep", "1.5ep", "5 m", "9999999999ex", "1epoch"} {
		if got, err := ParseInterval(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
	every := Interval{examples: 10, Epochs: 2}
	for _, c := range []struct {
		examples, before int
		want             bool
	}{{9, 0, false}, {10, 9, true}, {15, 10, false}, {24, 15, true}, {30, 30, false}} {
		if got := every.Within(c.examples, c.before, time.Hour); got != c.want {
			t.Errorf("%d after %d: %v", c.examples, c.before, got)
		}
	}
	if every.After(1) || !every.After(4) {
		t.Error("every second epoch is not every second epoch")
	}
	if every = (Interval{time: time.Minute, Epochs: 1}); every.Within(5, 0, time.Second) || !every.Within(1, 0, time.Minute) {
		t.Error("every minute is not every minute")
	}
}
