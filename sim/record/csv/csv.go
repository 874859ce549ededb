// Package csv writes tables of recordings as text in UTF-8: a line of column names,
// then a line for each row, with commas between values. Numbers are the shortest that
// read back the same, truth values are true or false, and unknown numbers are NaN.
// Texts are in quotation marks if they have to be (RFC 4180); lines end with a line
// feed alone.
package csv

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"plateau/sim/record/table"
)

// Export writes a table.
func Export(w io.Writer, t table.Table) error {
	to := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	for i, c := range t.Columns {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendText(line, c.Name)
	}
	to.Write(append(line, '\n'))
	err := t.Scan(func(b *table.Batch) error {
		for row := range b.Rows {
			line = line[:0]
			for i, c := range b.Columns {
				if i > 0 {
					line = append(line, ',')
				}
				line = appendValue(line, c, row)
			}
			if _, err := to.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = to.Flush()
	}
	if err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

func appendValue(b []byte, column any, row int) []byte {
	switch c := column.(type) {
	case []int32:
		return strconv.AppendInt(b, int64(c[row]), 10)
	case []int64:
		return strconv.AppendInt(b, c[row], 10)
	case []uint64:
		return strconv.AppendUint(b, c[row], 10)
	case []float32:
		return appendFloat(b, float64(c[row]), 32)
	case []float64:
		return appendFloat(b, c[row], 64)
	case []bool:
		return strconv.AppendBool(b, c[row])
	case []string:
		return appendText(b, c[row])
	}
	panic(fmt.Sprintf("csv: a column is a %T", column))
}

func appendFloat(b []byte, v float64, bits int) []byte {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 && (v != 0 || !math.Signbit(v)) {
		return strconv.AppendInt(b, int64(v), 10) // 2000000 and not 2e+06
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}

func appendText(b []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
