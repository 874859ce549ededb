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
	//  500 examples: update 89° off, eigenvalue 2.33, alignment 88.8°, hidden neurons at 127 Hz
	// 1000 examples: update 89° off, eigenvalue 2.35, alignment 88.3°, hidden neurons at 131 Hz
	// 1500 examples: update 88° off, eigenvalue 2.26, alignment 87.7°, hidden neurons at 125 Hz
	// 2000 examples: update 88° off, eigenvalue 2.32, alignment 86.7°, hidden neurons at 116 Hz
}
