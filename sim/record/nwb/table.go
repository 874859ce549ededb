package nwb

import (
	"math"

	"plateau/sim/record/hdf5"
)

// A table is a DynamicTable while it grows.
type table struct {
	x       *exporter
	group   *hdf5.Group
	ids     *hdf5.Dataset
	columns []string
}

func (x *exporter) table(parent *hdf5.Group, name, kind, description string) *table {
	t := &table{x: x, group: parent.Group(name)}
	x.is(t.group, "core", kind)
	t.group.Attr("description", description)
	t.ids = t.group.Dataset("id", hdf5.Int64)
	x.is(t.ids, "hdmf-common", "ElementIdentifiers")
	return t
}

// row begins a row.
func (t *table) row() error { return t.ids.Append(t.ids.Rows()) }

// column adds a column, and returns the data set for its values.
func (t *table) column(name, description string, of hdf5.Type, inner ...int64) *hdf5.Dataset {
	t.columns = append(t.columns, name)
	return t.data(name, description, of, inner...)
}

func (t *table) data(name, description string, of hdf5.Type, inner ...int64) *hdf5.Dataset {
	d := t.group.Dataset(name, of, inner...)
	t.x.is(d, "hdmf-common", "VectorData")
	d.Attr("description", description)
	return d
}

// index adds the index of a column whose rows have different lengths: it says where
// each row ends, the last at most at end.
func (t *table) index(name string, column *hdf5.Dataset, end int64) index {
	// With 64 bits NumPy makes floats of sums that spikeinterface slices by.
	of := hdf5.Uint32
	if end > math.MaxUint32 {
		of = hdf5.Uint64
	}
	d := t.group.Dataset(name+"_index", of)
	t.x.is(d, "hdmf-common", "VectorIndex")
	d.Attr("description", "Index for VectorData '"+name+"'")
	d.Attr("target", column)
	return index{d, end > math.MaxUint32}
}

type index struct {
	data *hdf5.Dataset
	wide bool
}

func (i index) append(end int64) error {
	if i.wide {
		return i.data.Append(uint64(end))
	}
	return i.data.Append(uint32(end))
}

// close ends the table.
func (t *table) close() error {
	t.group.Attr("colnames", t.columns)
	return t.x.file.Err()
}
