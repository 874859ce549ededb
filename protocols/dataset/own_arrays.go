package dataset

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"plateau/internal/regular"
	"plateau/sim/record/npz"
)

// maxRaw is the largest number of bytes of an array in an archive, before its numbers are
// turned into bytes.
const maxRaw = 4 * maxContent

// The arrays of an archive, each by the names that it can have, in capitals or not. The
// second ones are those of MedMNIST.
var (
	arrayTrain   = []string{"x_train", "train_images"}
	labelsTrain  = []string{"y_train", "train_labels"}
	arrayTest    = []string{"x_test", "test_images"}
	labelsTest   = []string{"y_test", "test_labels"}
	arrayWhole   = []string{"x", "images"}
	labelsWhole  = []string{"y", "labels"}
	classesArray = []string{"classes", "class_names"}
)

// An archive is an .npz file of images and labels.
type archive struct {
	*npz.Reader
	used []string
}

// readArchive reads an .npz archive.
func readArchive(path string) (*own, error) {
	r, err := npz.Open(path)
	if err != nil {
		if errors.Is(err, regular.ErrNot) {
			return nil, &FormatError{path, regular.ErrNot}
		}
		return nil, fmt.Errorf("dataset: %w", err)
	}
	defer r.Close()
	a := &archive{Reader: r}
	o, err := a.read()
	if err != nil {
		return nil, &FormatError{path, plainly(err, path)}
	}
	return o, nil
}

// plainly removes what an error of package npz says of the file, which is said already.
func plainly(err error, path string) error {
	if text, ok := strings.CutPrefix(err.Error(), "npz: "+path+": "); ok {
		return errors.New(text)
	}
	return err
}

func (a *archive) read() (*own, error) {
	images, labels := a.find(arrayTrain), a.find(labelsTrain)
	whole := images == "" && labels == ""
	if whole {
		images, labels = a.find(arrayWhole), a.find(labelsWhole)
	}
	if images == "" || labels == "" {
		return nil, fmt.Errorf("want the arrays x_train, y_train, x_test and y_test, or x and y; it has %s", orNone(a.Names()))
	}
	testImages, testLabels := a.find(arrayTest), a.find(labelsTest)
	if (testImages == "") != (testLabels == "") || whole && testImages != "" {
		return nil, fmt.Errorf("want both x_test and y_test beside x_train and y_train, or neither; it has %s", orNone(a.Names()))
	}
	o := &own{form: FormArrays}
	kinds, err := a.kinds(labels, testLabels)
	if err != nil {
		return nil, err
	}
	if o.train, err = a.set(o, images, labels, kinds); err != nil {
		return nil, err
	}
	if testImages != "" {
		if o.test, err = a.set(o, testImages, testLabels, kinds); err != nil {
			return nil, err
		}
		if o.train.shape() != o.test.shape() {
			return nil, fmt.Errorf("the images of %s are %s, but those of %s are %s", images, o.train.shape(), testImages, o.test.shape())
		}
	}
	if o.classes, err = a.classes(kinds); err != nil {
		return nil, err
	}
	if rest := slices.DeleteFunc(a.Names(), func(name string) bool { return slices.Contains(a.used, name) }); len(rest) > 0 {
		o.notices = append(o.notices, "not used: "+list(rest, "and"))
	}
	return o, nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return list(names, "and")
}

// find returns the array that has one of the names, "" if there is none.
func (a *archive) find(names []string) string {
	for _, name := range names {
		for _, have := range a.Names() {
			if strings.EqualFold(have, name) {
				a.used = append(a.used, have)
				return have
			}
		}
	}
	return ""
}

// isText reports whether an array holds texts.
func (a *archive) isText(name string) (bool, error) {
	kind, err := a.Type(name)
	return err == nil && strings.HasPrefix(string(kind), "<U"), err
}

// kinds lists the labels of the given arrays, where they are texts: each once, in order.
func (a *archive) kinds(arrays ...string) (kinds []string, err error) {
	texts := 0
	for _, name := range arrays {
		if name == "" {
			texts++
			continue
		}
		text, err := a.isText(name)
		if err != nil {
			return nil, err
		}
		if !text {
			continue
		}
		texts++
		labels, err := a.texts(name)
		if err != nil {
			return nil, err
		}
		slices.Sort(labels)
		kinds = append(kinds, slices.Compact(labels)...)
	}
	if kinds == nil {
		return nil, nil
	}
	if texts < len(arrays) {
		return nil, fmt.Errorf("the labels of %s are texts in one and numbers in the other", list(arrays, "and"))
	}
	sortNames(kinds)
	kinds = slices.Compact(kinds)
	if len(kinds) > maxClasses {
		return nil, tooManyClasses(len(kinds))
	}
	return kinds, nil
}

// maxText is the largest number of characters of a text.
const maxText = 999

