package dataset

import (
	"slices"
	"strings"
	"testing"
)

// toy has some images of 3×3 of each of two classes, all different and with little ink.
func toy(perClass int) (*Data, Info) {
	set := func(first int) *Set {
		s := &Set{Width: 3, Height: 3, Channels: 1, Classes: 2}
		for i := range 2 * perClass {
			image := make([]byte, 9)
			image[0], image[1], image[2] = 255, byte(first+i), byte(i%2)
			s.Pixels, s.Labels = append(s.Pixels, image...), append(s.Labels, byte(i%2))
		}
		return s
	}
	return &Data{Train: set(0), Test: set(100)}, Info{Classes: []string{"0", "1"}}
}

// Each mistake that people make with data gives its own warning, and nothing else does.
func TestDoubts(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(d *Data, info *Info)
		want  []string
	}{
		"nothing": {func(*Data, *Info) {}, nil},
		"labels from 1": {func(d *Data, info *Info) {
			for _, s := range []*Set{d.Train, d.Test} {
				s.Classes = 3
				for i := range s.Labels {
					s.Labels[i]++
				}
			}
			info.Classes = []string{"0", "1", "2"}
		}, []string{"the labels begin with 1, not with 0"}},
		"a class without images": {func(d *Data, info *Info) {
			d.Train.Classes, d.Test.Classes, info.Classes = 3, 3, []string{"cat", "dog", "bird"}
		}, []string{"no training images of bird"}},
		"a class without test images": {func(d *Data, info *Info) {
			d.Test = d.Test.First(1)
		}, []string{"no test images of 1"}},
		"one class": {func(d *Data, info *Info) {
			for _, s := range []*Set{d.Train, d.Test} {
				clear(s.Labels)
				s.Classes = 1
			}
			info.Classes = info.Classes[:1]
		}, []string{"all training images are of one class"}},
		"unequal": {func(d *Data, info *Info) {
			clear(d.Train.Labels)
			d.Train.Labels[3] = 1
		}, []string{"the classes are very unequal: 19 training images of 0, and 1 of 1"}},
		"sorted": {func(d *Data, info *Info) {
			slices.Sort(d.Train.Labels)
		}, []string{"the training images are sorted by class"}},
		"copies": {func(d *Data, info *Info) {
			copy(d.Train.Image(5), d.Train.Image(3))
		}, []string{"training images that are copies of others: 1 of 20"}},
		"contradictions": {func(d *Data, info *Info) {
			copy(d.Train.Image(5), d.Train.Image(2))
		}, []string{"copies of others: 1 of 20", "of different classes: 1, such as images 2 and 5"}},
		"all alike": {func(d *Data, info *Info) {
			for i := range d.Train.Len() {
				copy(d.Train.Image(i), []byte{255, 0, 0})
			}
		}, []string{"all training images are alike", "of different classes: 10, such as images 0 and 1"}},
		"training images in the test set": {func(d *Data, info *Info) {
			copy(d.Test.Image(4), d.Train.Image(6))
		}, []string{"test images that are training images too: 1 of 20 (test image 4 is training image 6)"}},
		"constant": {func(d *Data, info *Info) {
			clear(d.Test.Image(7))
		}, []string{"images in which all pixels are equal: 1, such as test image 7"}},
		"dark": {func(d *Data, info *Info) {
			for _, s := range []*Set{d.Train, d.Test} {
				for i := range s.Pixels {
					s.Pixels[i] /= 8
				}
				for i := range s.Len() { // still all different
					s.Image(i)[3] = byte(i)
				}
			}
			for i := range d.Test.Len() {
				d.Test.Image(i)[4] = 7
			}
		}, []string{"nearly black: the brightest pixel has 31 of 255"}},
		"on paper": {func(d *Data, info *Info) {
			for _, s := range []*Set{d.Train, d.Test} {
				for i := range s.Pixels {
					s.Pixels[i] = 255 - s.Pixels[i]
				}
			}
		}, []string{"more than half of all pixels are white"}},
	} {
		data, info := toy(10)
		c.spoil(data, &info)
		got := data.Doubts(info)
		if len(got) != len(c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: %q, want %q", name, got[i], want)
			}
		}
	}
}

// What everybody trains on gives no false alarm.
func TestNoDoubtsAboutDigits(t *testing.T) {
	info, err := Lookup("digits")
	if err != nil {
		t.Fatal(err)
	}
	if got := Digits(1, 3000, 500).Doubts(info); got != nil {
		t.Errorf("%q", got)
	}
}
