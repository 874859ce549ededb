package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"plateau/sim/record/npz"
)

// A set of the user's own under the names of MNIST's files is refused with a clear
// error, and never taken for MNIST.
func TestLoadForeignShape(t *testing.T) {
	noData(t)
	set := func(t *testing.T, train, test, trainL, testL []byte) (dir string, err error) {
		dir = t.TempDir()
		write(t, dir, trainImages, train)
		write(t, dir, trainLabels, idx(idxLabels, []uint32{uint32(len(trainL))}, trainL...))
		write(t, dir, testImages+".gz", zipped(test))
		write(t, dir, testLabels, idx(idxLabels, []uint32{uint32(len(testL))}, testL...))
		_, err = Load("mnist", Options{Dir: dir})
		return dir, err
	}
	good := squares(28, 28, 1, 2)
	for _, c := range []struct {
		name           string
		train, test    []byte
		trainL, testL  []byte
		file           string // the file that the error names
		want, mustHave string
	}{
		{"smaller", squares(20, 20, 1, 2), squares(20, 20, 1), []byte{0, 4}, []byte{1}, trainImages, "images of 20×20 pixels", "28×28"},
		{"larger", squares(30, 40, 1, 2), squares(30, 40, 1), []byte{0, 4}, []byte{1}, trainImages, "images of 40×30 pixels", "28×28"},
		{"turned", squares(14, 56, 1, 2), squares(14, 56, 1), []byte{0, 4}, []byte{1}, trainImages, "images of 56×14 pixels", "28×28"},
		{"larger test", good, squares(29, 28, 1), []byte{0, 4}, []byte{1}, testImages + ".gz", "images of 28×29 pixels", "28×28"},
		{"letters", good, squares(28, 28, 1), []byte{0, 25}, []byte{1}, trainLabels, "label 25 of image 1 is out of range", "0 to 9"},
		{"letters in the test", good, squares(28, 28, 1), []byte{0, 9}, []byte{10}, testLabels, "label 10 of image 0 is out of range", "0 to 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, err := set(t, c.train, c.test, c.trainL, c.testL)
			wantError(t, err, filepath.Join(dir, c.file), c.want, c.mustHave, "another data set", "a data set of your own")
		})
	}
	dir, _ := set(t, good, squares(28, 28, 1), []byte{0, 4}, []byte{1})
	// A set of the right form can be used, but a notice says that it is not MNIST.
	data, err := Load("mnist", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"mnist: none of the files in " + dir + " is an official one, so results are not comparable with those on mnist",
		"mnist: no training image has the label 1, 2, 3, 5, 6, 7, 8 or 9, but the network has outputs for all 10 classes",
	}
	if fmt.Sprint(data.Notices) != fmt.Sprint(want) {
		t.Errorf("notices %q, want %q", data.Notices, want)
	}
}

