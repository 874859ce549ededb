package look

import (
	"errors"
	"fmt"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
	"plateau/sim/record"
	"plateau/sim/record/intact"
	"plateau/sim/record/nwb"
)

// exportedImages returns the images that were shown in the trials of a recording. If
// the data set cannot be found, it prints a note and returns nil; that is an error
// only if the user named a folder.
func exportedImages(con *terminal.Console, r *intact.Recording, dir string) (*nwb.Images, error) {
	if any, err := showsImages(r); err != nil || !any {
		return nil, err
	}
	images, err := findImages(r, dir)
	switch {
	case err == nil:
		return images, nil
	case dir != "":
		return nil, fmt.Errorf("--data-dir %s: %s", dir, cli.Plain(err))
	}
	if _, missing := errors.AsType[*dataset.MissingError](err); missing {
		err = fmt.Errorf("the images of %s were not found; --data-dir DIR says where they are", r.Header().Data)
	}
	con.Note("note: the export does not hold the images that were shown: %s", cli.Plain(err))
	return nil, nil
}

// showsImages reports whether any trial showed an image of a data set.
func showsImages(r *intact.Recording) (bool, error) {
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return false, err
		}
		if t.Example >= 0 {
			return true, nil
		}
	}
	return r.Trials() == 0, nil
}

// findImages finds all images that were shown, before anything is written. Trials
// whose images cannot be known have none.
func findImages(r *intact.Recording, dir string) (*nwb.Images, error) {
	found := run.NewRecordedImages(r.Header())
	if found == nil {
		return nil, errors.New("the recording does not say where its data set is")
	}
	if dir != "" {
		found.C.Data.Dir = dir
	}
	images := &nwb.Images{Of: func(t *record.Trial) ([]byte, error) {
		set, err := found.Shown(t)
		if errors.Is(err, run.ErrSplit) || errors.Is(err, run.ErrNoImage) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return set.Image(0), nil
	}}
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return nil, err
		}
		set, err := found.Find(t)
		switch {
		case errors.Is(err, run.ErrSplit), errors.Is(err, run.ErrNoImage):
		case err != nil:
			return nil, err
		default:
			images.Width, images.Height, images.Channels = set.Width, set.Height, set.Channels
		}
	}
	if images.Width == 0 && r.Trials() > 0 {
		return nil, run.ErrSplit
	}
	return images, nil
}
