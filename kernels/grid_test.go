package kernels

import (
	"math"
	"testing"
)

// Times become steps by one rule: the nearest number of them, halves up, and at
// least one.
func TestTimesOnTheGrid(t *testing.T) {
	for _, test := range []struct {
		time, dt float64
		steps    int
		becomes  float64
	}{
		{50, 1, 50, 50}, {0, 1, 0, 0}, {0.3, 0.1, 3, 0.3}, {10, 0.1, 100, 10}, {30, 0.3, 100, 30},
		{1e6, 0.001, 1e9, 1e6}, {0.001, 0.001, 1, 0.001}, {7.0000000001, 1, 7, 7.0000000001},
		{34, 10, 3, 30}, {35, 10, 4, 40}, {36, 10, 4, 40}, {10.5, 1, 11, 11}, {11.5, 1, 12, 12},
		{4, 10, 1, 10}, {1e-9, 10, 1, 10}, {5, 10, 1, 10}, {14.999, 10, 1, 10},
		{10, 0.3, 33, 9.9}, {50, 0.3, 167, 50.1}, {250, 0.3, 833, 249.9}, {0.05, 0.1, 1, 0.1},
	} {
		if got := Steps(test.time, test.dt); got != test.steps {
			t.Errorf("%v ms are %d steps of %v ms, want %d", test.time, got, test.dt, test.steps)
		}
		got := OnGrid(test.time, test.dt)
		if got != test.becomes {
			t.Errorf("%v ms become %v in steps of %v ms, want %v", test.time, got, test.dt, test.becomes)
		}
		if again := OnGrid(got, test.dt); again != got || Steps(got, test.dt) != test.steps {
			t.Errorf("%v ms in steps of %v ms become %v, which rounded again is %v, or %d steps", test.time, test.dt, got, again, Steps(got, test.dt))
		}
	}
	for _, time := range []float64{math.Inf(1), math.NaN()} {
		if got := OnGrid(time, 1); got != time && !math.IsNaN(time) {
			t.Errorf("%v becomes %v", time, got)
		}
	}
}

// The support of a kernel becomes steps by the same rule, also where one limit is
// set inside another.
func TestSupportOnTheGrid(t *testing.T) {
	k := Exponential{Decay: 10}
	for _, support := range []float64{4, 10, 10.5, 34, 35} {
		f := Finite{k, support}
		if got, want := f.Recursion(10).Support, Steps(support, 10); got != want {
			t.Errorf("a support of %v ms takes %d steps of 10 ms, want %d", support, got, want)
		}
		got := f.OnGrid(10)
		if got.Support != OnGrid(support, 10) || got.Kernel != k {
			t.Errorf("a support of %v ms becomes %+v in steps of 10 ms", support, got)
		}
		if got.Recursion(10) != f.Recursion(10) {
			t.Errorf("a support of %v ms gives another kernel if it is rounded first", support)
		}
	}
	if got, want := (Finite{Finite{k, 34}, 52}).OnGrid(10), (Finite{Finite{k, 30}, 50}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
