package vec

// A Run is a list of numbers in the order of steps: those of step t are
// List[Begins[t]:Begins[t+1]].
type Run struct{ List, Begins []int32 }

// Spare is how many elements more than it has numbers a list of Gather must have.
const Spare = 8

// Gather merges runs: it appends to list[:n] the numbers of all runs in step 0, run after
// run, then those in step 1, and so on, and sets ends[t] to the number of elements after
// step t. It takes as many steps as ends has. The list and those of the runs must have Spare
// more elements at their end, which may be overwritten.
func Gather(list []int32, n int, ends []int, runs []Run) {
	total := n
	for k := range runs {
		r := &runs[k]
		last := int(r.Begins[len(ends)])
		_ = r.List[:last+Spare]
		total += last - int(r.Begins[0])
	}
	_ = list[:total+Spare]
	if path == Generic {
		gatherGeneric(list, n, ends, runs)
		return
	}
	gatherAVX2(list, n, ends, runs)
}

func gatherGeneric(list []int32, n int, ends []int, runs []Run) {
	for t := range ends {
		for k := range runs {
			r := &runs[k]
			n += copy(list[n:], r.List[r.Begins[t]:r.Begins[t+1]])
		}
		ends[t] = n
	}
}
