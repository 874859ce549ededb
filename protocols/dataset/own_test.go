package dataset

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ownFolders are the folders with the sets that testdata/own/make.py writes: the one that
// is kept, and one that Python makes now, if there is Python.
func ownFolders(t *testing.T) []string {
	t.Helper()
	folders := []string{"testdata/own"}
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Log("PLATEAU_PYTHON names no Python interpreter with NumPy and Pillow; only the files that are kept are read")
		return folders
	}
	dir := t.TempDir()
	if out, err := exec.Command(python, "testdata/own/make.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("make.py: %v\n%s", err, out)
	}
	return append(folders, dir)
}

// The images of make.py.
const ownWidth, ownHeight = 7, 5

func ownPixel(i, c, y, x int) byte { return byte(37*i + 61*c + 11*y + 5*x) }

// ownImage returns an image with some channels.
func ownImage(i, channels int) []byte {
	var b []byte
	for c := range channels {
		for y := range ownHeight {
			for x := range ownWidth {
				b = append(b, ownPixel(i, c, y, x))
			}
		}
	}
	return b
}

func readOwn(t *testing.T, path string) (*Data, Info) {
	t.Helper()
	data, info, err := ReadOwn(path)
	if err != nil {
		t.Fatal(err)
	}
	return data, info
}

// checkOwn compares a set with images first, first+1, … of make.py.
func checkOwn(t *testing.T, set *Set, channels, first, n int) {
	t.Helper()
	if set.Width != ownWidth || set.Height != ownHeight || set.Channels != channels || set.Classes != 3 || set.Len() != n {
		t.Fatalf("%v, want %d images of 7×5×%d", set, n, channels)
	}
	for i := range n {
		if set.Label(i) != (first+i)%3 || !bytes.Equal(set.Image(i), ownImage(first+i, channels)) {
			t.Errorf("image %d is %v of class %d, want %v of class %d", i, set.Image(i), set.Label(i), ownImage(first+i, channels), (first+i)%3)
		}
	}
}

// All that NumPy and Pillow can write of the same images is read to the same bytes.
func TestOwnArrays(t *testing.T) {
	named := []string{"circle", "square", "Ünïcode 3"}
	numbers := []string{"0", "1", "2"}
	for _, root := range ownFolders(t) {
		for name, want := range map[string]struct {
			channels int
			classes  []string
			notice   string
		}{
			"bytes.npz":          {1, numbers, ""},
			"floats.npz":         {1, named, ""},
			"doubles.npz":        {1, numbers, ""},
			"big-endian.npz":     {1, numbers, ""},
			"channels-last.npz":  {3, numbers, ""},
			"channels-first.npz": {3, numbers, ""},
			"medmnist.npz":       {1, numbers, "not used: val_images and val_labels"},
			"idx":                {1, numbers, ""},
		} {
			t.Run(root+"/"+name, func(t *testing.T) {
				data, info := readOwn(t, filepath.Join(root, name))
				checkOwn(t, data.Train, want.channels, 0, 12)
				checkOwn(t, data.Test, want.channels, 12, 3)
				if !slices.Equal(info.Classes, want.classes) || strings.Join(data.Notices, "; ") != want.notice {
					t.Errorf("classes %q, notices %q; want %q, %q", info.Classes, data.Notices, want.classes, want.notice)
				}
				if info.Width != 7 || info.Height != 5 || info.Channels != want.channels || info.Train != 12 || info.Test != 3 || info.Name != name {
					t.Errorf("described as %+v", info)
				}
			})
		}
	}
}

// Rows of numbers are images one pixel high, unless they are squares; texts are labels.
func TestOwnFlatArrays(t *testing.T) {
	for _, root := range ownFolders(t) {
		data, info := readOwn(t, filepath.Join(root, "flat.npz"))
		if set := data.Train; set.Width != 35 || set.Height != 1 || !bytes.Equal(set.Image(5), ownImage(5, 1)) || set.Label(5) != 2 {
			t.Errorf("%v", set)
		}
		if want := []string{"circle", "square", "Ünïcode 3"}; !slices.Equal(info.Classes, want) {
			t.Errorf("classes %q, want %q", info.Classes, want)
		}
	}
}

