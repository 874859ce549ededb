package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// tinyIDX writes a set of two training images and one test image. Their first pixel
// is mark.
func tinyIDX(t testing.TB, dir, suffix string, mark byte) {
	t.Helper()
	pack := func(b []byte) []byte {
		if suffix == ".gz" {
			return zipped(b)
		}
		return b
	}
	write(t, dir, trainImages+suffix, pack(squares(28, 28, mark, 1)))
	write(t, dir, trainLabels+suffix, pack(idx(idxLabels, []uint32{2}, 4, 5)))
	write(t, dir, testImages+suffix, pack(squares(28, 28, 6)))
	write(t, dir, testLabels+suffix, pack(idx(idxLabels, []uint32{1}, 8)))
}

// squares makes an IDX file of images, each of a single grey level.
func squares(rows, columns int, greys ...byte) []byte {
	b := idx(idxImages, []uint32{uint32(len(greys)), uint32(rows), uint32(columns)})
	for _, grey := range greys {
		b = append(b, bytes.Repeat([]byte{grey}, rows*columns)...)
	}
	return b
}

// noData sets the environment so that no data is found, and returns the folders
// where data could be.
func noData(t *testing.T) (env, cache string) {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData", "home"} { // see os.UserCacheDir
		t.Setenv(name, home)
	}
	t.Setenv("KERAS_HOME", filepath.Join(home, "keras"))
	env = t.TempDir()
	t.Setenv("PLATEAU_DATA", env)
	cache, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return env, cache
}

