package dataset

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/sim/record/npz"
)

// capitalL is an image of an L: a stem on the left and a foot that goes to the right.
// However it is turned or mirrored, it is another image.
func capitalL() []byte {
	image := make([]byte, 28*28)
	for y := 4; y < 24; y++ {
		image[28*y+6] = 200
	}
	for x := 6; x < 16; x++ {
		image[28*23+x] = 250
	}
	return image
}

// byColumns returns an image as EMNIST's files have it.
func byColumns(image []byte) []byte {
	turned := make([]byte, len(image))
	for y := range 28 {
		for x := range 28 {
			turned[28*x+y] = image[28*y+x]
		}
	}
	return turned
}

// tinyEMNIST writes a split of EMNIST: training images of the given labels and a test
// image of the first, all of them an L.
func tinyEMNIST(t *testing.T, dir, split, suffix string, labels ...byte) {
	t.Helper()
	pack := bytes.Clone
	if suffix == ".gz" {
		pack = zipped
	}
	for part, labels := range map[string][]byte{"train": labels, "test": labels[:1]} {
		n := uint32(len(labels))
		images := bytes.Repeat(byColumns(capitalL()), len(labels))
		name := "emnist-" + split + "-" + part
		write(t, dir, name+"-images-idx3-ubyte"+suffix, pack(idx(idxImages, []uint32{n, 28, 28}, images...)))
		write(t, dir, name+"-labels-idx1-ubyte"+suffix, pack(idx(idxLabels, []uint32{n}, labels...)))
	}
}