// Floats of 16 bits and bools cover the same range of greys.
func TestOwnHalvesAndBools(t *testing.T) {
	for _, root := range ownFolders(t) {
		data, _ := readOwn(t, filepath.Join(root, "half.npz"))
		checkOwn(t, data.Train, 1, 0, 12)
		for k, v := range data.Test.Image(1) {
			if want := ownImage(13, 1)[k] > 100; want != (v == 255) || !want && v != 0 {
				t.Errorf("pixel %d is %d, want 255: %v", k, v, want)
			}
		}
	}
}

// Without test images, every fifth image of each class is one.
func TestOwnWithoutTestImages(t *testing.T) {
	for _, root := range ownFolders(t) {
		data, _ := readOwn(t, filepath.Join(root, "unsplit.npz"))
		checkOwn(t, data.Train, 1, 0, 12)
		checkOwn(t, data.Test, 1, 12, 3)
		if want := "there are no test images, so every fifth image of each class is one: 3 of 15"; strings.Join(data.Notices, "") != want {
			t.Errorf("notices %q, want %q", data.Notices, want)
		}
	}
}

// Images of every kind that Pillow writes have the same pixels, and classes are in the
// order of numbers.
func TestOwnImages(t *testing.T) {
	for _, root := range ownFolders(t) {
		data, info := readOwn(t, filepath.Join(root, "images"))
		if want := []string{"2", "10", "11"}; !slices.Equal(info.Classes, want) {
			t.Fatalf("classes %q, want %q", info.Classes, want)
		}
		if len(data.Notices) > 0 {
			t.Errorf("notices %q, want none", data.Notices)
		}
		for set, images := range map[*Set][2]int{data.Train: {0, 12}, data.Test: {12, 15}} {
			if set.Width != ownWidth || set.Height != ownHeight || set.Channels != 1 || set.Len() != images[1]-images[0] {
				t.Fatalf("%v", set)
			}
			for i := images[0]; i < images[1]; i++ {
				at := -1
				for k := range set.Len() {
					if bytes.Equal(set.Image(k), ownImage(i, 1)) {
						at = k
					}
				}
				if at < 0 || set.Label(at) != i%3 {
					t.Errorf("image %d is at %d", i, at)
				}
			}
		}
		// The first images are of all classes, as the last ones are.
		if first := data.Train.First(6).Labels; !slices.Contains(first, 0) || !slices.Contains(first, 1) || !slices.Contains(first, 2) {
			t.Errorf("the first images are of the classes %v only", first)
		}
	}
}

// One image in colour makes all of them coloured; ink of a printer is a colour too, and
// what is transparent is black.
func TestOwnColours(t *testing.T) {
	for _, root := range ownFolders(t) {
		data, info := readOwn(t, filepath.Join(root, "colours"))
		if want := []string{"even", "odd"}; !slices.Equal(info.Classes, want) || info.Channels != 3 || info.Train != 22 || info.Test != 4 {
			t.Fatalf("described as %+v", info)
		}
		var odd, even, print, clear int
		for _, set := range []*Set{data.Train, data.Test} {
			for i := range set.Len() {
				p := set.Image(i)
				switch {
				case bytes.Equal(p, make([]byte, len(p))):
					clear++
				case set.Label(i) == 1:
					for k := range 12 {
						if bytes.Equal(p, ownImage(k, 3)) {
							odd++
						}
					}
				case near(p[0], 127) && near(p[35], 127) && near(p[70], 127):
					print++
				default:
					if near(p[0], 200) && near(p[35], 40) && near(p[104], 90) {
						even++
					}
				}
			}
		}
		if odd != 12 || even != 12 || print != 1 || clear != 1 {
			t.Errorf("found %d odd, %d even images, %d of a printer, %d transparent; want 12, 12, 1, 1", odd, even, print, clear)
		}
		if want := filepath.Join("odd", "clear.png"); len(data.Notices) != 2 || !strings.Contains(data.Notices[0], want) {
			t.Errorf("notices %q, want one about %s", data.Notices, want)
		}
	}
}

