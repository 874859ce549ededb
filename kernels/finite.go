package kernels

import (
	"errors"
	"fmt"
	"math"
)

// Finite is a kernel cut off after Support: older spikes no longer count. The
// published results were computed with eq. 12 cut off at 10 ms, which leaves 49 %
// of its area; the text of the paper has no such limit.
type Finite struct {
	Kernel
	Support float64 // how long a spike acts (ms); > 0
}

// At returns κ(t) in 1/ms, zero beyond Support.
func (k Finite) At(t float64) float64 {
	if t > k.Support {
		return 0
	}
	return k.Kernel.At(t)
}

// Integral returns ∫κ from 0 to t.
func (k Finite) Integral(t float64) float64 { return k.Kernel.Integral(min(t, k.Support)) }

// PeakTime returns the time in ms at which κ is largest.
func (k Finite) PeakTime() float64 { return min(k.Support, k.Kernel.PeakTime()) }

// Recursion returns κ sampled at dt, 2 dt, … up to Support, rounded to whole steps
// by Steps.
func (k Finite) Recursion(dt float64) Recursion {
	return k.Kernel.Recursion(dt).finite(Steps(k.Support, dt))
}

// OnGrid returns the kernel with its Support rounded to whole steps of dt.
func (k Finite) OnGrid(dt float64) Finite {
	if inner, ok := k.Kernel.(Finite); ok {
		k.Kernel = inner.OnGrid(dt)
	}
	k.Support = OnGrid(k.Support, dt)
	return k
}

// Validate reports every parameter outside its domain.
func (k Finite) Validate() error {
	if k.Kernel == nil {
		return errors.New("kernels: Finite has no Kernel to cut off")
	}
	var err error
	if !(k.Support > 0 && k.Support < math.Inf(1)) {
		err = fmt.Errorf("kernels: Finite has Support = %v ms, want > 0", k.Support)
	}
	return errors.Join(k.Kernel.Validate(), err)
}
