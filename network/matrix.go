package network

// lane is the number of float32 that the length of a row is a multiple of, so that
// vector loops have no remainders. Padding is zero and stays zero.
const lane = 16

// A Matrix holds the weights between two layers of a network without time, with one
// contiguous row for each sending unit. Spiking layers have a Projection.
type Matrix struct {
	Rows   int       // sending units
	Cols   int       // receiving units
	Stride int       // distance between rows, Cols rounded up to whole vectors
	Data   []float32 // Rows × Stride
}

// NewMatrix returns a matrix of zeros.
func NewMatrix(rows, cols int) Matrix {
	stride := Pad(cols)
	return Matrix{rows, cols, stride, make([]float32, rows*stride)}
}

// Pad rounds a number of receiving neurons up to the length of a row.
func Pad(n int) int { return (n + lane - 1) / lane * lane }

// Row returns the weights from sending neuron j, without padding.
func (m Matrix) Row(j int) []float32 {
	return m.Data[j*m.Stride : j*m.Stride+m.Cols : j*m.Stride+m.Cols]
}
