package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// contents maps the names of the files in a folder to their contents.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		m[e.Name()] = string(b)
	}
	return m
}

func wantContents(t *testing.T, folder string, want ...string) {
	t.Helper()
	got := contents(t, folder)
	ok := 2*len(got) == len(want)
	for pair := range slices.Chunk(want, 2) {
		ok = ok && got[pair[0]] == pair[1]
	}
	if !ok {
		t.Errorf("the folder has %q, want %q", got, want)
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("error %v, want one that says %q", err, p)
		}
	}
	if err != nil && strings.Contains(err.Error(), ".tmp") {
		t.Errorf("error %q names the temporary file", err)
	}
}

func create(t *testing.T, f func(string) (*File, error), path, text string) *File {
	t.Helper()
	a, err := f(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(a, text); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCommit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "weights.npz")
	for i, f := range []func(string) (*File, error){Create, Replace} {
		text := strings.Repeat("new", i+1)
		a := create(t, f, path, text)
		if got := contents(t, dir)["weights.npz"]; got == text {
			t.Error("the file has its name before Commit")
		}
		if err := a.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := a.Abort(); err != nil {
			t.Errorf("Abort after Commit: %v", err)
		}
		wantContents(t, dir, "weights.npz", text)
		if err := a.Commit(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("second Commit: error %v, want %v", err, fs.ErrClosed)
		}
		if _, err := a.Write([]byte("x")); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Write after Commit: error %v, want %v", err, fs.ErrClosed)
		}
	}
}

func TestAbort(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, f := range []func(string) (*File, error){Create, Replace} {
		a := create(t, f, path, "half")
		if err := errors.Join(a.Abort(), a.Abort()); err != nil {
			t.Error(err)
		}
		if err := a.Commit(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Commit after Abort: error %v, want %v", err, fs.ErrClosed)
		}
		wantContents(t, dir)
	}

	if err := create(t, Create, path, "old").Commit(); err != nil {
		t.Fatal(err)
	}
	if err := create(t, Replace, path, "half").Abort(); err != nil {
		t.Error(err)
	}
	wantContents(t, dir, "a", "old")
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	late := create(t, Create, path, "late")
	if err := create(t, Create, path, "first").Commit(); err != nil {
		t.Fatal(err)
	}

	_, err := Create(path)
	wantError(t, err, path, "something with this name exists")
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v is not fs.ErrExist", err)
	}
	// The name was free when this file was begun.
	err = late.Commit()
	wantError(t, err, path, "something with this name exists")
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v is not fs.ErrExist", err)
	}
	wantContents(t, dir, "a", "first")

	_, err = Create(dir)
	wantError(t, err, dir, "something with this name exists")
	_, err = Replace(dir)
	wantError(t, err, dir, "is not a regular file")
	_, err = Create("")
	wantError(t, err, "want the name of a file")
}

// After a failed Write nothing can be committed.
func TestFailedWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := create(t, Create, path, "old").Commit(); err != nil {
		t.Fatal(err)
	}
	a := create(t, Replace, path, "half")
	// Make one Write fail, as if the disk had been full for a moment.
	temp := a.temp
	full, err := os.Open(path) // for reading only
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	a.temp = full
	_, err = io.WriteString(a, "more")
	a.temp = temp
	wantError(t, err, path)
	wantError(t, a.Commit(), path, err.Error())
	wantContents(t, dir, "a", "old")
}

// The disk fails in a way that only Sync notices.
func TestFailedSync(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	a := create(t, Create, path, "half")
	a.temp.Close()
	wantError(t, a.Commit(), path)
	wantContents(t, dir)
}

func TestUnwritableFolder(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "none", "a")
	for _, f := range []func(string) (*File, error){Create, Replace} {
		_, err := f(missing)
		wantError(t, err, missing)
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v, want %v", err, fs.ErrNotExist)
		}
	}

	if os.Getuid() <= 0 {
		t.Skip("root, and Windows, may write into any folder")
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a")
	for _, f := range []func(string) (*File, error){Create, Replace} {
		_, err := f(path)
		wantError(t, err, path)
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("error %v, want %v", err, fs.ErrPermission)
		}
	}
}

// The folder goes away while the file is being written.
func TestLostFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps the folders of open files")
	}
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a")
	for _, f := range []func(string) (*File, error){Create, Replace} {
		a := create(t, f, path, "text")
		if err := os.Rename(dir, dir+"2"); err != nil {
			t.Fatal(err)
		}
		wantError(t, a.Commit(), path, "no such file")
		if err := os.Rename(dir+"2", dir); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other permissions")
	}
	dir := t.TempDir()
	mode := func(path string) fs.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode()
	}

	// A new file has the permissions of any new file.
	plain, path := filepath.Join(dir, "plain"), filepath.Join(dir, "a")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := create(t, Create, path, "").Commit(); err != nil {
		t.Fatal(err)
	}
	if got, want := mode(path), mode(plain); got != want {
		t.Errorf("a new file has the permissions %v, want %v", got, want)
	}

	// A file that is replaced keeps its own, also behind a link.
	if err := os.Chmod(path, 0o662); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("a", link); err != nil {
		t.Fatal(err)
	}
	if err := create(t, Replace, link, "new").Commit(); err != nil {
		t.Fatal(err)
	}
	if got := mode(path); got != 0o662 {
		t.Errorf("a replaced file has the permissions %v, want %v", got, fs.FileMode(0o662))
	}
	if to, err := os.Readlink(link); to != "a" {
		t.Errorf("the link leads to %q, want \"a\"; error %v", to, err)
	}
	wantContents(t, dir, "a", "new", "link", "new", "plain", "")
}
