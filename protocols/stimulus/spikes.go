package stimulus

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"plateau/internal/regular"
	"plateau/sim/record/npz"
)

// maxSteps is the largest number of steps of spikes that are read, so that a wrong unit
// of time does not fill the memory.
const maxSteps = 1 << 24

// fired adds up spikes by their steps.
type fired struct {
	in    Input
	steps [][]int32
}

// at adds a spike at a time in ms. Rounding must not move a time that was written as a
// multiple of dt to the step before.
func (f *fired) at(ms, neuron float64) error {
	const slip = 1e-6
	step := math.Floor(ms/f.in.Dt + slip)
	switch {
	case !(ms >= 0):
		return fmt.Errorf("a spike at %v ms, want times from 0, the start of the phase", ms)
	case !(step < maxSteps):
		return fmt.Errorf("a spike at %v ms, want times below %v ms", ms, maxSteps*f.in.Dt)
	case !(neuron >= 0 && neuron < float64(f.in.Size()) && neuron == math.Trunc(neuron)):
		return fmt.Errorf("a spike of neuron %v, want whole numbers from 0 to %d", neuron, f.in.Size()-1)
	}
	if n := int(step) + 1; n > len(f.steps) {
		f.steps = append(f.steps, make([][]int32, n-len(f.steps))...)
	}
	f.steps[int(step)] = append(f.steps[int(step)], int32(neuron))
	return nil
}

// stimulus returns the spikes in the order of steps and neurons.
func (f *fired) stimulus() *Stimulus {
	for _, list := range f.steps {
		slices.Sort(list)
	}
	if f.steps == nil {
		f.steps = [][]int32{}
	}
	return &Stimulus{Spikes: f.steps}
}

// readSpikeArrays reads an archive with the arrays time_ms and neuron, or with the
// spikes of the input as plateau trial writes them.
func readSpikeArrays(path string, in Input) (*Stimulus, error) {
	r, err := npz.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	times, neurons, unit := "time_ms", "neuron", 1.0
	const own = "input_spike_"
	if names := r.Names(); !slices.Contains(names, times) && slices.Contains(names, own+"step") {
		times, neurons, unit = own+"step", own+"neuron", in.Dt
		if err := oneTrial(path, r, own+"trial"); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{times, neurons} {
		if !slices.Contains(r.Names(), name) {
			return nil, fmt.Errorf("%s has the arrays %q, want %s and %s among them", path, r.Names(), times, neurons)
		}
	}
	t, shape, err := numbers(path, r, times)
	if err != nil {
		return nil, err
	}
	n, other, err := numbers(path, r, neurons)
	if err != nil {
		return nil, err
	}
	if len(shape) != 1 || len(other) != 1 || shape[0] != other[0] {
		return nil, fmt.Errorf("%s: %s and %s have shapes %v and %v, want two lists of the same length", path, times, neurons, shape, other)
	}
	f := fired{in: in}
	for k := range t {
		if err := f.at(t[k]*unit, n[k]); err != nil {
			return nil, fmt.Errorf("%s: entry %d: %w", path, k, err)
		}
	}
	return f.stimulus(), nil
}

// oneTrial returns an error unless all spikes are of one trial.
func oneTrial(path string, r *npz.Reader, name string) error {
	trials, _, err := numbers(path, r, name)
	if err != nil {
		return err
	}
	for _, t := range trials {
		if t != trials[0] {
			return fmt.Errorf("%s: there are spikes of trials %v and %v, want those of one trial", path, trials[0], t)
		}
	}
	return nil
}

// readSpikeTable reads a table with the columns time_ms and neuron. If there are columns
// population and trial, as plateau export writes them, only the spikes of the input
// count, and all must be of one trial.
func readSpikeTable(path string, in Input) (*Stimulus, error) {
	file, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer file.Close()
	table := csv.NewReader(file)
	table.ReuseRecord = true
	head, err := table.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is empty, want a line with the names of columns", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff") // spreadsheets mark UTF-8 by it
	column := func(name string) int { return slices.Index(head, name) }
	time, neuron, population, trial := column("time_ms"), column("neuron"), column("population"), column("trial")
	if time < 0 || neuron < 0 {
		return nil, fmt.Errorf("%s has the columns %q, want time_ms and neuron among them", path, slices.Clone(head))
	}
	f, first := fired{in: in}, ""
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return f.stimulus(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		line, _ := table.FieldPos(0)
		if population >= 0 && row[population] != "input" {
			continue
		}
		if trial >= 0 {
			if first == "" {
				first = row[trial]
			}
			if row[trial] != first {
				return nil, fmt.Errorf("%s:%d: a spike of trial %s after those of trial %s, want those of one trial", path, line, row[trial], first)
			}
		}
		ms, err := strconv.ParseFloat(row[time], 64)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: time_ms is %q, want a number", path, line, row[time])
		}
		n, err := strconv.ParseFloat(row[neuron], 64)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: neuron is %q, want a number", path, line, row[neuron])
		}
		if err := f.at(ms, n); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, line, err)
		}
	}
}
