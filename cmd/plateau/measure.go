package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"plateau/internal/atomicfile"
	"plateau/protocols/dataset"
	"plateau/protocols/measure"
	"plateau/sim/record/npz"
)

// measurementNames are the words of measure.what.
func measurementNames() []string {
	return []string{"losses", "angle", "eigenvalue", "norms", "alignment", "rates", "confusion"}
}

// measured is what a run measures while it learns.
type measured struct {
	measure.Options      // in training
	everything      bool // in training, whatever the learner can tell
	confusion       bool // in the test after each epoch
}

// training reports whether anything is measured in training.
func (m measured) training() bool {
	o := m.Options
	o.Every = 0
	return m.everything || o != measure.Options{}
}

// measured reads measure.what.
func (c *config) measured() (measured, error) {
	m := measured{Options: measure.Options{Every: c.measure.every}}
	hidden := len(c.network.hidden)
	switch c.measure.what {
	case nothing:
		return m, nil
	case everything:
		m.everything, m.confusion = true, true
		return m, nil
	}
	for _, name := range splitList(c.measure.what) {
		switch name {
		case "losses":
			m.Losses = true
		case "angle":
			m.Angles = true
		case "eigenvalue":
			m.Eigenvalue = true
		case "norms":
			m.Norms = true
		case "alignment":
			m.Alignment = true
		case "rates":
			m.Rates = true
		case "confusion":
			m.confusion = true
		default:
			return measured{}, fmt.Errorf("there is no measurement %q", name)
		}
	}
	return m, measure.Options{Every: 1, Angles: m.Angles, Eigenvalue: m.Eigenvalue, Alignment: m.Alignment}.Validate(hidden)
}

// measureEvent is a line of measurements. What is not measured is not in it.
type measureEvent struct {
	Event    string `json:"event"` // measure
	Epoch    int    `json:"epoch"`
	Examples uint64 `json:"examples"`

	HiddenLosses      []quantity `json:"hidden_losses,omitempty"`
	OutputLoss        *quantity  `json:"output_loss,omitempty"`
	LossCorrelation   []quantity `json:"loss_correlation,omitempty"`
	UpdateAngles      []quantity `json:"update_angles_deg,omitempty"`
	LargestEigenvalue *quantity  `json:"largest_eigenvalue,omitempty"`
	WeightNorms       []quantity `json:"weight_norms,omitempty"`
	WeightChanges     []quantity `json:"weight_changes,omitempty"`
	GradientChanges   []quantity `json:"gradient_changes,omitempty"`
	AlignmentAngle    *quantity  `json:"alignment_angle_deg,omitempty"`
	Rates             []quantity `json:"rates_hz,omitempty"`
}

// A quantity is a number, or null (NaN) if it has no value, such as the first change.
type quantity float64

func (q quantity) MarshalJSON() ([]byte, error) {
	x := float64(q)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(x)
}

// UnmarshalJSON reads a number, or null as NaN.
func (q *quantity) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*q = quantity(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(q))
}

func quantities(x []float64, scale float64) []quantity {
	var q []quantity
	for _, v := range x {
		q = append(q, quantity(v*scale))
	}
	return q
}

// measureEventOf converts a line of measurements; here spikes/ms become Hz.
func measureEventOf(m measured, epoch int, l measure.Line) measureEvent {
	only := func(on bool, x float64) *quantity {
		if !on {
			return nil
		}
		q := quantity(x)
		return &q
	}
	return measureEvent{
		Event: "measure", Epoch: epoch, Examples: l.Examples,
		HiddenLosses: quantities(l.HiddenLosses, 1), OutputLoss: only(m.Losses, l.OutputLoss), LossCorrelation: quantities(l.LossCorrelation, 1),
		UpdateAngles:      quantities(l.UpdateAngles, 1),
		LargestEigenvalue: only(m.Eigenvalue, l.LargestEigenvalue),
		WeightNorms:       quantities(l.WeightNorms, 1), WeightChanges: quantities(l.WeightChanges, 1), GradientChanges: quantities(l.GradientChanges, 1),
		AlignmentAngle: only(m.Alignment, l.AlignmentAngle),
		Rates:          quantities(l.Rates, 1000),
	}
}

// measuring is what a run measures in training.
type measuring struct {
	*measure.Measurements
	what measured
}

