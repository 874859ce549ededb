package vec

// Thresholds holds logit(c/1024) for c = 0 … 1024: the potentials at the ends of
// 1024 cells of a uniform number.
type Thresholds [1<<markBits + 1]float32

// markBits is the number of leading bits of a mark that name a cell.
const markBits = 10

// Accept thins candidates by the potentials v of their owners. The mark of a
// candidate names a cell of θ; the candidate is accepted if the potential is at
// least the upper end of the cell, and rejected if it is below the lower end.
// The owners of those accepted go to list, which must be as long as owners.
//
// Accept stops at the first candidate whose potential lies within its cell, which
// is for the caller to decide, or at the end: it returns how many came before and
// how many of those were accepted. All owners must be indices of v.
func Accept(list, owners []int32, marks []uint32, v []float32, theta *Thresholds) (tried, accepted int) {
	list, marks = list[:len(owners)], marks[:len(owners)]
	if len(owners) == 0 {
		return 0, 0
	}
	if path == Generic {
		return acceptGeneric(list, owners, marks, v, theta)
	}
	_, _ = v[owners[0]], v[owners[len(owners)-1]] // the ends of an ascending list
	return acceptASM(list, owners, marks, v, theta)
}

func acceptGeneric(list, owners []int32, marks []uint32, v []float32, theta *Thresholds) (tried, accepted int) {
	for k, owner := range owners {
		x, c := v[owner], marks[k]>>(32-markBits)
		// Written down before it is known, so that nothing branches on it.
		list[accepted] = owner
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
	return len(owners), accepted
}
