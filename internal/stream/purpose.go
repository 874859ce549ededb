package stream

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
	ProtocolSpikes
	InjectedNoise
	ImageShifts
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
	case ProtocolSpikes:
		return "protocol"
	case InjectedNoise:
		return "injected noise"
	case ImageShifts:
		return "image shifts"
	}
	return fmt.Sprintf("purpose %d", uint64(p))
}
