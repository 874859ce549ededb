package dataset

import "plateau/internal/stream"

// draws is a stream of random numbers from which digits are drawn. It uses integers only,
// which every machine computes alike.
type draws struct{ stream.Stream }

// drawsFor returns the random stream for image i of a split, which depends on
// nothing else.
func drawsFor(seed, split, i uint64) draws {
	const step = stream.Golden
	return draws{stream.At(stream.Mix(stream.Mix(stream.Mix(seed+step)+split+step) + i + step))}
}

// between returns a number that is uniform on [low, high).
func (d *draws) between(low, high float64) float64 { return low + mul(high-low, d.Uniform()) }

// bell returns the sum of four uniform numbers, shifted to mean 0 and scaled to
// standard deviation 1: nearly normal, never beyond ±2√3, and computed without a
// logarithm.
func (d *draws) bell() float64 {
	u := d.Uint64()
	sum := int(u&0xffff) + int(u>>16&0xffff) + int(u>>32&0xffff) + int(u>>48) - 2*0xffff
	return mul(float64(sum), 1.7320508075688772/65536)
}
