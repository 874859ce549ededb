package protocols

import (
	"errors"
	"fmt"

	"plateau/kernels"
)

// TestPhase is the protocol of a test example: a forward phase from rest. Its times
// are rounded to whole steps like those of TwoPhase.
type TestPhase struct {
	Length float64 // length (ms); > Settle. The paper's text says 500, its program has 250.
	Settle float64 // Δt_s, which is left out of the average (ms); ≥ 0
}

// DefaultTestPhase returns the values of the published program.
func DefaultTestPhase() TestPhase { return TestPhase{Length: 250, Settle: 30} }

// Validate reports all the fields outside their domain.
func (p TestPhase) Validate() error {
	var errs []error
	if !(p.Settle >= 0 && p.Settle < MaxLength) {
		errs = append(errs, fmt.Errorf("protocols: TestPhase.Settle = %v ms, want ≥ 0 and < %v ms", p.Settle, MaxLength))
	}
	if !(p.Length > p.Settle && p.Length < MaxLength) {
		errs = append(errs, fmt.Errorf("protocols: TestPhase.Length = %v ms, want > Settle (%v ms) and < %v ms", p.Length, p.Settle, MaxLength))
	}
	return errors.Join(errs...)
}

// OnGrid returns the protocol with every time rounded to a multiple of dt.
func (p TestPhase) OnGrid(dt float64) TestPhase {
	p.Length, p.Settle = kernels.OnGrid(p.Length, dt), kernels.OnGrid(p.Settle, dt)
	return p
}
