package table

import (
	"math"

	"plateau/sim/record/intact"
)

// Trials returns a table with a row for each trial.
func Trials(r *intact.Recording) Table {
	h, clock := r.Header(), r.Header().Clock()
	t := Table{Name: "trials", Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"purpose", Text, "training, test or trial"},
		{"number", Uint64, "number of the trial among those for its purpose"},
		{"example", Int64, "number of the example in its data set, counted from 0"},
		{"class", Int32, "the true class"},
		{"predicted", Int32, "the predicted class, read out in the forward phase; −1 if not known"},
		{"correct", Bool, "whether that is the true class"},
		{"place", Int32, "the slot of a batch that showed it"},
		{"rested", Bool, "whether it began at rest"},
		{"whole", Bool, "whether it was recorded to its end"},
		{"begin_ms", Float64, "when it began, since the start of the recording"},
		{"steps", Int32, "length in time steps"},
		{"weights", Text, "SHA-256 digest of the weights last recorded before it"},
		{"updates", Int32, "number of trials that have changed those weights since; with 0 they are the trial's own"},
	}}
	repeat := len(t.Columns)
	if h.Repeats > 0 {
		t.Columns = append(t.Columns, Column{"repeat", Int32, "how many times its example had been shown before"})
	}
	losses := len(t.Columns)
	for m, p := range h.Populations[1:] {
		about := "L_0 of the layer (32), NaN if not known"
		if m == len(h.Network.Hidden) {
			about = "L_1 (23), NaN if not known"
		}
		t.Columns = append(t.Columns, Column{"loss_" + p.Name, Float64, about})
	}
	t.scan = func(b *batches) error {
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				return err
			}
			add(b, 0, int32(trial.Index))
			add(b, 1, trial.Purpose.String())
			add(b, 2, trial.Number)
			add(b, 3, int64(trial.Example))
			add(b, 4, int32(trial.Class))
			add(b, 5, int32(trial.Predicted))
			add(b, 6, trial.Correct())
			add(b, 7, int32(trial.Slot))
			add(b, 8, trial.Rested)
			add(b, 9, trial.Whole)
			add(b, 10, clock.At(trial.First))
			add(b, 11, int32(trial.Steps))
			add(b, 12, trial.Weights)
			add(b, 13, int32(trial.Updates))
			if h.Repeats > 0 {
				add(b, repeat, int32(trial.Repeat()))
			}
			for m := range h.Populations[1:] {
				loss := math.NaN()
				if trial.Losses != nil {
					loss = trial.Losses[m]
				}
				add(b, losses+m, loss)
			}
			if err := b.row(); err != nil {
				return err
			}
		}
		return nil
	}
	return t
}
