package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	content := []byte("the content")
	want := File{Name: "f", Bytes: 11}
	want.MD5 = VerifyFile(write(t, dir, "f", content), want).MD5 // this MD5 is right if TestMD5 passes
	for _, c := range []struct {
		name string
		file []byte
		want File
		is   State
		says string
	}{
		{"plain", content, want, OK, "ok"},
		{"gzipped", zipped(content), want, OK, "ok"},
		{"another byte", []byte("the Content"), want, Differs, want.MD5},
		{"longer", []byte("the content."), want, Differs, "12 bytes, want 11"},
		{"cut", zipped(content)[:25], want, Damaged, "damaged"},
		{"empty", nil, want, Damaged, "is empty"},
		{"no checksum", content, File{Name: "f", Bytes: 11}, Unchecked, "no official checksum"},
		{"no checksum, longer", content, File{Name: "f", Bytes: 10}, Differs, "11 bytes, want 10"},
	} {
		r := VerifyFile(write(t, dir, "f", c.file), c.want)
		if r.State != c.is || !strings.Contains(r.String(), c.says) || !strings.Contains(r.String(), dir) {
			t.Errorf("%s: %v, want %v with %q", c.name, r, c.is, c.says)
		}
	}
	if r := VerifyFile(filepath.Join(dir, "nothing"), want); r.State != Missing {
		t.Errorf("no file: %v", r)
	}
}

func TestMD5(t *testing.T) {
	path := write(t, t.TempDir(), "f", []byte("abc"))
	const want = "900150983cd24fb0d6963f7d28e17f72" // RFC 1321
	if got := VerifyFile(path, File{}).MD5; got != want {
		t.Errorf("MD5 of \"abc\" is %s, want %s", got, want)
	}
}

func TestVerifySet(t *testing.T) {
	noData(t)
	dir := t.TempDir()
	_, err := Verify("mnist", Options{Dir: dir})
	wantError(t, err, "mnist not found", dir)
	_, err = Verify("minst", Options{Dir: dir})
	wantError(t, err, "minst", "cifar10")

	tinyIDX(t, filepath.Join(dir, "mnist"), ".gz", 0)
	if err := os.Remove(filepath.Join(dir, "mnist", trainImages+".gz")); err != nil {
		t.Fatal(err)
	}
	reports, err := Verify("mnist", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var states []State
	for _, r := range reports {
		states = append(states, r.State)
	}
	if len(states) != 4 || states[0] != Missing || states[1] != Differs || states[2] != Differs || states[3] != Differs {
		t.Errorf("states %v, want one missing, three that differ", states)
	}

	if reports, err := Verify("digits", Options{}); err != nil || len(reports) > 0 {
		t.Errorf("digits: %v, %v", reports, err)
	}
}

// The checksums that Fetch recorded for an official archive are used like published
// ones.
func TestVerifySums(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a", []byte("abc"))
	info := Info{Files: []File{{Name: "a", Bytes: 3}}}
	if r := VerifyFolder(dir, info)[0]; r.State != Unchecked {
		t.Errorf("without a record: %v", r)
	}
	write(t, dir, Sums, []byte("900150983cd24fb0d6963f7d28e17f72  a\n"))
	if r := VerifyFolder(dir, info)[0]; r.State != OK {
		t.Errorf("with a record: %v", r)
	}
	write(t, dir, "a", []byte("abd"))
	if r := VerifyFolder(dir, info)[0]; r.State != Differs {
		t.Errorf("changed since: %v", r)
	}
	write(t, dir, Sums, []byte("not a list of sums\n\x00\xff"))
	if r := VerifyFolder(dir, info)[0]; r.State != Unchecked {
		t.Errorf("with a record that is not one: %v", r)
	}
}
