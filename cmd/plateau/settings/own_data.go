package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"plateau/protocols/dataset"
)

// An ownData describes a data set of the user's own. It is stored with the settings, so
// that commands that need no images know sizes and classes where the files are not, and
// tell whether the files have changed since.
type ownData struct {
	size    []int    // width, height and channels of the images
	classes []string // names
	images  []int    // numbers of training and of test images
	sha256  string   // of all images and labels
}

// ownKeys are written only with a data set of the user's own.
func ownKeys() []Key {
	const byProgram = "of a data set of one's own, as the program has found it"
	isOwn := func(c *Config) bool { return c.Data.isOwn() }
	counts := func(list []int, n, least int) bool {
		return len(list) == n && !slices.ContainsFunc(list, func(i int) bool { return i < least })
	}
	only := func(name, wants string, fits func(d dataSection) bool) Range {
		return relation(wants+", and nothing for the data sets by name", func(c *Config) bool {
			_, given := c.Given[name]
			return c.Data.isOwn() && fits(c.Data) || !c.Data.isOwn() && !given
		})
	}
	return []Key{{
		Name: "data.size", Meaning: "width, height and channels of the images " + byProgram, written: isOwn,
		Range: only("data.size", "three whole numbers from 1", func(d dataSection) bool { return counts(d.size, 3, 1) }),
		At:    func(c *Config) any { return &c.Data.size },
	}, {
		Name: "data.classes", Meaning: "names of the classes " + byProgram, written: isOwn,
		Range: only("data.classes", "1 to 256 names", func(d dataSection) bool { return len(d.classes) >= 1 && len(d.classes) <= 256 }),
		At:    func(c *Config) any { return &c.Data.classes },
	}, {
		Name: "data.images", Meaning: "numbers of training and of test images " + byProgram, written: isOwn,
		Range: only("data.images", "two whole numbers from 1", func(d dataSection) bool { return counts(d.images, 2, 1) }),
		At:    func(c *Config) any { return &c.Data.images },
	}, {
		Name: "data.sha256", Meaning: "digest of all images and labels " + byProgram, written: isOwn,
		Range: only("data.sha256", "64 digits from 0 to f", func(d dataSection) bool { return regexp.MustCompile("^[0-9a-f]{64}$").MatchString(d.sha256) }),
		At:    func(c *Config) any { return &c.Data.sha256 },
	}}
}

func (o ownData) empty() bool {
	return o.size == nil && o.classes == nil && o.images == nil && o.sha256 == ""
}

// isOwn reports whether the data set is the user's own: then the name is a path.
func (d dataSection) isOwn() bool {
	_, err := dataset.Lookup(d.Name)
	return err != nil && (filepath.IsAbs(d.Name) || dataset.IsPath(d.Name))
}

// settle makes the path of a data set of the user's own hold in every folder, and forgets
// what was known of another set.
func (d *dataSection) settle(before string) (forgot bool) {
	if d.isOwn() {
		if path, err := filepath.Abs(d.Name); err == nil {
			d.Name = path
		}
	}
	if d.Name == before {
		return false
	}
	d.ownData, d.loaded = ownData{}, nil
	return true
}

// describe reads the data set, which is the user's own, unless it was described before.
func (d *dataSection) describe() error {
	if !d.ownData.empty() {
		return nil
	}
	data, info, err := dataset.ReadOwn(d.Name)
	if err != nil {
		return err
	}
	d.loaded, d.ownData = data, ownData{
		size: []int{info.Width, info.Height, info.Channels}, classes: info.Classes,
		images: []int{info.Train, info.Test}, sha256: data.SHA256(),
	}
	return nil
}

// own returns the images of a data set of the user's own, which are read once. It fails if
// their size or their classes are no longer those that were described, and adds a notice if
// only the images have changed.
func (d *dataSection) own() (*dataset.Data, error) {
	data := d.loaded
	if data == nil {
		path := d.Name
		if d.Dir != "" { // it was moved to another folder
			path = filepath.Join(d.Dir, d.Short())
		}
		var err error
		if data, _, err = dataset.ReadOwn(path); err != nil {
			return nil, err
		}
		if set := data.Train; set.Classes != len(d.classes) || !slices.Equal([]int{set.Width, set.Height, set.Channels}, d.size) {
			return nil, fmt.Errorf("%s has changed: it has images of %s in %d classes, but had %s in %d", d.Name,
				shapeOf(set.Width, set.Height, set.Channels), set.Classes, shapeOf(d.size[0], d.size[1], d.size[2]), len(d.classes))
		}
		if data.SHA256() != d.sha256 {
			data.Changed = true
			data.Notices = append(data.Notices, d.Name+" has changed since: its images or labels are not those of before")
		}
		d.loaded = data
	}
	part := *data
	return &part, nil
}

func shapeOf(width, height, channels int) string {
	if channels == 1 {
		return fmt.Sprintf("%d×%d", width, height)
	}
	return fmt.Sprintf("%d×%d×%d", width, height, channels)
}

// Info describes the data set.
func (d dataSection) Info() dataset.Info {
	info, err := dataset.Lookup(d.Name)
	if err == nil || len(d.size) != 3 || len(d.images) != 2 {
		return info
	}
	return dataset.Info{
		Name: d.Short(), Path: d.Name, Width: d.size[0], Height: d.size[1], Channels: d.size[2],
		Classes: d.classes, Train: d.images[0], Test: d.images[1],
	}
}

// Short names the data set as titles do: one of the user's own by the last part of its path.
func (d dataSection) Short() string {
	if d.isOwn() {
		return filepath.Base(d.Name)
	}
	return d.Name
}

// FolderName names the data set in the names of run folders, where it must be easy to type.
func (d dataSection) FolderName() string {
	if !d.isOwn() {
		return d.Name
	}
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, strings.TrimSuffix(d.Short(), filepath.Ext(d.Name)))
	if name = strings.Trim(name, "-"); name == "" {
		return "own"
	}
	return name
}

// Same reports whether two data sets are one, perhaps in two places.
func (d dataSection) Same(other dataSection) bool {
	return d.Name == other.Name || d.isOwn() && other.isOwn() && d.sha256 != "" && d.sha256 == other.sha256
}

// moved says in an error that files were not found how their new place is given.
func moved(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; if it was moved, --data PATH says where it is, or --data-dir DIR of export in which folder", err)
	}
	return err
}
