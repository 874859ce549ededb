// Package table gives a recording as tables, for formats that hold one table a
// file:
//
//   - trials: a row for each trial;
//   - phases: a row for each phase of each trial;
//   - plateaus: a row for each plateau potential of each neuron;
//   - spikes: a row for each spike;
//   - <population>_<variable>: a row for each sample of a recorded variable, with
//     a column for each neuron.
//
// Trials, phases, populations' neurons and steps are counted from 0. Steps and
// times count from the start of their trial, but for that of a trial itself,
// which counts from the start of the recording; trials follow one another without
// gaps. A spike is at the start of its step; a sample is the value at the end of
// one, and a plateau begins there. Rates, which are in spikes/ms elsewhere, are in
// Hz here.
package table

import "fmt"

// A Table is what a recording says of one thing. Its rows are read when they are
// asked for.
type Table struct {
	Name    string
	Columns []Column
	// Meta are names and values that belong to the whole recording.
	Meta [][2]string

	scan  func(b *batches) error
	given []*Batch // in place of scan
}

// New returns a table of given rows.
func New(name string, columns []Column, rows ...*Batch) Table {
	return Table{Name: name, Columns: columns, given: rows}
}

// A Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
}

// Kind says what a column holds.
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

// A Batch is some rows that follow one another: for each column a slice of its
// kind.
type Batch struct {
	Rows    int
	Columns []any
}

// Scan calls f with all rows of the table in their order. A batch is valid only
// during the call.
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
		b.Columns = append(b.Columns, empty(c.Kind))
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

func empty(k Kind) any {
	switch k {
	case Int32:
		return []int32{}
	case Int64:
		return []int64{}
	case Uint64:
		return []uint64{}
	case Float32:
		return []float32{}
	case Float64:
		return []float64{}
	case Bool:
		return []bool{}
	}
	return []string{}
}

// batchValues is about how many values a batch has.
const batchValues = 1 << 16

// batches gathers rows.
type batches struct {
	Batch
	f func(*Batch) error
}

// add appends a value to a column.
func add[T any](b *batches, column int, v T) {
	b.Columns[column] = append(b.Columns[column].([]T), v)
}

// row ends a row.
func (b *batches) row() error {
	if b.Rows++; b.Rows*len(b.Columns) >= batchValues {
		return b.flush()
	}
	return nil
}

func (b *batches) flush() error {
	if b.Rows == 0 {
		return nil
	}
	if err := b.f(&b.Batch); err != nil {
		return err
	}
	b.Rows = 0
	for i, c := range b.Columns {
		switch c := c.(type) {
		case []int32:
			b.Columns[i] = c[:0]
		case []int64:
			b.Columns[i] = c[:0]
		case []uint64:
			b.Columns[i] = c[:0]
		case []float32:
			b.Columns[i] = c[:0]
		case []float64:
			b.Columns[i] = c[:0]
		case []bool:
			b.Columns[i] = c[:0]
		case []string:
			b.Columns[i] = c[:0]
		}
	}
	return nil
}
