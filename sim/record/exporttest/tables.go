package exporttest

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/sim/record"
	"plateau/sim/record/table"
)

// TableExport writes one table, in a format that has a file for each table.
type TableExport func(io.Writer, table.Table) error

// all exports every table of a recording to a writer of its own.
func (export TableExport) all(r *record.Reader, begin func(name string) (io.WriteCloser, error)) error {
	for _, tab := range table.Of(r) {
		w, err := begin(tab.Name)
		if err == nil {
			err = errors.Join(export(w, tab), w.Close())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// DiskFull fails unless the export of every table reports a full disk.
func (export TableExport) DiskFull(t *testing.T) {
	r, _ := Make(t, Default())
	for _, tab := range table.Of(r) {
		if err := export(full{}, tab); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: error %v, want disk full", tab.Name, err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// Memory fails if the export of a long recording takes more than most bytes of
// memory.
func (export TableExport) Memory(t *testing.T, most int64) {
	if testing.Short() {
		t.Skip("simulates for some seconds")
	}
	r := Long(t)
	Ceiling(t, most, func(w io.WriterAt) error {
		return export.all(r, func(string) (io.WriteCloser, error) { return unclosed{w.(io.Writer)}, nil })
	})
}

type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// Libraries exports recordings to files named for their tables, and fails unless
// the format's libraries find what was recorded.
func (export TableExport) Libraries(t *testing.T, format string) {
	Check(t, format, Plans(), func(r *record.Reader, folder string) error {
		return export.all(r, func(name string) (io.WriteCloser, error) {
			return os.Create(filepath.Join(folder, name+"."+format))
		})
	})
}
