package protocols_test

import (
	"bytes"
	"io"
	"math"
	"slices"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
)

// images are made-up examples, each with a row of intensities and a class.
type images struct {
	intensities [][]float32
	classes     []int
}

func (d images) Len() int  { return len(d.classes) }
func (d images) Size() int { return len(d.intensities[0]) }

func (d images) Sample(i int, intensity []float32) (class int) {
	copy(intensity, d.intensities[i])
	return d.classes[i]
}

// noise returns n images with random intensities and classes.
func noise(seed uint64, n, inputs, classes int) images {
	s := sim.NewStream(seed, 1000, 0, 0, 0)
	var d images
	for range n {
		row := make([]float32, inputs)
		for j := range row {
			row[j] = float32(s.Uniform())
		}
		d.intensities = append(d.intensities, row)
		d.classes = append(d.classes, s.Below(classes))
	}
	return d
}

// clone returns a copy that a test may spoil.
func (d images) clone() images {
	c := images{classes: slices.Clone(d.classes)}
	for _, row := range d.intensities {
		c.intensities = append(c.intensities, slices.Clone(row))
	}
	return c
}

// A logged data set keeps the indices of the examples that are read. It is for one
// goroutine.
type logged struct {
	protocols.Samples
	asked *[]int
}

func (d logged) Sample(i int, intensity []float32) int {
	*d.asked = append(*d.asked, i)
	return d.Samples.Sample(i, intensity)
}

// tiny is a model that needs some microseconds for an example.
func tiny(hidden ...int) protocols.Model {
	m := protocols.Default(6, hidden, 3)
	m.Train = protocols.TwoPhase{Forward: 12, Target: 10, Settle: 4}
	m.Test = protocols.TestPhase{Length: 20, Settle: 5}
	return m
}

func newNetwork(t testing.TB, m protocols.Model) *network.Network {
	t.Helper()
	net, err := m.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func newTrainer(t testing.TB, m protocols.Model) *protocols.Trainer {
	t.Helper()
	trainer, err := protocols.NewTrainer(m, newNetwork(t, m), 1)
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

// train trains for a number of epochs.
func train(t testing.TB, trainer *protocols.Trainer, data protocols.Samples, epochs int) (last protocols.Epoch) {
	t.Helper()
	for range epochs {
		var err error
		if last, err = trainer.Epoch(t.Context(), data, nil); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

func test(t testing.TB, m protocols.Model, net *network.Network, data protocols.Samples, workers int) protocols.Result {
	t.Helper()
	tester, err := protocols.NewTester(m, net, workers)
	if err != nil {
		t.Fatal(err)
	}
	r, err := tester.Test(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

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
	trainer := newTrainer(t, m)
	trainer.Watch(&log, false)
	train(t, trainer, noise(1, n, m.Network.Inputs, m.Network.Classes), 1)
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

// written returns a checkpoint of a trainer, and checks that it has the size that the
// trainer says.
func written(t *testing.T, trainer *protocols.Trainer) []byte {
	t.Helper()
	var b bytes.Buffer
	size := trainer.CheckpointSize()
	if err := trainer.WriteCheckpoint(&b); err != nil || b.Len() != size {
		t.Fatalf("%d bytes, want %d: %v", b.Len(), size, err)
	}
	return b.Bytes()
}

func section(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}
