package sim

import "fmt"

// Purpose says what random numbers are for, so that no two uses share any.
type Purpose uint64

const (
	InitialWeights Purpose = iota + 1
	ExampleOrder
	PhaseLengths
	PlateauTimes
	TrainingSpikes
	TestSpikes
	TrialSpikes
	FeedbackNoise
)

// String returns the name of a purpose, as messages and exported files have it.
func (p Purpose) String() string {
	switch p {
	case InitialWeights:
		return "initial weights"
	case ExampleOrder:
		return "example order"
	case PhaseLengths:
		return "phase lengths"
	case PlateauTimes:
		return "plateau times"
	case TrainingSpikes:
		return "training"
	case TestSpikes:
		return "test"
	case TrialSpikes:
		return "trial"
	case FeedbackNoise:
		return "feedback noise"
	}
	return fmt.Sprintf("purpose %d", uint64(p))
}

// Stream is a sequence of random numbers that is a pure function of where it is
// used: of seed, purpose, example, layer and step. Streams share nothing, so results
// do not depend on the order in which they are read, or by which worker. A Stream is
// SplitMix64 (Steele, Lea & Flood 2014) started at a hash of these five numbers.
type Stream struct{ state uint64 }

// NewStream returns a stream. Layer 0 is the input.
func NewStream(seed uint64, purpose Purpose, example uint64, layer, step int) Stream {
	s := presentationKey(seed, purpose, example)
	return Stream{stepKey(s, layer, step)}
}

// presentationKey and stepKey are the two halves of NewStream; an engine computes
// the first once for a presentation.
func presentationKey(seed uint64, purpose Purpose, example uint64) uint64 {
	return mix(mix(mix(seed+golden)+uint64(purpose)*golden) + (example+1)*golden)
}

func stepKey(key uint64, layer, step int) uint64 {
	return mix(key + uint64(layer+1)*0xd1342543de82ef95 + uint64(step+1)*golden)
}

const golden = 0x9e3779b97f4a7c15 // 2⁶⁴/φ, odd

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Uint64 returns the next 64 random bits.
func (s *Stream) Uint64() uint64 {
	s.state += golden
	return mix(s.state)
}

// Uniform returns a number from [0, 1) with 53 random bits.
func (s *Stream) Uniform() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// Below returns an integer from 0 to n−1. Its bias is below n/2³².
func (s *Stream) Below(n int) int { return int(s.Uint64() >> 32 * uint64(n) >> 32) }