// measure begins to measure if the configuration asks for it.
func (r *session) measure() error {
	what, err := r.config.measured()
	if err != nil || !what.training() {
		return err
	}
	if what.everything {
		what.Options = measure.All(what.Every, r.learner)
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

// countConfusion returns the confusion matrix: images by true and predicted class.
func countConfusion(read []int, set *dataset.Set) [][]int {
	counts := make([][]int, set.Classes)
	for i := range counts {
		counts[i] = make([]int, set.Classes)
	}
	for i, class := range read {
		counts[set.Label(i)][class]++
	}
	return counts
}

// saveMeasurements writes all measurements of the run as arrays.
func (r *session) saveMeasurements() error {
	if r.config.measure.what == nothing {
		return nil
	}
	return r.folder.saveMeasurements()
}

// saveMeasurements writes arrays of the measurements in the metrics. After a failure the
// file is as it was. If nothing has been measured yet, it writes no file.
func (r *runFolder) saveMeasurements() error {
	arrays, err := readMeasurements(filepath.Join(r.path, metricsName))
	if err != nil || len(arrays) == 0 {
		return err
	}
	f, err := atomicfile.Replace(filepath.Join(r.path, measurementsName))
	if err != nil {
		return err
	}
	defer f.Abort()
	w := npz.NewWriter(f)
	for _, a := range arrays {
		if err := w.Write(a.name, a.shape, a.data()); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Commit()
}

// keepMeasurements renames the arrays of a run whose metrics were lost, because nothing
// else is left of the measurements.
func (r *runFolder) keepMeasurements(con *console) error {
	path := filepath.Join(r.path, measurementsName)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for n := 1; ; n++ {
		kept := strings.TrimSuffix(path, ".npz") + fmt.Sprintf("-%d.npz", n)
		if _, err := os.Lstat(kept); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.Rename(path, kept); err != nil {
			return fmt.Errorf("renaming %s: %w", path, cause(err))
		}
		con.note("note: what was measured before is kept as %s", kept)
		return nil
	}
}

// A column is an array with an element, or a row, for each line of metrics.
type column struct {
	name   string
	shape  []int // the first length is the number of lines
	values []float64
	whole  bool // values are whole numbers
}

// data returns the values as they are written to the file.
func (c *column) data() any {
	if !c.whole {
		return c.values
	}
	n := make([]int64, len(c.values))
	for i, v := range c.values {
		n[i] = int64(v)
	}
	return n
}

// add adds the value of a line.
func (c *column) add(raw json.RawMessage) error {
	shape, err := c.flatten(raw)
	if err != nil {
		return err
	}
	if c.shape == nil {
		c.shape = append([]int{0}, shape...)
	}
	if !slices.Equal(shape, c.shape[1:]) {
		return fmt.Errorf("%s has %s here, want %s as in the lines before", c.name, dimensions(shape), dimensions(c.shape[1:]))
	}
	c.shape[0]++
	return nil
}

// flatten appends the numbers of nested lists, with NaN for null, and returns the shape
// of the lists.
func (c *column) flatten(raw json.RawMessage) (shape []int, err error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '[' {
		value := math.NaN()
		if string(raw) != "null" {
			err = json.Unmarshal(raw, &value)
		}
		c.values = append(c.values, value)
		return nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	var inner []int
	for i, element := range list {
		shape, err := c.flatten(element)
		if err != nil {
			return nil, err
		}
		if i > 0 && !slices.Equal(shape, inner) {
			return nil, fmt.Errorf("%s has rows of different lengths", c.name)
		}
		inner = shape
	}
	return append([]int{len(list)}, inner...), nil
}

// readMeasurements collects the fields of measure lines, and the confusion matrices of
// epochs.
func readMeasurements(path string) ([]*column, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	defer f.Close()
	var columns []*column
	find := func(name string, whole bool) *column {
		for _, c := range columns {
			if c.name == name {
				return c
			}
		}
		columns = append(columns, &column{name: name, whole: whole})
		return columns[len(columns)-1]
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var line map[string]json.RawMessage
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			continue
		}
		var names []string
		switch string(line["event"]) {
		case `"measure"`:
			names = measuredFields()
		case `"epoch"`:
			names = []string{"confusion"}
		}
		for _, name := range names {
			raw, ok := line[name]
			if !ok {
				continue
			}
			whole := name == "epoch" || name == "examples" || name == "confusion"
			if err := find(name, whole).add(raw); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, n, err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	return columns, nil
}

// measuredFields lists the fields of a measure line that become arrays, in order.
func measuredFields() (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[measureEvent]()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "event" {
			names = append(names, name)
		}
	}
	return names
}
