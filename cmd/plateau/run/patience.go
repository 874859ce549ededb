package run

// BestEpoch returns the number of the epoch with the lowest error on the images that it was
// tested on, the first of those with the same; 0 if there is none.
func BestEpoch(tested []EpochEvent) int {
	best := 0
	for i := range tested {
		if best == 0 || tested[i].Checked() < tested[best-1].Checked() {
			best = i + 1
		}
	}
	return best
}

// Stalled reports whether a run has had as many epochs since its best one as its patience
// is long; with a patience of 0 it never is.
func Stalled(tested []EpochEvent, patience int) bool {
	return patience > 0 && len(tested)-BestEpoch(tested) >= patience
}
