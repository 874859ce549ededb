package network

// MaxBlockWidth is the largest number of receiving neurons of a block: as many as the first-level
// cache has room for, with their weights from the senders that are active at a time.
const MaxBlockWidth = 64

// A Projection holds the weights from one population to another. The receiving neurons
// are cut into blocks, and the weights of a block lie together: a row for each sending
// neuron, because a spike needs the row of its neuron and nothing else. A block goes through
// a whole phase before the next begins, so its rows stay in a fast cache.
type Projection struct {
	Rows  int       // sending neurons
	Cols  int       // receiving neurons
	Width int       // receiving neurons of a block; the last one may have fewer
	Data  []float32 // block after block; in each, Rows rows of Width weights; those of missing neurons are zero and stay zero
}

// NewProjection returns a projection of zeros.
func NewProjection(rows, cols int) Projection {
	return Projection{rows, cols, blockWidth(cols), make([]float32, rows*padded(cols))}
}

// blockWidth returns the size of the blocks of a population: 64 neurons, or 16 or 32 if it
// has no more.
func blockWidth(neurons int) int {
	switch {
	case neurons <= 16:
		return 16
	case neurons <= 32:
		return 32
	}
	return MaxBlockWidth
}

// padded rounds the size of a population up to whole blocks.
func padded(neurons int) int {
	width := blockWidth(neurons)
	return (neurons + width - 1) / width * width
}

// Len returns the number of blocks.
func (p Projection) Len() int { return padded(p.Cols) / p.Width }

// Block returns the weights to block k, counted from 0: a row of Width weights for each
// sending neuron.
func (p Projection) Block(k int) []float32 { return p.Blocks(k, k+1) }

// Blocks returns the weights to blocks from ≤ k < to, one after another.
func (p Projection) Blocks(from, to int) []float32 {
	n := p.Rows * p.Width
	return p.Data[from*n : to*n : to*n]
}

// Receivers returns the receiving neurons from ≤ i < to of block k.
func (p Projection) Receivers(k int) (from, to int) {
	return k * p.Width, min((k+1)*p.Width, p.Cols)
}

// Segment returns the weights from sender j to the receivers of block k; writing to it changes
// them.
func (p Projection) Segment(j, k int) []float32 {
	from, to := p.Receivers(k)
	return p.Block(k)[j*p.Width:][:to-from]
}

// Index returns where the weight from sender j to receiver i is in Data.
func (p Projection) Index(j, i int) int { return (i/p.Width*p.Rows+j)*p.Width + i%p.Width }

// At returns the weight from sender j to receiver i.
func (p Projection) At(j, i int) float32 { return p.Data[p.Index(j, i)] }

// Set sets the weight from sender j to receiver i.
func (p Projection) Set(j, i int, w float32) { p.Data[p.Index(j, i)] = w }

// Row returns a copy of the weights from sender j.
func (p Projection) Row(j int) []float32 { return p.AppendRow(make([]float32, 0, p.Cols), j) }

// AppendRow appends the weights from sender j to dst.
func (p Projection) AppendRow(dst []float32, j int) []float32 {
	for k := range p.Len() {
		dst = append(dst, p.Segment(j, k)...)
	}
	return dst
}

// SetRow sets the weights from sender j.
func (p Projection) SetRow(j int, row []float32) {
	row = row[:p.Cols]
	for k := range p.Len() {
		row = row[copy(p.Segment(j, k), row):]
	}
}

// Empty reports whether there is no projection.
func (p Projection) Empty() bool { return p.Data == nil }

func (p Projection) clone() Projection {
	p.Data = append([]float32(nil), p.Data...)
	return p
}
