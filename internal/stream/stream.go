// Package stream has the random numbers of everything: streams that are a pure function of
// what they are for.
package stream

// Stream is a sequence of random numbers that is a pure function of where it is
// used: of seed, purpose, example, layer and step. Streams share nothing, so results
// do not depend on the order in which they are read, or by which worker. A Stream is
// SplitMix64 (Steele, Lea & Flood 2014) started at a hash of these five numbers.
type Stream struct{ state uint64 }

// New returns a stream. Layer 0 is the input.
func New(seed uint64, purpose Purpose, example uint64, layer, step int) Stream {
	return Stream{StepKey(Key(seed, purpose, example), layer, 0, step)}
}

// At returns the stream that begins in the given state.
func At(state uint64) Stream { return Stream{state} }

// Key and StepKey are the two halves of New: what uses many steps of an example computes
// the first once.
func Key(seed uint64, purpose Purpose, example uint64) uint64 {
	return Mix(Mix(Mix(seed+Golden)+uint64(purpose)*Golden) + (example+1)*Golden)
}

// StepKey returns the state in which the stream of a step begins, for a block of the
// neurons of a layer.
func StepKey(key uint64, layer, block, step int) uint64 {
	return Mix(key + uint64(layer+1)*0xd1342543de82ef95 + uint64(block)*0xaef17502108ef2d9 + uint64(step+1)*Golden)
}

// Golden is 2⁶⁴/φ, by which the state of a stream grows. It is odd, so a stream takes
// every state once.
const Golden = 0x9e3779b97f4a7c15

// Mix turns a state into a random number: a bijection that changes half of the bits if
// one changes.
func Mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Uint64 returns the next 64 random bits.
func (s *Stream) Uint64() uint64 {
	s.state += Golden
	return Mix(s.state)
}

// Uniform returns a number from [0, 1) with 53 random bits.
func (s *Stream) Uniform() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// Below returns an integer from 0 to n−1. Its bias is below n/2³².
func (s *Stream) Below(n int) int { return int(s.Uint64() >> 32 * uint64(n) >> 32) }
