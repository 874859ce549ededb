package stimulus

import (
	"fmt"

	"plateau/sim/record/npz"
)

// only opens a file that holds a single array, which a .npy file does, and returns its name.
func only(path string) (*npz.Reader, string, error) {
	r, err := npz.Open(path)
	if err != nil {
		return nil, "", err
	}
	names := r.Names()
	if len(names) != 1 {
		r.Close()
		return nil, "", fmt.Errorf("%s holds %d arrays, want a single one, as numpy.save writes it", path, len(names))
	}
	return r, names[0], nil
}

// numbers reads an array of numbers of any type, row by row.
func numbers(path string, r *npz.Reader, name string) (values []float64, shape []int, err error) {
	shape, fortran, err := r.Numbers(name, func(some []float64) error {
		values = append(values, some...)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	switch {
	case fortran && len(shape) == 2:
		rows := make([]float64, len(values))
		for k, v := range values {
			rows[k%shape[0]*shape[1]+k/shape[0]] = v
		}
		values = rows
	case fortran && len(shape) > 2:
		return nil, nil, fmt.Errorf("%s: the array %s has %d dimensions, want 1 or 2", path, name, len(shape))
	}
	return values, shape, nil
}
