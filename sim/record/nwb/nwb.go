// Package nwb exports recordings to Neurodata Without Borders, version 2: one
// HDF5 file that holds
//
//   - /units: the spike times of every neuron whose spikes were recorded, of
//     silent ones too, with population and number of the neuron, and the times in
//     which they were observed;
//   - /intervals/trials: a row for each trial, with its example, its class and
//     the predicted class;
//   - /intervals/<phase>_phases: for each kind of phase a row for each time it
//     occurred, with the plateau potentials of the hidden neurons;
//   - /intervals/invalid_times, if trials are damaged and left out: the times of
//     which nothing is known;
//   - /acquisition/<population>_<variable>: the recorded variables, a column for
//     each neuron;
//   - /stimulus/presentation/image: the images that the trials showed, if they are
//     available;
//   - /stimulus/presentation/current_<population>_<compartment>: the currents that were
//     injected, a column for each neuron;
//   - under /general, what the recording says about its run.
//
// Time is in seconds since the start of the recording, in which trials follow
// one another without gaps. A spike is at the start of its step, a sample is the
// value at the end of one. An interval begins with its first step and stops a
// nanosecond before the next one begins, because for some programs both ends belong to
// an interval, and a spike on a border would be in two. The bytes of an export depend
// only on the recording and the options.
//
// The schema itself is not copied into the file, because PyNWB and other programs have
// it.
package nwb

import (
	"fmt"
	"io"
	"time"

	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/hdf5"
	"plateau/sim/record/intact"
)

// version is the version of the schema, the first that has was_generated_by.
const version = "2.8.0"

// syntheticConstruct is the species of artificial things in the NCBI taxonomy.
const syntheticConstruct = "http://purl.obolibrary.org/obo/NCBITaxon_32630"

// Options of an export. The zero Options are good defaults.
type Options struct {
	// Start is when the session began; if zero, what the recording says. It must
	// not lie in the future, or validators complain.
	Start time.Time
	// Memory is about how many bytes to use for putting spikes in the order of
	// neurons; 0 means 32 MiB. With less, the recording is read more often. A process
	// takes about twice as much, because of garbage.
	Memory int
	// Images are those that the trials showed; nil if they are not available, which the
	// file then says.
	Images *Images
}

// unknownStart replaces the start of a session if it is not known.
var unknownStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Export writes a recording as an NWB file. After an error, what was written is not
// readable.
func Export(w io.WriterAt, r *record.Reader, o Options) error {
	if o.Memory <= 0 {
		o.Memory = 32 << 20
	}
	x := &exporter{r: intact.Of(r), h: r.Header(), options: o, dt: r.Header().Dt(), clock: sim.NewClock(r.Header().Dt())}
	var err error
	if x.survey, err = newSurvey(x.r); err != nil {
		return fmt.Errorf("nwb: %w", err)
	}
	x.file = hdf5.Create(w)
	x.identify()
	err = x.all()
	if failed := x.file.Close(); failed != nil && err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("nwb: %w", err)
	}
	return nil
}

type exporter struct {
	*survey
	r       *intact.Recording
	h       *record.Header
	options Options
	dt      float64 // ms
	clock   sim.Clock
	file    *hdf5.File
	id      string
	objects int // number of objects that have an object_id

	intervals *hdf5.Group // nil until there is a table in it
}

// seconds is the time at the start of a step of the recording.
func (x *exporter) seconds(step int64) float64 { return x.clock.At(step) / 1000 }

// moment is shorter than any step (s). pynapple, for which both ends belong to an
// interval, rounds times to this precision.
const moment = 1e-9

// until returns the time at which an interval stops that ends before a step, so that
// it shares no time with an interval that begins with the step.
func (x *exporter) until(step int64) float64 { return x.seconds(step) - moment }

func (x *exporter) all() error {
	x.session()
	for _, part := range []func() error{x.stimuli, x.units, x.trials, x.phases, x.invalid, x.series} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}
