package dataset

import (
	"context"

	"plateau/internal/elementary"
)

// linearPasses over the training images are enough for a linear classifier: more
// change its error by less than its spread over test sets.
const linearPasses = 5

// LinearError is what a linear classifier makes of a data set: the share of the
// images of test that it gets wrong (0 to 1) after it has learnt those of train. It
// tells how much of an error a hidden layer is good for.
//
// The classifier is softmax regression, trained on single images in their order
// by gradient descent on the cross-entropy, with steps that shrink from pass to
// pass and are fitted to the mean squared length of an image, so that nothing is
// to be set. Both sets have images of one shape. The only error is that of ctx.
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
	output  []float64 // of the image that was read last
	image   []float32
	rate    float64
}

func newLinear(train *Set) *linear {
	l := &linear{
		weights: make([]float64, train.Size()*train.Classes), bias: make([]float64, train.Classes),
		output: make([]float64, train.Classes), image: make([]float32, train.Size()),
	}
	var squares float64
	const sample = 1000 // images tell the mean well enough
	images := min(train.Len(), sample)
	for i := range images {
		train.Sample(i, l.image)
		for _, x := range l.image {
			squares += float64(float64(x) * float64(x))
		}
	}
	l.rate = 1 / (1 + squares/float64(max(images, 1)))
	return l
}

// read computes the outputs for an image and returns the class of the largest.
func (l *linear) read(set *Set, i int) (class int) {
	set.Sample(i, l.image)
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

// learn takes a step down the gradient of the cross-entropy, softmax − one-hot.
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

// addScaled adds by × from to every element of to.
func addScaled(to []float64, by float64, from []float64) {
	from = from[:len(to)]
	for i := range to {
		to[i] += float64(by * from[i])
	}
}
