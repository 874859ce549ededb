package protocols_test

import (
	"math"
	"slices"
	"testing"

	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/sim"
)

// A phaseLog is an observer that keeps what it is told about phases.
type phaseLog struct {
	began []began
	steps []int // number of steps in the blocks of each phase
	ended int
}

type began struct {
	sim.PhaseBegan
	phase sim.Phase // a copy that shares no slices
}

func (l *phaseLog) Observe(e sim.Event) {
	switch e := e.(type) {
	case *sim.PhaseBegan:
		b := began{*e, *e.Phase}
		b.phase.PlateauStep = nil
		for _, steps := range e.Phase.PlateauStep {
			b.phase.PlateauStep = append(b.phase.PlateauStep, slices.Clone(steps))
		}
		b.phase.Intensity = slices.Clone(e.Phase.Intensity)
		l.began = append(l.began, b)
		l.steps = append(l.steps, 0)
	case *sim.Block:
		l.steps[len(l.steps)-1] += e.Steps
	case *sim.PhaseEnded:
		l.ended++
	}
}

// phasesOf trains a network on n examples and returns their phases, two for each.
func phasesOf(t *testing.T, m protocols.Model, n int) []began {
	t.Helper()
	var log phaseLog
	trainer := protocolstest.NewTraining(t, m)
	trainer.Watch(&log, false)
	protocolstest.Train(t, trainer, protocolstest.Noise(1, n, m.Network.Inputs, m.Network.Classes), 1)
	if len(log.began) != 2*n || log.ended != 2*n {
		t.Fatalf("%d phases began and %d ended, want %d", len(log.began), log.ended, 2*n)
	}
	for k, b := range log.began {
		if log.steps[k] != b.phase.Steps {
			t.Fatalf("phase %d has %d steps, but its blocks have %d", k, b.phase.Steps, log.steps[k])
		}
	}
	return log.began
}

func finiteAll(x []float32) bool {
	return !slices.ContainsFunc(x, func(v float32) bool {
		return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0)
	})
}