// Images of EMNIST are upright here, and its letters begin with label 0, wherever the
// files are.
func TestEMNIST(t *testing.T) {
	noData(t)
	for _, c := range []struct {
		split, folder, suffix string
		labels                []byte // in the file
		want                  []byte
		classes               int
		names                 string // of those classes
	}{
		{"letters", "emnist", ".gz", []byte{12, 1, 26}, []byte{11, 0, 25}, 26, "l a z"},
		{"letters", "EMNIST/raw", "", []byte{12, 1, 26}, []byte{11, 0, 25}, 26, "l a z"}, // where torchvision unpacks it
		{"balanced", "emnist/gzip", ".gz", []byte{21, 0, 46}, []byte{21, 0, 46}, 47, "L 0 t"},
		{"bymerge", "gzip", ".gz", []byte{21, 10, 36}, []byte{21, 10, 36}, 47, "L A a"},
		{"byclass", "raw", "", []byte{47, 35, 61}, []byte{47, 35, 61}, 62, "l Z z"},
		{"digits", ".", ".gz", []byte{7, 0, 9}, []byte{7, 0, 9}, 10, "7 0 9"},
		{"mnist", "emnist", "", []byte{7, 0, 9}, []byte{7, 0, 9}, 10, "7 0 9"},
	} {
		t.Run(c.split, func(t *testing.T) {
			dir := t.TempDir()
			tinyEMNIST(t, filepath.Join(dir, c.folder), c.split, c.suffix, c.labels...)
			name := "emnist-" + c.split
			data, err := Load(name, Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			for _, image := range [][]byte{data.Train.Image(0), data.Train.Image(2), data.Test.Image(0)} {
				if !bytes.Equal(image, capitalL()) {
					t.Error("an image is not an upright L")
				}
			}
			if !bytes.Equal(data.Train.Labels, c.want) || !bytes.Equal(data.Test.Labels, c.want[:1]) || data.Train.Classes != c.classes {
				t.Errorf("labels %v and %v of %d classes, want %v of %d", data.Train.Labels, data.Test.Labels, data.Train.Classes, c.want, c.classes)
			}
			info, err := Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, label := range data.Train.Labels {
				names = append(names, info.Classes[label])
			}
			if got := strings.Join(names, " "); got != c.names {
				t.Errorf("the classes are called %q, want %q", got, c.names)
			}
		})
	}
	dir := t.TempDir()
	tinyEMNIST(t, dir, "letters", ".gz", 1, 27)
	_, err := Load("emnist-letters", Options{Dir: dir})
	wantError(t, err, "emnist-letters-train-labels-idx1-ubyte.gz", "label 27 of image 1", "1 to 26")
	tinyEMNIST(t, dir, "letters", ".gz", 1, 0)
	_, err = Load("emnist-letters", Options{Dir: dir})
	wantError(t, err, "label 0 of image 1", "1 to 26")

	_, err = Load("emnist-digits", Options{Dir: dir})
	wantError(t, err, "emnist-digits not found", " into "+filepath.Join(dir, "emnist")+" (gzip.zip holds them)\n", "emnist-digits-test-labels-idx1-ubyte")
}

// extended makes QMNIST's labels: rows of eight numbers, of which the first is the
// class.
func extended(labels ...int32) []byte {
	b := idx(idxExtended, []uint32{uint32(len(labels)), 8})
	for i, label := range labels {
		for _, v := range []int32{label, 4, 2100 + int32(i), 3, 30 + label, 281769, 0, 0} {
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		}
	}
	return b
}

func TestQMNIST(t *testing.T) {
	noData(t)
	for folder, pack := range map[string]func([]byte) []byte{"qmnist": zipped, "QMNIST/raw": bytes.Clone} {
		dir := t.TempDir()
		in := filepath.Join(dir, folder)
		write(t, in, "qmnist-train-images-idx3-ubyte", pack(squares(28, 28, 40, 50)))
		write(t, in, "qmnist-train-labels-idx2-int", pack(extended(9, 3)))
		write(t, in, "qmnist-test-images-idx3-ubyte", pack(squares(28, 28, 60, 70, 80)))
		write(t, in, "qmnist-test-labels-idx2-int", pack(extended(0, 5, 1)))
		data, err := Load("qmnist", Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data.Train.Labels, []byte{9, 3}) || !bytes.Equal(data.Test.Labels, []byte{0, 5, 1}) || data.Test.Image(2)[0] != 80 {
			t.Errorf("%s: labels %v and %v", folder, data.Train.Labels, data.Test.Labels)
		}
		for _, c := range []struct {
			labels []byte
			want   []string
		}{
			{extended(9, 10), []string{"label 10 of image 1", "0 to 9"}},
			{extended(-1, 3), []string{"label -1 of image 0", "0 to 255"}},
			{extended(9, 259), []string{"label 259 of image 1", "0 to 255"}},
			{extended(9), []string{"2 images", "1 labels"}},
			{extended(9, 3)[:70], []string{"truncated", "64 bytes", "58"}},
			{idx(idxExtended, []uint32{2, 5}, make([]byte, 40)...), []string{"labels of 5 columns, want 8"}},
			{idx(idxLabels, []uint32{2}, 9, 3), []string{"0x00000801 (IDX labels)", "want 0x00000c02 (extended IDX labels)"}},
		} {
			write(t, in, "qmnist-train-labels-idx2-int", c.labels)
			_, err := Load("qmnist", Options{Dir: dir})
			wantError(t, err, append(c.want, "qmnist-train-labels-idx2-int")...)
		}
	}
}

func TestKMNIST(t *testing.T) {
	noData(t)
	for _, folder := range []string{"kmnist", "KMNIST/raw"} {
		dir := t.TempDir()
		tinyIDX(t, filepath.Join(dir, folder), ".gz", 33)
		data, err := Load("kmnist", Options{Dir: dir})
		if err != nil || data.Train.Image(0)[0] != 33 || data.Dir != filepath.Join(dir, folder) {
			t.Errorf("%v: %s", err, folder)
		}
	}
}

// tinyK49 writes a set in the form of Kuzushiji-49 whose labels are of any type.
func tinyK49(t *testing.T, dir string, train, test any) {
	t.Helper()
	for name, array := range map[string]struct {
		shape  []int
		values any
	}{
		"k49-train-imgs":   {[]int{3, 28, 28}, slices.Repeat(capitalL(), 3)},
		"k49-train-labels": {[]int{3}, train},
		"k49-test-imgs":    {[]int{1, 28, 28}, capitalL()},
		"k49-test-labels":  {[]int{1}, test},
	} {
		var b bytes.Buffer
		w := npz.NewWriter(&b)
		if err := w.Write("arr_0", array.shape, array.values); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		write(t, dir, name+".npz", b.Bytes())
	}
}

func TestKuzushiji49(t *testing.T) {
	noData(t)
	dir := t.TempDir()
	for _, labels := range [][2]any{{[]byte{0, 48, 17}, []byte{5}}, {[]int64{0, 48, 17}, []int64{5}}} {
		tinyK49(t, filepath.Join(dir, "kuzushiji-49"), labels[0], labels[1])
		data, err := Load("kuzushiji-49", Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data.Train.Labels, []byte{0, 48, 17}) || !bytes.Equal(data.Test.Labels, []byte{5}) || !bytes.Equal(data.Train.Image(2), capitalL()) {
			t.Errorf("labels %v and %v", data.Train.Labels, data.Test.Labels)
		}
	}
	info, err := Lookup("kuzushiji-49")
	if err != nil || len(info.Classes) != 49 || info.Classes[17] != "tsu" || info.Classes[47] != "n" || info.Classes[48] != "iteration mark" {
		t.Errorf("classes %q, %v", info.Classes, err)
	}
	dir = t.TempDir()
	tinyK49(t, dir, []int64{0, 1, 256}, []int64{5})
	_, err = Load("kuzushiji-49", Options{Dir: dir})
	wantError(t, err, "k49-train-labels.npz", "label 256 of image 2")
	tinyK49(t, dir, []byte{0, 49, 2}, []byte{5})
	_, err = Load("kuzushiji-49", Options{Dir: dir})
	wantError(t, err, "k49-train-labels.npz (arr_0)", "label 49 of image 1", "0 to 48")
	_, err = Load("kuzushiji-49", Options{Dir: t.TempDir()})
	wantError(t, err, "put these files into", "k49-test-imgs.npz")
}

// Files of which only the checksum of the packed form is known are compared by it, if
// they have that form; otherwise no more is said than can be known.
func TestVerifyPacked(t *testing.T) {
	dir := t.TempDir()
	content := idx(idxImages, []uint32{1, 28, 28}, capitalL()...)
	packed := zipped(content)
	path := write(t, dir, "images.gz", packed)
	sum := fmt.Sprintf("%x", md5.Sum(packed))
	file := File{Name: "images", Bytes: int64(len(content)), PackedMD5: sum}
	info := Info{Name: "set", Width: 28, Height: 28, Classes: []string{"a"}, Files: []File{file}}
	check := func(name string, state State, says string) {
		t.Helper()
		if r := VerifyFolder(dir, info)[0]; r.State != state || !strings.Contains(r.String(), says) {
			t.Errorf("%s: %v, want %v with %q", name, r, state, says)
		}
	}
	check("as published", OK, "images.gz: ok")
	other := bytes.Clone(content)
	other[100]++
	write(t, dir, "images.gz", zipped(other))
	check("another", Differs, "want "+sum)
	write(t, dir, "images.gz", packed[:len(packed)-9])
	check("cut", Damaged, "damaged")

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "images", content)
	check("unpacked", Unchecked, "an official checksum is published of images.gz only")
	write(t, dir, "images", content[:len(content)-1])
	check("unpacked and shorter", Differs, "799 bytes, want 800")
	write(t, dir, "images", idx(idxImages, []uint32{1, 14, 56}, capitalL()...))
	check("unpacked and of another shape", Damaged, "56×14")

	// An .npz is always compared.
	tinyK49(t, dir, []byte{1, 2, 3}, []byte{5})
	k49, err := Lookup("kuzushiji-49")
	if err != nil {
		t.Fatal(err)
	}
	if r := VerifyFolder(dir, k49)[1]; r.State != Differs || r.Bytes != 11 {
		t.Errorf("%v", r)
	}
	archive, err := os.ReadFile(filepath.Join(dir, "k49-train-labels.npz"))
	if err != nil {
		t.Fatal(err)
	}
	k49.Files[1].PackedMD5 = fmt.Sprintf("%x", md5.Sum(archive))
	if r := VerifyFolder(dir, k49)[1]; r.State != OK {
		t.Errorf("%v", r)
	}
}

