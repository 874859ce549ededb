package hdf5

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

// encode appends a value, or a slice of values, as elements of type t.
func (f *File) encode(b []byte, t Type, values any) ([]byte, error) {
	switch v := values.(type) {
	case string:
		return f.encode(b, t, []string{v})
	case Fixed:
		return f.encode(b, t, []Fixed{v})
	case Object:
		return f.encode(b, t, []Object{v})
	case Row:
		return f.encode(b, t, []Row{v})
	case int:
		return f.encode(b, t, int64(v))
	case []int:
		wide := make([]int64, len(v))
		for i, x := range v {
			wide[i] = int64(x)
		}
		return f.encode(b, t, wide)
	case []string:
		for _, s := range v {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				return nil, fmt.Errorf("the string %q, want UTF-8 without U+0000", s)
			}
			address, index := f.heap.put(s)
			b = le.AppendUint32(b, uint32(len(s)))
			b = le.AppendUint64(b, address)
			b = le.AppendUint32(b, index)
		}
		return b, nil
	case []Fixed:
		for _, s := range v {
			if len(s) > t.size || !utf8.ValidString(string(s)) || strings.ContainsRune(string(s), 0) {
				return nil, fmt.Errorf("the string %q, want at most %d bytes of UTF-8 without U+0000", string(s), t.size)
			}
			b = append(append(b, s...), make([]byte, t.size-len(s))...)
		}
		return b, nil
	case []Object:
		for _, o := range v {
			b = le.AppendUint64(b, o.self().address)
		}
		return b, nil
	case []Row:
		for _, row := range v {
			if len(row) != len(t.fields) {
				return nil, fmt.Errorf("a row of %d values, want %d", len(row), len(t.fields))
			}
			for i, x := range row {
				field := t.fields[i]
				a, err := arrayOf(x)
				if err == nil && (a.Shape != nil || !field.Type.holds(a.of)) {
					err = fmt.Errorf("a value is a %T, which does not fit the field's type", x)
				}
				if err == nil {
					b, err = f.encode(b, field.Type, x)
				}
				if err != nil {
					return nil, fmt.Errorf("field %s: %w", field.Name, err)
				}
			}
		}
		return b, nil
	}
	return binary.Append(b, le, values)
}

// holds reports whether values of type s can be elements of type t.
func (t Type) holds(s Type) bool {
	return string(t.message) == string(s.message) || t.kind == fixed && s.kind == fixed && s.size <= t.size
}
