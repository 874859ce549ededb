// Package measure looks on while a network learns and sums up, over intervals of
// examples, what theory asks about: whether the local losses go together, whether
// local updates point where backpropagation would, whether the feedback is good
// enough for what the layers are told to do, how far weights move, and how fast
// neurons fire.
//
//	measurements, err := measure.New(measure.Options{Every: 1000, Losses: true, Angles: true}, trainer)
//	…
//	trainer.Epoch(ctx, data, func(protocols.Epoch) {
//		if line, ok := measurements.Next(); ok {
//			fmt.Println(line.Examples, line.UpdateAngles)
//		}
//	})
//
// Measurements change nothing: a run has the same bits with and without them.
// What is not measured costs nothing. Sums are of float64 in a fixed order, so that
// they do not depend on the workers or the processor; but angles and eigenvalues go
// through functions whose last digits differ between kinds of processors.
//
// Symbols are those of package network: f means of the forward phase, t of the
// target phase, W forward and Y feedback weights, E_m the error that
// backpropagation would bring to layer m. Equation numbers are those of eLife
// 6:e22901.
package measure
