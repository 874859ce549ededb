package dataset_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"plateau/protocols/dataset"
	"plateau/protocols/dataset/datatest"
)

func TestRealMNIST(t *testing.T) {
	testReal(t, "mnist", []byte{5, 0, 4, 1, 9}, []byte{7, 2, 1, 0, 4})
}

func TestRealFashionMNIST(t *testing.T) {
	testReal(t, "fashion-mnist", []byte{9, 0, 0, 3, 0}, []byte{9, 2, 1, 1, 6})
}

func testReal(t *testing.T, name string, train, test []byte) {
	data := datatest.Load(t, name, dataset.Options{})
	for _, c := range []struct {
		set   *dataset.Set
		n     int
		first []byte
	}{{data.Train, 60000, train}, {data.Test, 10000, test}} {
		if c.set.Len() != c.n || len(c.set.Pixels) != c.n*784 || !bytes.Equal(c.set.Labels[:5], c.first) {
			t.Errorf("%v; labels begin with %v, want %d images and %v", c.set, c.set.Labels[:5], c.n, c.first)
		}
	}
	if len(data.Notices) > 0 {
		t.Errorf("the official files get the notices %q", data.Notices)
	}
	reports, err := dataset.Verify(name, dataset.Options{Dir: datatest.Dir(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if r.State != dataset.OK {
			t.Error(r)
		}
	}
}

// Zalando publishes checksums of the gzipped files, but we compare those of the
// content. This test shows that they belong together.
func TestRealFashionMNISTArchives(t *testing.T) {
	dir := filepath.Join(datatest.Dir(t), "fashion-mnist")
	for name, want := range map[string]string{
		"train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
		"train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
		"t10k-images-idx3-ubyte.gz":  "bef4ecab320f06d8554ea6380940ec79",
		"t10k-labels-idx1-ubyte.gz":  "bb300cfdad3c16e7a12a480ee83cd310",
	} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			t.Skip("these files are not packed:", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if sum := md5.Sum(content); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s has MD5 %x, want %s", name, sum, want)
		}
	}
}

// MNIST's files in Fashion-MNIST's folder are not loaded as Fashion-MNIST.
func TestRealImpostor(t *testing.T) {
	for name, other := range map[string]string{"mnist": "fashion-mnist", "fashion-mnist": "mnist"} {
		dir := filepath.Join(datatest.Dir(t), other)
		if _, err := dataset.Load(name, dataset.Options{Dir: dir}); err == nil {
			t.Errorf("%s was loaded as %s", dir, name)
		} else if !bytes.Contains([]byte(err.Error()), []byte("holds the files of "+other)) {
			t.Error(err)
		}
	}
}

// Training files of one set with test files of another are refused.
func TestRealMixture(t *testing.T) {
	dir := t.TempDir()
	for set, part := range map[string]string{"fashion-mnist": "train", "mnist": "t10k"} {
		files, err := filepath.Glob(filepath.Join(datatest.Dir(t), set, part+"-*"))
		if err != nil || len(files) < 2 {
			t.Skip("the files of", set, "are elsewhere:", err)
		}
		for _, file := range files {
			if err := os.Symlink(file, filepath.Join(dir, filepath.Base(file))); err != nil {
				t.Skip(err)
			}
		}
	}
	for _, name := range []string{"mnist", "fashion-mnist"} {
		if _, err := dataset.Load(name, dataset.Options{Dir: dir}); err == nil {
			t.Errorf("mixed files were loaded as %s", name)
		} else if !bytes.Contains([]byte(err.Error()), []byte("mixed up in "+dir)) {
			t.Error(err)
		}
	}
}

// CIFAR-10 need not be complete, nor be in the folder that has the other sets.
func TestRealCIFAR10(t *testing.T) {
	data, err := dataset.Load("cifar10", dataset.Options{Dir: datatest.Dir(t)})
	var missing *dataset.MissingError
	if errors.As(err, &missing) {
		t.Skip("PLATEAU_DATA has no unpacked CIFAR-10:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if n := data.Train.Len(); n%10000 != 0 || n == 0 || n > 50000 || data.Test.Len() != 10000 {
		t.Errorf("%v, %v", data.Train, data.Test)
	}
	if (data.Train.Len() < 50000) != (len(data.Notices) > 0) {
		t.Errorf("%d training images, notices %q", data.Train.Len(), data.Notices)
	}
	// The first images are a frog and a truck, and a cat and a ship.
	if data.Train.Label(0) != 6 || data.Train.Label(1) != 9 || data.Test.Label(0) != 3 || data.Test.Label(1) != 8 {
		t.Errorf("labels begin with %v and %v", data.Train.Labels[:2], data.Test.Labels[:2])
	}
	reports, err := dataset.Verify("cifar10", dataset.Options{Dir: datatest.Dir(t)})
	if err != nil || len(reports) != 6 {
		t.Fatalf("%d reports, %v", len(reports), err)
	}
	for _, r := range reports {
		if r.State == dataset.Damaged || r.State == dataset.Differs {
			t.Error(r)
		}
	}
}
