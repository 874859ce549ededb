// Package datatest finds real data sets for tests. It is imported by tests
// only.
package datatest

import (
	"os"
	"path/filepath"
	"testing"

	"plateau/protocols/dataset"
)

// Dir is the folder of $PLATEAU_DATA. Without it, the test is skipped. A
// relative folder is meant from the root of the module, as tests run in the
// folders of their packages.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("PLATEAU_DATA")
	if dir == "" {
		t.Skip("PLATEAU_DATA is not set: no real data to test with")
	}
	if filepath.IsAbs(dir) {
		return dir
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			return filepath.Join(root, dir)
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod in this folder or above it")
		}
		root = filepath.Dir(root)
	}
}

// Load loads a real data set from Dir. As the variable promises data, it is
// a failure if the set is not there.
func Load(t testing.TB, name string, o dataset.Options) *dataset.Data {
	t.Helper()
	o.Dir = Dir(t)
	data, err := dataset.Load(name, o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
