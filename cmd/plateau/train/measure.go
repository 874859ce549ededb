package train

import (
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/protocols/measure"
)

// measureEventOf converts a line of measurements; here spikes/ms become Hz.
func measureEventOf(m settings.Measured, epoch int, l measure.Line) run.MeasureEvent {
	only := func(on bool, x float64) *run.Quantity {
		if !on {
			return nil
		}
		q := run.Quantity(x)
		return &q
	}
	return run.MeasureEvent{
		Event: "measure", Epoch: epoch, Examples: l.Examples,
		HiddenLosses: run.Quantities(l.HiddenLosses, 1), OutputLoss: only(m.Losses, l.OutputLoss), LossCorrelation: run.Quantities(l.LossCorrelation, 1),
		UpdateAngles:      run.Quantities(l.UpdateAngles, 1),
		LargestEigenvalue: only(m.Eigenvalue, l.LargestEigenvalue),
		WeightNorms:       run.Quantities(l.WeightNorms, 1), WeightChanges: run.Quantities(l.WeightChanges, 1), GradientChanges: run.Quantities(l.GradientChanges, 1),
		AlignmentAngle: only(m.Alignment, l.AlignmentAngle),
		Rates:          run.Quantities(l.Rates, 1000),
	}
}

// measuring is what a run measures in training.
type measuring struct {
	*measure.Measurements
	what settings.Measured
}

// measure begins to measure if the configuration asks for it.
func (r *session) measure() error {
	what, err := r.config.Measure.Measured(len(r.config.Network.Hidden))
	if err != nil || !what.Training() {
		return err
	}
	if what.Everything {
		what.Options = measure.All(what.Every, r.Learner)
	}
	m, err := measure.New(what.Options, r.trainer)
	if err != nil {
		return err
	}
	r.measuring = &measuring{m, what}
	r.keep(partMeasurements, m)
	return nil
}

// partMeasurements is the name of the part of a checkpoint with what measurements carry
// from one example to the next.
const partMeasurements = "measurements"

// addMeasured writes a line if an interval has ended. It must be called after every
// batch, before a checkpoint.
func (r *session) addMeasured(epoch int) error {
	if r.measuring == nil {
		return nil
	}
	line, ok := r.measuring.Next()
	if !ok {
		return nil
	}
	return r.both(measureEventOf(r.measuring.what, epoch, line))
}

// saveMeasurements writes all measurements of the run as arrays.
func (r *session) saveMeasurements() error {
	if r.config.Measure.What == settings.Nothing {
		return nil
	}
	return r.folder.SaveMeasurements()
}
