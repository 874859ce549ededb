package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names of the forms in which a data set of one's own can be.
const (
	FormIDX    = "IDX files, named as those of MNIST"
	FormArrays = "arrays in an .npz archive"
	FormImages = "PNG or JPEG images in a folder for each class"
)

// maxClasses is what a label of one byte can tell apart.
const maxClasses = math.MaxUint8 + 1

// IsPath reports whether a text means a data set of one's own, as opposed to one of List.
// A name of List always means that set. Anything else is a path if it has a separator,
// ends in .npz, or is there.
func IsPath(name string) bool {
	if _, err := Lookup(name); err == nil || name == "" {
		return false
	}
	if strings.ContainsRune(name, '/') || strings.ContainsRune(name, filepath.Separator) || isArchive(name) {
		return true
	}
	_, err := os.Stat(name)
	return err == nil
}

func isArchive(path string) bool { return strings.EqualFold(filepath.Ext(path), ".npz") }

// ReadOwn reads a data set of one's own, an .npz archive or a folder of IDX files or of
// images, and describes it. If it has no test images, every fifth image of each class
// becomes one; Data.Notices then says so.
func ReadOwn(path string) (*Data, Info, error) {
	stat, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Info{}, &FormatError{path, fs.ErrNotExist}
	}
	if err != nil {
		return nil, Info{}, fmt.Errorf("dataset: %w", err)
	}
	var o *own
	switch {
	case !stat.IsDir() && isArchive(path):
		o, err = readArchive(path)
	case !stat.IsDir():
		err = &FormatError{path, errors.New("is a file, but no .npz archive; want " + ownForms)}
	case holdsIDX(path):
		o, err = readOwnIDX(path)
	default:
		o, err = readImages(path)
	}
	if err != nil {
		return nil, Info{}, err
	}
	data, info, err := o.finish(path)
	if err != nil {
		return nil, Info{}, &FormatError{path, err}
	}
	return data, info, nil
}

// ownForms says what ReadOwn reads.
const ownForms = "an .npz archive with x_train, y_train, x_test and y_test; a folder of IDX files named as those of MNIST; " +
	"or a folder that holds a folder of PNG or JPEG images for each class, perhaps in train and test"

// An own is what a reader has found.
type own struct {
	form    string
	train   *Set
	test    *Set     // nil if there is none
	classes []string // nil if they have no names
	notices []string
}

// testShare is the period with which images of a class become test images.
const testShare = 5

// finish makes two sets of what was found, and checks them.
func (o *own) finish(path string) (*Data, Info, error) {
	if o.test == nil {
		if err := o.split(); err != nil {
			return nil, Info{}, err
		}
	}
	classes := len(o.classes)
	for _, label := range slices.Concat(o.train.Labels, o.test.Labels) {
		classes = max(classes, int(label)+1)
	}
	if o.classes != nil && len(o.classes) != classes {
		return nil, Info{}, fmt.Errorf("it names %d classes, but has the label %d, the labels being counted from 0", len(o.classes), classes-1)
	}
	for i := range classes {
		if o.classes == nil || i >= len(o.classes) {
			o.classes = append(o.classes, fmt.Sprint(i))
		}
	}
	if err := checkNames(o.classes); err != nil {
		return nil, Info{}, err
	}
	name := filepath.Base(path)
	for _, set := range []*Set{o.train, o.test} {
		set.Name, set.Classes = name, classes
		if err := set.Validate(); err != nil {
			return nil, Info{}, err
		}
	}
	info := Info{
		Name: name, Title: o.form, Path: path,
		Width: o.train.Width, Height: o.train.Height, Channels: o.train.Channels,
		Classes: o.classes, Train: o.train.Len(), Test: o.test.Len(),
	}
	return &Data{Name: name, Train: o.train, Test: o.test, Dir: path, Notices: o.notices}, info, nil
}

// split takes every fifth image of each class as a test image. It draws nothing at
// random, so the test set is always the same.
func (o *own) split() error {
	train, test := *o.train, *o.train
	train.Pixels, train.Labels, test.Pixels, test.Labels = nil, nil, nil, nil
	var seen [maxClasses]int
	for i, label := range o.train.Labels {
		seen[label]++
		set := &train
		if seen[label]%testShare == 0 {
			set = &test
		}
		set.Labels = append(set.Labels, label)
		set.Pixels = append(set.Pixels, o.train.Image(i)...)
	}
	if test.Len() == 0 {
		return fmt.Errorf("there are no test images, and no class has %d images, of which one could become a test image", testShare)
	}
	o.notices = append(o.notices, fmt.Sprintf("there are no test images, so every fifth image of each class is one: %d of %d", test.Len(), o.train.Len()))
	o.train, o.test = &train, &test
	return nil
}

// checkNames returns an error if a class has a name that cannot be shown or stored, or that
// of another.
func checkNames(classes []string) error {
	if len(classes) > maxClasses {
		return tooManyClasses(len(classes))
	}
	for i, name := range classes {
		switch {
		case !utf8.ValidString(name):
			return fmt.Errorf("class %q: its name is not UTF-8", name)
		case strings.TrimSpace(name) == "":
			return fmt.Errorf("class %q: its name is blank", name)
		case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
			return fmt.Errorf("class %q: its name has characters that cannot be printed", name)
		case slices.Index(classes, name) < i:
			return fmt.Errorf("two classes are called %q", name)
		}
	}
	return nil
}

func tooManyClasses(n int) error {
	return fmt.Errorf("it has %d classes, want at most %d", n, maxClasses)
}
