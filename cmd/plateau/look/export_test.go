package look

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train/traintest"
	"plateau/protocols/dataset"
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// open opens a recording until the end of the test.
func open(t *testing.T, path string) *record.Reader {
	t.Helper()
	r, err := run.OpenRecording(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// Who stops an export does not wait until the recording is read to its end.
func TestExportInterruptedInTheMiddle(t *testing.T) {
	plateautest.Empty(t)
	traintest.Run(t, traintest.Tiny("--out", "run", "--record", "--epochs", "1")...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := open(t, "run/recording.plateau")
	s := &draft{ctx: ctx, out: "x"}
	end := s.watch(&terminal.Console{Err: new(bytes.Buffer)}, r)
	if _, err := r.Trial(0); !errors.Is(err, context.Canceled) {
		t.Errorf("reading goes on: %v", err)
	}
	end()
}

// A run that is resumed cuts the recording that is being exported: that is said, and
// leaves nothing behind.
func TestExportOfWhatIsCut(t *testing.T) {
	plateautest.Empty(t)
	traintest.Run(t, traintest.Tiny("--out", "run", "--record", "--epochs", "1")...)
	file := plateautest.ReadFile(t, "run/recording.plateau")
	before := plateautest.Tree(t)
	for _, f := range Formats() {
		r, err := run.OpenRecording("run/recording.plateau")
		if err != nil {
			t.Fatal(err)
		}
		s := &draft{ctx: t.Context(), format: f, out: "x"}
		parts, _, err := f.parts(r) // all is intact still
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate("run/recording.plateau", int64(len(file)/2)); err != nil {
			t.Fatal(err)
		}
		if err := s.write(parts); !errors.Is(err, record.ErrChanged) || s.failed {
			t.Errorf("%s: error %v, want %v", f.Name, err, record.ErrChanged)
		}
		s.abandon()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		plateautest.WriteFile(t, "run/recording.plateau", file)
		if after := plateautest.Tree(t); !slices.Equal(before, after) {
			t.Errorf("%s: files were %q, now %q", f.Name, before, after)
		}
	}
}

// A disk that is full leaves nothing behind.
func TestExportFails(t *testing.T) {
	plateautest.Empty(t)
	traintest.Run(t, traintest.Tiny("--out", "run", "--record", "--examples", "1", "--epochs", "1")...)
	r := open(t, "run/recording.plateau")
	for _, f := range Formats() {
		parts, _, err := f.parts(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			file, err := os.Open("run/recording.plateau") // cannot be written to
			if err != nil {
				t.Fatal(err)
			}
			w := &watched{ctx: context.Background(), written: new(int64), File: file}
			if err := p.write(w); err == nil || w.failed == nil {
				t.Errorf("%s %s: error %v, noticed %v", f.Name, p.name, err, w.failed)
			}
			file.Close()
		}
	}
}

// An NWB file gets the images that were shown, where their data set is at hand and
// is the one that was shown; what is missing is said.
func TestExportedImages(t *testing.T) {
	plateautest.Empty(t)
	traintest.Run(t, traintest.Tiny("--out", "run", "--record", "--epochs", "1")...)
	path := filepath.Join("run", cli.RecordingName)
	r := open(t, path)
	var said bytes.Buffer
	con := &terminal.Console{Err: &said}
	images, err := exportedImages(con, intact.Of(r), "")
	if err != nil || images == nil || said.Len() > 0 {
		t.Fatalf("images of digits: %v, %v, %q", images, err, &said)
	}
	want := dataset.Digits(1, 30, 1).Train
	for i := range r.Trials() {
		trial, err := r.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		if pixels, err := images.Of(trial); err != nil || !bytes.Equal(pixels, want.Image(trial.Example)) {
			t.Fatalf("trial %d has not shown image %d, %v", i, trial.Example, err)
		}
	}

	// Of other images with these numbers it says that they are others.
	h := r.Header()
	config := h.Config
	data := strings.Index(config, "[data]")
	h.Config = config[:data] + strings.Replace(config[data:], "seed = 1", "seed = 2", 1)
	for dir, want := range map[string]string{"": "note: the export does not hold the images that were shown: image ", "elsewhere": "--data-dir elsewhere: image "} {
		said.Reset()
		images, err := exportedImages(con, intact.Of(r), dir)
		message := said.String()
		if err != nil {
			message = err.Error()
		}
		if images != nil || (err != nil) != (dir != "") || !strings.HasPrefix(message, want) || !strings.Contains(message, "is not in the train set of digits") {
			t.Errorf("--data-dir %q: %v, %q, want %q", dir, images, message, want)
		}
	}
	h.Config = ""
	said.Reset()
	if images, err := exportedImages(con, intact.Of(r), ""); images != nil || err != nil || !strings.Contains(said.String(), "does not say where its data set is") {
		t.Errorf("without a configuration: %v, %v, %q", images, err, &said)
	}
	h.Config = strings.Replace(config, `name = "digits"`, `name = "mnist"`, 1)
	h.Data = "mnist"
	said.Reset()
	if images, err := exportedImages(con, intact.Of(r), ""); images != nil || err != nil || !strings.Contains(said.String(), "the images of mnist were not found; --data-dir DIR says where") {
		t.Errorf("without the data set: %v, %v, %q", images, err, &said)
	}
	h.Config, h.Data = config, "digits"
}