// texts reads an array of texts.
func (a *archive) texts(name string) ([]string, error) {
	shape, err := a.Shape(name)
	if err != nil {
		return nil, err
	}
	// Each takes memory beside its characters.
	const each = 16
	kind, _ := a.Type(name)
	width, err := strconv.Atoi(strings.TrimPrefix(string(kind), "<U"))
	if err != nil || width > maxText || tooLarge(shape, each+4*width, maxContent) {
		return nil, fmt.Errorf("%s has %s texts of type %s, which are more or longer than are allowed", name, times(shape), kind)
	}
	v, _, err := a.Strings(name)
	return v, err
}

// tooLarge reports whether an array of so many numbers has more bytes than allowed.
func tooLarge(shape []int, each int, most int64) bool {
	total := int64(each)
	for _, n := range shape {
		if n > 0 && total > most/int64(n) {
			return true
		}
		total *= int64(n)
	}
	return false
}

// classes returns the names of the classes, if the archive has any.
func (a *archive) classes(kinds []string) ([]string, error) {
	name := a.find(classesArray)
	if name == "" || kinds != nil {
		return kinds, nil
	}
	text, err := a.isText(name)
	if err != nil {
		return nil, err
	}
	if shape, _ := a.Shape(name); !text || len(shape) != 1 {
		return nil, fmt.Errorf("%s: want a list of texts, the names of the classes", name)
	}
	return a.texts(name)
}

// set reads images and their labels.
func (a *archive) set(o *own, images, labels string, kinds []string) (*Set, error) {
	set, err := a.images(o, images)
	if err != nil {
		return nil, err
	}
	if set.Labels, err = a.labels(labels, kinds); err != nil {
		return nil, err
	}
	if n := len(set.Pixels) / set.Size(); n != set.Len() {
		return nil, fmt.Errorf("%s holds %d images, but %s holds %d labels", images, n, labels, set.Len())
	}
	return set, nil
}

// A layout says how the images of an array are laid out.
type layout struct {
	n, width, height, channels int
	last                       bool // whether the channels are the last dimension
}

// layoutOf tells images by the shape of their array.
func layoutOf(shape []int) (l layout, err error) {
	want := "images × height × width, images × height × width × channels, images × channels × height × width, or images × numbers"
	if slices.Contains(shape, 0) {
		return l, fmt.Errorf("is empty: %s", times(shape))
	}
	few := func(n int) bool { return n <= maxChannels }
	switch len(shape) {
	case 2:
		l = layout{n: shape[0], width: shape[1], height: 1, channels: 1}
		if side := int(math.Sqrt(float64(shape[1])) + 0.5); side*side == shape[1] {
			l.width, l.height = side, side
		}
	case 3:
		l = layout{n: shape[0], height: shape[1], width: shape[2], channels: 1}
	case 4:
		switch {
		case few(shape[3]) && !few(shape[1]) || shape[1] == 1 && shape[3] == 1:
			l = layout{n: shape[0], height: shape[1], width: shape[2], channels: shape[3], last: true}
		case few(shape[1]) && !few(shape[3]):
			l = layout{n: shape[0], channels: shape[1], height: shape[2], width: shape[3]}
		default:
			return l, fmt.Errorf("is %s, of which the channels (1 to %d) could be the second or the last number, or neither; want %s", times(shape), maxChannels, want)
		}
	default:
		return l, fmt.Errorf("is %s; want %s", orScalar(shape), want)
	}
	if l.width > maxSide || l.height > maxSide {
		return l, fmt.Errorf("is %s; want images of at most %d pixels a side", times(shape), maxSide)
	}
	return l, nil
}

func orScalar(shape []int) string {
	if len(shape) == 0 {
		return "a single number"
	}
	return times(shape)
}

// maxChannels is the largest number of channels of an image.
const maxChannels = 4

// place returns where number k of an array that is in the order of its file belongs in
// Set.Pixels.
func (l layout) place(k int, fortran bool) int {
	sizes := [4]int{l.n, l.channels, l.height, l.width}
	order := [4]int{0, 1, 2, 3} // the axes of Set.Pixels, in the order of the array
	if l.last {
		order = [4]int{0, 2, 3, 1}
	}
	var at [4]int
	if fortran {
		for _, axis := range order {
			at[axis], k = k%sizes[axis], k/sizes[axis]
		}
	} else {
		for _, axis := range slices.Backward(order[:]) {
			at[axis], k = k%sizes[axis], k/sizes[axis]
		}
	}
	return ((at[0]*l.channels+at[1])*l.height+at[2])*l.width + at[3]
}

// numbers returns the shape of an array of numbers and how they are kept, if the array is
// not too large.
func (a *archive) numbers(name string) (shape []int, kind npz.Number, err error) {
	if shape, err = a.Shape(name); err != nil {
		return nil, kind, err
	}
	t, _ := a.Type(name)
	kind, ok := t.Number()
	if !ok {
		hint := ""
		if strings.HasSuffix(string(t), "O") {
			hint = ": it holds Python objects, as when the images differ in size"
		}
		return nil, kind, fmt.Errorf("%s is of type %.40s%s; want numbers", name, t, hint)
	}
	if tooLarge(shape, 1, maxContent) || tooLarge(shape, kind.Bytes, maxRaw) {
		return nil, kind, fmt.Errorf("%s is %s numbers of %d bytes; want at most %d numbers and %d bytes",
			name, times(shape), kind.Bytes, int64(maxContent), int64(maxRaw))
	}
	return shape, kind, nil
}

