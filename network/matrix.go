package network

// lane is the number of float32 that the length of a row is a multiple of, so that
// vector loops have no remainders. Padding is zero and stays zero.
const lane = 16

// A Matrix holds the weights of a projection, with one contiguous row for each
// sending neuron, because a spike needs the row of its neuron and nothing else.
type Matrix struct {
	Rows   int       // sending neurons
	Cols   int       // receiving neurons
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

// Padded returns the weights from sending neuron j with their padding.
func (m Matrix) Padded(j int) []float32 {
	return m.Data[j*m.Stride : (j+1)*m.Stride : (j+1)*m.Stride]
}

// Empty reports whether there is no projection.
func (m Matrix) Empty() bool { return m.Data == nil }

func (m Matrix) clone() Matrix {
	m.Data = append([]float32(nil), m.Data...)
	return m
}
