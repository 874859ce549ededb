package network

import (
	"fmt"
	"math"
)

// A Mask says which synapses of a projection are silent: their weights are zero and stay
// zero.
type Mask struct {
	Name       string // Y0_silent, …
	Of         string // the name of the array of weights
	Rows, Cols int
	silent     []bool
}

// Row returns row j of the network's own mask; writing to it changes it.
func (m Mask) Row(j int) []bool { return m.silent[j*m.Cols:][:m.Cols] }

// Masks lists the masks of a network: one for each feedback projection with silent
// synapses.
func (n *Network) Masks() []Mask {
	var list []Mask
	for m := range n.Layers {
		if l := &n.Layers[m]; l.Silent != nil {
			y := l.Feedback
			list = append(list, Mask{fmt.Sprintf("Y%d_silent", m), fmt.Sprint("Y", m), y.Rows, y.Cols, l.Silent})
		}
	}
	return list
}

// thin sets the silent synapses of feedback weights to zero and multiplies the
// others by gain.
func (l *Layer) thin(gain float64) {
	if l.Silent == nil {
		return
	}
	rest := l.Silent // of the mask, row after row
	for j := range l.Feedback.Rows {
		for k := range l.Feedback.Len() {
			w := l.Feedback.Segment(j, k)
			for i, silent := range rest[:len(w)] {
				if silent {
					w[i] = 0
				} else {
					w[i] *= float32(gain)
				}
			}
			rest = rest[len(w):]
		}
	}
}

// silence chooses the silent feedback synapses, all with the same probability.
func (l *Layer) silence(share float64, src Source) {
	y := l.Feedback
	left := y.Rows * y.Cols
	silent := int(math.RoundToEven(share * float64(left)))
	for j := range y.Rows {
		for i := range y.Cols {
			// Selection sampling: of the synapses that are left, choose silent.
			l.Silent[j*y.Cols+i] = float64(float64(left)*src.Uniform()) < float64(silent)
			if l.Silent[j*y.Cols+i] {
				silent--
			}
			left--
		}
	}
}