// Every file of a set has a checksum that identifies it, or the one of its labels.
func TestCatalog(t *testing.T) {
	seen := make(map[string]string)
	for _, info := range List() {
		if len(info.Classes) > 256 || len(slices.Compact(slices.Sorted(slices.Values(info.Classes)))) != len(info.Classes) {
			t.Errorf("%s has classes %q, want different names", info.Name, info.Classes)
		}
		for _, file := range info.Files {
			sum := file.MD5 + file.PackedMD5 + file.Labels
			if len(sum) != 32 || strings.Trim(sum, "0123456789abcdef") != "" {
				t.Errorf("%s of %s: checksum %q", file.Name, info.Name, sum)
			}
			if other := seen[sum]; other != "" {
				t.Errorf("%s of %s has the checksum of %s", file.Name, info.Name, other)
			}
			seen[sum] = file.Name + " of " + info.Name
		}
	}
}

// One official set under the names of another is recognised by the checksum of its
// packed files.
func TestJudgePacked(t *testing.T) {
	kmnist, _ := Lookup("kmnist")
	mnist, _ := Lookup("mnist")
	digests, p := make(map[string]digest), place{dir: "DIR", found: map[string]source{}}
	for _, file := range kmnist.Files {
		digests[file.Name] = digest{md5: strings.Repeat("0", 32), packed: file.PackedMD5}
		p.found[file.Name] = source{path: file.Name}
	}
	_, err := judge(p, mnist, digests)
	wantError(t, err, "DIR holds the files of kmnist, not of mnist; use --data kmnist")
	if notices, err := judge(p, kmnist, digests); err != nil || notices != nil {
		t.Errorf("%q, %v", notices, err)
	}
}

// Python's gzip and NumPy write files as the makers of the sets did, and we read them.
func TestFamilyFromPython(t *testing.T) {
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Skip("PLATEAU_PYTHON names no Python interpreter with NumPy")
	}
	noData(t)
	dir := t.TempDir()
	out, err := exec.Command(python, "testdata/family.py", dir).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
	}
	// For each set the upright images, row by row, and the labels from 0.
	var want map[string]struct {
		Train, Test [][]int
		Labels      [][]int
	}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(want) != 4 {
		t.Fatalf("Python wrote %d sets, want 4", len(want))
	}
	for name, w := range want {
		data, err := Load(name, Options{Dir: dir})
		if err != nil {
			t.Error(err)
			continue
		}
		for i, set := range []*Set{data.Train, data.Test} {
			images := [][][]int{w.Train, w.Test}[i]
			var labels []int
			for k := range set.Len() {
				labels = append(labels, set.Label(k))
				for p, v := range set.Image(k) {
					if int(v) != images[k][p] {
						t.Fatalf("%s: pixel %d of image %d is %d, want %d", name, p, k, v, images[k][p])
					}
				}
			}
			if !reflect.DeepEqual(labels, w.Labels[i]) {
				t.Errorf("%s: labels %v, want %v", name, labels, w.Labels[i])
			}
		}
	}
}
