package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
)

// recordFlag adds --record to a command.
func recordFlag(cmd *cobra.Command, usage string) *string {
	path := fileFlag(cmd.Flags(), "record", headOutput, usage)
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		// To pflag, --record FILE is an option without a value, and an argument.
		if len(args) == 1 && *path == standardFile {
			*path = args[0]
			return nil
		}
		return noArguments(cmd, args)
	}
	return path
}

// recordedPopulations reports for each population whether its spikes are recorded.
func (c *config) recordedPopulations() ([]bool, error) {
	names := populationNames(len(c.network.hidden))
	chosen := make([]bool, len(names))
	for i := range chosen {
		chosen[i] = c.record.spikes == everything
	}
	if c.record.spikes == everything || c.record.spikes == nothing {
		return chosen, nil
	}
	for name := range strings.SplitSeq(c.record.spikes, ",") {
		i := slices.Index(names, strings.TrimSpace(name))
		if i < 0 {
			return nil, fmt.Errorf("there is no population %s", name)
		}
		chosen[i] = true
	}
	return chosen, nil
}

// neuronRanges returns, for each population, the neurons whose potentials are
// recorded, as ranges that exclude their last number.
func (c *config) neuronRanges() ([][][2]int, error) {
	info, err := dataset.Lookup(c.data.name)
	if err != nil {
		return nil, nil // reported elsewhere
	}
	text := c.record.neurons
	names, sizes := populationNames(len(c.network.hidden)), c.sizes(info)
	if text == everything {
		text = strings.Join(names[1:], ",")
	}
	chosen := make([][][2]int, len(names))
	for part := range strings.SplitSeq(text, ",") {
		name, numbers, some := strings.Cut(strings.TrimSpace(part), ":")
		i := slices.Index(names, name)
		switch {
		case i < 0:
			return nil, fmt.Errorf("there is no population %s", name)
		case i == 0:
			return nil, errors.New("the input has no potentials")
		case !some:
			numbers = ":"
		}
		from, to, err := parseRange(numbers, 0, sizes[i])
		if err != nil {
			return nil, err
		}
		chosen[i] = append(chosen[i], [2]int{from, to})
	}
	return chosen, nil
}

func (c *config) recordedNeuronsWrong() bool { _, err := c.neuronRanges(); return err != nil }

// variables lists everything that can be recorded of a neuron besides its spikes.
func variables() []record.Variable {
	return []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate}
}

