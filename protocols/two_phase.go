package protocols

import (
	"errors"
	"fmt"
	"math"

	"plateau/internal/stream"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// TwoPhase is the protocol of a training example: a forward phase without and a
// target phase with a teaching current. Its times are rounded to whole steps by
// kernels.Steps; Model.OnGrid returns what they become.
type TwoPhase struct {
	Forward float64 // length of the forward phase, the minimum if Longer is set (ms); > Settle
	Target  float64 // length of the target phase, the minimum if Longer is set (ms); > Settle
	Settle  float64 // Δt_s, which is left out of every average (ms); ≥ 0

	// Longer, if not nil, adds a draw to the length of each phase. The sum is rounded
	// to whole steps like all times.
	Longer *Wald

	// Window, if not 0, is the length (ms) of the window at the end of a phase over
	// which averages are taken, however long the phase is, as in the published
	// program. It must not exceed Forward and Target. With 0, averages are over all
	// steps since Settle (eq. 21).
	Window float64

	// PlateauSpread, if not 0, gives each neuron its own plateau time, at most
	// PlateauSpread (ms) before the end of a phase; without PlateauSD the times are
	// uniform. It needs a Window, which then ends at the neuron's plateau.
	PlateauSpread float64

	// PlateauSD, if not 0, is the standard deviation (ms) of the normal distribution
	// from whose absolute values the times between plateau and end of a phase are
	// drawn. They are rounded down to whole steps and limited to PlateauSpread, as in
	// the published program.
	PlateauSD float64
}

// DefaultTwoPhase returns the paper's values, with phases of constant length.
func DefaultTwoPhase() TwoPhase { return TwoPhase{Forward: 50, Target: 50, Settle: 30} }

// Validate reports all the fields outside their domain, not only the first.
func (p TwoPhase) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("protocols: TwoPhase."+format, args...))
		}
	}
	require(p.Settle >= 0 && p.Settle < MaxLength, "Settle = %v ms, want ≥ 0 and < %v ms", p.Settle, MaxLength)
	require(p.Forward > p.Settle && p.Forward < MaxLength, "Forward = %v ms, want > Settle (%v ms) and < %v ms", p.Forward, p.Settle, MaxLength)
	require(p.Target > p.Settle && p.Target < MaxLength, "Target = %v ms, want > Settle (%v ms) and < %v ms", p.Target, p.Settle, MaxLength)
	shorter := min(p.Forward, p.Target)
	require(p.Window == 0 || p.Window > 0 && p.Window <= shorter, "Window = %v ms, want 0 (all since Settle) or up to the shorter phase (%v ms)", p.Window, shorter)
	require(p.PlateauSpread >= 0, "PlateauSpread = %v ms, want ≥ 0", p.PlateauSpread)
	require(p.PlateauSD >= 0 && p.PlateauSD < MaxLength, "PlateauSD = %v ms, want ≥ 0 and < %v ms", p.PlateauSD, MaxLength)
	require(p.PlateauSD == 0 || p.PlateauSpread > 0, "PlateauSD = %v ms needs a PlateauSpread, which is 0", p.PlateauSD)
	if p.PlateauSpread > 0 {
		require(p.Window > 0, "PlateauSpread = %v ms needs a Window, which is 0", p.PlateauSpread)
		require(p.Window+p.PlateauSpread <= shorter, "Window + PlateauSpread = %v ms, want at most the shorter phase (%v ms)", p.Window+p.PlateauSpread, shorter)
	}
	if p.Longer != nil {
		errs = append(errs, p.Longer.Validate())
	}
	return errors.Join(errs...)
}

// OnGrid returns the protocol with every time rounded to a multiple of dt. PlateauSD
// stays as it is, because it is the width of a distribution and not a duration.
func (p TwoPhase) OnGrid(dt float64) TwoPhase {
	for _, time := range []*float64{&p.Forward, &p.Target, &p.Settle, &p.Window, &p.PlateauSpread} {
		*time = kernels.OnGrid(*time, dt)
	}
	return p
}

// MaxLength limits the length of a phase (ms), to more than a quarter of an hour.
const MaxLength = 1e6

// phases holds the two phases of an example. They are reused for every example.
type phases struct {
	protocol        TwoPhase
	dt              float64
	forward, target sim.Phase
}

func newPhases(p TwoPhase, dt float64, a network.Architecture) *phases {
	ph := &phases{
		protocol: p, dt: dt,
		forward: sim.Phase{Name: "forward"},
		target:  sim.Phase{Name: "target", Taught: true},
	}
	if p.PlateauSpread > 0 {
		for _, phase := range []*sim.Phase{&ph.forward, &ph.target} {
			for _, n := range a.Hidden {
				phase.PlateauStep = append(phase.PlateauStep, make([]int, n))
			}
			phase.PlateauWindow = kernels.Steps(p.Window, dt)
		}
	}
	return ph
}

// show makes an example the stimulus of both phases and its class that of the teaching
// current.
func (ph *phases) show(e training.Example) {
	ph.forward.Intensity, ph.target.Intensity, ph.target.Class = e.Intensity, e.Intensity, e.Class
}

// draw sets the lengths and plateau times of an example, which depend only on the
// seed and the number of the example.
func (ph *phases) draw(seed, example uint64) {
	for k, phase := range []*sim.Phase{&ph.forward, &ph.target} {
		length := ph.protocol.Forward
		if phase.Taught {
			length = ph.protocol.Target
		}
		if ph.protocol.Longer != nil {
			s := stream.New(seed, stream.PhaseLengths, example, 0, k)
			length += min(ph.protocol.Longer.Draw(&s), MaxLength)
		}
		phase.Steps = kernels.Steps(length, ph.dt)
		phase.From = kernels.Steps(ph.protocol.Settle, ph.dt)
		if ph.protocol.Window > 0 {
			phase.From = phase.Steps - kernels.Steps(ph.protocol.Window, ph.dt)
		}
		ph.drawPlateaus(phase, seed, example, k)
	}
}

func (ph *phases) drawPlateaus(phase *sim.Phase, seed, example uint64, k int) {
	spread := kernels.Steps(ph.protocol.PlateauSpread, ph.dt)
	for m, at := range phase.PlateauStep {
		s := stream.New(seed, stream.PlateauTimes, example, m, k)
		for i := range at {
			early := 0
			if sd := ph.protocol.PlateauSD; sd > 0 {
				early = int(min(math.Abs(stream.Normal(&s))*sd/ph.dt, float64(spread)))
			} else {
				early = s.Below(spread + 1)
			}
			at[i] = phase.Steps - 1 - early
		}
	}
}
