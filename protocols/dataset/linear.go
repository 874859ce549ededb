package dataset

import (
	"context"

	"plateau/internal/elementary"
)

// linearPasses is the number of epochs. More of them change the error by less than
// it varies between test sets.
const linearPasses = 5

// LinearError trains a linear classifier on train and returns its error on test:
// the fraction of test images that it gets wrong (0 to 1). It tells what a network
// gains from a hidden layer.
//
// The classifier is softmax regression, trained on one image after another by
// gradient descent on the cross-entropy. The learning rate follows from the mean
// squared length of an image and shrinks from epoch to epoch, so there is nothing
// to set. Images of both sets must have the same shape. The only error is that of
// ctx.
func LinearError(ctx context.Context, train, test *Set) (float64, error) {
	l := newLinear(train)
	for pass := range linearPasses {
		rate := l.rate / float64(1+pass)
		for i := range train.Len() {
			if i%1024 == 0 && ctx.Err() != nil {
				return 0, ctx.Err()
			}
			l.learn(train, i, rate)
		}
	}
	wrong := 0
	for i := range test.Len() {
		if l.read(test, i) != test.Label(i) {
			wrong++
		}
	}
	return float64(wrong) / float64(test.Len()), ctx.Err()
}

// linear is a linear classifier: class k has the output b_k + Σ_j w_jk x_j.
type linear struct {
	weights []float64 // a row of classes for each pixel
	bias    []float64
	output  []float64 // for the image that was read last
	image   []float32
	rate    float64
}

func newLinear(train *Set) *linear {
	l := &linear{
		weights: make([]float64, train.Size()*train.Classes), bias: make([]float64, train.Classes),
		output: make([]float64, train.Classes), image: make([]float32, train.Size()),
	}
	var squares float64
	const sample = 1000 // images give a good enough mean
	images := min(train.Len(), sample)
	for i := range images {
		train.Example(i, l.image)
		for _, x := range l.image {
			squares += float64(float64(x) * float64(x))
		}
	}
	l.rate = 1 / (1 + squares/float64(max(images, 1)))
	return l
}

// read computes the outputs for an image and returns the class of the largest.
func (l *linear) read(set *Set, i int) (class int) {
	set.Example(i, l.image)
	copy(l.output, l.bias)
	for j, x := range l.image {
		if x != 0 {
			addScaled(l.output, float64(x), l.weights[j*len(l.output):])
		}
	}
	for k, v := range l.output {
		if v > l.output[class] {
			class = k
		}
	}
	return class
}

// learn takes a step down the gradient of the cross-entropy, which is softmax −
// one-hot.
func (l *linear) learn(set *Set, i int, rate float64) {
	most := l.output[l.read(set, i)]
	var sum float64
	for k, v := range l.output {
		l.output[k] = elementary.Exp(v - most)
		sum += l.output[k]
	}
	for k := range l.output {
		l.output[k] /= sum
	}
	l.output[set.Label(i)]--
	addScaled(l.bias, -rate, l.output)
	for j, x := range l.image {
		if x != 0 {
			row := l.weights[j*len(l.output):]
			addScaled(row[:len(l.output)], -rate*float64(x), l.output)
		}
	}
}

// addScaled computes to += by × from, element by element.
func addScaled(to []float64, by float64, from []float64) {
	from = from[:len(to)]
	for i := range to {
		to[i] += float64(by * from[i])
	}
}