// Files whose digests are known get the right notices and errors.
func TestJudge(t *testing.T) {
	sets := map[string]Info{}
	for _, info := range List() {
		sets[info.Name] = info
	}
	official := func(set, file string) digest {
		for _, f := range sets[set].Files {
			if f.Name == file {
				return digest{md5: f.MD5, packed: f.PackedMD5, labels: f.Labels}
			}
		}
		t.Fatalf("no %s of %s", file, set)
		return digest{}
	}
	type files = map[string]digest
	all := func(set string) files {
		d := files{}
		for _, f := range sets[set].Files {
			d[f.Name] = official(set, f.Name)
		}
		return d
	}
	but := func(d files, file string, is digest) files {
		d[file] = is
		return d
	}
	unknown := digest{md5: "0123456789abcdef0123456789abcdef", labels: "0123456789abcdef0123456789abcdef"}
	for _, c := range []struct {
		name, set string
		digests   files
		notice    string // "" for none
		err       string // "" for none
	}{
		{"mnist", "mnist", all("mnist"), "", ""},
		{"fashion-mnist", "fashion-mnist", all("fashion-mnist"), "", ""},
		// Images that went through JPEG have no official checksum.
		{"cifar10", "cifar10", all("cifar10"), "", ""},
		{"fashion as mnist", "mnist", all("fashion-mnist"), "", "DIR holds the files of fashion-mnist, not of mnist; use --data fashion-mnist"},
		{"fashion's training images", "mnist", but(all("mnist"), trainImages, official("fashion-mnist", trainImages)),
			"", "mixed up in DIR: train-images-idx3-ubyte is train-images-idx3-ubyte of fashion-mnist; put mnist's own files there"},
		{"fashion's training files", "mnist", but(but(all("mnist"), trainImages, official("fashion-mnist", trainImages)), trainLabels, official("fashion-mnist", trainLabels)),
			"", "train-labels-idx1-ubyte is train-labels-idx1-ubyte of fashion-mnist"},
		{"learning from the test", "mnist", but(but(all("mnist"), trainImages, official("mnist", testImages)), trainLabels, official("mnist", testLabels)),
			"", "train-images-idx3-ubyte is t10k-images-idx3-ubyte and train-labels-idx1-ubyte is t10k-labels-idx1-ubyte"},
		{"a batch twice", "cifar10", but(all("cifar10"), "data_batch_2.bin", official("cifar10", "data_batch_1.bin")),
			"", "data_batch_2.bin is data_batch_1.bin"},
		{"one file changed", "mnist", but(all("mnist"), testImages, unknown),
			"mnist: t10k-images-idx3-ubyte in DIR is not the official file, so results are not comparable with those on mnist", ""},
		{"two files changed", "mnist", but(but(all("mnist"), testImages, unknown), testLabels, unknown),
			"mnist: t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte in DIR are not the official files", ""},
		{"other labels", "cifar10", but(all("cifar10"), cifarTest, unknown),
			"cifar10: test_batch.bin in DIR is not the official file", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := place{dir: "DIR", found: map[string]source{}}
			for name := range c.digests {
				p.found[name] = source{path: filepath.Join("DIR", name)}
			}
			notices, err := judge(p, sets[c.set], c.digests)
			if c.err != "" {
				wantError(t, err, c.err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(notices, "\n"); (got == "") != (c.notice == "") || !strings.HasPrefix(got, c.notice) {
				t.Errorf("notices %q, want %q", notices, c.notice)
			}
		})
	}
}

// A batch that has changed since Fetch recorded its checksum is not official, even
// if its labels are.
func TestChangedAfterFetch(t *testing.T) {
	dir := t.TempDir()
	batch := bytes.Join([][]byte{record(3, 1, 2, 3), record(5, 1, 2, 3)}, nil)
	path := write(t, dir, "data_batch_1.bin", batch)
	want := VerifyFile(path, File{}).MD5
	for sum, official := range map[string]bool{want: true, want[1:] + "x": false} {
		write(t, dir, Sums, []byte(sum+"  data_batch_1.bin\n"))
		file := summed(dir, Info{Files: []File{{Name: "data_batch_1.bin", Bytes: int64(len(batch))}}})[0]
		set := newCIFAR10()
		d, err := readBatch(source{path: path}, file, set)
		if err != nil || set.Len() != 2 {
			t.Fatalf("%v, %v", set, err)
		}
		if got := d.official(file); got != official {
			t.Errorf("sum %s: official %v, want %v", sum, got, official)
		}
		if r := VerifyFolder(dir, Info{Files: []File{file}})[0]; (r.State == OK) != official {
			t.Errorf("sum %s: %v", sum, r)
		}
	}
}

// The digest of a batch's labels is the same whether the batch is read or verified.
func TestLabelsOfBatch(t *testing.T) {
	var batch []byte
	for i := range 30 {
		batch = append(batch, record(byte(i%10), byte(i), 2, 3)...)
	}
	path := write(t, t.TempDir(), "batch", zipped(batch))
	const want = "d0325bda991d825ea9c30f0db6fe3375" // of bytes(i % 10 for i in range(30)), by Python
	d, err := readBatch(source{path: path}, File{}, newCIFAR10())
	if err != nil || d.labels != want {
		t.Errorf("read: %s, %v; want %s", d.labels, err, want)
	}
	file := File{Name: "batch", Bytes: int64(len(batch)), Labels: want}
	if r := VerifyFile(path, file); r.State != Unchecked || !strings.Contains(r.String(), "the labels are the official ones") {
		t.Errorf("verified: %v", r)
	}
	file.Labels = strings.Repeat("0", 32)
	if r := VerifyFile(path, file); r.State != Differs || !strings.Contains(r.String(), "other labels") {
		t.Errorf("with other labels: %v", r)
	}
}

// testdata/mnist.npz was written by NumPy, as Keras's is; see the README there.
func TestKeras(t *testing.T) {
	noData(t)
	data, err := Load("mnist", Options{Dir: "testdata/keras"})
	if err != nil {
		t.Fatal(err)
	}
	if data.Train.Len() != 3 || data.Test.Len() != 2 || data.Train.Width != 28 ||
		!bytes.Equal(data.Train.Labels, []byte{5, 0, 4}) || !bytes.Equal(data.Test.Labels, []byte{7, 2}) {
		t.Errorf("%v with labels %v, %v with labels %v", data.Train, data.Train.Labels, data.Test, data.Test.Labels)
	}
	// Pixel k of image i is (7 i + 3 k) mod 256 for training, (11 i + 5 k) mod 256 for the test.
	for i := range 3 {
		for k, v := range data.Train.Image(i) {
			if want := byte(7*i + 3*k); v != want {
				t.Fatalf("pixel %d of training image %d is %d, want %d", k, i, v, want)
			}
		}
	}
	for i := range 2 {
		for k, v := range data.Test.Image(i) {
			if want := byte(11*i + 5*k); v != want {
				t.Fatalf("pixel %d of test image %d is %d, want %d", k, i, v, want)
			}
		}
	}
	// The digest of an array is that of the IDX file that it was made from.
	reports, err := Verify("mnist", Options{Dir: "testdata/keras"})
	if err != nil || len(reports) != 4 {
		t.Fatalf("%v, %v", reports, err)
	}
	file := binary.BigEndian.AppendUint32(nil, idxLabels)
	file = append(binary.BigEndian.AppendUint32(file, 3), 5, 0, 4)
	want := VerifyFile(write(t, t.TempDir(), "labels", file), File{})
	if r := reports[1]; r.MD5 != want.MD5 || r.Bytes != 11 || !strings.Contains(r.String(), "mnist.npz (y_train): differs") {
		t.Errorf("%v with MD5 %s of %d bytes, want %s of 11", r, r.MD5, r.Bytes, want.MD5)
	}
}

func TestKerasMalformed(t *testing.T) {
	noData(t)
	arrays := func(x, y []int, data any) []byte {
		var b bytes.Buffer
		w := npz.NewWriter(&b)
		for _, name := range []string{"x_train", "x_test"} {
			if err := w.Write(name, x, data); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"y_train", "y_test"} {
			if err := w.Write(name, y, make([]byte, y[0])); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		name    string
		content []byte
		want    []string
	}{
		{"web page", []byte("<!doctype html><title>Not found</title>"), []string{"a web page (HTML)"}},
		{"not an archive", []byte("anything"), []string{"neither an .npz archive"}},
		{"no such array", func() []byte {
			var b bytes.Buffer
			w := npz.NewWriter(&b)
			w.Write("images", []int{1}, []byte{1})
			w.Close()
			return b.Bytes()
		}(), []string{"x_train", "no such array", "images"}},
		{"numbers", arrays([]int{1, 28, 28}, []int{1}, make([]float32, 784)), []string{"x_train", `"<f4"`, `want "|u1"`}},
		{"colours", arrays([]int{1, 14, 14, 4}, []int{1}, make([]byte, 784)), []string{"x_train has 4 dimensions, want 3"}},
		{"rows", arrays([]int{784}, []int{1}, make([]byte, 784)), []string{"IDX labels", "want 0x00000803"}},
		{"other images", arrays([]int{1, 14, 56}, []int{1}, make([]byte, 784)), []string{"(x_train) holds images of 56×14", "another data set"}},
		{"more labels", arrays([]int{1, 28, 28}, []int{2}, make([]byte, 784)), []string{"1 images", "2 labels"}},
		{"none", arrays([]int{0, 28, 28}, []int{0}, []byte{}), []string{"it is empty"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := write(t, dir, "mnist/mnist.npz", c.content)
			_, err := Load("mnist", Options{Dir: dir})
			wantError(t, err, append(c.want, path)...)
		})
	}
}

// Files are found under the names that other programs and mirrors give them.
func TestOtherNames(t *testing.T) {
	noData(t)
	for _, layout := range []struct{ set, folder, suffix string }{
		{"mnist", "MNIST/raw", ""}, // where torchvision unpacks it
		{"mnist", "MNIST/raw", ".gz"},
		{"mnist", "raw", ""},
		{"fashion-mnist", "FashionMNIST/raw", ""},
		{"fashion-mnist", "raw", ""},
	} {
		dir := t.TempDir()
		tinyIDX(t, filepath.Join(dir, layout.folder), layout.suffix, 77)
		data, err := Load(layout.set, Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(dir, layout.folder); data.Dir != want || data.Train.Image(0)[0] != 77 {
			t.Errorf("read from %s, want %s", data.Dir, want)
		}
	}

	dir := t.TempDir()
	write(t, dir, "train-images.idx3-ubyte", squares(28, 28, 8, 9))
	write(t, dir, "train-labels.idx1-ubyte", idx(idxLabels, []uint32{2}, 4, 5))
	write(t, dir, "t10k-images.idx3-ubyte.gz", zipped(squares(28, 28, 10)))
	write(t, dir, "t10k-labels.idx1-ubyte.gz", zipped(idx(idxLabels, []uint32{1}, 6)))
	data, err := Load("mnist", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if data.Train.Image(1)[0] != 9 || data.Test.Image(0)[0] != 10 || data.Test.Label(0) != 6 {
		t.Errorf("%v, %v", data.Train, data.Test)
	}
	// A file from Fetch wins over one with an older name.
	write(t, dir, trainImages+".gz", zipped(squares(28, 28, 30, 31)))
	if data, err = Load("mnist", Options{Dir: dir}); err != nil || data.Train.Image(1)[0] != 31 {
		t.Errorf("%v; an older name won over the official one", err)
	}
}
