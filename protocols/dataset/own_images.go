package dataset

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // image.Decode reads JPEG
	_ "image/png"  // and PNG
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plateau/internal/regular"
)

// A picture is a file that holds an image of a class.
type picture struct {
	path  string
	class string
	order [sha256.Size]byte // by which the images of a class are sorted
	place float64           // between 0 and 1, among the images of its class
}

func (p picture) compare(q picture) int {
	return cmp.Or(bytes.Compare(p.order[:], q.order[:]), strings.Compare(p.path, q.path))
}

// A gallery is a folder with a folder of images for each class.
type gallery struct {
	classes  []string // also those without images
	pictures []picture
	others   []string // files that are no images
}

// readImages reads a folder with a folder of images for each class, or with two of that
// kind, train and test.
func readImages(dir string) (*own, error) {
	folders, files, err := entries(dir)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	train, test := splitCalled("train", dir, folders), splitCalled("test", dir, folders)
	o := &own{form: FormImages}
	var shown, tested gallery
	switch {
	case train == "" && test == "":
		shown, err = openGallery(dir, folders)
		shown.others = append(shown.others, files...)
		if err == nil && len(shown.classes) == 0 {
			err = &FormatError{dir, errors.New("holds no data set; want " + ownForms + hintOf(files))}
		}
	case train == "":
		err = &FormatError{dir, fmt.Errorf("there is a folder %s, but no folder train beside it", test)}
	default:
		if shown, err = openGallerySplit(dir, train); err != nil {
			break
		}
		rest := slices.DeleteFunc(folders, func(name string) bool { return name == train || name == test })
		if test != "" {
			tested, err = openGallerySplit(dir, test)
		} else if len(rest) > 0 {
			err = &FormatError{dir, fmt.Errorf("there is a folder train, but no folder test beside it, only %s", list(rest, "and"))}
		}
		if len(rest) > 0 {
			o.notices = append(o.notices, "folders that are neither train nor test are not used: "+list(rest, "and"))
		}
	}
	if err != nil {
		return nil, err
	}
	o.classes = slices.Concat(shown.classes, tested.classes)
	sortNames(o.classes)
	o.classes = slices.Compact(o.classes)
	if len(o.classes) > maxClasses {
		return nil, &FormatError{dir, tooManyClasses(len(o.classes))}
	}
	if err := o.develop(dir, shown.pictures, tested.pictures); err != nil {
		return nil, err
	}
	if others := slices.Concat(shown.others, tested.others); len(others) > 0 {
		o.notices = append(o.notices, fmt.Sprintf("files that are neither PNG nor JPEG are not used: %d, such as %s", len(others), relative(dir, others[0])))
	}
	if test == "" {
		return o, nil
	}
	if o.test.Len() == 0 {
		return nil, &FormatError{filepath.Join(dir, test), errors.New("it holds no PNG or JPEG image")}
	}
	return o, nil
}

// hintOf tells who named the wrong folder what is in it.
func hintOf(files []string) string {
	for _, path := range files {
		if isArchive(path) {
			return fmt.Sprintf("; is %s the data set?", path)
		}
	}
	for _, path := range files {
		if isPicture(path) {
			return "; the images in it are not in folders of their classes"
		}
	}
	return ""
}

// entries lists the folders in a folder, by their names, and the files, with the whole
// path. Links count as what they lead to, and hidden ones not at all.
func entries(dir string) (folders, files []string, err error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range list {
		name := e.Name()
		if hidden(name) {
			continue
		}
		path := filepath.Join(dir, name)
		mode := e.Type()
		if mode&fs.ModeSymlink != 0 {
			info, err := os.Stat(path)
			if err != nil {
				return nil, nil, err
			}
			mode = info.Mode()
		}
		if mode.IsDir() {
			folders = append(folders, name)
		} else {
			files = append(files, path)
		}
	}
	return folders, files, nil
}