// near allows the rounding of JPEG, which is two levels or less for an even colour.
func near(a, b byte) bool { return max(a, b)-min(a, b) <= 2 }

// What cannot be read gives an error that says where, what is wrong and what would be
// right.
func TestOwnBadArrays(t *testing.T) {
	wants := map[string][]string{
		"objects":      {"x_train is of type |O: it holds Python objects, as when the images differ in size"},
		"sixteenths":   {"x_train has floats from 0", "to 16;", "x_train / 16 does it if 16 is full ink"},
		"unscaled":     {"x_train has floats from", "x_train.astype('uint8')"},
		"symmetric":    {"x_train has floats from -1", "(x_train + 1) / 2"},
		"nan":          {"x_train: number 17 is NaN"},
		"wide":         {"x_train has whole numbers from", "want 0 (background) to 255 (full ink)"},
		"negative":     {"y_train: label 0 is -1; want whole numbers from 0 to 255"},
		"many":         {"y_train: label 2 is 400; want whole numbers from 0 to 255"},
		"fractions":    {"y_train: label 0 is 0.5"},
		"two-hot":      {"y_train: row 0 is no label; want a 1 for the class and 0 for all others"},
		"short":        {"x_train holds 12 images, but y_train holds 5 labels"},
		"unclear":      {"x_train is 12×3×8×3, of which the channels"},
		"one-image":    {"x_train holds 5 images, but y_train holds 12 labels"},
		"one-number":   {"x_train is a single number; want images × height × width"},
		"empty":        {"x_train is empty: 0×5×7"},
		"no-labels":    {"want the arrays x_train, y_train, x_test and y_test, or x and y; it has x_train"},
		"half-a-test":  {"want both x_test and y_test"},
		"other-size":   {"the images of x_train are 7×5, but those of x_test are 7×4"},
		"few-names":    {"it names 2 classes, but has the label 2"},
		"blank-name":   {`class " ": its name is blank`},
		"same-name":    {`two classes are called "a"`},
		"mixed-labels": {"texts in one and numbers in the other"},
		"too-few":      {"there are no test images, and no class has 5 images"},
	}
	for _, root := range ownFolders(t) {
		files, err := filepath.Glob(filepath.Join(root, "bad", "*.npz"))
		if err != nil || len(files) != len(wants) {
			t.Fatalf("%d files, %v; want %d", len(files), err, len(wants))
		}
		for _, path := range files {
			want := wants[strings.TrimSuffix(filepath.Base(path), ".npz")]
			_, _, err := ReadOwn(path)
			for _, part := range append(want, "dataset: "+path+": ") {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("%s: error %v, want %q", path, err, part)
				}
			}
		}
	}
}

// An archive of a few bytes cannot claim so many labels that they fill the memory.
func TestOwnTooManyTexts(t *testing.T) {
	for descr, n := range map[string]int{"<U1": 100_000_000, "<U900": 300_000, "<U1000": 10} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, header := range map[string]string{
			"x_train.npy": "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 2), }",
			"y_train.npy": fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }", descr, n),
		} {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(w, "\x93NUMPY\x01\x00\x76\x00%-117s\n", header)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "many.npz")
		writeAll(t, filepath.Dir(path), map[string][]byte{"many.npz": b.Bytes()})
		if _, _, err := ReadOwn(path); err == nil || !strings.Contains(err.Error(), "more or longer than are allowed") {
			t.Errorf("%d texts of type %s: error %v", n, descr, err)
		}
	}
}