func TestSearchPath(t *testing.T) {
	env, cache := noData(t)
	keras := filepath.Join(os.Getenv("KERAS_HOME"), "datasets")
	for _, c := range []struct {
		dir, env string
		want     []string
	}{
		{"", env, []string{env, cache, keras}},
		{"", "", []string{cache, keras}},
		{"mine", env, []string{"mine"}},
	} {
		t.Setenv("PLATEAU_DATA", c.env)
		if got := SearchPath(c.dir); !reflect.DeepEqual(got, c.want) {
			t.Errorf("SearchPath(%q) with PLATEAU_DATA=%q is %q, want %q", c.dir, c.env, got, c.want)
		}
	}
	t.Chdir(t.TempDir())
	if err := os.Mkdir("data", 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PLATEAU_DATA", "")
	if got, want := SearchPath(""), []string{cache, keras, "data"}; !reflect.DeepEqual(got, want) {
		t.Errorf("SearchPath where there is a folder data is %q, want %q", got, want)
	}
}

// Files are put into each folder, from the last of the search path to the first;
// the one filled last must win.
func TestLoadOrder(t *testing.T) {
	env, cache := noData(t)
	keras := filepath.Join(os.Getenv("KERAS_HOME"), "datasets")
	dir := t.TempDir()
	for i, place := range []struct {
		folder string
		o      Options
	}{
		{keras, Options{}},
		{filepath.Join(keras, "fashion-mnist"), Options{}}, // where Keras puts it
		{filepath.Join(cache, "raw"), Options{}},
		{cache, Options{}},
		{filepath.Join(cache, "FashionMNIST", "raw"), Options{}}, // where torchvision puts it
		{filepath.Join(cache, "fashion-mnist"), Options{}},
		{env, Options{}},
		{filepath.Join(env, "fashion-mnist"), Options{}},
		{dir, Options{Dir: dir}},
		{filepath.Join(dir, "fashion-mnist"), Options{Dir: dir}},
	} {
		mark := byte(100 + i)
		tinyIDX(t, place.folder, []string{"", ".gz"}[i%2], mark)
		data, err := Load("fashion-mnist", place.o)
		if err != nil {
			t.Fatal(err)
		}
		if data.Train.Image(0)[0] != mark || data.Dir != place.folder {
			t.Errorf("files in %s: read from %s", place.folder, data.Dir)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	tinyIDX(t, dir, "", 0)
	data, err := Load("mnist", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if data.Name != "mnist" || data.Train.Len() != 2 || data.Test.Len() != 1 || data.Test.Label(0) != 8 {
		t.Errorf("got %+v", data)
	}
	if got, want := data.Train.String(), "mnist: 2 images of 28×28 in 10 classes"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	data, err = Load("mnist", Options{Dir: dir, Train: 1, Test: 100})
	if err != nil || data.Train.Len() != 1 || len(data.Train.Pixels) != 784 || data.Test.Len() != 1 {
		t.Errorf("first image only: %+v, %v", data, err)
	}
}

func TestLoadErrors(t *testing.T) {
	env, cache := noData(t)
	_, err := Load("minst", Options{})
	wantError(t, err, `"minst"`, "digits", "mnist", "fashion-mnist", "cifar10")

	_, err = Load("mnist", Options{})
	wantError(t, err, "mnist not found", " into "+filepath.Join(env, "mnist")+"\n", cache, trainImages)
	var missing *MissingError
	if !errors.As(err, &missing) || len(missing.Files) != 4 {
		t.Errorf("%#v", err)
	}

	// A folder that the user names is the only one that is searched.
	tinyIDX(t, env, "", 0)
	dir := t.TempDir()
	_, err = Load("mnist", Options{Dir: dir})
	wantError(t, err, dir, "only the given folder")
	if strings.Contains(err.Error(), env) {
		t.Errorf("%v: looked in $PLATEAU_DATA too", err)
	}

	// If one file is missing, the error names this one only.
	tinyIDX(t, dir, "", 0)
	if err := os.Remove(filepath.Join(dir, testLabels)); err != nil {
		t.Fatal(err)
	}
	_, err = Load("mnist", Options{Dir: dir})
	if !errors.As(err, &missing) || !reflect.DeepEqual(missing.Files, []string{testLabels}) {
		t.Errorf("%v: want only %s missing", err, testLabels)
	}

	_, err = Load("mnist", Options{Dir: dir, Train: -1, Test: -2})
	wantError(t, err, "Train = -1", "Test = -2")
	_, err = Load("digits", Options{Train: MaxDrawn + 1})
	wantError(t, err, "1000001 images", "at most 1000000")

	t.Setenv("PLATEAU_DATA", "")
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData", "home", "KERAS_HOME"} {
		t.Setenv(name, "")
	}
	_, err = Load("mnist", Options{})
	wantError(t, err, "nowhere", "a folder that $PLATEAU_DATA names", trainImages)
}

// Batches are found in each folder where they may be, and missing ones are named.
func TestLoadCIFAR10(t *testing.T) {
	for _, sub := range []string{"", cifarFolder, "cifar10", "cifar10/" + cifarFolder} {
		t.Run(sub, func(t *testing.T) {
			dir := t.TempDir()
			folder := filepath.Join(dir, sub)
			write(t, folder, "data_batch_2.bin", record(2, 0, 0, 0))
			_, err := Load("cifar10", Options{Dir: dir})
			wantError(t, err, "cifar10 is incomplete", cifarTest, " missing in "+folder+"\n", " into "+folder+" (cifar-10-binary.tar.gz holds them)\n")

			write(t, folder, cifarTest, record(7, 0, 0, 0))
			data, err := Load("cifar10", Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			if data.Train.Len() != 1 || data.Train.Label(0) != 2 || data.Test.Label(0) != 7 {
				t.Errorf("%v %v, %v %v", data.Train, data.Train.Labels, data.Test, data.Test.Labels)
			}
			if text := fmt.Sprint(data.Notices); !strings.Contains(text, "data_batch_1.bin, data_batch_3.bin, data_batch_4.bin and data_batch_5.bin not found") ||
				!strings.Contains(text, "1 of 50000") {
				t.Errorf("notices %q", text)
			}

			for i := range 5 {
				write(t, folder, fmt.Sprintf("data_batch_%d.bin", i+1), record(byte(i), 0, 0, 0))
			}
			data, err = Load("cifar10", Options{Dir: dir})
			if err != nil || string(data.Train.Labels) != "\x00\x01\x02\x03\x04" || strings.Contains(fmt.Sprint(data.Notices), "not found") {
				t.Errorf("all batches: labels %v, notices %q, %v", data.Train.Labels, data.Notices, err)
			}
		})
	}
	dir := t.TempDir()
	write(t, dir, cifarTest, record(7, 0, 0, 0))
	_, err := Load("cifar10", Options{Dir: dir})
	wantError(t, err, "data_batch_1.bin")
	if strings.Contains(err.Error(), "Python") {
		t.Errorf("%v: there is no Python version, but the error mentions it", err)
	}
	// The Python version, which torchvision and Keras download, cannot be read, but
	// the error mentions it.
	python := filepath.Join(dir, "cifar-10-batches-py")
	write(t, python, "data_batch_1", []byte("\x80\x02}q\x01"))
	_, err = Load("cifar10", Options{Dir: dir})
	wantError(t, err, python+" holds the version for Python")
}

func TestLoadDigits(t *testing.T) {
	a, err := Load("digits", Options{Seed: 3, Train: 20, Test: 10})
	if err != nil {
		t.Fatal(err)
	}
	b := Digits(3, 20, 10)
	if !reflect.DeepEqual(a, b) {
		t.Error("Load and Digits draw differently")
	}
}
