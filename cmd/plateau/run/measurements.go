package run

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

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/atomicfile"
	"plateau/sim/record/npz"
)

// SaveMeasurements writes arrays of the measurements in the metrics. After a failure the
// file is as it was. If nothing has been measured yet, it writes no file.
func (r *Folder) SaveMeasurements() error {
	arrays, err := ReadMeasurements(filepath.Join(r.Path, cli.MetricsName))
	if err != nil || len(arrays) == 0 {
		return err
	}
	f, err := atomicfile.Replace(filepath.Join(r.Path, cli.MeasurementsName))
	if err != nil {
		return err
	}
	defer f.Abort()
	w := npz.NewWriter(f)
	for _, a := range arrays {
		if err := w.Write(a.Name, a.Shape, a.data()); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Commit()
}

// KeepMeasurements renames the arrays of a run whose metrics were lost, because nothing
// else is left of the measurements.
func (r *Folder) KeepMeasurements(con *terminal.Console) error {
	path := filepath.Join(r.Path, cli.MeasurementsName)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for n := 1; ; n++ {
		kept := strings.TrimSuffix(path, ".npz") + fmt.Sprintf("-%d.npz", n)
		if _, err := os.Lstat(kept); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.Rename(path, kept); err != nil {
			return fmt.Errorf("renaming %s: %w", path, terminal.Cause(err))
		}
		con.Note("note: what was measured before is kept as %s", kept)
		return nil
	}
}

// A Column is an array with an element, or a row, for each line of metrics.
type Column struct {
	Name   string
	Shape  []int // the first length is the number of lines
	values []float64
	whole  bool // values are whole numbers
}

// data returns the values as they are written to the file.
func (c *Column) data() any {
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
func (c *Column) add(raw json.RawMessage) error {
	shape, err := c.flatten(raw)
	if err != nil {
		return err
	}
	if c.Shape == nil {
		c.Shape = append([]int{0}, shape...)
	}
	if !slices.Equal(shape, c.Shape[1:]) {
		return fmt.Errorf("%s has %s here, want %s as in the lines before", c.Name, dimensions(shape), dimensions(c.Shape[1:]))
	}
	c.Shape[0]++
	return nil
}

// flatten appends the numbers of nested lists, with NaN for null, and returns the shape
// of the lists.
func (c *Column) flatten(raw json.RawMessage) (shape []int, err error) {
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
			return nil, fmt.Errorf("%s has rows of different lengths", c.Name)
		}
		inner = shape
	}
	return append([]int{len(list)}, inner...), nil
}

// ReadMeasurements collects the fields of measure lines, and the confusion matrices of
// epochs.
func ReadMeasurements(path string) ([]*Column, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, terminal.Cause(err))
	}
	defer f.Close()
	var columns []*Column
	find := func(name string, whole bool) *Column {
		for _, c := range columns {
			if c.Name == name {
				return c
			}
		}
		columns = append(columns, &Column{Name: name, whole: whole})
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
		return nil, fmt.Errorf("reading %s: %w", path, terminal.Cause(err))
	}
	return columns, nil
}

// measuredFields lists the fields of a measure line that become arrays, in order.
func measuredFields() (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[MeasureEvent]()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "event" {
			names = append(names, name)
		}
	}
	return names
}
