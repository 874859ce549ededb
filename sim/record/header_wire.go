package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
)

// wireHeader is a Header as JSON. Numbers that may need more than 53 bits, which
// other languages cannot read, are strings.
type wireHeader struct {
	Format  int
	Program string     `json:",omitempty"`
	Begun   *time.Time `json:",omitempty"`
	Config  string     `json:",omitempty"`
	Data    string     `json:",omitempty"`
	Split   string     `json:",omitempty"`

	Dt          float64 // ms
	Kernel      wireKernel
	Hidden      compartments.Pyramidal
	Output      compartments.Output
	MaxRate     float64 // spikes/ms
	Integration compartments.Integration
	Forward     sim.Signal
	Feedback    sim.Signal
	Network     network.Architecture
	Seed        uint64        `json:",string"`
	Rule        *network.Rule `json:",omitempty"`
	MeanUpdate  bool          `json:",omitempty"`
	RateDecay   float64       `json:",omitempty"`
	EpochTrials int           `json:",omitempty"`

	Populations   []Population
	Probes        []Probe   `json:"Traces,omitempty"`
	Plateaus      bool      `json:",omitempty"`
	Select        Selection `json:"Trials,omitzero"`
	Weights       bool      `json:",omitempty"`
	SnapshotEvery int       `json:"Snapshots,omitempty"`
}

// wireKernel is a kernel; times in ms.
type wireKernel struct {
	Shape   string  // double-exponential, exponential, alpha
	Rise    float64 `json:",omitempty"`
	Decay   float64 `json:",omitempty"`
	Peak    float64 `json:",omitempty"`
	Support float64 `json:",omitempty"` // 0: unlimited
}

func (k *wireKernel) set(from kernels.Kernel) error {
	if f, ok := from.(kernels.Finite); ok {
		k.Support, from = f.Support, f.Kernel
	}
	switch f := from.(type) {
	case kernels.DoubleExponential:
		k.Shape, k.Rise, k.Decay = "double-exponential", f.Rise, f.Decay
	case kernels.Exponential:
		k.Shape, k.Decay = "exponential", f.Decay
	case kernels.Alpha:
		k.Shape, k.Peak = "alpha", f.Peak
	default:
		return fmt.Errorf("record: a header cannot hold a kernel %T", from)
	}
	return nil
}

func (k *wireKernel) kernel() (kernels.Kernel, error) {
	var to kernels.Kernel
	switch k.Shape {
	case "double-exponential":
		to = kernels.DoubleExponential{Rise: k.Rise, Decay: k.Decay}
	case "exponential":
		to = kernels.Exponential{Decay: k.Decay}
	case "alpha":
		to = kernels.Alpha{Peak: k.Peak}
	default:
		return nil, fmt.Errorf("kernel %q is not known", k.Shape)
	}
	if k.Support != 0 {
		to = kernels.Finite{Kernel: to, Support: k.Support}
	}
	return to, nil
}

