package arrays

import (
	"fmt"

	"plateau/sim/record/npz"
	"plateau/sim/record/table"
)

// columns writes the columns of a table, each as an array.
func (x *exporter) columns(prefix, axes string, t table.Table) error {
	rows := 0
	widths := make([]int, len(t.Columns)) // of texts
	err := t.Scan(func(b *table.Batch) error {
		rows += b.Rows
		for i, c := range b.Columns {
			if list, ok := c.([]string); ok {
				for _, s := range list {
					widths[i] = max(widths[i], len(s))
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, c := range t.Columns {
		name := prefix + c.Name
		if prefix == c.Name+"_" {
			name = c.Name // trial, phase
		}
		err := x.to.stream(Label{name, axes, c.About}, typeOf(c.Kind, widths[i]), []int{rows}, func(s *npz.Stream) error {
			return t.Scan(func(b *table.Batch) error { return s.Write(b.Columns[i]) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func typeOf(k table.Kind, width int) npz.Type {
	switch k {
	case table.Int32:
		return npz.Int32
	case table.Int64:
		return npz.Int64
	case table.Uint64:
		return npz.Uint64
	case table.Float32:
		return npz.Float32
	case table.Float64:
		return npz.Float64
	case table.Bool:
		return npz.Bool
	case table.Text:
		return npz.Text(max(1, width))
	}
	panic(fmt.Sprintf("arrays: a column of kind %q", k))
}
