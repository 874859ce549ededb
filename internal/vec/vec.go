// Package vec holds the loops in which the simulator spends its time, and
// nothing else.
//
// All of them work on one receiving neuron at a time, or add rows in a given
// order: no sum runs across lanes and no multiplication is fused with an
// addition, so that vector code of any width and plain Go give the same bits.
// Each loop has a definition in plain Go whose name ends in Generic and which is
// always built. On processors with AVX2, an assembly twin runs instead.
// The build tag noasm leaves the twins out.
package vec

// Path is a way to run the loops.
type Path string

const (
	Generic Path = "go"
	AVX2    Path = "avx2"
)

// path is the path that Use has chosen; until then, the fastest of the processor.
var path = Paths()[len(Paths())-1]

// Current returns the path in use.
func Current() Path { return path }

// Use chooses one of Paths, for tests and benchmarks that compare them. Do not call
// it while loops run.
func Use(p Path) { path = p }