// MarshalJSON returns a header as it is stored in the file.
func (h Header) MarshalJSON() ([]byte, error) {
	w := wireHeader{
		Format: h.Format, Program: h.Program, Config: h.Config, Data: h.Data, Split: h.Split,
		Dt: h.Neurons.Dt, Hidden: h.Neurons.Hidden, Output: h.Neurons.Output, MaxRate: h.Neurons.Noise.MaxRate,
		Integration: h.Neurons.Integration, Forward: h.Neurons.Forward, Feedback: h.Neurons.Feedback,
		Network: h.Network, Seed: h.Seed, Rule: h.Rule, MeanUpdate: h.MeanUpdate,
		RateDecay: h.RateDecay, EpochTrials: h.EpochTrials,
		Populations: h.Populations, Probes: h.Probes, Plateaus: h.Plateaus, Select: h.Select,
		Weights: h.Weights, SnapshotEvery: h.SnapshotEvery,
	}
	if !h.Begun.IsZero() {
		w.Begun = &h.Begun
	}
	if err := w.Kernel.set(h.Neurons.Kernel); err != nil {
		return nil, err
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (h *Header) UnmarshalJSON(b []byte) error {
	var w wireHeader
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	kernel, err := w.Kernel.kernel()
	if err != nil {
		return err
	}
	*h = Header{
		Format: w.Format, Program: w.Program, Config: w.Config, Data: w.Data, Split: w.Split,
		Neurons: sim.Params{
			Dt: w.Dt, Kernel: kernel, Hidden: w.Hidden, Output: w.Output,
			Noise:       compartments.EscapeNoise{MaxRate: w.MaxRate},
			Integration: w.Integration, Forward: w.Forward, Feedback: w.Feedback,
		},
		Network: w.Network, Seed: w.Seed, Rule: w.Rule, MeanUpdate: w.MeanUpdate,
		RateDecay: w.RateDecay, EpochTrials: w.EpochTrials,
		Populations: w.Populations, Probes: w.Probes, Plateaus: w.Plateaus, Select: w.Select,
		Weights: w.Weights, SnapshotEvery: w.SnapshotEvery,
	}
	if w.Begun != nil {
		h.Begun = *w.Begun
	}
	return nil
}

// Validate reports every field of a header that is out of range or does not fit the
// others.
func (h *Header) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("record: Header."+format, args...))
		}
	}
	errs = append(errs, h.Neurons.Validate(), h.Network.Validate())
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if h.Rule != nil {
		errs = append(errs, h.Rule.Validate(h.Network))
	}
	if h.RateDecay != 0 || h.EpochTrials != 0 {
		require(h.RateDecay > 0 && h.RateDecay <= 1, "RateDecay = %v, want more than 0, at most 1", h.RateDecay)
		require(h.EpochTrials >= 1, "EpochTrials = %d, want at least 1, as RateDecay is set", h.EpochTrials)
	}
	want := Populations(h.Network)
	require(len(h.Populations) == len(want), "Populations: there are %d, want %d", len(h.Populations), len(want))
	if len(h.Populations) != len(want) {
		return errors.Join(errs...)
	}
	names := map[string]bool{}
	for i, p := range h.Populations {
		require(p.Size == want[i].Size, "Populations[%d].Size = %d, want %d", i, p.Size, want[i].Size)
		require(p.Name != "" && !names[p.Name], "Populations[%d].Name = %q, want a name that no other has", i, p.Name)
		names[p.Name] = true
	}
	require(len(h.Probes) <= maxProbes, "Traces: there are %d, want at most %d", len(h.Probes), maxProbes)
	for i, t := range h.Probes {
		require(t.Population >= 1 && t.Population < len(want), "Traces[%d].Population = %d, want 1 to %d: the input has no potentials", i, t.Population, len(want)-1)
		switch t.Variable {
		case Basal, Soma, Rate:
		case Apical:
			require(t.Population < len(want)-1, "Traces[%d]: output neurons have no apical dendrite", i)
		default:
			require(false, "Traces[%d].Variable = %q, want %q, %q, %q or %q", i, t.Variable, Basal, Apical, Soma, Rate)
		}
		require(t.Every >= 1 && t.Every <= maxEvery, "Traces[%d].Interval = %d steps, want 1 to %d", i, t.Every, maxEvery)
		if t.Population < 0 || t.Population >= len(want) {
			continue
		}
		require(t.Neurons == nil || len(t.Neurons) > 0, "Traces[%d].Neurons is empty", i)
		for k, n := range t.Neurons {
			if n < 0 || n >= want[t.Population].Size || k > 0 && n <= t.Neurons[k-1] {
				require(false, "Traces[%d].Neurons holds %d, want numbers of neurons, 0 to %d, in ascending order", i, n, want[t.Population].Size-1)
				break
			}
		}
	}
	require(h.SnapshotEvery >= 0, "Snapshots = %d trials, want ≥ 0", h.SnapshotEvery)
	require(h.Select.Every >= 0, "Trials.Every = %d, want ≥ 0", h.Select.Every)
	return errors.Join(errs...)
}

const (
	maxProbes = 1 << 16
	maxEvery  = 1 << 30
)

// Populations returns the populations of a network, with all spikes recorded.
func Populations(a network.Architecture) []Population {
	list := []Population{{"input", a.Inputs, true}}
	for m, n := range a.Hidden {
		list = append(list, Population{fmt.Sprintf("hidden%d", m), n, true})
	}
	return append(list, Population{"output", a.Outputs(), true})
}
