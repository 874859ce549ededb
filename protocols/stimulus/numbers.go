package stimulus

import (
	"fmt"

	"plateau/sim/record/npz"
)

// numbers reads an array of numbers of any of the usual types.
func numbers(path string, r *npz.Reader, name string) (values []float64, shape []int, err error) {
	t, err := r.Type(name)
	if err != nil {
		return nil, nil, err
	}
	switch t {
	case npz.Float64:
		return r.Float64(name)
	case npz.Float32:
		return widened(r.Float32(name))
	case npz.Int64:
		return widened(r.Int64(name))
	case npz.Int32:
		return widened(r.Int32(name))
	case npz.Uint8:
		return widened(r.Uint8(name))
	}
	return nil, nil, fmt.Errorf("%s: the array %s is of type %s, want float64, float32, int64, int32 or uint8", path, name, t)
}

func widened[T float32 | int64 | int32 | uint8](list []T, shape []int, err error) ([]float64, []int, error) {
	values := make([]float64, len(list))
	for i, x := range list {
		values[i] = float64(x)
	}
	return values, shape, err
}