// hidden reports whether an operating system or an editor puts files of that name
// everywhere.
func hidden(name string) bool {
	switch strings.ToLower(name) {
	case "thumbs.db", "desktop.ini", "__macosx":
		return true
	}
	return strings.HasPrefix(name, ".")
}

func isPicture(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".jpg", ".jpeg":
		return true
	}
	return false
}

// splitCalled returns the folder of that name, in capitals or not, if it holds folders; it
// could also be that of a class.
func splitCalled(name, dir string, folders []string) string {
	for _, folder := range folders {
		if strings.EqualFold(folder, name) {
			if below, files, err := entries(filepath.Join(dir, folder)); err != nil || len(below) > 0 || len(files) == 0 {
				return folder
			}
		}
	}
	return ""
}

func openGallerySplit(dir, split string) (g gallery, err error) {
	dir = filepath.Join(dir, split)
	folders, files, err := entries(dir)
	if err != nil {
		return g, fmt.Errorf("dataset: %w", err)
	}
	if g, err = openGallery(dir, folders); err != nil {
		return g, err
	}
	g.others = append(g.others, files...)
	if len(g.classes) == 0 {
		return g, &FormatError{dir, errors.New("it holds no folders of classes" + hintOf(files))}
	}
	return g, nil
}

// openGallery lists the images of every class, in an order that depends on nothing but
// their names. The first or the last of them can be a part that is used alone, so they have
// classes in the same shares as the whole.
func openGallery(dir string, folders []string) (g gallery, err error) {
	if len(folders) > maxClasses {
		return g, &FormatError{dir, tooManyClasses(len(folders))}
	}
	for _, class := range folders {
		folder := filepath.Join(dir, class)
		below, files, err := entries(folder)
		if err != nil {
			return g, fmt.Errorf("dataset: %w", err)
		}
		if len(below) > 0 {
			return g, &FormatError{folder, fmt.Errorf("holds the folder %s; want images only in the folder of a class", below[0])}
		}
		g.classes = append(g.classes, class)
		var pictures []picture
		for _, path := range files {
			if !isPicture(path) {
				g.others = append(g.others, path)
				continue
			}
			order := sha256.Sum256([]byte(class + "/" + filepath.Base(path)))
			pictures = append(pictures, picture{path: path, class: class, order: order})
		}
		slices.SortFunc(pictures, picture.compare)
		for i := range pictures {
			pictures[i].place = (float64(i) + 0.5) / float64(len(pictures))
		}
		g.pictures = append(g.pictures, pictures...)
	}
	slices.SortFunc(g.pictures, func(p, q picture) int { return cmp.Or(cmp.Compare(p.place, q.place), p.compare(q)) })
	if len(g.pictures) == 0 && len(g.classes) > 0 {
		return g, &FormatError{dir, errors.New("none of its folders holds a PNG or JPEG image; want " + ownForms)}
	}
	return g, nil
}

// sortNames sorts the names of classes: as numbers, if all are numbers.
func sortNames(names []string) {
	numbers := !slices.ContainsFunc(names, func(name string) bool { return strings.Trim(name, "0123456789") != "" || name == "" })
	slices.SortFunc(names, func(a, b string) int {
		if numbers {
			x, y := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
			if order := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); order != 0 {
				return order
			}
		}
		return strings.Compare(a, b)
	})
}

// relative names a file by its path within a folder.
func relative(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil {
		return rel
	}
	return path
}

