// Package datatest finds real data sets for tests. It is imported by tests
// only.
package datatest

import (
	"os"
	"path/filepath"
	"testing"

	"plateau/protocols/dataset"
)

// Dir returns the folder that $PLATEAU_DATA names; without it, the test is skipped.
// Tests run in the folders of their packages, so a relative folder counts from the
// root of the module.
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

// Load loads a real data set from Dir. If the variable is set but the data set is
// not there, the test fails.
func Load(t testing.TB, name string, o dataset.Options) *dataset.Data {
	t.Helper()
	o.Dir = Dir(t)
	data, err := dataset.Load(name, o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
