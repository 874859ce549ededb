package protocols

// Samples are labelled examples.
type Samples interface {
	Len() int
	// Sample writes the intensities of example i, each in [0, 1], to intensity
	// and returns its class.
	Sample(i int, intensity []float32) (class int)
}