// develop reads all images. They are grey if each pixel of each of them is.
func (o *own) develop(dir string, train, test []picture) error {
	d := darkroom{dir: dir, grey: true}
	all := slices.Concat(train, test)
	planes := make([][]byte, len(all))
	total := int64(0)
	for i, p := range all {
		var err error
		if planes[i], err = d.read(p.path); err != nil {
			return &FormatError{p.path, err}
		}
		if total += int64(len(planes[i])); total > maxContent || int64(len(all))*int64(d.width)*int64(d.height) > maxContent {
			return &FormatError{dir, fmt.Errorf("its %d images of %d×%d take more than the %d bytes that are allowed", len(all), d.width, d.height, int64(maxContent))}
		}
	}
	o.train, o.test = d.set(train, planes[:len(train)], o.classes), d.set(test, planes[len(train):], o.classes)
	if len(test) == 0 {
		o.test = nil
	}
	if d.transparent > 0 {
		o.notices = append(o.notices, fmt.Sprintf("images with transparent pixels: %d, such as %s; what is transparent is black", d.transparent, relative(dir, d.through)))
	}
	return nil
}

// A darkroom turns files into images of one size.
type darkroom struct {
	dir           string
	first         string // the first image, whose size the others must have
	width, height int
	grey          bool // whether no pixel had a colour
	transparent   int  // number of images with transparent pixels
	through       string
}

// read returns the pixels of an image: one plane if it is grey, otherwise three.
func (d *darkroom) read(path string) ([]byte, error) {
	f, err := regular.Open(path)
	if err != nil {
		if errors.Is(err, regular.ErrNot) {
			return nil, regular.ErrNot
		}
		return nil, err
	}
	defer f.Close()
	config, _, err := image.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return nil, notImage(err)
	}
	switch {
	case d.first == "":
		if config.Width < 1 || config.Height < 1 || config.Width > maxSide || config.Height > maxSide {
			return nil, fmt.Errorf("is an image of %d×%d pixels; want 1 to %d a side", config.Width, config.Height, maxSide)
		}
		d.first, d.width, d.height = path, config.Width, config.Height
	case config.Width != d.width || config.Height != d.height:
		return nil, fmt.Errorf("is an image of %d×%d pixels, but %s has %d×%d; all must have one size",
			config.Width, config.Height, relative(d.dir, d.first), d.width, d.height)
	}
	if _, err := f.Seek(0, 0); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bufio.NewReader(f))
	if err != nil {
		return nil, notImage(err)
	}
	return d.planes(img, path), nil
}

func notImage(err error) error {
	if errors.Is(err, image.ErrFormat) {
		return errors.New("is neither PNG nor JPEG, whatever its name says")
	}
	return fmt.Errorf("is damaged, or of a kind that cannot be read: %w", unexpected(err))
}

// planes returns the red, the green and the blue plane of an image, or a single one if
// they are equal.
func (d *darkroom) planes(img image.Image, path string) []byte {
	n := d.width * d.height
	if g, ok := img.(*image.Gray); ok { // what most images are, and quicker
		plane := make([]byte, 0, n)
		for y := range d.height {
			plane = append(plane, g.Pix[y*g.Stride:y*g.Stride+d.width]...)
		}
		return plane
	}
	planes := make([]byte, 3*n)
	grey, opaque := true, true
	at, b := 0, img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			// What is transparent gets darker, as if it lay on black.
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			planes[at], planes[n+at], planes[2*n+at] = c.R, c.G, c.B
			grey = grey && c.R == c.G && c.G == c.B
			opaque = opaque && c.A == 255
			at++
		}
	}
	if !opaque {
		if d.transparent++; d.through == "" {
			d.through = path
		}
	}
	if grey {
		return bytes.Clone(planes[:n])
	}
	d.grey = false
	return planes
}

// set puts images together, all grey or all in colour.
func (d *darkroom) set(pictures []picture, planes [][]byte, classes []string) *Set {
	set := &Set{Width: d.width, Height: d.height, Channels: 3}
	if d.grey {
		set.Channels = 1
	}
	set.Pixels = make([]byte, 0, len(pictures)*set.Size())
	labels := make(map[string]byte)
	for i, class := range classes {
		labels[class] = byte(i)
	}
	for i, p := range pictures {
		set.Labels = append(set.Labels, labels[p.class])
		for range set.Size() / len(planes[i]) {
			set.Pixels = append(set.Pixels, planes[i]...)
		}
	}
	return set
}
