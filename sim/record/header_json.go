package record

import (
	"encoding/json"
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
	Format   int
	Program  string     `json:",omitempty"`
	Begun    *time.Time `json:",omitempty"`
	Config   string     `json:",omitempty"`
	Data     string     `json:",omitempty"`
	Split    string     `json:",omitempty"`
	Protocol string     `json:",omitempty"`
	Origin   *Origin    `json:",omitempty"`

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
	RateDecay   float64       `json:",omitempty"` // Course.Decay
	RateCourse  *wireCourse   `json:",omitempty"` // the rest of Course
	EpochTrials int           `json:",omitempty"`

	Populations   []Population
	Probes        []Probe   `json:"Traces,omitempty"`
	Plateaus      bool      `json:",omitempty"`
	Repeats       int       `json:",omitempty"`
	Select        Selection `json:"Trials,omitzero"`
	Weights       bool      `json:",omitempty"`
	SnapshotEvery int       `json:"Snapshots,omitempty"`
	Optimiser     string    `json:",omitempty"`
}

// wireCourse is what a network.Course has beside its Decay.
type wireCourse struct {
	Every  int       `json:",omitempty"`
	Cosine int       `json:",omitempty"`
	End    float64   `json:",omitempty"`
	List   []float64 `json:",omitempty"`
	WarmUp int       `json:",omitempty"`
}

// wireCourseOf returns nil for a course that has a Decay only, as all had in the first
// version of the format.
func wireCourseOf(c network.Course) *wireCourse {
	if c.Every <= 1 && c.Cosine == 0 && c.End == 0 && len(c.List) == 0 && c.WarmUp == 0 {
		return nil
	}
	return &wireCourse{c.Every, c.Cosine, c.End, c.List, c.WarmUp}
}

// course is the inverse of wireCourseOf.
func (w *wireCourse) course(decay float64) network.Course {
	if w == nil {
		return network.Course{Decay: decay}
	}
	return network.Course{Decay: decay, Every: w.Every, Cosine: w.Cosine, End: w.End, List: w.List, WarmUp: w.WarmUp}
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
		return fmt.Errorf("record: a recording cannot hold a kernel of type %T, which whoever replays it would not know; "+
			"want kernels.DoubleExponential, Exponential or Alpha, or one of them in Finite", from)
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
		Format: h.Format, Program: h.Program, Config: h.Config, Data: h.Data, Split: h.Split, Origin: h.Origin, Protocol: h.Protocol,
		Dt: h.Neurons.Dt, Hidden: h.Neurons.Hidden, Output: h.Neurons.Output, MaxRate: h.Neurons.Noise.MaxRate,
		Integration: h.Neurons.Integration, Forward: h.Neurons.Forward, Feedback: h.Neurons.Feedback,
		Network: h.Network, Seed: h.Seed, Rule: h.Rule, MeanUpdate: h.MeanUpdate,
		RateDecay: h.Course.Decay, RateCourse: wireCourseOf(h.Course), EpochTrials: h.EpochTrials,
		Populations: h.Populations, Probes: h.Probes, Plateaus: h.Plateaus, Repeats: h.Repeats, Select: h.Select,
		Weights: h.Weights, SnapshotEvery: h.SnapshotEvery, Optimiser: h.Optimiser,
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
		Format: w.Format, Program: w.Program, Config: w.Config, Data: w.Data, Split: w.Split, Origin: w.Origin, Protocol: w.Protocol,
		Neurons: sim.Params{
			Dt: w.Dt, Kernel: kernel, Hidden: w.Hidden, Output: w.Output,
			Noise:       compartments.EscapeNoise{MaxRate: w.MaxRate},
			Integration: w.Integration, Forward: w.Forward, Feedback: w.Feedback,
		},
		Network: w.Network, Seed: w.Seed, Rule: w.Rule, MeanUpdate: w.MeanUpdate,
		Course: w.RateCourse.course(w.RateDecay), EpochTrials: w.EpochTrials,
		Populations: w.Populations, Probes: w.Probes, Plateaus: w.Plateaus, Repeats: w.Repeats, Select: w.Select,
		Weights: w.Weights, SnapshotEvery: w.SnapshotEvery, Optimiser: w.Optimiser,
	}
	if w.Begun != nil {
		h.Begun = *w.Begun
	}
	return nil
}
