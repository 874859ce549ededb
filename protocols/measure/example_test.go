package measure_test

import (
	"context"
	"fmt"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/measure"
	"plateau/protocols/training"
)

// A network learns, and measurements tell how far local updates are from those of
// backpropagation, whether the feedback is good enough for Theorem 1, and how fast the
// layers fire.
func Example() {
	data := dataset.Digits(1, 2000, 1)
	m := protocols.Default(data.Train.Size(), []int{100}, data.Train.Classes)
	net, err := m.NewNetwork()
	if err != nil {
		fmt.Println(err)
		return
	}
	learner, err := protocols.NewLearner(m, net, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	trainer, err := training.NewTrainer(learner, m.Schedule())
	if err != nil {
		fmt.Println(err)
		return
	}
	measurements, err := measure.New(measure.All(500, learner), trainer)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = trainer.Epoch(context.Background(), data.Train, func(training.Epoch) {
		if line, ok := measurements.Next(); ok {
			fmt.Printf("%4d examples: update %.0f° off, eigenvalue %.2f, alignment %.1f°, hidden neurons at %.0f Hz\n",
				line.Examples, line.UpdateAngles[0], line.LargestEigenvalue, line.AlignmentAngle, 1000*line.Rates[1])
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 500 examples: update 89° off, eigenvalue 2.37, alignment 88.8°, hidden neurons at 129 Hz
	// 1000 examples: update 89° off, eigenvalue 2.23, alignment 88.4°, hidden neurons at 130 Hz
	// 1500 examples: update 88° off, eigenvalue 2.48, alignment 87.7°, hidden neurons at 123 Hz
	// 2000 examples: update 88° off, eigenvalue 2.20, alignment 86.6°, hidden neurons at 118 Hz
}
