package protocols_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/protocolstest"
)

// mnist loads some of MNIST. $PLATEAU_DATA may be relative to the root of the
// module, from which the tests are started.
func mnist(trainImages, testImages int) (*dataset.Data, error) {
	o := dataset.Options{Train: trainImages, Test: testImages}
	data, err := dataset.Load("mnist", o)
	if env := os.Getenv("PLATEAU_DATA"); err != nil && env != "" && !filepath.IsAbs(env) {
		o.Dir = filepath.Join("..", env)
		if data, again := dataset.Load("mnist", o); again == nil {
			return data, nil
		}
	}
	return data, err
}

// learn trains for an epoch and tests.
func learn(t *testing.T, m protocols.Model, data *dataset.Data) (training, testing float64) {
	t.Helper()
	trainer := protocolstest.NewTraining(t, m)
	e := protocolstest.Train(t, trainer, data.Train, 1)
	r := protocolstest.Test(t, m, trainer.Network(), data.Test, runtime.GOMAXPROCS(0))
	t.Logf("%d examples: training error %.3f, test error %.3f", e.Examples, e.Error(), r.Error())
	return e.Error(), r.Error()
}

// The reference program's test error after 10,000 examples was 17.9 %, on
// 1,000 test images. These were the errors of the rule, and of the rule broken on
// purpose, with seeds 1 to 5:
//
//	                                 training (whole epoch)   test
//	the rule                         0.425 to 0.450           0.191 to 0.290
//	hidden layer does not learn      0.679 to 0.698           0.381 to 0.590
//	output layer does not learn      0.892 to 0.902           0.852 to 0.919
//	output update of opposite sign   0.897 to 0.907           0.849 to 0.945
//	hidden update of opposite sign   0.430 to 0.450           0.184 to 0.280
//	target phase's s̄ in the updates  0.425 to 0.454           0.199 to 0.273
//
// The bounds lie between the first line and the next three. That on the training
// error is in the middle, because its standard error is 0.005; a test error varies by
// 0.04 with the last examples before the test.
//
// No bound can find the last two faults. The opposite sign is the same as feedback
// weights of opposite signs, and with random feedback either sign is as good, because
// the forward weights align with it (feedback alignment). TestLearnsDigits ties the
// feedback to the forward weights and finds this fault. And if the soma does not see
// the apical dendrite, s̄ has the same distribution in both phases. TestReference, in
// sim, finds both.
func TestLearnsMNIST(t *testing.T) {
	if testing.Short() {
		t.Skip("trains 784-500-10 on 10,000 images: some seconds")
	}
	data, err := mnist(10000, 1000)
	if err != nil {
		t.Skipf("needs MNIST: %v", err)
	}
	training, testing := learn(t, protocols.Default(784, []int{500}, 10), data)
	if training > 0.56 {
		t.Errorf("training error %.3f, want at most 0.56", training)
	}
	if testing > 0.34 {
		t.Errorf("test error %.3f, want at most 0.34", testing)
	}
}

// With 2,000 digits, 100 hidden neurons whose feedback is tied to the forward weights
// learn enough to tell a broken rule by the training error. With seeds 1 to 5 it was
// (standard error 0.01):
//
//	the rule                         0.628 to 0.651
//	output layer does not learn      0.750 to 0.804
//	hidden layer does not learn      0.883 to 0.891
//	hidden update of opposite sign   0.894 to 0.950
//	output update of opposite sign   0.886 to 0.898
func TestLearnsDigits(t *testing.T) {
	m := protocols.Default(784, []int{100}, 10)
	m.Network.Symmetric = true
	m.Rates = []float64{1, 1}
	training, _ := learn(t, m, part(protocolstest.Digits(), 2000))
	if training > 0.70 {
		t.Errorf("training error %.3f, want at most 0.70", training)
	}
}

