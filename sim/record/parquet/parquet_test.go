package parquet_test

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"testing"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"plateau/sim/record/exporttest"
	"plateau/sim/record/parquet"
	"plateau/sim/record/table"
)

// Every value of every table reads back the same.
func TestExport(t *testing.T) {
	for name, p := range exporttest.Plans() {
		t.Run(name, func(t *testing.T) {
			r, _ := exporttest.Make(t, p)
			for _, tab := range table.Of(r) {
				compare(t, tab)
			}
		})
	}
}

// compare returns the number of row groups.
func compare(t *testing.T, tab table.Table) int {
	t.Helper()
	var to bytes.Buffer
	if err := parquet.Export(&to, tab); err != nil {
		t.Fatal(err)
	}
	f, err := pq.OpenFile(bytes.NewReader(to.Bytes()), int64(to.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range f.Schema().Columns() {
		if c[0] != tab.Columns[i].Name {
			t.Errorf("%s: column %d is %s, want %s", tab.Name, i, c[0], tab.Columns[i].Name)
		}
	}
	for _, group := range f.Metadata().RowGroups {
		for _, c := range group.Columns {
			for _, e := range c.MetaData.Encoding {
				// fastparquet reads these.
				if e != format.Plain && e != format.RLE && e != format.RLEDictionary && (e != format.DeltaBinaryPacked || c.MetaData.Type != format.Int32) {
					t.Errorf("%s: %v has the encoding %v", tab.Name, c.MetaData.PathInSchema, e)
				}
			}
			if c.MetaData.Codec != format.Zstd {
				t.Errorf("%s: %v is compressed as %v", tab.Name, c.MetaData.PathInSchema, c.MetaData.Codec)
			}
		}
	}
	for _, m := range tab.Meta {
		if v, ok := f.Lookup(m[0]); !ok || v != m[1] {
			t.Errorf("%s: metadata %s = %q, want %q", tab.Name, m[0], v, m[1])
		}
	}
	from := pq.NewReader(f)
	defer from.Close()
	rows := int64(0)
	err = tab.Scan(func(b *table.Batch) error {
		list := make([]pq.Row, b.Rows)
		for n := 0; n < b.Rows; {
			got, err := from.ReadRows(list[n:])
			if n += got; err != nil && n < b.Rows {
				return fmt.Errorf("after %d rows: %w", rows+int64(n), err)
			}
			// The next call may overwrite what the rows point to.
			for i := n - got; i < n; i++ {
				list[i] = list[i].Clone()
			}
		}
		for i, row := range list {
			for k, c := range b.Columns {
				if v := reflect.ValueOf(c).Index(i).Interface(); !same(row[k], v) {
					return fmt.Errorf("row %d: %s is %v, want %v", rows+int64(i), tab.Columns[k].Name, row[k], v)
				}
			}
		}
		rows += int64(b.Rows)
		return nil
	})
	if err != nil || rows != f.NumRows() {
		t.Errorf("%s: error %v, %d rows, want %d", tab.Name, err, f.NumRows(), rows)
	}
	return len(f.RowGroups())
}

func same(got pq.Value, v any) bool {
	switch v := v.(type) {
	case int32:
		return got.Int32() == v
	case int64:
		return got.Int64() == v
	case uint64:
		return got.Uint64() == v
	case float32:
		return math.Float32bits(got.Float()) == math.Float32bits(v)
	case float64:
		return math.Float64bits(got.Double()) == math.Float64bits(v)
	case bool:
		return got.Boolean() == v
	}
	return string(got.ByteArray()) == v
}

// More rows than a row group has, in several batches.
func TestRowGroups(t *testing.T) {
	const n, groups = 300_000, 8
	b := &table.Batch{Rows: n, Columns: []any{make([]int32, n), make([]float64, n), make([]string, n)}}
	for i := range n {
		b.Columns[0].([]int32)[i] = int32(i * 7)
		b.Columns[1].([]float64)[i] = float64(i) / 3 // too many for a dictionary
		b.Columns[2].([]string)[i] = []string{"input", "output"}[i%2]
	}
	var batches []*table.Batch
	for range groups {
		batches = append(batches, b)
	}
	columns := []table.Column{{Name: "neuron", Kind: table.Int32}, {Name: "time_ms", Kind: table.Float64}, {Name: "population", Kind: table.Text}}
	if got := compare(t, table.New("large", columns, batches...)); got != 2 {
		t.Errorf("%d row groups, want 2", got)
	}
}

func TestDiskFull(t *testing.T) { exporttest.TableExport(parquet.Export).DiskFull(t) }

// A recording is exported in little memory, however long it is: of a row group,
// compressed, and a page of each column.
func TestMemory(t *testing.T) { exporttest.TableExport(parquet.Export).Memory(t, 64<<20) }

// pyarrow, pandas and fastparquet find the same.
func TestLibraries(t *testing.T) { exporttest.TableExport(parquet.Export).Libraries(t, "parquet") }

func BenchmarkSpikes(b *testing.B) {
	r := exporttest.Long(b)
	for _, tab := range table.Of(r) {
		if tab.Name != "spikes" {
			continue
		}
		for b.Loop() {
			rows, size := 0, &counting{}
			tab.Scan(func(b *table.Batch) error { rows += b.Rows; return nil })
			if err := parquet.Export(size, tab); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(size.n)/float64(rows), "B/spike")
			b.ReportMetric(float64(rows), "spikes")
		}
	}
}

type counting struct{ n int64 }

func (c *counting) Write(b []byte) (int, error) { c.n += int64(len(b)); return len(b), nil }
