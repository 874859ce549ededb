package vec

// Thresholds holds logit(c/1024) for c = 0 … 1024, the potentials at the ends of
// 1024 intervals of a uniform number, and two more that are read and not used.
type Thresholds [1<<markBits + 3]float32

// Ends is the number of ends of intervals.
const Ends = 1<<markBits + 1

// markBits is the number of leading bits of a mark that name an interval.
const markBits = 10

// Accept thins candidates, points of a Line, by potentials. It takes those with
// cells below end, which must be followed by one that is not; cell base + i is
// neuron i with potential v[i]. The mark of a candidate names an interval of θ:
// it is accepted if the potential is at least the interval's upper end, and
// rejected if it is below its lower end. The neurons of those accepted go to
// list, which must be as long as cells.
//
// Accept stops at the first candidate whose potential lies within its interval,
// which is for the caller to decide, or at end: it returns how many came before
// and how many of those were accepted.
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
		// Written down before it is known, so that nothing branches on it.
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

// AcceptBelow thins candidates by fixed probabilities: a candidate of neuron i is
// accepted if its mark is at most most[i], and names[i] goes to list. The rest is
// as in Accept.
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
