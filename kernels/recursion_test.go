package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

var steps = []float64{1, 0.5, 0.1, 0.037} // dt (ms)

// slowTrace is eq. 11 as it reads: s = Σ_k u_k κ(age of k), where the newest input
// is dt old and inputs older than support steps do not count.
func slowTrace(k known, dt float64, u []float64, support int) float64 {
	sum := 0.0
	for i, x := range u {
		age := len(u) - i
		if x == 0 || support > 0 && age > support {
			continue
		}
		sum += x * k.at(float64(age)*dt)
	}
	return sum
}

// supportOf returns for how many steps a kernel acts, or 0 if for ever.
func supportOf(k known, dt float64) int {
	f, ok := k.kernel.(Finite)
	if !ok {
		return 0
	}
	return int(math.Round(f.Support / dt))
}

// whole widens a finite kernel by half a step, because rounding its support to
// whole steps can lengthen it by that much.
func whole(k known, dt float64) known {
	f, ok := k.kernel.(Finite)
	if !ok {
		return k
	}
	for _, u := range unlimited {
		if u.kernel == f.Kernel {
			return cut(u, f.Support+dt/2*1.0001)
		}
	}
	panic("no such kernel without limit")
}

// old returns the input that has just become too old.
func old(u []float64, support int) float64 {
	if now := len(u) - 1; support > 0 && now >= support {
		return u[now-support]
	}
	return 0
}

func forEach(t *testing.T, f func(t *testing.T, k known, dt float64)) {
	for _, k := range all() {
		for _, dt := range steps {
			t.Run(fmt.Sprintf("%s %+v dt=%v", k.name, k.kernel, dt), func(t *testing.T) { f(t, k, dt) })
		}
	}
}

// The recursion is the sum of κ over all past spikes, for spike counts and for
// real weights alike.
func TestRecursionIsTheSum(t *testing.T) {
	forEach(t, func(t *testing.T, k known, dt float64) {
		r, support, slow := k.kernel.Recursion(dt), supportOf(k, dt), whole(k, dt)
		if r.Support != support {
			t.Fatalf("Support = %d steps, want %d", r.Support, support)
		}
		random := rand.New(rand.NewPCG(1, uint64(dt*1000)))
		const length = 600
		for _, weights := range []bool{false, true} {
			var u []float64
			var s State
			largest := 0.0
			for range length {
				x := 0.0
				switch {
				case weights:
					x = 2*random.Float64() - 1
				case random.Float64() < 0.2:
					x = float64(1 + random.IntN(3))
				}
				u = append(u, x)
				s = r.Advance(s, x, old(u, support))
				largest = max(largest, math.Abs(r.Gain1*s.X1), math.Abs(r.Gain2*s.X2))
				want := slowTrace(slow, dt, u, support)
				// A decay is rounded once and then multiplied at every step.
				within(t, fmt.Sprintf("trace at step %d", len(u)), r.Trace(s), want, length*0x1p-53*largest)
				if t.Failed() {
					return
				}
			}
		}
	})
}

// A spike older than the support has left no trace, not even a rounding error.
func TestRecursionForgets(t *testing.T) {
	for _, dt := range steps {
		for _, k := range finite {
			r, support := k.kernel.Recursion(dt), supportOf(k, dt)
			var s State
			var u []float64
			for step := range support + 50 {
				x := 0.0
				if step == 0 {
					x = 1
				}
				u = append(u, x)
				s = r.Advance(s, x, old(u, support))
				trace := r.Trace(s)
				if step < support && !(trace > 0) {
					t.Fatalf("%+v dt=%v: trace %v after %d of %d steps, want > 0", k.kernel, dt, trace, step+1, support)
				}
				if step >= support && (trace != 0 || s != State{}) {
					t.Fatalf("%+v dt=%v: trace %v and state %+v after %d steps, want 0 after %d", k.kernel, dt, trace, s, step+1, support)
				}
			}
		}
	}
}

// Cumulative adds up the samples of κ; times dt, the sums tend to the integral.
func TestCumulative(t *testing.T) {
	forEach(t, func(t *testing.T, k known, dt float64) {
		const n = 1000
		r, support, slow := k.kernel.Recursion(dt), supportOf(k, dt), whole(k, dt)
		c := r.Cumulative(n)
		if len(c) != n+1 || c[0] != 0 {
			t.Fatalf("%d sums beginning with %v, want %d beginning with 0", len(c), c[0], n+1)
		}
		sum := 0.0
		for i := 1; i <= n; i++ {
			if support == 0 || i <= support {
				sum += slow.at(float64(i) * dt)
			}
			within(t, fmt.Sprintf("sum of %d", i), c[i], sum, 1e-12*max(1, sum))
		}
		if support > 0 && c[n] != c[min(support, n)] {
			t.Errorf("the sum goes on from %v to %v after %d steps, want none", c[support], c[n], support)
		}
		// Riemann's sum is off by at most the kernel's whole variation times dt.
		reach := float64(n) * dt
		within(t, "sum in ms", c[n]*dt, k.kernel.Integral(reach), 2*dt*k.kernel.At(k.kernel.PeakTime())+1e-12)
	})
	if c := (Exponential{Decay: 1}).Recursion(1).Cumulative(0); len(c) != 1 || c[0] != 0 {
		t.Errorf("Cumulative(0) = %v, want [0]", c)
	}
}

// A support below half a step still lets a spike count once.
func TestShortestSupport(t *testing.T) {
	r := Finite{Exponential{Decay: 10}, 0.2}.Recursion(1)
	if r.Support != 1 {
		t.Fatalf("Support = %d steps, want 1", r.Support)
	}
	s := r.Advance(State{}, 1, 0)
	within(t, "trace", r.Trace(s), math.Exp(-0.1)/10, rounding)
	if s = r.Advance(s, 0, 1); r.Trace(s) != 0 {
		t.Errorf("trace %v after the support, want 0", r.Trace(s))
	}
}

// Where one support is set inside another, the shorter counts, in the recursion
// and in At.
func TestFiniteOfFinite(t *testing.T) {
	inner := Finite{DoubleExponential{Rise: 3, Decay: 10}, 5}
	for _, support := range []float64{3, 5, 9} {
		both := Finite{inner, support}
		want := Finite{inner.Kernel, min(5, support)}
		if both.Recursion(0.5) != want.Recursion(0.5) {
			t.Errorf("supports of 5 and %v ms: %+v, want %+v", support, both.Recursion(0.5), want.Recursion(0.5))
		}
	}
}
