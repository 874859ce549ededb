package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/protocols/dataset"
)

const batchBytes = 5 * 3073

func batch(label byte) []byte {
	return bytes.Repeat(append([]byte{label}, bytes.Repeat([]byte{100 + label}, 3072)...), 5)
}

// goodMembers are the members of an archive with two batches and some other files.
func goodMembers() []tar.Header {
	return []tar.Header{
		{Name: "cifar-10-batches-bin/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "cifar-10-batches-bin/data_batch_1.bin", Typeflag: tar.TypeReg, Size: batchBytes},
		{Name: "cifar-10-batches-bin/readme.html", Typeflag: tar.TypeReg, Size: 20},
		{Name: "cifar-10-batches-bin/test_batch.bin", Typeflag: tar.TypeReg, Size: batchBytes},
	}
}

func tarball(t *testing.T, members []tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i, head := range members {
		head.Mode |= 0o644
		if err := w.WriteHeader(&head); err != nil {
			t.Fatal(err)
		}
		if head.Size == batchBytes {
			w.Write(batch(byte(i)))
		} else {
			w.Write(make([]byte, head.Size))
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// archiveFixture serves an archive and returns its checksum.
func archiveFixture(t *testing.T, packed []byte) (f *fixture, a archive) {
	f = newFixture(t)
	f.packed = packed
	f.info = dataset.Info{Name: "cifar10", Files: []dataset.File{
		{Name: "data_batch_1.bin", Bytes: batchBytes, Optional: true},
		{Name: "test_batch.bin", Bytes: batchBytes},
	}}
	return f, archive{"cifar.tar.gz", sum(packed), tarMembers}
}

func TestArchive(t *testing.T) {
	f, a := archiveFixture(t, tarball(t, goodMembers()))
	if err := f.job.archive(t.Context(), a, f.folder, f.info); err != nil {
		t.Fatal(err)
	}
	f.wantFiles("MD5SUMS", "data_batch_1.bin", "test_batch.bin")
	for _, r := range dataset.VerifyFolder(f.folder, f.info) {
		if r.State != dataset.OK {
			t.Error(r)
		}
	}
	// The second time there is nothing to do.
	if err := f.job.archive(t.Context(), a, f.folder, f.info); err != nil {
		t.Fatal(err)
	}
	f.wantRequests(1)
	// A file that has changed since is replaced.
	if err := os.WriteFile(filepath.Join(f.folder, "data_batch_1.bin"), batch(9), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := f.job.archive(t.Context(), a, f.folder, f.info); err != nil {
		t.Fatal(err)
	}
	f.wantRequests(2)
	if got, _ := os.ReadFile(filepath.Join(f.folder, "data_batch_1.bin")); !bytes.Equal(got, batch(1)) {
		t.Error("the changed batch is still there")
	}
}

func TestArchiveWrongChecksum(t *testing.T) {
	f, a := archiveFixture(t, tarball(t, goodMembers()))
	a.md5 = strings.Repeat("0", 32)
	wantError(t, f.job.archive(t.Context(), a, f.folder, f.info), f.job.places[0]+"cifar.tar.gz", a.md5, sum(f.packed))
	f.wantFiles()

	f.job.AcceptMismatch = true
	if err := f.job.archive(t.Context(), a, f.folder, f.info); err != nil {
		t.Fatal(err)
	}
	f.wantFiles("data_batch_1.bin", "test_batch.bin") // no MD5SUMS, because the archive was not official
}

// Batches of an archive that is not official must at least be batches.
func TestArchiveOfAnything(t *testing.T) {
	members := make([]tar.Header, 10) // the label of a batch is its number in the archive
	for i := range members {
		members[i] = tar.Header{Name: fmt.Sprint(i), Typeflag: tar.TypeReg}
	}
	f, a := archiveFixture(t, tarball(t, append(members, goodMembers()...)))
	a.md5 = strings.Repeat("0", 32)
	f.job.AcceptMismatch = true
	wantError(t, f.job.archive(t.Context(), a, f.folder, f.info), "data_batch_1.bin", "label 11 of image 0 is out of range")
	f.wantFiles()
}

func TestArchiveLeadsNowhereElse(t *testing.T) {
	members := append(goodMembers(),
		tar.Header{Name: "../../evil.bin", Typeflag: tar.TypeReg, Size: 20},
		tar.Header{Name: "/tmp/evil.bin", Typeflag: tar.TypeReg, Size: 20})
	// The right names, but in other folders and as links.
	members[1].Name = "../../../data_batch_1.bin"
	members = append([]tar.Header{{Name: "test_batch.bin", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}}, members...)
	f, a := archiveFixture(t, tarball(t, members))
	f.folder = filepath.Join(f.folder, "a", "b", "c")
	if err := os.MkdirAll(f.folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := f.job.archive(t.Context(), a, f.folder, f.info); err != nil {
		t.Fatal(err)
	}
	f.wantFiles("MD5SUMS", "data_batch_1.bin", "test_batch.bin")
	if info, err := os.Lstat(filepath.Join(f.folder, "test_batch.bin")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("test_batch.bin: %v, %v", info, err)
	}
	if got, _ := os.ReadFile(filepath.Join(f.folder, "test_batch.bin")); len(got) != batchBytes {
		t.Errorf("test_batch.bin has %d bytes: the link was taken for it", len(got))
	}
	for _, up := range []string{"..", "../..", "../../.."} {
		f.folder = filepath.Join(f.folder, "..")
		if entries, _ := os.ReadDir(f.folder); len(entries) != 1 {
			t.Errorf("%s holds %v", up, entries)
		}
	}
}

func TestArchiveIncomplete(t *testing.T) {
	f, a := archiveFixture(t, tarball(t, goodMembers()[:3]))
	wantError(t, f.job.archive(t.Context(), a, f.folder, f.info), "cifar.tar.gz", "lacks test_batch.bin")
}

func TestArchiveDamaged(t *testing.T) {
	whole := tarball(t, goodMembers())
	f, a := archiveFixture(t, whole[:len(whole)/2])
	wantError(t, f.job.archive(t.Context(), a, f.folder, f.info), "unpacking cifar.tar.gz", "unexpected EOF")
	for _, name := range []string{"test_batch.bin", "test_batch.bin.part", "cifar.tar.gz.part"} {
		if _, err := os.Stat(filepath.Join(f.folder, name)); err == nil {
			t.Errorf("%s was left", name)
		}
	}
}

// A small archive that unpacks to a huge file does not fill the disk.
func TestArchiveBomb(t *testing.T) {
	members := []tar.Header{{Name: "data_batch_1.bin", Typeflag: tar.TypeReg, Size: 1 << 24}}
	f, a := archiveFixture(t, tarball(t, members))
	f.job.most = 1 << 20
	wantError(t, f.job.archive(t.Context(), a, f.folder, f.info), "data_batch_1.bin: more than 81141 bytes") // 15,365, 1/64 of that, and 64 KiB
	f.wantFiles()
	// The same for a file that is only passed over.
	f, a = archiveFixture(t, tarball(t, []tar.Header{{Name: "readme.html", Typeflag: tar.TypeReg, Size: 1 << 24}}))
	f.job.most = 1 << 20
	wantError(t, f.job.archive(t.Context(), a, f.folder, f.info), "unexpected EOF")
	f.wantFiles()
}

// If the disk is full (here: if a folder is in the way), the download is kept.
func TestArchiveKeptWhenTheDiskFails(t *testing.T) {
	f, a := archiveFixture(t, tarball(t, goodMembers()))
	obstacle := filepath.Join(f.folder, "test_batch.bin.part")
	if err := os.Mkdir(obstacle, 0o777); err != nil {
		t.Fatal(err)
	}
	wantError(t, f.job.archive(t.Context(), a, f.folder, f.info), obstacle)
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	f.serve = http.NotFound
	if err := f.job.archive(t.Context(), a, f.folder, f.info); err != nil {
		t.Errorf("the archive was there, but: %v", err)
	}
	f.wantRequests(1)
}
