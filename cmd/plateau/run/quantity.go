package run

import (
	"encoding/json"
	"math"
)

// A Quantity is a number, or null (NaN) if it has no value, such as the first change.
type Quantity float64

// MarshalJSON writes null for what has no value.
func (q Quantity) MarshalJSON() ([]byte, error) {
	x := float64(q)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(x)
}

// UnmarshalJSON reads a number, or null as NaN.
func (q *Quantity) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*q = Quantity(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(q))
}

// Quantities multiplies numbers by a scale.
func Quantities(x []float64, scale float64) []Quantity {
	var q []Quantity
	for _, v := range x {
		q = append(q, Quantity(v*scale))
	}
	return q
}
