package arrays

import (
	"errors"
	"math"

	"plateau/sim/record"
	"plateau/sim/record/intact"
	"plateau/sim/record/npz"
	"plateau/sim/record/table"
)

// plateaus writes the plateaus of a hidden layer, NaN if they were not recorded.
func (x *exporter) plateaus(m int) error {
	name, size := x.h.Populations[1+m].Name+"_plateau", x.h.Network.Hidden[m]
	phases := 0
	each := func(f func(record.Plateaus) error) error {
		return table.EachPhase(x.r, func(i int, _ *record.Trial, k, _ int) error {
			p, err := x.r.Plateaus(i, k, m)
			if errors.Is(err, record.ErrNotRecorded) {
				p, err = intact.UnknownPlateaus(size), nil
			}
			if err != nil {
				return err
			}
			return f(p)
		})
	}
	if err := table.EachPhase(x.r, func(int, *record.Trial, int, int) error { phases++; return nil }); err != nil {
		return err
	}
	shape := []int{phases, size}
	const axes = "phases × neurons"
	err := x.to.stream(Label{name, axes, "plateau potential α (21), NaN if not known"}, npz.Float32, shape, func(s *npz.Stream) error {
		return each(func(p record.Plateaus) error { return s.Write(p.Value) })
	})
	if err != nil {
		return err
	}
	err = x.to.stream(Label{name + "_step", axes, "the time step at whose end it begins, −1 if not known"}, npz.Int32, shape, func(s *npz.Stream) error {
		return each(func(p record.Plateaus) error { return s.Write(p.Step) })
	})
	if err != nil {
		return err
	}
	return x.to.stream(Label{name + "_time_ms", axes, "when it begins, NaN if not known"}, npz.Float64, shape, func(s *npz.Stream) error {
		at := make([]float64, size)
		return each(func(p record.Plateaus) error {
			for i, step := range p.Step {
				if at[i] = math.NaN(); step >= 0 {
					at[i] = x.clock.At(int64(step) + 1)
				}
			}
			return s.Write(at)
		})
	})
}
