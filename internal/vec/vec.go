// Package vec holds the loops in which the simulator spends its time, and
// nothing else.
//
// All of them are element-wise over receiving neurons, or add rows in a given
// order: no sum runs across lanes and no multiplication is fused with an
// addition, so that vector code of any width and plain Go give the same bits.
// For each loop there is a definition in plain Go, always built, whose name ends
// in Generic; where the processor has AVX2 or AVX-512 an assembly twin takes its
// place.
// The tag noasm leaves the twins out.
package vec

// Path is a way to run the loops.
type Path string

const (
	Generic Path = "go"
	AVX2    Path = "avx2"
	AVX512  Path = "avx512" // AVX2, but for Points and SumRows
)

// path is what Use has chosen; at first the best that the processor has.
var path = Paths()[len(Paths())-1]

// Current returns the path in use.
func Current() Path { return path }

// Use chooses one of Paths, for tests and benchmarks that compare them. It must
// not be called while loops run.
func Use(p Path) { path = p }
