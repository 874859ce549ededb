package network

import "fmt"

// A Mask says which synapses of a projection are silent: their weights are zero and stay
// zero.
type Mask struct {
	Name       string // Y0_silent, …
	Of         string // the name of the array of weights
	Rows, Cols int
	stride     int
	silent     []bool
}

// Row returns row j of the network's own mask; writing to it changes it.
func (m Mask) Row(j int) []bool { return m.silent[j*m.stride:][:m.Cols] }

// Masks lists the masks of a network: one for each feedback projection with silent
// synapses.
func (n *Network) Masks() []Mask {
	var list []Mask
	for m := range n.Layers {
		if l := &n.Layers[m]; l.Silent != nil {
			y := l.Feedback
			list = append(list, Mask{fmt.Sprintf("Y%d_silent", m), fmt.Sprint("Y", m), y.Rows, y.Cols, y.Stride, l.Silent})
		}
	}
	return list
}
