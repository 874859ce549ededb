package measure

import "math"

// A PlateauChange compares the plateau potentials of a layer in the forward and in the
// target phase of one trial, neuron by neuron.
type PlateauChange struct {
	Forward, Target float64 // means over the layer
	Rose, Fell      int     // neurons that changed by more than SmallPlateauChange
	Mean, Most      float64 // mean and largest size of a change
}

// SmallPlateauChange is the change of a plateau up to which it does not count as one.
const SmallPlateauChange = 0.01

// ComparePlateaus compares the plateaus of two phases, α^f and α^t of eq. 21.
func ComparePlateaus(forward, target []float32) PlateauChange {
	var c PlateauChange
	n := float64(len(forward))
	for i := range forward {
		f, t := float64(forward[i]), float64(target[i])
		c.Forward += f / n
		c.Target += t / n
		change := t - f
		switch {
		case change > SmallPlateauChange:
			c.Rose++
		case change < -SmallPlateauChange:
			c.Fell++
		}
		c.Mean += math.Abs(change) / n
		c.Most = max(c.Most, math.Abs(change))
	}
	return c
}