// images reads an array of images.
func (a *archive) images(o *own, name string) (*Set, error) {
	shape, kind, err := a.numbers(name)
	if err != nil {
		return nil, err
	}
	l, err := layoutOf(shape)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	if len(shape) == 2 && l.height > 1 {
		o.notices = append(o.notices, fmt.Sprintf("the %d numbers of a row of %s are taken as an image of %d×%d", shape[1], name, l.width, l.height))
	}
	set := &Set{Width: l.width, Height: l.height, Channels: l.channels}
	// Memory grows with what has been read, since the header may be damaged. Where the order
	// is another, numbers are moved once all have been read.
	var pixels []byte
	low, high, whole := math.Inf(1), math.Inf(-1), true
	_, fortran, err := a.Numbers(name, func(values []float64) error {
		for _, x := range values {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("number %d is %v", len(pixels), x)
			}
			low, high, whole = min(low, x), max(high, x), whole && x == math.Trunc(x)
			if kind.Kind == 'f' || kind.Kind == 'b' {
				x = math.Round(255 * min(max(x, 0), 1))
			}
			pixels = append(pixels, byte(min(max(x, 0), 255)))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	switch {
	case kind.Kind == 'f' && (low < 0 || high > 1):
		advice := "scale them"
		switch {
		case low >= 0 && high > 1 && high <= 255:
			advice = fmt.Sprintf("%s / 255, or %s.astype('uint8'), does it if 255 is full ink", name, name)
			if high <= 128 {
				advice = fmt.Sprintf("%s / %s does it if %s is full ink", name, number(math.Ceil(high)), number(math.Ceil(high)))
			}
		case low == -1 && high <= 1:
			advice = fmt.Sprintf("(%s + 1) / 2 does it", name)
		}
		return nil, fmt.Errorf("%s has floats from %s to %s; want 0 (background) to 1 (full ink): %s", name, number(low), number(high), advice)
	case low < 0 || high > 255:
		return nil, fmt.Errorf("%s has whole numbers from %s to %s; want 0 (background) to 255 (full ink)", name, number(low), number(high))
	}
	set.Pixels = pixels
	if fortran || l.last && l.channels > 1 {
		set.Pixels = make([]byte, len(pixels))
		for k, v := range pixels {
			set.Pixels[l.place(k, fortran)] = v
		}
	}
	return set, nil
}

// number prints a number of an array.
func number(x float64) string { return fmt.Sprintf("%.6g", x) }

// labels reads an array of labels: one of each image, or, for each image, a row with a 1
// for its class and 0 for the others.
func (a *archive) labels(name string, kinds []string) ([]byte, error) {
	if kinds != nil {
		texts, err := a.texts(name)
		if err != nil {
			return nil, err
		}
		labels := make([]byte, len(texts))
		for i, text := range texts {
			labels[i] = byte(slices.Index(kinds, text))
		}
		return labels, nil
	}
	shape, _, err := a.numbers(name)
	if err == nil && tooLarge(shape, 8, maxContent) {
		err = fmt.Errorf("%s has %s labels; want at most %d", name, times(shape), int64(maxContent)/8)
	}
	if err != nil {
		return nil, err
	}
	if len(shape) != 1 && len(shape) != 2 || slices.Contains(shape, 0) {
		return nil, fmt.Errorf("%s is %s; want one label for each image, or a row with a 1 for its class", name, orScalar(shape))
	}
	values := []float64{}
	_, fortran, err := a.Numbers(name, func(v []float64) error { values = append(values, v...); return nil })
	if err != nil {
		return nil, err
	}
	if len(shape) == 2 && shape[1] > 1 {
		return oneHot(name, values, shape[0], shape[1], fortran)
	}
	labels := make([]byte, len(values))
	for i, x := range values {
		if !(x >= 0 && x < maxClasses) || x != math.Trunc(x) {
			return nil, fmt.Errorf("%s: label %d is %s; want whole numbers from 0 to %d", name, i, number(x), maxClasses-1)
		}
		labels[i] = byte(x)
	}
	return labels, nil
}

// oneHot returns the labels of rows in which the class has 1 and the others have 0.
func oneHot(name string, values []float64, n, classes int, fortran bool) ([]byte, error) {
	if classes > maxClasses {
		return nil, tooManyClasses(classes)
	}
	labels := make([]byte, n)
	for i := range n {
		ones := 0
		for class := range classes {
			x := values[i*classes+class]
			if fortran {
				x = values[class*n+i]
			}
			if x == 1 {
				labels[i] = byte(class)
				ones++
			} else if x != 0 {
				ones = classes + 1
			}
		}
		if ones != 1 {
			return nil, fmt.Errorf("%s: row %d is no label; want a 1 for the class and 0 for all others, or one number for each image", name, i)
		}
	}
	return labels, nil
}
