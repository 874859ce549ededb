package dataset

import (
	"fmt"
	"path/filepath"
)

// ownIDX describes a set with the files of MNIST and nothing else in common with it.
var ownIDX = Info{Files: []File{{Name: trainImages}, {Name: trainLabels}, {Name: testImages}, {Name: testLabels}}}

// holdsIDX reports whether a folder has a file named as those of MNIST.
func holdsIDX(dir string) bool { return len(look(dir, ownIDX).found) > 0 }

// readOwnIDX reads a folder of IDX files. Those of the test images may be missing.
func readOwnIDX(dir string) (*own, error) {
	p := look(dir, ownIDX)
	o := &own{form: FormIDX}
	for _, split := range []struct {
		set            **Set
		images, labels string
	}{{&o.train, trainImages, trainLabels}, {&o.test, testImages, testLabels}} {
		images, some := p.found[split.images]
		labels, also := p.found[split.labels]
		if !some && !also && split.set == &o.test {
			continue
		}
		for _, file := range ownIDX.Files {
			if _, ok := p.found[file.Name]; !ok && (file.Name == split.images || file.Name == split.labels) {
				return nil, &FormatError{dir, fmt.Errorf("there is no %s, plain or with .gz", file.Name)}
			}
		}
		i, err := readIDX(images, idxImages)
		if err != nil {
			return nil, err
		}
		l, err := readIDX(labels, idxLabels)
		if err != nil {
			return nil, err
		}
		if *split.set, err = pair(i, l, maxClasses); err != nil {
			return nil, err
		}
	}
	if a, b := o.train, o.test; b != nil && (a.Width != b.Width || a.Height != b.Height) {
		return nil, &FormatError{dir, fmt.Errorf("the images of %s are %s, but those of %s are %s",
			filepath.Base(p.found[trainImages].path), a.shape(), filepath.Base(p.found[testImages].path), b.shape())}
	}
	return o, nil
}
