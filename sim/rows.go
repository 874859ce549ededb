package sim

// rows is room for what a group of neurons goes through in a block of steps. A worker has
// one for all groups that it takes in turn, so that it stays in the fastest cache. A group has its
// own if groups take turns in each step, or if observers want to see potentials.
type rows struct {
	u, v   []float32 // of a dendrite
	soma   []float32
	points points
}

// points are the candidates that were drawn for some steps.
type points struct {
	cells []int32
	marks []uint32
}

func newRows(width, support int) *rows {
	return &rows{
		u:    make([]float32, (support+blockSteps)*width),
		v:    make([]float32, blockSteps*width),
		soma: make([]float32, (1+blockSteps)*width),
	}
}
