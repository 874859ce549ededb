package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"plateau/sim/record/csv"
	"plateau/sim/record/exporttest"
	"plateau/sim/record/table"
)

// Every value of every table reads back the same.
func TestExport(t *testing.T) {
	for name, p := range exporttest.Plans() {
		t.Run(name, func(t *testing.T) {
			r, _ := exporttest.Make(t, p)
			for _, tab := range table.Of(r) {
				var to bytes.Buffer
				if err := csv.Export(&to, tab); err != nil {
					t.Fatal(err)
				}
				lines, err := stdcsv.NewReader(&to).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				var names []string
				for _, c := range tab.Columns {
					names = append(names, c.Name)
				}
				if !slices.Equal(lines[0], names) {
					t.Errorf("%s: columns %q, want %q", tab.Name, lines[0], names)
				}
				at := 1
				err = tab.Scan(func(b *table.Batch) error {
					for i := range b.Rows {
						for k, c := range b.Columns {
							v := reflect.ValueOf(c).Index(i).Interface()
							if !same(lines[at][k], v) {
								return fmt.Errorf("line %d: %s is %s, want %v", at, names[k], lines[at][k], v)
							}
						}
						at++
					}
					return nil
				})
				if err != nil || at != len(lines) {
					t.Errorf("%s: error %v, %d lines, want %d", tab.Name, err, len(lines), at)
				}
			}
		})
	}
}

func same(text string, v any) bool {
	switch v := v.(type) {
	case float64:
		x, err := strconv.ParseFloat(text, 64)
		return err == nil && (x == v && math.Signbit(x) == math.Signbit(v) || math.IsNaN(x) && math.IsNaN(v))
	case float32:
		x, err := strconv.ParseFloat(text, 32)
		return err == nil && (float32(x) == v && math.Signbit(x) == math.Signbit(float64(v)) || math.IsNaN(x) && v != v)
	}
	return text == fmt.Sprint(v)
}

// Values whose text is easily wrong.
func TestValues(t *testing.T) {
	var to bytes.Buffer
	tab := table.New("odd", []table.Column{{Name: `a "b", c`, Kind: table.Text}, {Name: "x", Kind: table.Float64}, {Name: "y", Kind: table.Float32}},
		&table.Batch{Rows: 6, Columns: []any{
			[]string{"", "a,b", "say \"a\"", "two\nlines", "φ", "\r"},
			[]float64{math.Copysign(0, -1), math.NaN(), math.Inf(1), 1e15, 123456789, 0.1},
			[]float32{0.1, 1e-45, -3, 2e6, float32(math.Inf(-1)), 1e30},
		}})
	if err := csv.Export(&to, tab); err != nil {
		t.Fatal(err)
	}
	const want = "\"a \"\"b\"\", c\",x,y\n" +
		",-0,0.1\n" +
		"\"a,b\",NaN,1e-45\n" +
		"\"say \"\"a\"\"\",+Inf,-3\n" +
		"\"two\nlines\",1e+15,2000000\n" +
		"φ,123456789,-Inf\n" +
		"\"\r\",0.1,1e+30\n"
	if to.String() != want {
		t.Errorf("%s\nwant\n%s", to.String(), want)
	}
}

func TestDiskFull(t *testing.T) { exporttest.TableExport(csv.Export).DiskFull(t) }

// A recording is exported in little memory, however long it is.
func TestMemory(t *testing.T) { exporttest.TableExport(csv.Export).Memory(t, 16<<20) }

// pandas finds the same.
func TestLibraries(t *testing.T) { exporttest.TableExport(csv.Export).Libraries(t, "csv") }
