package stimulus_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	"plateau/protocols/stimulus"
)

// What the packages of today write is read as what is in testdata.
func TestFilesFromPython(t *testing.T) {
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Skip("PLATEAU_PYTHON names no Python interpreter with the packages of .ci/python/requirements.txt")
	}
	script, err := filepath.Abs("testdata/make.py")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cmd := exec.Command(python, script)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	coloured := input
	coloured.Channels = 3
	for name, in := range map[string]stimulus.Input{
		"grey.png": input, "palette.png": input, "deep.png": input, "colour.png": coloured,
		"rates.npy": input, "whole.npy": input, "movie.npy": input, "columns.npy": input,
		"spikes.npz": input, "packed.npz": input, "spikes.csv": input, "export.csv": input,
	} {
		want, err := stimulus.Read(file(name), in)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := stimulus.Read(filepath.Join(folder, name), in); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read as %+v, want %+v; error %v", name, got, want, err)
		}
	}
}
