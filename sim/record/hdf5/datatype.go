package hdf5

import (
	"fmt"
	"math/bits"
)

// A Type is the type of the elements of a data set.
type Type struct {
	size    int    // bytes
	message []byte // the datatype message (IV.A.2.d)
	kind    kind
	fields  []Field // if it is a compound
}

// kind says which Go type the elements have.
type kind int

const (
	number    kind = iota // a number or bool
	text                  // string
	fixed                 // Fixed
	reference             // Object
	compound              // Row
)

// Types of elements, each with its Go type.
var (
	Int8      = integer(1, signed)   // int8
	Int16     = integer(2, signed)   // int16
	Int32     = integer(4, signed)   // int32
	Int64     = integer(8, signed)   // int64, int
	Uint8     = integer(1, unsigned) // uint8
	Uint16    = integer(2, unsigned) // uint16
	Uint32    = integer(4, unsigned) // uint32
	Uint64    = integer(8, unsigned) // uint64
	Float32   = float(4, 23, 8)      // float32
	Float64   = float(8, 52, 11)     // float64
	Bool      = boolean()            // bool; in the file an enumeration of FALSE and TRUE, as h5py has it
	String    = variable()           // string of any length, in UTF-8
	Reference = Type{8, typeMessage(1, 7, 0, 8), reference, nil}
)

// typeMessage returns the beginning of a datatype message.
func typeMessage(version, class byte, flags uint32, size int) []byte {
	b := []byte{version<<4 | class, byte(flags), byte(flags >> 8), byte(flags >> 16)}
	return le.AppendUint32(b, uint32(size))
}

// sign is the flag that says whether integers have a sign.
type sign uint32

const (
	unsigned sign = 0
	signed   sign = 1 << 3
)

func integer(size int, s sign) Type {
	b := typeMessage(1, 0, uint32(s), size)
	b = le.AppendUint16(b, 0) // bit offset
	b = le.AppendUint16(b, uint16(8*size))
	return Type{size, b, number, nil}
}

func float(size int, mantissa, exponent byte) Type {
	sign := uint32(8*size - 1)
	b := typeMessage(1, 1, sign<<8|2<<4, size) // the first bit of the mantissa is not stored
	b = le.AppendUint16(b, 0)                  // bit offset
	b = le.AppendUint16(b, uint16(8*size))
	b = append(b, mantissa, exponent, 0, mantissa) // position and size of exponent and mantissa
	b = le.AppendUint32(b, 1<<(exponent-1)-1)      // bias
	return Type{size, b, number, nil}
}

func boolean() Type {
	b := typeMessage(3, 8, 2, 1) // two members
	b = append(b, Int8.message...)
	b = append(b, "FALSE\x00TRUE\x00\x00\x01"...)
	return Type{1, b, number, nil}
}

func variable() Type {
	const size = 4 + 8 + 4 // length, address of the collection, index
	b := typeMessage(1, 9, 1|utf8Names<<8, size)
	return Type{size, append(b, Uint8.message...), text, nil}
}

// FixedString is the type of strings of UTF-8 that take size bytes in each element;
// shorter ones are padded with zeros. The Go type is Fixed.
func FixedString(size int) Type {
	return Type{size, typeMessage(1, 3, 1|utf8Names<<4, size), fixed, nil}
}

// A Field is a named part of a compound.
type Field struct {
	Name string
	Type Type
}

// Compound is a type with several fields. The Go type is Row.
func Compound(fields ...Field) Type {
	size := 0
	for _, f := range fields {
		size += f.Type.size
	}
	width := (bits.Len(uint(size))-1)/8 + 1 // number of bytes of an offset
	b := typeMessage(3, 6, uint32(len(fields)), size)
	offset := 0
	for _, f := range fields {
		b = append(append(b, f.Name...), 0)
		for i := range width {
			b = append(b, byte(offset>>(8*i)))
		}
		b = append(b, f.Type.message...)
		offset += f.Type.size
	}
	return Type{size, b, compound, fields}
}

// Fixed is a string of type FixedString.
type Fixed string

// Row is an element of a compound: a value for each field.
type Row []any

// An Array is a value with several dimensions. Its values are a slice in which the last
// dimension runs fastest.
type Array struct {
	Shape  []int64
	Values any
	of     Type
}

// arrayOf finds the type and the shape of a value.
func arrayOf(value any) (Array, error) {
	a := Array{Values: value}
	shaped := false
	if v, ok := value.(Array); ok {
		a, shaped = v, true
	}
	n := 0
	switch v := a.Values.(type) {
	case bool:
		a.of, n = Bool, -1
	case int8:
		a.of, n = Int8, -1
	case int16:
		a.of, n = Int16, -1
	case int32:
		a.of, n = Int32, -1
	case int64, int:
		a.of, n = Int64, -1
	case uint8:
		a.of, n = Uint8, -1
	case uint16:
		a.of, n = Uint16, -1
	case uint32:
		a.of, n = Uint32, -1
	case uint64:
		a.of, n = Uint64, -1
	case float32:
		a.of, n = Float32, -1
	case float64:
		a.of, n = Float64, -1
	case string:
		a.of, n = String, -1
	case Fixed:
		a.of, n = FixedString(max(1, len(v))), -1
	case Object:
		a.of, n = Reference, -1
	case []bool:
		a.of, n = Bool, len(v)
	case []int8:
		a.of, n = Int8, len(v)
	case []int16:
		a.of, n = Int16, len(v)
	case []int32:
		a.of, n = Int32, len(v)
	case []int64:
		a.of, n = Int64, len(v)
	case []int:
		a.of, n = Int64, len(v)
	case []uint8:
		a.of, n = Uint8, len(v)
	case []uint16:
		a.of, n = Uint16, len(v)
	case []uint32:
		a.of, n = Uint32, len(v)
	case []uint64:
		a.of, n = Uint64, len(v)
	case []float32:
		a.of, n = Float32, len(v)
	case []float64:
		a.of, n = Float64, len(v)
	case []string:
		a.of, n = String, len(v)
	case []Fixed:
		longest := 1
		for _, s := range v {
			longest = max(longest, len(s))
		}
		a.of, n = FixedString(longest), len(v)
	case []Object:
		a.of, n = Reference, len(v)
	default:
		return a, fmt.Errorf("a value is a %T, want a bool, number, string, Fixed, Object or a slice of these", a.Values)
	}
	switch {
	case !shaped && n >= 0:
		a.Shape = []int64{int64(n)}
	case shaped && n < 0:
		return a, fmt.Errorf("the values of an array are a %T, want a slice", a.Values)
	case shaped:
		want := int64(1)
		for _, d := range a.Shape {
			want *= d
		}
		if want != int64(n) {
			return a, fmt.Errorf("%d values for shape %v, want %d", n, a.Shape, want)
		}
	}
	return a, nil
}
