package arrays

import (
	"fmt"
	"io"
	"strings"

	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/npz"
	"plateau/sim/record/table"
)

// An Archive writes one array after the other, each with a description. The last
// array, about, has all descriptions. After the first error an Archive ignores what
// follows, and Close returns the error.
type Archive struct {
	to    *npz.Writer
	lines []string
	err   error
}

// NewArchive begins an archive.
func NewArchive(w io.Writer) *Archive { return &Archive{to: npz.NewWriter(w)} }

// A Label is the name of an array, what its axes count, as in "phases × neurons", and
// what it holds.
type Label struct {
	Name, Axes, About string
}

// Put adds an array.
func (a *Archive) Put(l Label, data any, shape ...int) {
	if a.err == nil {
		a.err = a.to.Write(l.Name, shape, data)
	}
	a.note(l, typeWord(data))
}

// stream adds an array whose values come in pieces.
func (a *Archive) stream(l Label, t npz.Type, shape []int, fill func(*npz.Stream) error) error {
	if a.err != nil {
		return a.err
	}
	s, err := a.to.Stream(l.Name, t, shape)
	if err == nil {
		err = fill(s)
	}
	if err == nil {
		err = s.Close()
	}
	a.err = err
	a.note(l, wordOf(t))
	return err
}

// Step adds dt_ms.
func (a *Archive) Step(dt float64) {
	a.Put(Label{"dt_ms", "", "length of a time step"}, []float64{dt})
}

// Samples adds a stretch in the same arrays as a recorded variable.
func (a *Archive) Samples(clock sim.Clock, s Stretch) {
	name, values := s.Name+"_"+string(s.Probe.Variable), s.Values
	if s.Probe.Variable == record.Rate {
		name, values = name+"_hz", table.Hz(nil, values)
	}
	labels, n := labelSamples(name, s.Probe), len(s.Probe.Neurons)
	steps := len(values) / n
	trial, step, at := make([]int32, steps), make([]int32, steps), make([]float64, steps)
	for k := range steps {
		trial[k], step[k], at[k] = int32(s.Trial), int32(s.First+k), clock.At(int64(s.First+k+1))
	}
	a.Put(labels.values, values, steps, n)
	a.Put(labels.trial, trial, steps)
	a.Put(labels.step, step, steps)
	a.Put(labels.time, at, steps)
	a.Put(labels.neuron, numbers(s.Probe.Neurons), n)
}

func (a *Archive) note(l Label, kind string) {
	if l.Axes != "" {
		kind += ", " + l.Axes
	}
	a.lines = append(a.lines, fmt.Sprintf("%s: %s: %s", l.Name, kind, l.About))
}

// conventions is the beginning of about, before the list of arrays.
const conventions = `Times are in ms and rates in Hz; potentials are relative to rest, and have no unit.
Trials, phases, time steps, neurons, classes and examples are counted from 0, steps and
times from the start of their trial unless something else is said. Step k begins at k dt and
ends at (k + 1) dt. A neuron that fires in step k does so at its beginning; potentials
and rates of step k are those at its end. A spike of step k acts on the basal dendrites of
the layer above in step k, and on the apical dendrites that get it as feedback in step k + 1.
Populations are input, hidden0, hidden1, … and output.
`

// Close adds the array about, and ends the archive.
func (a *Archive) Close() error {
	if a.err != nil {
		return a.err
	}
	a.note(Label{"about", "", "this text"}, "text")
	text := conventions + "\n" + strings.Join(a.lines, "\n") + "\n"
	if err := a.to.Write("about", nil, []string{text}); err != nil {
		return err
	}
	return a.to.Close()
}

func typeWord(data any) string {
	switch data.(type) {
	case []bool:
		return wordOf(npz.Bool)
	case []uint8:
		return wordOf(npz.Uint8)
	case []int32:
		return wordOf(npz.Int32)
	case []int64:
		return wordOf(npz.Int64)
	case []uint64:
		return wordOf(npz.Uint64)
	case []float32:
		return wordOf(npz.Float32)
	case []float64:
		return wordOf(npz.Float64)
	}
	return "text"
}

func wordOf(t npz.Type) string {
	switch t {
	case npz.Bool:
		return "bool"
	case npz.Uint8:
		return "uint8"
	case npz.Int32:
		return "int32"
	case npz.Int64:
		return "int64"
	case npz.Uint64:
		return "uint64"
	case npz.Float32:
		return "float32"
	case npz.Float64:
		return "float64"
	}
	return "text"
}
