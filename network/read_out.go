package network

// ReadOut returns the predicted class, counted from 0: the one whose output neurons
// have the largest potential, averaged over the neurons of the class; the first of
// equals.
func ReadOut(soma []float32, perClass int) int {
	best, largest := 0, float32(0)
	for class := range len(soma) / perClass {
		var sum float32
		for _, v := range soma[class*perClass : (class+1)*perClass] {
			sum += v
		}
		if class == 0 || sum > largest {
			best, largest = class, sum
		}
	}
	return best
}

// ClassPotentials returns the potential of each class, averaged over its output neurons.
// ReadOut predicts the class with the largest.
func ClassPotentials(soma []float32, perClass int) []float64 {
	mean := make([]float64, len(soma)/perClass)
	for i, v := range soma {
		mean[i/perClass] += float64(v) / float64(perClass)
	}
	return mean
}
