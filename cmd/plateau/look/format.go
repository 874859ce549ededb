package look

import (
	"io"
	"maps"
	"path/filepath"
	"slices"

	"plateau/cmd/plateau/settings"
	"plateau/sim/record"
	"plateau/sim/record/arrays"
	"plateau/sim/record/csv"
	"plateau/sim/record/intact"
	"plateau/sim/record/nwb"
	"plateau/sim/record/parquet"
	"plateau/sim/record/sonata"
	"plateau/sim/record/table"
)

// A Format is a file format to which recordings can be exported.
type Format struct {
	Name    string
	meaning string
	Ending  string // ending of the file's name, or "" if the export is a folder
	images  bool   // whether it can hold the images that were shown
	// parts returns the files of an export, and what of the recording they lack because
	// the format cannot hold it.
	parts func(r *record.Reader) (parts []part, lacks []string, err error)
	Owns  func(name string) bool // reports whether a file in the folder belongs to such an export
}

// A part is one file of an export.
type part struct {
	name  string // in the folder
	write func(w output) error
}

// output is a file to which a part is written.
type output interface {
	io.Writer
	io.WriterAt
}

// Formats lists all formats.
func Formats() []Format {
	return []Format{
		{
			Name: "nwb", meaning: "Neurodata Without Borders 2, one HDF5 file", Ending: ".nwb", images: true,
			parts: nwbParts(nil),
		}, {
			Name: "sonata", meaning: "a folder with spikes.h5 and a report for each recorded variable",
			parts: sonataParts,
			Owns: func(name string) bool {
				return name == "spikes.h5" || name == "missing.csv" || slices.ContainsFunc(settings.Variables(), func(v record.Variable) bool { return name == string(v)+".h5" })
			},
		}, {
			Name: "npz", meaning: "NumPy arrays, one file", Ending: ".npz",
			parts: alone(func(w output, r *record.Reader) error {
				h := r.Header()
				return arrays.Export(w, r, arrays.Options{Classes: settings.ClassNames(settings.DataOf(h), h.Network.Classes)})
			}),
		}, {
			Name: "parquet", meaning: "a folder with tables of trials, spikes, …",
			parts: tables(".parquet", func(w output, t table.Table) error { return parquet.Export(w, t) }),
			Owns:  func(name string) bool { return filepath.Ext(name) == ".parquet" },
		}, {
			Name: "csv", meaning: "the same tables as text",
			parts: tables(".csv", func(w output, t table.Table) error { return csv.Export(w, t) }),
			Owns:  func(name string) bool { return filepath.Ext(name) == ".csv" },
		},
	}
}

// FormatNames lists the names of all formats.
func FormatNames() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

func nwbParts(images *nwb.Images) func(r *record.Reader) ([]part, []string, error) {
	return alone(func(w output, r *record.Reader) error {
		o := nwb.Options{Images: images}
		images = nil // so that they can go when they are written
		return nwb.Export(w, r, o)
	})
}

func alone(export func(w output, r *record.Reader) error) func(r *record.Reader) ([]part, []string, error) {
	return func(r *record.Reader) ([]part, []string, error) {
		return []part{{write: func(w output) error { return export(w, r) }}}, nil, nil
	}
}

// sonataParts are spikes, reports and a table of missing trials, for which SONATA has
// no place of its own. What they lack are potentials that can have no report.
func sonataParts(r *record.Reader) (parts []part, lacks []string, err error) {
	x, err := sonata.New(r)
	if err != nil {
		return nil, nil, err
	}
	parts = []part{{"spikes.h5", func(w output) error { return x.Spikes(w) }}}
	for _, v := range x.Variables() {
		parts = append(parts, part{string(v) + ".h5", func(w output) error { return x.Report(w, v) }})
	}
	missing := table.Missing(intact.Of(r))
	parts = append(parts, part{missing.Name + ".csv", func(w output) error { return csv.Export(w, missing) }})
	uneven := x.Uneven()
	for _, i := range slices.Sorted(maps.Keys(uneven)) {
		lacks = append(lacks, uneven[i])
	}
	return parts, lacks, nil
}

func tables(ending string, export func(w output, t table.Table) error) func(r *record.Reader) ([]part, []string, error) {
	return func(r *record.Reader) ([]part, []string, error) {
		var parts []part
		for _, t := range table.Of(r) {
			parts = append(parts, part{t.Name + ending, func(w output) error { return export(w, t) }})
		}
		return parts, nil, nil
	}
}
