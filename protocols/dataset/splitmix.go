package dataset

// draws is a stream of random numbers: SplitMix64 (Steele, Lea & Flood 2014). Its
// state is a counter, so a stream can start anywhere. It uses integers only, which
// every machine computes alike.
type draws uint64

const golden = 0x9e3779b97f4a7c15 // 2⁶⁴ over the golden ratio, odd

// drawsFor returns the random stream for image i of a split, which depends on
// nothing else.
func drawsFor(seed, split, i uint64) draws {
	return draws(scramble(scramble(scramble(seed+golden)+split+golden) + i + golden))
}

func (d *draws) next() uint64 {
	*d += golden
	return scramble(uint64(*d))
}

func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number that is uniform on 0 … n−1, for small n.
func (d *draws) below(n int) int { return int(d.next() >> 32 * uint64(n) >> 32) }

// between returns a number that is uniform on [low, high).
func (d *draws) between(low, high float64) float64 {
	return low + mul(high-low, float64(d.next()>>11)/(1<<53))
}

// bell returns the sum of four uniform numbers, shifted to mean 0 and scaled to
// standard deviation 1: nearly normal, never beyond ±2√3, and computed without a
// logarithm.
func (d *draws) bell() float64 {
	u := d.next()
	sum := int(u&0xffff) + int(u>>16&0xffff) + int(u>>32&0xffff) + int(u>>48) - 2*0xffff
	return mul(float64(sum), 1.7320508075688772/65536)
}