// The hidden layer also learns in the paper's variants: noisy feedback, sparse
// feedback, apical dendrites that the soma sees, and a plateau time for each neuron.
// These were the training errors with seeds 1 to 3, and those with a hidden layer that
// does not learn; each bound is in the middle.
//
//	noisy         0.636 to 0.637   0.883 to 0.903
//	sparse        0.713 to 0.734   0.880 to 0.894
//	weak apical   0.632 to 0.641   0.887 to 0.901
//	strong apical 0.712 to 0.748   0.896 to 0.900
//	plateau times 0.647 to 0.673   0.887 to 0.899
func TestVariantsLearn(t *testing.T) {
	if testing.Short() {
		t.Skip("trains five networks 784-100-10 on 2,000 images: some seconds")
	}
	for name, c := range map[string]struct {
		alter func(*protocols.Model)
		bound float64
	}{
		"noisy":         {func(m *protocols.Model) { m.Network.FeedbackNoise = 0.05 }, 0.76},
		"sparse":        {func(m *protocols.Model) { m.Network.Silent = 0.8 }, 0.81},
		"weak apical":   {func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.05 }, 0.76},
		"strong apical": {func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.6 }, 0.82},
		"plateau times": {func(m *protocols.Model) {
			m.Train.Window, m.Train.PlateauSpread, m.Train.PlateauSD = 20, 5, 3
			m.Train.Longer = &protocols.Wald{Mean: 2, Scale: 1}
		}, 0.78},
	} {
		m := protocols.Default(784, []int{100}, 10)
		m.Network.Symmetric = true
		m.Rates = []float64{1, 1}
		c.alter(&m)
		e := protocolstest.Train(t, protocolstest.NewTraining(t, m), protocolstest.Digits().Train.First(2000), 1)
		t.Logf("%s: training error %.3f", name, e.Error())
		if e.Error() > c.bound {
			t.Errorf("%s: training error %.3f, want at most %v", name, e.Error(), c.bound)
		}
	}
}

// part returns the first n training images and all test images.
func part(data *dataset.Data, n int) *dataset.Data {
	return &dataset.Data{Train: data.Train.First(n), Test: data.Test}
}

// Without a hidden layer, training errors were 0.587 to 0.635 and test errors 0.312
// to 0.402 with seeds 1 to 5. With an output layer that does not learn, or learns away
// from the target, they were 0.884 and more.
func TestLearnsWithoutHiddenLayer(t *testing.T) {
	training, testing := learn(t, protocols.Default(784, nil, 10), part(protocolstest.Digits(), 1500))
	if training > 0.75 || testing > 0.6 {
		t.Errorf("training error %.3f, test error %.3f, want at most 0.75 and 0.6", training, testing)
	}
}

// With two hidden layers that both get feedback from the output layer through tied
// weights, training errors were 0.730 to 0.755 with seeds 1 to 3. With either update
// left out, or of the opposite sign, they were 0.894 to 0.904.
func TestLearnsWithTwoHiddenLayers(t *testing.T) {
	if testing.Short() {
		t.Skip("trains 784-100-100-10 on 4,000 images: some seconds")
	}
	m := protocols.Default(784, []int{100, 100}, 10)
	m.Network.Symmetric = true
	m.Rates = []float64{1, 1, 1}
	training, _ := learn(t, m, protocolstest.Digits())
	if training > 0.81 {
		t.Errorf("training error %.3f, want at most 0.81", training)
	}
}

// In the rate mode with tied feedback, the training error was 0.437 to 0.452 with
// seeds 1 to 5. With a hidden layer that does not learn it was 0.809 to 0.838; with
// hidden updates of the opposite sign 0.911 to 0.974, with output updates of the
// opposite sign 0.749 to 0.870. (With an output layer that does not learn it was 0.327
// to 0.346: at this learning rate the hidden neurons suffice.)
func TestLearnsWithRates(t *testing.T) {
	m := protocolstest.Rates(protocols.Default(784, []int{100}, 10))
	m.Network.Symmetric = true
	m.Rates = []float64{1, 1}
	training, _ := learn(t, m, part(protocolstest.Digits(), 2000))
	if training > 0.60 {
		t.Errorf("training error %.3f, want at most 0.60", training)
	}
}

// In the rate mode nothing is random once the weights are drawn.
func TestRatesAreDeterministic(t *testing.T) {
	m := protocolstest.Rates(protocols.Default(784, []int{30}, 10))
	net := protocolstest.Network(t, m)
	data := protocolstest.Digits().Test.First(50)
	want := protocolstest.Test(t, m, net, data, 1)
	m.Seed = 2
	got := protocolstest.Test(t, m, net, data, 1)
	for i, read := range got.Predicted {
		if read != want.Predicted[i] {
			t.Fatalf("example %d is predicted as %d, and as %d with another seed", i, want.Predicted[i], read)
		}
	}
}