// writeAll writes files into a folder.
func writeAll(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		folder := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			folder = path
		}
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		if folder == path {
			continue
		}
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOwnBadFolders(t *testing.T) {
	small, wide := pngOf(t, 3, 3), pngOf(t, 4, 3)
	huge := slices.Clone(small)
	huge[16] = 1 // 2²⁴ pixels wide, by its header
	many := map[string][]byte{}
	for i := range 257 {
		many[fmt.Sprintf("%d/a.png", i)] = small
	}
	for name, c := range map[string]struct {
		files map[string][]byte
		want  []string
	}{
		"nothing":         {map[string][]byte{"x/": nil}, []string{"none of its folders holds a PNG or JPEG image"}},
		"text":            {map[string][]byte{"notes.txt": nil}, []string{"holds no data set; want an .npz archive"}},
		"archive inside":  {map[string][]byte{"a.npz": nil}, []string{"a.npz the data set?"}},
		"no classes":      {map[string][]byte{"a.png": small}, []string{"the images in it are not in folders of their classes"}},
		"two sizes":       {map[string][]byte{"a/a.png": small, "b/b.png": wide}, []string{"3×3", "4×3", "a.png", "b.png", "all must have one size"}},
		"no image":        {map[string][]byte{"a/a.png": []byte("<html>"), "b/b.png": small}, []string{"a.png: is neither PNG nor JPEG, whatever its name says"}},
		"cut off":         {map[string][]byte{"a/a.png": small[:40], "b/b.png": small}, []string{"a.png: is damaged"}},
		"huge":            {map[string][]byte{"a/a.png": huge}, []string{"a.png: "}},
		"nested":          {map[string][]byte{"a/b/c.png": small, "d/e.png": small}, []string{"holds the folder b; want images only"}},
		"thousands":       {many, []string{"it has 257 classes, want at most 256"}},
		"test only":       {map[string][]byte{"test/a/a.png": small}, []string{"there is a folder test, but no folder train beside it"}},
		"validation only": {map[string][]byte{"train/a/a.png": small, "val/a/a.png": small}, []string{"no folder test beside it, only val"}},
		"empty test":      {map[string][]byte{"train/a/a.png": small, "test/a/": nil}, []string{"none of its folders holds"}},
		"labels missing":  {map[string][]byte{"train-images-idx3-ubyte": nil}, []string{"there is no train-labels-idx1-ubyte, plain or with .gz"}},
		"blank class":     {map[string][]byte{" /a.png": small, "b/b.png": small, "b/c.png": small, "b/d.png": small, "b/e.png": small, "b/f.png": small}, []string{`class " ": its name is blank`}},
	} {
		dir := t.TempDir()
		writeAll(t, dir, c.files)
		_, _, err := ReadOwn(dir)
		for _, part := range c.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: error %v, want %q", name, err, part)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "cats.csv")
	writeAll(t, filepath.Dir(file), map[string][]byte{"cats.csv": nil})
	if _, _, err := ReadOwn(file); err == nil || !strings.Contains(err.Error(), "is a file, but no .npz archive; want an .npz archive with x_train") {
		t.Errorf("a table: error %v", err)
	}
}

// A class may be called train, and links count as what they lead to.
func TestOwnClassCalledTrain(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	files := map[string][]byte{"train/list.txt": nil}
	for i := range 5 {
		files[fmt.Sprintf("train/%d.png", i)] = pngOf(t, 2, 2)
	}
	writeAll(t, dir, files)
	writeAll(t, other, map[string][]byte{"a.png": pngOf(t, 2, 2)})
	if err := os.Symlink(other, filepath.Join(dir, "bus")); err != nil {
		t.Skip(err)
	}
	data, info := readOwn(t, dir)
	if want := []string{"bus", "train"}; !slices.Equal(info.Classes, want) || info.Train != 5 || info.Test != 1 {
		t.Errorf("described as %+v, want the classes %q", info, want)
	}
	if want := filepath.Join("train", "list.txt"); !strings.Contains(strings.Join(data.Notices, "; "), "not used: 1, such as "+want) {
		t.Errorf("notices %q, want one about %s", data.Notices, want)
	}
}

// The names of List are never paths.
func TestIsPath(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, map[string][]byte{"mnist/": nil, "shapes/": nil})
	t.Chdir(dir)
	for name, want := range map[string]bool{
		"mnist": false, "./mnist": true, "shapes": true, "shape": false, "minst": false, "a/b": true,
		"cats.npz": true, "cats.NPZ": true, "digits": false, "": false, ".": true,
	} {
		if got := IsPath(name); got != want {
			t.Errorf("IsPath(%q) = %v, want %v", name, got, want)
		}
	}
}
