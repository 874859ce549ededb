package main

import (
	"errors"
	"fmt"
	"sync"

	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
)

// Sets of a data set, as --split and recordings call them.
const (
	splitTrain = "train"
	splitTest  = "test"
)

// recordedImages finds the images that were shown in the trials of a recording, if its
// data set can be found. It loads a set when an image of it is first needed.
type recordedImages struct {
	h *record.Header
	c *config

	mu   sync.Mutex
	sets map[string]*dataset.Set // of each split
}

// newRecordedImages returns nil if the recording does not say where the data set is,
// which is possible if another version wrote it.
func newRecordedImages(h *record.Header) *recordedImages {
	s := newSettings()
	s.read("the recording's configuration", []byte(h.Config))
	c, err := s.finish()
	if err != nil || h.Config == "" || c.data.name != h.Data {
		return nil
	}
	return &recordedImages{h: h, c: c, sets: map[string]*dataset.Set{}}
}

// errSplit is the error for older recordings, which lack the split.
var errSplit = errors.New("the recording does not say whether the image was a training or a test image")

// find returns the set that contains the image t.Sample of a trial.
func (r *recordedImages) find(t *record.Trial) (*dataset.Set, error) {
	split := shownSplit(r.h, t)
	if split == "" {
		return nil, errSplit
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	set := r.sets[split]
	if set == nil || t.Example >= set.Len() {
		var err error
		if set, err = r.load(split, t.Example); err != nil {
			return nil, err
		}
		r.sets[split] = set
	}
	if t.Example < 0 || set.Size() != r.h.Network.Inputs || set.Label(t.Example) != t.Class {
		return nil, fmt.Errorf("image %d is not in the %s set of %s", t.Example, split, r.h.Data)
	}
	return set, nil
}

// shownSplit returns the set that contains the image of a trial, "" if it is not known.
func shownSplit(h *record.Header, t *record.Trial) string {
	switch t.Purpose {
	case sim.TrainingSpikes:
		return splitTrain
	case sim.TestSpikes:
		return splitTest
	}
	return h.Split
}

// load loads a set: as many images as the run used, and more if image is beyond those.
func (r *recordedImages) load(split string, image int) (*dataset.Set, error) {
	info, err := dataset.Lookup(r.h.Data)
	if err != nil {
		return nil, err
	}
	train, test := count(1), count(1)
	wanted, run, usual := &test, r.c.data.test, count(info.Test)
	if split == splitTrain {
		wanted, run, usual = &train, r.c.data.examples, count(info.Train)
	}
	if count(image) >= max(run, usual) {
		return nil, fmt.Errorf("image %d is not in the %s set of %s", image, split, r.h.Data)
	}
	*wanted = max(run, count(image+1))
	data, err := r.c.load(train, test)
	if err != nil {
		return nil, err
	}
	set := data.Test
	if split == splitTrain {
		set = data.Train
	}
	if image >= set.Len() {
		return nil, fmt.Errorf("image %d is not in the %s set in %s", image, split, data.Dir)
	}
	return set, nil
}
