package table

import (
	"plateau/sim/record/intact"
)

// Missing returns a table with a row for each stretch of trials that are damaged,
// and therefore in no other table. What happened in them is not known.
func Missing(r *intact.Recording) Table {
	clock := r.Header().Clock()
	t := Table{Name: "missing", Columns: []Column{
		{"first_trial", Int32, "the first of some trials that are damaged, and not in the file"},
		{"last_trial", Int32, "the last of them"},
		{"begin_ms", Float64, "when the first began, since the start of the recording"},
		{"end_ms", Float64, "when the last ended"},
	}}
	t.scan = func(b *batches) error {
		gaps, err := r.Gaps()
		if err != nil {
			return err
		}
		for _, gap := range gaps {
			add(b, 0, int32(gap.First))
			add(b, 1, int32(gap.Last))
			add(b, 2, clock.At(gap.From))
			add(b, 3, clock.At(gap.To))
			if err := b.row(); err != nil {
				return err
			}
		}
		return nil
	}
	return t
}
