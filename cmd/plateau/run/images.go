package run

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"plateau/cmd/plateau/settings"
	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
)

// RecordedImages finds the images that were shown in the trials of a recording, if its
// data set can be found. It loads a set when an image of it is first needed.
type RecordedImages struct {
	h *record.Header
	C *settings.Config

	mu   sync.Mutex
	sets map[string]*dataset.Set // of each split
}

// NewRecordedImages returns nil if the recording does not say where the data set is,
// which is possible if another version wrote it.
func NewRecordedImages(h *record.Header) *RecordedImages {
	s := settings.NewLayers()
	s.Read("the recording's configuration", []byte(h.Config))
	c, err := s.Finish()
	if err != nil || h.Config == "" || c.Data.Short() != h.Data {
		return nil
	}
	return &RecordedImages{h: h, C: c, sets: map[string]*dataset.Set{}}
}

// ErrSplit is the error for older recordings, which lack the split.
var ErrSplit = errors.New("the recording does not say whether the image was a training or a test image")

// ErrNoImage is the error for a trial that showed something else.
var ErrNoImage = errors.New("the trial did not show an image of a data set")

// Find returns the set that contains the image t.Example of a trial.
func (r *RecordedImages) Find(t *record.Trial) (*dataset.Set, error) {
	if t.Example < 0 {
		return nil, ErrNoImage
	}
	split := shownSplit(r.h, t)
	if split == "" {
		return nil, ErrSplit
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
	if set.Size() != r.h.Network.Inputs || set.Label(t.Example) != t.Class {
		return nil, fmt.Errorf("image %d is not in the %s set of %s", t.Example, split, r.h.Data)
	}
	return set, nil
}

// Shown returns the image that a trial showed, as the only one of a set: shifted if it was.
func (r *RecordedImages) Shown(t *record.Trial) (*dataset.Set, error) {
	set, err := r.Find(t)
	if err != nil {
		return nil, err
	}
	alone := *set
	alone.Pixels, alone.Labels = set.Image(t.Example), set.Labels[t.Example:t.Example+1]
	if shift, ok := r.C.Shifted(set); ok && t.Purpose == sim.TrainingSpikes {
		alone.Pixels = slices.Clone(alone.Pixels)
		shift.AlterPixels(t.Number, alone.Pixels)
	}
	return &alone, nil
}

// shownSplit returns the set that contains the image of a trial, "" if it is not known.
func shownSplit(h *record.Header, t *record.Trial) string {
	switch t.Purpose {
	case sim.TrainingSpikes:
		return settings.SplitTrain
	case sim.TestSpikes:
		return settings.SplitTest
	}
	return h.Split
}

// load loads a set: as many images as the run used, and more if image is beyond those.
func (r *RecordedImages) load(split string, image int) (*dataset.Set, error) {
	info := r.C.Data.Info()
	train, test := settings.Count(1), settings.Count(1)
	wanted, run, usual := &test, r.C.Data.Test, settings.Count(info.Test)
	if split == settings.SplitTrain {
		wanted, run, usual = &train, r.C.Data.Examples, settings.Count(info.Train)
	}
	if settings.Count(image) >= max(run, usual) {
		return nil, fmt.Errorf("image %d is not in the %s set of %s", image, split, r.h.Data)
	}
	*wanted = max(run, settings.Count(image+1))
	data, err := r.C.Data.Load(train, test)
	if err != nil {
		return nil, err
	}
	if data.Changed {
		return nil, fmt.Errorf("%s has changed since: its images or labels are not those of before", data.Dir)
	}
	set := data.Test
	if split == settings.SplitTrain {
		set = data.Train
	}
	if image >= set.Len() {
		return nil, fmt.Errorf("image %d is not in the %s set in %s", image, split, data.Dir)
	}
	return set, nil
}
