package sim_test

import (
	"math"
	"math/big"
	"strconv"
	"testing"

	"plateau/sim"
)

// Times are the decimals that one gets on paper, unless dt has too many digits.
func TestClock(t *testing.T) {
	for _, test := range []struct {
		dt   float64
		step int64
		want string
	}{
		{0.1, 3, "0.3"}, {0.1, 9, "0.9"}, {0.1, 0, "0"}, {0.1, -3, "-0.3"}, {0.3, 3, "0.9"}, {0.7, 3, "2.1"}, {0.01, 57, "0.57"},
		{1, 7, "7"}, {25, 3, "75"}, {0.25, 3, "0.75"}, {0.001, 1234567, "1234.567"}, {1e-9, 3, "3e-09"},
	} {
		if got := strconv.FormatFloat(sim.NewClock(test.dt).At(test.step), 'g', -1, 64); got != test.want {
			t.Errorf("step %d of %v ms is at %s, want %s", test.step, test.dt, got, test.want)
		}
	}
	for _, dt := range []float64{0.1, 0.05, 0.3, 0.7, 0.9, 1.1, 0.025, 0.0125, 2.5, 1, 3, 1e-3, 0.123456} {
		c := sim.NewClock(dt)
		exact, _ := new(big.Rat).SetString(strconv.FormatFloat(dt, 'f', -1, 64))
		for step := int64(0); step < 20000; step++ {
			for _, s := range []int64{step, step * 50021} {
				want, _ := new(big.Rat).Mul(exact, new(big.Rat).SetInt64(s)).Float64()
				if got := c.At(s); got != want {
					t.Fatalf("step %d of %v ms is at %v, want %v", s, dt, got, want)
				}
			}
		}
	}
	// If dt has too many digits, the time is the plain product.
	for _, dt := range []float64{1.0 / 3, math.Pi, 1e-30, 0.1 + 1e-16} {
		if got := sim.NewClock(dt).At(1 << 40); math.Abs(got/(dt*(1<<40))-1) > 1e-15 {
			t.Errorf("step 2⁴⁰ of %v ms is at %v", dt, got)
		}
	}
}