// parseVariables reads names of variables.
func parseVariables(text string) ([]record.Variable, error) {
	switch text {
	case nothing:
		return nil, nil
	case everything:
		return variables(), nil
	}
	var list []record.Variable
	for name := range strings.SplitSeq(text, ",") {
		v := record.Variable(strings.TrimSpace(name))
		if !slices.Contains(variables(), v) {
			return nil, fmt.Errorf("there is no variable %s", v)
		}
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list, nil
}

// recordedTraces lists the variables to record, still without their neurons.
func (c *config) recordedTraces() ([]record.Probe, error) {
	list, err := parseVariables(c.record.variables)
	if err != nil || list == nil {
		return nil, err
	}
	neurons, err := c.neuronRanges()
	if err != nil {
		return nil, err
	}
	interval := kernels.Steps(c.record.every, c.neurons.dt)
	var traces []record.Probe
	for i, chosen := range neurons {
		for _, v := range list {
			if chosen != nil && (v != record.Apical || i <= len(c.network.hidden)) {
				traces = append(traces, record.Probe{Population: i, Variable: v, Every: interval})
			}
		}
	}
	if traces == nil {
		return nil, errors.New("output neurons have no apical dendrite")
	}
	return traces, nil
}

// listNeurons adds their neurons to the recorded variables.
func (c *config) listNeurons(traces []record.Probe) error {
	ranges, err := c.neuronRanges()
	if err != nil {
		return err
	}
	for k := range traces {
		t := &traces[k]
		for _, r := range ranges[t.Population] {
			for n := r[0]; n < r[1]; n++ {
				t.Neurons = append(t.Neurons, n)
			}
		}
		slices.Sort(t.Neurons)
		t.Neurons = slices.Compact(t.Neurons)
	}
	return nil
}

// selectTrials adds the trials that a run records to a selection.
func (c *config) selectTrials(s *record.Selection) error {
	switch c.record.trials {
	case everything:
		return nil
	case "misread":
		s.Mispredicted = true
		return nil
	}
	if n, ok := strings.CutPrefix(c.record.trials, "every="); ok {
		every, err := strconv.Atoi(n)
		if err != nil || every < 1 {
			return fmt.Errorf("%q: want a number from 1", n)
		}
		s.Every = every
		return nil
	}
	numbers, err := parseRanges(c.record.trials, 1, 1+c.trials())
	for _, n := range numbers {
		s.Numbers = append(s.Numbers, uint64(n))
	}
	return err
}

// selectImages adds the images whose trials are recorded to a selection.
func (c *config) selectImages(s *record.Selection) (err error) {
	if c.record.images != everything {
		s.Examples, err = parseRanges(c.record.images, 0, c.shown())
	}
	return err
}

// trials returns the number of trials of a run, at most the number that can be listed.
func (c *config) trials() int {
	return int(min(int64(c.shown())*int64(c.learning.epochs), math.MaxInt32))
}

// ownWeights returns the largest number of trials for which weights must be recorded
// because the trials before them are not; 0 if all are recorded.
func (c *config) ownWeights(s record.Selection) int {
	if s.Every < 2 && s.Numbers == nil && s.Examples == nil && !s.Mispredicted {
		return 0
	}
	n := c.trials()
	if s.Every > 1 {
		n = (n + s.Every - 1) / s.Every
	}
	if s.Examples != nil {
		n = min(n, len(s.Examples)*c.learning.epochs)
	}
	if s.Numbers != nil {
		// Of consecutive trials only the first needs weights.
		first := 0
		for i, number := range s.Numbers {
			if i == 0 || number != s.Numbers[i-1]+1 {
				first++
			}
		}
		n = min(n, first)
	}
	return n
}

// shown returns the number of images in an epoch.
func (c *config) shown() int {
	if c.data.examples > 0 {
		return int(c.data.examples) - c.data.validation
	}
	return c.images().Train - c.data.validation
}

// recordingHeader returns the header of a recording of training.
func (c *config) recordingHeader(m protocols.Model) (record.Header, error) {
	h := protocols.RecordingHeader(m)
	c.signHeader(&h, splitTrain)
	chosen, err := c.recordedPopulations()
	if err != nil {
		return h, err
	}
	for i := range chosen {
		h.Populations[i].Spikes = chosen[i]
	}
	if h.Probes, err = c.recordedTraces(); err != nil {
		return h, err
	}
	if h.RateDecay != 0 {
		h.EpochTrials = c.shown()
	}
	h.Plateaus, h.Weights, h.SnapshotEvery = c.record.plateaus, c.record.weights, c.record.weightsEvery
	return h, errors.Join(c.listNeurons(h.Probes), c.selectTrials(&h.Select), c.selectImages(&h.Select))
}

// trialHeader returns the header of a recording of a single trial, which holds
// everything.
func (c *config) trialHeader(m protocols.Model, split string) record.Header {
	h := protocols.RecordingHeader(m)
	c.signHeader(&h, split)
	h.Rule, h.MeanUpdate, h.RateDecay = nil, false, 0
	h.Plateaus, h.Weights = true, true
	for i := range h.Populations[1:] {
		for _, v := range variables() {
			if v != record.Apical || i < len(m.Network.Hidden) {
				h.Probes = append(h.Probes, record.Probe{Population: i + 1, Variable: v, Every: 1})
			}
		}
	}
	return h
}

// signHeader adds the program, the time and the data to a header.
func (c *config) signHeader(h *record.Header, split string) {
	h.Program, h.Begun = "plateau "+version(), time.Now().UTC()
	h.Config, h.Data, h.Split = printConfig(c, false), c.data.name, split
}

// A recording is a recording that is being written. A nil recording records nothing.
type recording struct {
	path   string
	writer *record.Writer
	ignore bool // ignore errors
	told   bool // an ignored error was reported
	con    *console
}

// createRecording begins a recording in a file. With force it replaces a recording, but
// not another kind of file.
func createRecording(path string, force bool, h record.Header, net *network.Network) (*recording, error) {
	if err := checkRecordingPath(path, force); err != nil {
		return nil, err
	}
	create := record.Create
	if force {
		create = record.Replace
	}
	w, err := create(path, h, net)
	if err != nil {
		return nil, recordingError(path, err)
	}
	return &recording{path: path, writer: w}, nil
}

// continueRecording goes on with a recording from a mark.
func continueRecording(path string, at *recordingMark, net *network.Network) (*recording, error) {
	w, err := record.Continue(path, at.Mark, net)
	if err != nil {
		return nil, recordingError(path, err)
	}
	return &recording{path: path, writer: w}, nil
}

func checkRecordingPath(path string, force bool) error {
	if err := checkFree("--record", path, force); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 && !record.Begins(path) {
		return fmt.Errorf("--record %s: is not a recording of plateau, so --force does not replace it; choose another name", path)
	}
	return nil
}

// recordingError adds the path of the recording to an error.
func recordingError(path string, err error) error {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("recording %s: %w", path, cause(err))
	}
	return fmt.Errorf("recording %s: %s", path, plain(err))
}

// isRecording reports whether a file can be read as a recording.
func isRecording(path string) bool {
	r, err := record.Open(path)
	if err != nil {
		return false
	}
	r.Close()
	return true
}

// err returns the error that ended the recording, if it must end the run too.
func (r *recording) err() error {
	if r == nil {
		return nil
	}
	return r.judge(r.writer.Err())
}

// mark returns the current position of a run's recording, after everything before it
// has reached the disk; nil if nothing is recorded.
func (r *recording) mark(run *runFolder) (*recordingMark, error) {
	if r == nil || r.told {
		return nil, nil
	}
	at, err := r.writer.Flush()
	if err == nil {
		err = syncFile(r.path)
	}
	if err != nil {
		return nil, r.judge(err)
	}
	path, err := run.within(r.path)
	if err != nil {
		return nil, err
	}
	return &recordingMark{path, at}, nil
}

// syncFile waits until everything written to a file is on the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// close ends the recording; what was recorded can be read.
func (r *recording) close() error {
	if r == nil {
		return nil
	}
	return r.judge(r.writer.Close())
}

func (r *recording) judge(err error) error {
	if err == nil {
		return nil
	}
	err = recordingError(r.path, err)
	if !r.ignore {
		return err
	}
	if !r.told {
		r.told = true
		r.con.note("%v\nnothing more is recorded; the run goes on because record.errors = %q", err, ignoreErrors)
	}
	return nil
}

// size returns the number of bytes written so far.
func (r *recording) size() int64 {
	info, err := os.Stat(r.path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// byteSize prints a number of bytes for a person.
func byteSize(n int64) string {
	for _, unit := range []struct {
		name string
		size float64
	}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if float64(n) >= unit.size {
			return fmt.Sprintf("%.4g %s", float64(n)/unit.size, unit.name)
		}
	}
	return plural(int(n), "byte")
}

// observers passes events on to several observers, one after another.
type observers []sim.Observer

// Observe implements sim.Observer.
func (o observers) Observe(e sim.Event) {
	for _, to := range o {
		to.Observe(e)
	}
}
