// Package parquet writes tables of recordings as Parquet. Everything is compressed
// with zstd. Numbers of trials, steps and neurons are encoded as differences; names, times
// and 64-bit integers with dictionaries; potentials as they are. The key-value metadata of
// the file describe the whole recording.
//
// These are encodings that both pyarrow and fastparquet can read. fastparquet cannot read
// split bytes or differences of 64 bits.
package parquet

import (
	"fmt"
	"io"
	"reflect"

	"github.com/parquet-go/parquet-go"

	"plateau/sim/record/table"
)

// Rows are held in memory, compressed, until there are enough for a row group.
const (
	groupRows   = 1 << 20
	groupValues = 1 << 22
)

// Export writes a table.
func Export(w io.Writer, t table.Table) error {
	if err := export(w, t); err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	return nil
}

func export(w io.Writer, t table.Table) error {
	options := []parquet.WriterOption{
		schema(t),
		parquet.CreatedBy("plateau", "", ""),
		parquet.Compression(newDense()),
		parquet.PageBufferSize(min(parquet.DefaultPageBufferSize, max(4<<10, 8<<20/len(t.Columns)))),
		parquet.DictionaryMaxBytes(1 << 20),
	}
	for _, m := range t.Meta {
		options = append(options, parquet.KeyValueMetadata(m[0], m[1]))
	}
	to := parquet.NewWriter(w, options...)
	var values []parquet.Value
	rows := 0
	most := max(1, min(groupRows, groupValues/len(t.Columns)))
	err := t.Scan(func(b *table.Batch) error {
		for i, column := range to.ColumnWriters() {
			values = appendValues(values[:0], b.Columns[i])
			if _, err := column.WriteRowValues(values); err != nil {
				return err
			}
		}
		if rows += b.Rows; rows >= most {
			rows = 0
			return to.Flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return to.Close()
}

// schema describes the columns as a struct, which keeps their order.
func schema(t table.Table) *parquet.Schema {
	var fields []reflect.StructField
	for i, c := range t.Columns {
		kind, encoding := column(c)
		fields = append(fields, reflect.StructField{
			Name: fmt.Sprint("F", i), Type: kind,
			Tag: reflect.StructTag(fmt.Sprintf(`parquet:"%s%s"`, c.Name, encoding)),
		})
	}
	return parquet.NewSchema(t.Name, parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
}

// column returns the Go type of a column and how it is encoded.
func column(c table.Column) (kind reflect.Type, encoding string) {
	switch c.Kind {
	case table.Int32:
		return reflect.TypeFor[int32](), ",delta"
	case table.Int64:
		return reflect.TypeFor[int64](), ",dict"
	case table.Uint64:
		return reflect.TypeFor[uint64](), ",dict"
	case table.Float32:
		return reflect.TypeFor[float32](), ""
	case table.Float64:
		return reflect.TypeFor[float64](), ",dict"
	case table.Bool:
		return reflect.TypeFor[bool](), ""
	case table.Text:
		return reflect.TypeFor[string](), ",dict"
	}
	panic(fmt.Sprintf("parquet: a column of kind %q", c.Kind))
}

// appendValues appends the values of a column. All are required and none is in a
// list, so their levels are 0.
func appendValues(to []parquet.Value, values any) []parquet.Value {
	switch v := values.(type) {
	case []int32:
		return appendEach(to, v, parquet.Int32Value)
	case []int64:
		return appendEach(to, v, parquet.Int64Value)
	case []uint64:
		return appendEach(to, v, func(x uint64) parquet.Value { return parquet.Int64Value(int64(x)) })
	case []float32:
		return appendEach(to, v, parquet.FloatValue)
	case []float64:
		return appendEach(to, v, parquet.DoubleValue)
	case []bool:
		return appendEach(to, v, parquet.BooleanValue)
	case []string:
		var last string
		var value parquet.Value
		for i, s := range v {
			if i == 0 || s != last { // the same name many times in a row
				last, value = s, parquet.ByteArrayValue([]byte(s))
			}
			to = append(to, value)
		}
		return to
	}
	panic(fmt.Sprintf("parquet: a column is a %T", values))
}

func appendEach[T any](to []parquet.Value, values []T, value func(T) parquet.Value) []parquet.Value {
	for _, v := range values {
		to = append(to, value(v))
	}
	return to
}
