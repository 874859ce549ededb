package table

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// Of returns the tables of a recording.
func Of(reader *record.Reader) []Table {
	r := intact.Of(reader)
	h := r.Header()
	tables := []Table{Trials(r), Phases(r)}
	if h.Plateaus {
		tables = append(tables, plateaus(r))
	}
	for _, p := range h.Populations {
		if p.Spikes {
			tables = append(tables, spikes(r))
			break
		}
	}
	for i, name := range ProbeNames(h) {
		if len(h.Probes[i].Neurons) > 0 {
			tables = append(tables, samples(r, i, name))
		}
	}
	tables = append(tables, Missing(r))
	meta := [][2]string{
		{"program", h.Program}, {"data", h.Data}, {"dt_ms", strconv.FormatFloat(h.Dt(), 'g', -1, 64)},
		{"seed", strconv.FormatUint(h.Seed, 10)}, {"config", h.Config},
	}
	for i := range tables {
		var about strings.Builder
		for _, c := range tables[i].Columns {
			fmt.Fprintf(&about, "%s: %s\n", c.Name, c.About)
		}
		tables[i].Meta = append(slices.Clone(meta), [2]string{"about", about.String()})
	}
	return tables
}

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
			add(b, 6, trial.Predicted == trial.Class)
			add(b, 7, int32(trial.Slot))
			add(b, 8, trial.Rested)
			add(b, 9, trial.Whole)
			add(b, 10, clock.At(trial.First))
			add(b, 11, int32(trial.Steps))
			add(b, 12, trial.Weights)
			add(b, 13, int32(trial.Updates))
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

// plateaus returns a table with a row for each plateau potential.
func plateaus(r *intact.Recording) Table {
	h, clock := r.Header(), r.Header().Clock()
	t := Table{Name: "plateaus", Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"phase", Int32, "number of the phase in its trial"},
		{"population", Text, "whose plateau it is"},
		{"neuron", Int32, "number of the neuron"},
		{"step", Int32, "the time step at whose end it begins"},
		{"time_ms", Float64, "when it begins"},
		{"plateau", Float32, "plateau potential α (21)"},
	}}
	t.scan = func(b *batches) error {
		return EachPhase(r, func(i int, trial *record.Trial, k, _ int) error {
			for m := range h.Network.Hidden {
				p, err := r.Plateaus(i, k, m)
				if errors.Is(err, record.ErrNotRecorded) {
					continue
				} else if err != nil {
					return err
				}
				for n, v := range p.Value {
					add(b, 0, int32(trial.Index))
					add(b, 1, int32(k))
					add(b, 2, h.Populations[1+m].Name)
					add(b, 3, int32(n))
					add(b, 4, p.Step[n])
					add(b, 5, clock.At(int64(p.Step[n])+1))
					add(b, 6, v)
					if err := b.row(); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	return t
}

// spikes returns a table with a row for each spike, in the order of trial,
// population, step and neuron.
func spikes(r *intact.Recording) Table {
	h, clock := r.Header(), r.Header().Clock()
	t := Table{Name: "spikes", Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"population", Text, "who fired"},
		{"step", Int32, "time step"},
		{"time_ms", Float64, "its beginning, which is when the neuron fired"},
		{"neuron", Int32, "number of the neuron"},
	}}
	t.scan = func(b *batches) error {
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				return err
			}
			for p, pop := range h.Populations {
				if !pop.Spikes {
					continue
				}
				s := r.Spikes(i, p, 0, record.End)
				for s.Scan() {
					for _, spike := range s.Spikes() {
						add(b, 0, int32(trial.Index))
						add(b, 1, pop.Name)
						add(b, 2, spike.Step)
						add(b, 3, clock.At(int64(spike.Step)))
						add(b, 4, spike.Neuron)
						if err := b.row(); err != nil {
							return err
						}
					}
				}
				if s.Err() != nil {
					return s.Err()
				}
			}
		}
		return nil
	}
	return t
}

// ProbeNames returns the names of the probes of a recording, such as hidden0_soma.
// If the same variable was recorded again, of other neurons, its name is
// hidden0_soma_2. For rates, which tables give in Hz, it is hidden0_rate_hz.
func ProbeNames(h *record.Header) []string {
	var names []string
	seen := map[string]int{}
	for _, t := range h.Probes {
		name := fmt.Sprintf("%s_%s", h.Populations[t.Population].Name, t.Variable)
		if t.Variable == record.Rate {
			name += "_hz"
		}
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, seen[name])
		}
		names = append(names, name)
	}
	return names
}

// About says in some words what a variable is.
func About(v record.Variable) string {
	switch v {
	case record.Basal:
		return "potential V_b of the basal dendrites"
	case record.Apical:
		return "potential V_a of the apical dendrites"
	case record.Soma:
		return "potential V of the soma"
	}
	return "firing rate φ_max σ(V) (17)"
}

// Hz appends rates, given in spikes/ms, to a list in Hz.
func Hz(to, rates []float32) []float32 {
	for _, x := range rates {
		to = append(to, float32(1000*float64(x)))
	}
	return to
}

// samples returns a table of what a probe recorded: a row for each sample, and a column for
// each neuron.
func samples(r *intact.Recording, probe int, name string) Table {
	clock, about := r.Header().Clock(), r.Header().Probes[probe]
	t := Table{Name: name, Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"step", Int32, "time step"},
		{"time_ms", Float64, "its end, which is when the values are from"},
	}}
	for _, n := range about.Neurons {
		t.Columns = append(t.Columns, Column{"n" + strconv.Itoa(n), Float32, About(about.Variable) + ", of neuron " + strconv.Itoa(n)})
	}
	t.scan = func(b *batches) error {
		var hz []float32
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				return err
			}
			s := r.Samples(i, probe, 0, record.End)
			for s.Scan() {
				values := s.Values()
				if about.Variable == record.Rate {
					hz = Hz(hz[:0], values)
					values = hz
				}
				for k := range s.Len() {
					step := s.Step() + k*about.Every
					add(b, 0, int32(trial.Index))
					add(b, 1, int32(step))
					add(b, 2, clock.At(int64(step)+1))
					for n, v := range values[k*len(about.Neurons) : (k+1)*len(about.Neurons)] {
						add(b, 3+n, v)
					}
					if err := b.row(); err != nil {
						return err
					}
				}
			}
			if s.Err() != nil {
				return s.Err()
			}
		}
		return nil
	}
	return t
}
