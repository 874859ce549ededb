package vec

// Thresholds holds logit(c/1024) for c = 0 … 1024, the potentials at the ends of
// 1024 intervals of a uniform number, and two more values that are read but not used.
type Thresholds [1<<markBits + 3]float32

// Ends is the number of ends of intervals.
const Ends = 1<<markBits + 1

// markBits is the number of leading bits of a mark that are the number of its
// interval.
const markBits = 10

// Accept thins candidates, which are points of a Line, by potentials. It goes
// through the candidates in cells below end; a candidate beyond end must follow
// them. Cell base + i has the potential v[i]; if the range is one step, it is that of
// neuron i. The mark of a candidate gives an interval of theta: the candidate is
// accepted if the potential is at least the upper end of the interval, and rejected if
// it is below the lower end. Accept writes the i of accepted candidates to list, which
// must be as long as cells.
//
// It stops at end, or at the first candidate whose potential lies within its
// interval, which the caller must decide. It returns the number of candidates before
// that, and how many of them were accepted.
func Accept(list, cells []int32, marks []uint32, base, end int32, v []float32, theta *Thresholds) (tried, accepted int) {
	list, marks, v = list[:len(cells)], marks[:len(cells)], v[:end-base]
	if path == Generic {
		return acceptGeneric(list, cells, marks, base, end, v, theta)
	}
	return acceptASM(list, cells, marks, base, end, v, theta)
}

func acceptGeneric(list, cells []int32, marks []uint32, base, end int32, v []float32, theta *Thresholds) (tried, accepted int) {
	for k, cell := range cells {
		if cell >= end {
			return k, accepted
		}
		x, c := v[cell-base], marks[k]>>(32-markBits)
		// Write the neuron before it is known to be accepted, to avoid a branch.
		list[accepted] = cell - base
		above, within := 0, 0
		if x >= theta[c+1] {
			above = 1
		}
		if x >= theta[c] {
			within = 1
		}
		if above != within {
			return k, accepted
		}
		accepted += above
	}
	panic("vec: candidates do not end")
}

// AcceptBelow thins candidates by fixed probabilities: it accepts a candidate of
// neuron i if the mark is at most most[i], and then writes names[i] to list.
// Otherwise it works like Accept.
func AcceptBelow(list, cells []int32, marks []uint32, base, end int32, names []int32, most []uint32) (tried, accepted int) {
	list, marks, names, most = list[:len(cells)], marks[:len(cells)], names[:end-base], most[:end-base]
	if path == Generic {
		return acceptBelowGeneric(list, cells, marks, base, end, names, most)
	}
	return acceptBelowASM(list, cells, marks, base, end, names, most)
}

func acceptBelowGeneric(list, cells []int32, marks []uint32, base, end int32, names []int32, most []uint32) (tried, accepted int) {
	for k, cell := range cells {
		if cell >= end {
			return k, accepted
		}
		i := cell - base
		list[accepted] = names[i]
		below := 0
		if marks[k] <= most[i] {
			below = 1
		}
		accepted += below
	}
	panic("vec: candidates do not end")
}
