package nwb

import (
	"errors"
	"math"

	"plateau/sim/record"
	"plateau/sim/record/hdf5"
	"plateau/sim/record/intact"
)

// intervalTable adds a table of intervals. The first adds the group of all.
func (x *exporter) intervalTable(name, description string) *intervals {
	if x.intervals == nil {
		x.intervals = x.file.Root.Group("intervals")
	}
	t := x.table(x.intervals, name, "TimeIntervals", description)
	return &intervals{t,
		t.column("start_time", "Start time of epoch, in seconds", hdf5.Float64),
		t.column("stop_time", "Stop time of epoch, in seconds: a nanosecond before the next may start, so that no spike is in two", hdf5.Float64)}
}

type intervals struct {
	*table
	start, stop *hdf5.Dataset
}

// interval writes the times of an interval of steps of the recording.
func (t *intervals) interval(from, to int64) {
	start := t.x.seconds(from)
	t.start.Append(start)
	t.stop.Append(max(start, t.x.until(to))) // a trial may have broken off before its first step
}

// trials writes a row for each trial.
func (x *exporter) trials() error {
	if x.r.Trials() == 0 {
		return nil
	}
	table := x.intervalTable("trials", "presentations of examples")
	index := table.column("trial", "the number of the trial in the recording, of which some may be left out as damaged", hdf5.Int64)
	purpose := table.column("purpose", "what the presentation was for", hdf5.String)
	number := table.column("number", "the number of the presentation among those of its purpose", hdf5.Uint64)
	example := table.column("sample", "the number of the example in its data set, counted from 0", hdf5.Int64)
	class := table.column("true_class", "the class of the example", hdf5.Int64)
	predicted := table.column("class_read", "the predicted class, read out in the forward phase; -1 if not known", hdf5.Int64)
	correct := table.column("correct", "whether the predicted class is the true one", hdf5.Bool)
	slot := table.column("place", "the slot of a batch that showed the example; 0 begins a batch", hdf5.Int64)
	rested := table.column("rested", "whether the network began at rest", hdf5.Bool)
	whole := table.column("whole", "whether all of the trial was recorded", hdf5.Bool)
	weights := table.column("weights", "SHA-256 digest of the weights last recorded before the trial", hdf5.String)
	updates := table.column("updates", "number of trials that have changed these weights since", hdf5.Int64)
	var repeat *hdf5.Dataset
	if x.h.Repeats > 0 {
		repeat = table.column("repeat", "how many times the example had been shown before", hdf5.Int64)
	}
	var losses []*hdf5.Dataset
	if x.losses {
		for m := range x.h.Network.Hidden {
			losses = append(losses, table.column("loss_"+x.hidden(m), "squared difference of the plateau potentials of the layer", hdf5.Float64))
		}
		losses = append(losses, table.column("loss_output", "squared difference of the rates of the output", hdf5.Float64))
	}
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		// Pynapple wants rows that are numbered without holes.
		table.row()
		index.Append(t.Index)
		table.interval(t.First, t.First+int64(t.Steps))
		purpose.Append(t.Purpose.String())
		number.Append(t.Number)
		example.Append(t.Example)
		class.Append(t.Class)
		predicted.Append(t.Predicted)
		correct.Append(t.Correct())
		slot.Append(t.Slot)
		rested.Append(t.Rested)
		whole.Append(t.Whole)
		weights.Append(t.Weights)
		for m, d := range losses {
			loss := math.NaN()
			if t.Losses != nil {
				loss = t.Losses[m]
			}
			d.Append(loss)
		}
		if repeat != nil {
			repeat.Append(t.Repeat())
		}
		if err := updates.Append(t.Updates); err != nil {
			return err
		}
	}
	return table.close()
}

// hidden returns the name of a hidden layer's population.
func (x *exporter) hidden(m int) string { return x.h.Populations[1+m].Name }

// phases writes a table for each kind of phase.
func (x *exporter) phases() error {
	type kind struct {
		*intervals
		window, trial    *hdf5.Dataset
		taught, class    *hdf5.Dataset
		plateaus, onsets []*hdf5.Dataset // of each hidden layer
	}
	kinds := map[string]*kind{}
	for _, name := range x.kinds {
		k := &kind{intervals: x.intervalTable(name+"_phases", "phases "+name+" of the trials")}
		k.trial = k.column("trial", "the number of the trial in the recording, as in the table of trials", hdf5.Int64)
		k.window = k.column("window_start_time", "start of the window of averages, in seconds", hdf5.Float64)
		k.taught = k.column("taught", "whether the teaching current flowed", hdf5.Bool)
		k.class = k.column("class_taught", "the class taught; -1 if none", hdf5.Int64)
		if x.h.Plateaus {
			for m, size := range x.h.Network.Hidden {
				k.plateaus = append(k.plateaus, k.column("plateau_"+x.hidden(m), "plateau potential of each neuron; NaN if not known", hdf5.Float32, int64(size)))
				if x.onsets[name] {
					k.onsets = append(k.onsets, k.column("plateau_time_"+x.hidden(m), "when it began, in seconds; NaN if not known", hdf5.Float64, int64(size)))
				}
			}
		}
		kinds[name] = k
	}
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		for n, p := range t.Phases {
			k := kinds[p.Name]
			k.row()
			k.interval(t.First+int64(p.First), t.First+int64(min(p.End(), t.Steps)))
			k.trial.Append(t.Index)
			k.window.Append(x.seconds(t.First + int64(p.First+p.From)))
			k.taught.Append(p.Taught)
			class := -1
			if p.Taught {
				class = p.Class
			}
			k.class.Append(class)
			for m, to := range k.plateaus {
				plateaus, err := x.r.Plateaus(i, n, m)
				if errors.Is(err, record.ErrNotRecorded) {
					plateaus = intact.UnknownPlateaus(x.h.Network.Hidden[m])
				} else if err != nil {
					return err
				}
				to.Append(plateaus.Value)
				if k.onsets == nil {
					continue
				}
				// A plateau begins at the end of its step.
				at := make([]float64, len(plateaus.Step))
				for j, step := range plateaus.Step {
					if at[j] = math.NaN(); step >= 0 {
						at[j] = x.seconds(t.First + int64(step) + 1)
					}
				}
				k.onsets[m].Append(at)
			}
			if x.file.Err() != nil {
				return x.file.Err()
			}
		}
	}
	for _, name := range x.kinds {
		if err := kinds[name].close(); err != nil {
			return err
		}
	}
	return nil
}

// invalid writes the times about which nothing is known.
func (x *exporter) invalid() error {
	if len(x.gaps) == 0 {
		return nil
	}
	table := x.intervalTable("invalid_times", "times about which nothing is known, to be left out of every analysis")
	first := table.column("first_trial", "the first trial in that time", hdf5.Int64)
	last := table.column("last_trial", "the last trial in that time", hdf5.Int64)
	reason := table.column("reason", "why nothing is known", hdf5.String)
	for _, gap := range x.gaps {
		table.row()
		table.interval(gap.From, gap.To)
		first.Append(gap.First)
		last.Append(gap.Last)
		reason.Append("the recording is damaged")
	}
	return table.close()
}
