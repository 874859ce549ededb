package table

import (
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// EachPhase calls f for each phase of each trial. Trial i of r is t, and end is the
// step of the trial after the phase's last recorded one. An error from f ends the
// loop and is returned.
func EachPhase(r *intact.Recording, f func(i int, t *record.Trial, phase, end int) error) error {
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return err
		}
		for k, p := range t.Phases {
			if err := f(i, t, k, min(p.End(), t.Steps)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Phases returns a table with a row for each phase of each trial.
func Phases(r *intact.Recording) Table {
	clock := r.Header().Clock()
	t := Table{Name: "phases", Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"phase", Int32, "number of the phase in its trial"},
		{"name", Text, "forward, target or test"},
		{"begin_ms", Float64, "when it begins"},
		{"window_ms", Float64, "when the window of its averages begins"},
		{"end_ms", Float64, "when it ends, and with it the window"},
		{"first_step", Int32, "its first time step"},
		{"steps", Int32, "length in time steps"},
		{"taught", Bool, "whether the teaching current flowed"},
		{"class_taught", Int32, "for which class, −1 if it did not"},
	}}
	t.scan = func(b *batches) error {
		return EachPhase(r, func(_ int, trial *record.Trial, k, end int) error {
			p := trial.Phases[k]
			add(b, 0, int32(trial.Index))
			add(b, 1, int32(k))
			add(b, 2, p.Name)
			add(b, 3, clock.At(int64(p.First)))
			add(b, 4, clock.At(int64(p.First+p.From)))
			add(b, 5, clock.At(int64(end)))
			add(b, 6, int32(p.First))
			add(b, 7, int32(end-p.First))
			add(b, 8, p.Taught)
			class := -1
			if p.Taught {
				class = p.Class
			}
			add(b, 9, int32(class))
			return b.row()
		})
	}
	return t
}
