package measure

import "fmt"

// A Confusion is a confusion matrix: how many examples of each true class (row) were
// predicted to be of each class (column).
type Confusion [][]int

// CountConfusion counts examples with these true classes and predictions.
func CountConfusion(classes int, truth []byte, predicted []int) Confusion {
	c := make(Confusion, classes)
	for i := range c {
		c[i] = make([]int, classes)
	}
	for i, class := range predicted {
		c[truth[i]][class]++
	}
	return c
}

// Check returns an error if c has no class, is not square, or holds a negative number.
func (c Confusion) Check() error {
	if len(c) < 1 {
		return fmt.Errorf("the confusion matrix has no classes, want 1 at least")
	}
	for i, row := range c {
		if len(row) != len(c) {
			return fmt.Errorf("row %d of the confusion matrix has %d numbers, want %d", i, len(row), len(c))
		}
		for k, n := range row {
			if n < 0 {
				return fmt.Errorf("the confusion matrix holds %d in row %d, column %d, want 0 or more", n, i, k)
			}
		}
	}
	return nil
}

// Plus returns the sum of two matrices that Check accepts, which must have the same
// classes.
func (c Confusion) Plus(d Confusion) (Confusion, error) {
	if len(c) != len(d) {
		return nil, fmt.Errorf("the confusion matrix has %d classes, that of the other run has %d", len(d), len(c))
	}
	sum := make(Confusion, len(c))
	for i := range c {
		sum[i] = make([]int, len(c))
		for k := range sum[i] {
			sum[i][k] = c[i][k] + d[i][k]
		}
	}
	return sum, nil
}

// Errors returns how many predictions were wrong, and how many there are.
func (c Confusion) Errors() (wrong, all int) {
	for i, row := range c {
		for k, n := range row {
			all += n
			if k != i {
				wrong += n
			}
		}
	}
	return wrong, all
}
