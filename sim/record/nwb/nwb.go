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
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
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
	if err := x.survey(); err != nil {
		return fmt.Errorf("nwb: %w", err)
	}
	x.file = hdf5.Create(w)
	x.identify()
	err := x.all()
	if failed := x.file.Close(); failed != nil && err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("nwb: %w", err)
	}
	return nil
}

type exporter struct {
	r       *intact.Recording
	h       *record.Header
	options Options
	dt      float64 // ms
	clock   sim.Clock
	file    *hdf5.File
	id      string
	objects int // so far, for object_id

	kinds     []string        // names of phases, in the order in which they first occurred
	onsets    map[string]bool // kinds of phases in which each neuron's plateau has its own time
	losses    bool            // whether any trial has losses
	sampled   []sampling      // of each probe
	observed  []intact.Stretch
	gaps      []intact.Stretch
	intervals *hdf5.Group
	complete  bool // whether the last trial is whole
}

// sampling is what the survey of all trials finds about a recorded variable.
type sampling struct {
	samples int64
	even    bool // whether they are evenly spaced
}

// survey looks at all trials.
func (x *exporter) survey() error {
	x.onsets = map[string]bool{}
	x.complete = true
	x.sampled = make([]sampling, len(x.h.Probes))
	for i := range x.sampled {
		x.sampled[i].even = true
	}
	var err error
	if x.observed, err = x.r.Observed(); err != nil {
		return err
	}
	if x.gaps, err = x.r.Gaps(); err != nil {
		return err
	}
	known := map[string]bool{}
	var end int64 // of the trial before
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		gap := t.First != end // a trial was left out
		end = t.First + int64(t.Steps)
		for _, p := range t.Phases {
			if !known[p.Name] {
				known[p.Name] = true
				x.kinds = append(x.kinds, p.Name)
			}
			if p.PlateauWindow > 0 {
				x.onsets[p.Name] = true
			}
		}
		x.losses = x.losses || t.Losses != nil
		x.complete = x.complete && t.Whole
		for k := range x.sampled {
			probe := &x.sampled[k]
			every := x.h.Probes[k].Every
			// The length of the last trial does not matter.
			probe.even = probe.even && !gap && (i == x.r.Trials()-1 || t.Steps%every == 0)
			probe.samples += int64(x.h.Probes[k].Samples(t.Steps))
		}
	}
	return nil
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

// identify gives the file an identity that is a function of the recording.
func (x *exporter) identify() {
	weights := ""
	if x.r.Trials() > 0 {
		if t, err := x.r.Trial(0); err == nil {
			weights = t.Weights
		}
	}
	x.id = uuid(fmt.Sprintf("%q %q %d %q %q %+v %q %d %d", x.h.Program, x.h.Begun.UTC().Format(time.RFC3339Nano), x.h.Seed,
		x.h.Config, x.h.Data, x.h.Network, weights, x.r.Trials(), x.r.Steps()))
}

// uuid is a name-based UUID (RFC 9562, version 8).
func uuid(name string) string {
	b := sha256.Sum256([]byte(name))
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:16])
	return strings.Join([]string{s[:8], s[8:12], s[12:16], s[16:20], s[20:]}, "-")
}

// is marks an object as one of a neurodata type.
func (x *exporter) is(o hdf5.Object, namespace, kind string) {
	x.objects++
	o.Attr("namespace", namespace)
	o.Attr("neurodata_type", kind)
	o.Attr("object_id", uuid(fmt.Sprint(x.id, " ", x.objects)))
}

// session writes what belongs to the whole recording.
func (x *exporter) session() {
	root := x.file.Root
	x.is(root, "core", "NWBFile")
	root.Attr("nwb_version", version)

	start, known := x.options.Start, ""
	if start.IsZero() {
		start = x.h.Begun
	}
	if start.IsZero() {
		start, known = unknownStart, " When it ran is not known; the start time stands in for that."
	}
	began := start.UTC().Format("2006-01-02T15:04:05.000000-07:00")
	n := x.r.Trials()
	description := fmt.Sprintf("Simulation of a network of neurons with segregated dendrites: %d trials of %s.%s", n, orUnnamed(x.h.Data), known)
	if !x.r.Complete() || !x.complete {
		description += " The recording broke off."
	}
	if lost := x.r.LeftOut(); len(lost) > 0 {
		description += fmt.Sprintf(" Trials that are damaged and left out: %s, counted from 0.", ranges(lost))
	}
	if x.options.Images == nil {
		description += " The images that were shown are not in the file."
	}
	root.Write("identifier", x.id)
	root.Write("session_description", description)
	root.Write("session_start_time", began)
	root.Write("timestamps_reference_time", began)
	root.Write("file_create_date", []string{began})
	root.Group("analysis")
	root.Group("processing")

	general := root.Group("general")
	general.Write("experiment_description", about(x.h))
	if x.h.Program != "" {
		name, rest, _ := strings.Cut(x.h.Program, " ")
		general.Write("was_generated_by", hdf5.Array{Shape: []int64{1, 2}, Values: []string{name, rest}})
	}
	if x.h.Config != "" {
		general.Write("source_script", x.h.Config).Attr("file_name", "config.toml")
	}

	// Validators insist on a subject, and on its age and sex.
	subject := general.Group("subject")
	x.is(subject, "core", "Subject")
	subject.Write("subject_id", "simulation")
	subject.Write("description", "a simulated network; no animal was involved")
	subject.Write("species", syntheticConstruct)
	subject.Write("sex", "O")
	subject.Write("age", "P0D")
}

func orUnnamed(data string) string {
	if data == "" {
		return "unnamed data"
	}
	return data
}
