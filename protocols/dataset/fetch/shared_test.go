package fetch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/protocols/dataset"
)

// splitFiles returns the gzipped files of a split of EMNIST with five training images
// and three test images, by their names.
func splitFiles(t *testing.T, split string) map[string][]byte {
	files := make(map[string][]byte)
	for part, n := range map[string]uint32{"train": 5, "test": 3} {
		images := binary.BigEndian.AppendUint32(nil, 0x803)
		for _, v := range []uint32{n, 28, 28} {
			images = binary.BigEndian.AppendUint32(images, v)
		}
		labels := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 0x801), n)
		for i := range n {
			images = append(images, bytes.Repeat([]byte{byte(len(split)) + byte(i)}, 28*28)...)
			labels = append(labels, byte(i)+1)
		}
		files["emnist-"+split+"-"+part+"-images-idx3-ubyte.gz"] = pack(t, images)
		files["emnist-"+split+"-"+part+"-labels-idx1-ubyte.gz"] = pack(t, labels)
	}
	return files
}

// infoOf describes these files as the catalogue would.
func infoOf(t *testing.T, split string, files map[string][]byte) dataset.Info {
	t.Helper()
	info, err := dataset.Lookup("emnist-" + split)
	if err != nil {
		t.Fatal(err)
	}
	for i := range info.Files {
		file := &info.Files[i]
		file.PackedMD5 = sum(files[file.Published()])
		n := int64(5)
		if strings.Contains(file.Name, "-test-") {
			n = 3
		}
		file.Bytes = 8 + n
		if strings.Contains(file.Name, "images") {
			file.Bytes = 16 + n*28*28
		}
	}
	return info
}

