// Package measure observes a network that learns and sums up over intervals of
// examples what theory asks about: whether the local losses fall together, whether
// local updates point in the direction of backpropagation's, whether the feedback is
// good enough that the targets of the layers agree, how far weights move, and how
// fast neurons fire.
//
//	measurements, err := measure.New(measure.Options{Every: 1000, Losses: true, Angles: true}, trainer)
//	…
//	trainer.Epoch(ctx, data, func(training.Epoch) {
//		if line, ok := measurements.Next(); ok {
//			fmt.Println(line.Examples, line.UpdateAngles)
//		}
//	})
//
// Measurements change nothing: a run has the same bits with and without them. They
// add float64 numbers in a fixed order, so sums do not depend on the number of
// workers or on the processor. Angles and eigenvalues use functions whose last digits
// differ between kinds of processors.
//
// Symbols are those of package network: f is for means of the forward phase, t for
// those of the target phase, W for forward and Y for feedback weights, and E_m for the
// error that backpropagation would bring to layer m. Equation numbers are those of
// eLife 6:e22901.
package measure
