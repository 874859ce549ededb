// Package table turns a recording into tables, for formats that hold one table in a
// file:
//
//   - trials: a row for each trial;
//   - phases: a row for each phase of each trial;
//   - plateaus: a row for each plateau potential of each neuron;
//   - spikes: a row for each spike;
//   - currents, where trials have phases of their own: a row for each stretch of steps
//     in which the current into a neuron stays the same;
//   - <population>_<variable>: a row for each sample of a recorded variable, with
//     a column for each neuron;
//   - missing: a row for each stretch of trials that are damaged and in no other
//     table; without damage it has none.
//
// Trials, phases, steps and the neurons of a population count from 0. Steps and
// times count from the start of their trial, except those in trials and missing,
// which count from the start of the recording; trials follow one another without
// gaps. A spike is at the start of its step. A sample is the value at the end of
// its step, and a plateau begins at the end of its step. Rates, which are in
// spikes/ms elsewhere, are in Hz here.
package table

import "fmt"

// A Table is one of these tables. Its rows are read only when Scan is called.
type Table struct {
	Name    string
	Columns []Column
	// Meta lists names and values that describe the whole recording.
	Meta [][2]string

	scan  func(b *batches) error
	given []*Batch // the rows, if there is no scan
}

// New returns a table with the given rows.
func New(name string, columns []Column, rows ...*Batch) Table {
	return Table{Name: name, Columns: columns, given: rows}
}

// A Column is a column of a table.
type Column struct {
	Name  string
	Kind  Kind
	About string // what it holds, in some words
}

// Kind is the type of the values of a column.
type Kind string

// The kinds of columns, with the Go slices that hold their values.
const (
	Int32   Kind = "int32"   // []int32
	Int64   Kind = "int64"   // []int64
	Uint64  Kind = "uint64"  // []uint64
	Float32 Kind = "float32" // []float32
	Float64 Kind = "float64" // []float64
	Bool    Kind = "bool"    // []bool
	Text    Kind = "text"    // []string
)

// A Batch is some consecutive rows: for each column a slice of its kind.
type Batch struct {
	Rows    int
	Columns []any
}

// Scan calls f with all rows of the table in order, batch by batch. A batch is
// valid only during the call. An error from f ends the scan.
func (t *Table) Scan(f func(*Batch) error) error {
	for _, b := range t.given {
		if err := f(b); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if t.scan == nil {
		return nil
	}
	b := &batches{f: f}
	for _, c := range t.Columns {
		b.columns = append(b.columns, newColumn(c.Kind))
	}
	err := t.scan(b)
	if err == nil {
		err = b.flush()
	}
	if err != nil {
		return fmt.Errorf("table %s: %w", t.Name, err)
	}
	return nil
}

// batchValues is about the number of values in a batch.
const batchValues = 1 << 16

// batches collects rows into batches.
type batches struct {
	f       func(*Batch) error
	columns []filling
	rows    int
	batch   Batch
}

// filling is a column of the batch that is being filled, a *values.
type filling interface {
	slice() any
	clear()
}

type values[T any] struct{ list []T }

func (v *values[T]) slice() any { return v.list }
func (v *values[T]) clear()     { v.list = v.list[:0] }

func newColumn(k Kind) filling {
	switch k {
	case Int32:
		return &values[int32]{}
	case Int64:
		return &values[int64]{}
	case Uint64:
		return &values[uint64]{}
	case Float32:
		return &values[float32]{}
	case Float64:
		return &values[float64]{}
	case Bool:
		return &values[bool]{}
	case Text:
		return &values[string]{}
	}
	panic(fmt.Sprintf("table: a column of kind %q", k))
}

// add appends a value to a column.
func add[T any](b *batches, column int, v T) {
	c := b.columns[column].(*values[T])
	c.list = append(c.list, v)
}

// row ends a row.
func (b *batches) row() error {
	if b.rows++; b.rows*len(b.columns) >= batchValues {
		return b.flush()
	}
	return nil
}

func (b *batches) flush() error {
	if b.rows == 0 {
		return nil
	}
	b.batch = Batch{Rows: b.rows, Columns: b.batch.Columns[:0]}
	for _, c := range b.columns {
		b.batch.Columns = append(b.batch.Columns, c.slice())
	}
	if err := b.f(&b.batch); err != nil {
		return err
	}
	b.rows = 0
	for _, c := range b.columns {
		c.clear()
	}
	return nil
}