// zipFixture serves an archive in the form of EMNIST's, with two splits, a text and
// names that lead elsewhere.
func zipFixture(t *testing.T) (f *fixture, a archive, letters, digits map[string][]byte) {
	t.Helper()
	letters, digits = splitFiles(t, "letters"), splitFiles(t, "digits")
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	add := func(name string, content []byte) {
		out, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(content)
	}
	add("gzip/", nil)
	add("gzip/emnist-letters-mapping.txt", []byte("1 65 97\n"))
	add("../../evil.gz", []byte("evil"))
	for _, files := range []map[string][]byte{letters, digits} {
		for name, content := range files {
			add("gzip/"+name, content)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f = newFixture(t)
	f.packed = b.Bytes()
	f.info = infoOf(t, "letters", letters)
	return f, archive{emnistArchive.name, sum(f.packed), zipMembers}, letters, digits
}

func names(files map[string][]byte) (names []string) {
	for _, part := range []string{"test-images-idx3", "test-labels-idx1", "train-images-idx3", "train-labels-idx1"} {
		for name := range files {
			if strings.Contains(name, part) {
				names = append(names, name)
			}
		}
	}
	return names
}

// One download serves every split, and each takes only its own files from it.
func TestSharedArchive(t *testing.T) {
	f, a, letters, digits := zipFixture(t)
	if err := f.job.shared(t.Context(), a, f.folder, f.info); err != nil {
		t.Fatal(err)
	}
	f.wantFiles(append(names(letters), "gzip.zip")...)
	for name, content := range letters {
		if got, _ := os.ReadFile(filepath.Join(f.folder, name)); !bytes.Equal(got, content) {
			t.Errorf("%s is not as published", name)
		}
	}
	for _, r := range dataset.VerifyFolder(f.folder, f.info) {
		if r.State != dataset.OK {
			t.Error(r)
		}
	}
	// Nothing is left to do the second time; another split needs no download, nor does a
	// file that has been lost or has changed.
	other := infoOf(t, "digits", digits)
	if !complete(f.folder, f.info, dataset.VerifyFolder(f.folder, f.info)) || complete(f.folder, other, dataset.VerifyFolder(f.folder, other)) {
		t.Error("letters should be complete, digits should not")
	}
	if err := os.Remove(filepath.Join(f.folder, names(letters)[0])); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.folder, names(letters)[1]), []byte("changed"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, info := range []dataset.Info{f.info, other} {
		if err := f.job.shared(t.Context(), a, f.folder, info); err != nil {
			t.Fatal(err)
		}
		for _, r := range dataset.VerifyFolder(f.folder, info) {
			if r.State != dataset.OK {
				t.Error(r)
			}
		}
	}
	f.wantRequests(1)
	f.wantFiles(append(append(names(digits), names(letters)...), "gzip.zip")...)
}

// Without a network, an archive that was put into the folder serves, or the one that
// torchvision has left.
func TestSharedArchiveByHand(t *testing.T) {
	for _, place := range []string{"emnist", "EMNIST/raw"} {
		f, a, _, _ := zipFixture(t)
		dir := f.folder
		f.folder = filepath.Join(dir, "emnist")
		f.serve = http.NotFound
		for _, folder := range []string{f.folder, filepath.Join(dir, place)} {
			if err := os.MkdirAll(folder, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		err := f.job.shared(t.Context(), a, f.folder, f.info)
		wantError(t, err, "404")
		if hint, want := f.job.byHand(f.folder, f.info), "download "+f.job.places[0]+"gzip.zip elsewhere, put it into "+f.folder+", and fetch again"; !strings.Contains(hint, want) {
			t.Errorf("%q, want %q", hint, want)
		}
		asked := len(f.requests)
		// An archive that is cut is not used.
		path := filepath.Join(dir, place, "gzip.zip")
		if err := os.WriteFile(path, f.packed[:len(f.packed)/2], 0o666); err != nil {
			t.Fatal(err)
		}
		wantError(t, f.job.shared(t.Context(), a, f.folder, f.info), "404")
		if text := fmt.Sprint(f.notices); !strings.Contains(text, path+": not the official file: MD5") || !strings.Contains(text, "it is not used") {
			t.Errorf("notices %q", f.notices)
		}
		f.wantRequests(asked + 1)
		if err := os.WriteFile(path, f.packed, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := f.job.shared(t.Context(), a, f.folder, f.info); err != nil {
			t.Fatal(err)
		}
		f.wantRequests(asked + 1)
		for _, r := range dataset.VerifyFolder(f.folder, f.info) {
			if r.State != dataset.OK {
				t.Error(r)
			}
		}
	}
}

// A member that is not the official file is not taken, unless the user accepts that and
// it is of the set's form.
func TestSharedArchiveOfOthers(t *testing.T) {
	f, a, letters, _ := zipFixture(t)
	name := names(letters)[1]
	for i := range f.info.Files {
		if f.info.Files[i].Published() == name {
			f.info.Files[i].PackedMD5 = strings.Repeat("0", 32)
		}
	}
	wantError(t, f.job.shared(t.Context(), a, f.folder, f.info), "unpacking gzip.zip", name, "want 0000")
	if _, err := os.Stat(filepath.Join(f.folder, name)); err == nil {
		t.Error("a file that is not the official one was taken")
	}
	if _, err := os.Stat(filepath.Join(f.folder, name+partSuffix)); err == nil {
		t.Error("a part was left")
	}
	f.job.AcceptMismatch = true
	if err := f.job.shared(t.Context(), a, f.folder, f.info); err != nil {
		t.Fatal(err)
	}
	f.wantRequests(1)
	if text := fmt.Sprint(f.notices); !strings.Contains(text, "accepted, as you asked") {
		t.Errorf("notices %q", f.notices)
	}
	// An archive that lacks a file of the split.
	f, a, _, _ = zipFixture(t)
	f.info.Files[0].Name = "emnist-letters-train-pictures-idx3-ubyte"
	wantError(t, f.job.shared(t.Context(), a, f.folder, f.info), "the archive lacks emnist-letters-train-pictures-idx3-ubyte.gz")
}

// A download of the shared archive that another split has begun is neither thrown away
// nor begun anew.
func TestSharedArchivePart(t *testing.T) {
	f, a, letters, digits := zipFixture(t)
	for name, content := range letters {
		if err := os.WriteFile(filepath.Join(f.folder, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	f.final = filepath.Join(f.folder, a.name)
	origin := source{url: f.job.places[0] + a.name, validator: `"one"`, total: int64(len(f.packed))}
	half := f.packed[:len(f.packed)/2]
	if err := os.WriteFile(f.final+partSuffix, half, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := origin.write(f.final + partSuffix); err != nil {
		t.Fatal(err)
	}
	if !complete(f.folder, f.info, dataset.VerifyFolder(f.folder, f.info)) {
		t.Error("letters are there, but a part of the archive makes them incomplete")
	}
	if err := f.job.shared(t.Context(), a, f.folder, f.info); err != nil {
		t.Fatal(err)
	}
	f.wantRequests(0)
	if err := f.job.shared(t.Context(), a, f.folder, infoOf(t, "digits", digits)); err != nil {
		t.Fatal(err)
	}
	f.wantRequests(1)
	if got, want := f.requests[0].Header.Get("Range"), fmt.Sprintf("bytes=%d-", len(half)); got != want {
		t.Errorf("Range %q, want %q", got, want)
	}
}

// Files that are published in another form than gzipped IDX are fetched as they are, and
// the MD5 of what came decides.
func TestFetchPackedFiles(t *testing.T) {
	f := newFixture(t)
	f.info = dataset.Info{Name: "kuzushiji-49", Files: []dataset.File{{
		Name: "k49-test-labels.npz", Bytes: 200000, Array: "arr_0", PackedMD5: sum(f.packed),
	}}}
	if err := f.run(); err != nil {
		t.Fatal(err)
	}
	f.wantFiles("k49-test-labels.npz")
	if got := f.requests[0].URL.Path; got != "/data/k49-test-labels.npz" {
		t.Errorf("asked for %s", got)
	}
	if err := f.run(); err != nil {
		t.Fatal(err)
	}
	f.wantRequests(1)

	// The content of a gzipped file may be right: its checksum is not known.
	f = newFixture(t)
	f.info.Files[0].MD5, f.info.Files[0].PackedMD5 = "", strings.Repeat("0", 32)
	wantError(t, f.run(), "not the official file: MD5 "+sum(f.packed)+", want 0000")
	f.wantFiles()
}
