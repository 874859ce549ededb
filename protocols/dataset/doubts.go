package dataset

import (
	"crypto/sha256"
	"fmt"
	"slices"
)

// Limits of what looks right.
const (
	unequal   = 10  // times as many images of one class as of another
	paper     = 230 // pixels as bright as this are white
	dimmest   = 64  // the brightest pixel is brighter than this
	manyNames = 8   // classes that are listed by name
)

// Doubts lists what looks wrong with the images and labels, one line each. All of it can
// be meant.
func (d *Data) Doubts(info Info) []string {
	var doubts []string
	doubt := func(format string, args ...any) { doubts = append(doubts, fmt.Sprintf(format, args...)) }
	train, test := d.Train.Counts(), d.Test.Counts()
	d.doubtLabels(info, train, test, doubt)
	d.doubtCopies(doubt)
	d.doubtInk(doubt)
	return doubts
}

// Counts returns the number of images of every class.
func (s *Set) Counts() []int {
	counts := make([]int, s.Classes)
	for _, label := range s.Labels {
		counts[label]++
	}
	return counts
}

func (d *Data) doubtLabels(info Info, train, test []int, doubt func(string, ...any)) {
	both := make([]int, len(train))
	for i := range both {
		both[i] = train[i] + test[i]
	}
	first := slices.IndexFunc(both, func(n int) bool { return n > 0 })
	named := func(counts []int, is func(class int) bool) (names []string, n int) {
		for i := range counts {
			if is(i) {
				if n++; n <= manyNames {
					names = append(names, info.Classes[i])
				}
			}
		}
		if n > manyNames {
			names = append(names, fmt.Sprintf("%d more", n-manyNames))
		}
		return names, n
	}
	if first > 0 && info.Classes[0] == "0" {
		doubt("the labels begin with %d, not with 0: the classes below it have output neurons that learn nothing", first)
	}
	if none, n := named(train, func(i int) bool { return i > first && train[i] == 0 }); n > 0 {
		doubt("no training images of %s", list(none, "and"))
	}
	if none, n := named(test, func(i int) bool { return train[i] > 0 && test[i] == 0 }); n > 0 {
		doubt("no test images of %s", list(none, "and"))
	}
	var some []int
	for _, n := range train {
		if n > 0 {
			some = append(some, n)
		}
	}
	if len(some) < 2 {
		doubt("all training images are of one class")
		return
	}
	if least, most := slices.Min(some), slices.Max(some); most >= unequal*least {
		doubt("the classes are very unequal: %d training images of %s, and %d of %s",
			most, info.Classes[slices.Index(train, most)], least, info.Classes[slices.Index(train, least)])
	}
	if slices.IsSorted(d.Train.Labels) {
		doubt("the training images are sorted by class, so a part of them (--examples, --validation) has only some classes: shuffle them")
	}
}

// doubtCopies looks for images that are there more than once.
func (d *Data) doubtCopies(doubt func(string, ...any)) {
	type seen struct{ first, label int }
	known := make(map[[sha256.Size]byte]seen)
	copies, contradictions, same := 0, 0, ""
	for i := range d.Train.Len() {
		key, label := sha256.Sum256(d.Train.Image(i)), d.Train.Label(i)
		before, ok := known[key]
		if !ok {
			known[key] = seen{i, label}
			continue
		}
		if copies++; label != before.label {
			if contradictions++; same == "" {
				same = fmt.Sprintf("%d and %d", before.first, i)
			}
		}
	}
	switch {
	case len(known) == 1 && d.Train.Len() > 1:
		doubt("all training images are alike")
	case copies > 0:
		doubt("training images that are copies of others: %d of %d", copies, d.Train.Len())
	}
	if contradictions > 0 {
		doubt("training images that are alike, but of different classes: %d, such as images %s", contradictions, same)
	}
	leaked, pair := 0, ""
	for i := range d.Test.Len() {
		if before, ok := known[sha256.Sum256(d.Test.Image(i))]; ok {
			if leaked++; pair == "" {
				pair = fmt.Sprintf("test image %d is training image %d", i, before.first)
			}
		}
	}
	if leaked > 0 {
		doubt("test images that are training images too: %d of %d (%s)", leaked, d.Test.Len(), pair)
	}
}

// doubtInk looks at how bright the images are.
func (d *Data) doubtInk(doubt func(string, ...any)) {
	constant, which := 0, ""
	white, brightest := 0, byte(0)
	for _, split := range []struct {
		set  *Set
		name string
	}{{d.Train, "training"}, {d.Test, "test"}} {
		for i := range split.set.Len() {
			image := split.set.Image(i)
			low, high := slices.Min(image), slices.Max(image)
			if low == high && len(image) > 1 {
				if constant++; which == "" {
					which = fmt.Sprintf("%s image %d", split.name, i)
				}
			}
			brightest = max(brightest, high)
			for _, v := range image {
				if v >= paper {
					white++
				}
			}
		}
	}
	if constant > 0 {
		doubt("images in which all pixels are equal: %d, such as %s", constant, which)
	}
	if brightest < dimmest {
		doubt("the images are nearly black: the brightest pixel has %d of 255, which input neurons hardly fire for", brightest)
	}
	if n := len(d.Train.Pixels) + len(d.Test.Pixels); 2*white > n {
		doubt("more than half of all pixels are white, as if drawn on paper: ink should be white on black, since input neurons fire for what is bright (255 - x turns it round)")
	}
}
