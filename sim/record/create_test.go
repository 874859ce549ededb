package record_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim/record"
)

// Create does not touch a file that exists; Replace overwrites it.
func TestCreate(t *testing.T) {
	m := tiny(4)
	net := newNetwork(t, m)
	path := filepath.Join(t.TempDir(), "run.plateau")
	for k := range 2 {
		w, err := record.Replace(path, header(m), net)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 - 2*k {
			if _, err := protocols.RunTrial(m, net, noise{1, 6, 3, 1}, 0, w); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if w.Observe(nil); w.Close() != nil {
			t.Error("closing it again is an error")
		}
		if _, err := w.Flush(); err == nil {
			t.Error("a closed recording is flushed")
		}
	}
	r, err := record.Open(path)
	if err != nil || r.Trials() != 1 {
		t.Fatalf("%v, want the one trial of the second recording", err)
	}
	r.Close()
	if _, err := record.Create(path, header(m), net); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want that it exists", err)
	}
	if _, err := record.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that it does not exist", err)
	}
	if _, err := record.NewReader(strings.NewReader("hello, world, hello, world"), 26); err == nil || !strings.Contains(err.Error(), "not a recording") {
		t.Errorf("error %v", err)
	}
}

// If a header cannot be written, no new file is left, and an older file stays as it
// was.
func TestHeaderFails(t *testing.T) {
	m := tiny(4)
	h := header(m)
	path := filepath.Join(t.TempDir(), "run.plateau")
	good, err := record.Create(path, h, newNetwork(t, m))
	if err != nil {
		t.Fatal(err)
	}
	good.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h.Config = strings.Repeat("x", 1<<24) // more than fits a chunk
	for name, create := range map[string]func(string, record.Header, *network.Network) (*record.Writer, error){
		"new.plateau": record.Create, "newer.plateau": record.Replace, "run.plateau": record.Replace,
	} {
		if _, err := create(filepath.Join(filepath.Dir(path), name), h, newNetwork(t, m)); err == nil {
			t.Errorf("%s: a header of %d bytes is accepted", name, len(h.Config))
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("there are %v, %v", entries, err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the older recording has changed; %v", err)
	}
	if !record.Begins(path) || record.Begins(filepath.Dir(path)) || record.Begins(path+"x") {
		t.Error("Begins does not recognise a recording")
	}
}

// ownKernel is a kernel that nobody else knows.
type ownKernel struct{ kernels.Exponential }

// A network with a kernel of the user's own can be run but not recorded: the error says
// which kernels can be, and there is no file.
func TestOwnKernel(t *testing.T) {
	for _, kernel := range []kernels.Kernel{
		ownKernel{kernels.Exponential{Decay: 5}},
		kernels.Finite{Kernel: ownKernel{kernels.Exponential{Decay: 5}}, Support: 10},
	} {
		m := tiny(4)
		m.Neurons.Kernel = kernel
		net := newNetwork(t, m)
		if _, err := protocols.RunTrial(m, net, noise{1, 6, 3, 1}, 0, nil); err != nil {
			t.Errorf("%T: %v", kernel, err)
		}
		path := filepath.Join(t.TempDir(), "run.plateau")
		_, err := record.Create(path, header(m), net)
		if err == nil || !strings.Contains(err.Error(), "record_test.ownKernel") || !strings.Contains(err.Error(), "want kernels.DoubleExponential") {
			t.Errorf("%T: error %v", kernel, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%T: there is a file, or an error: %v", kernel, err)
		}
	}
}
