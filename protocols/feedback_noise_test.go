package protocols_test

import (
	"math"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
)

// noisy is a model with noisy symmetric feedback to thousands of synapses.
func noisy() protocols.Model {
	m := protocolstest.Tiny(40, 30)
	m.Network.Symmetric, m.Network.FeedbackNoise = true, 0.05
	m.Network.PerClass = 20
	return m
}

// feedbackNoise returns the differences between the feedback weights of a network
// and the weights that they follow.
func feedbackNoise(net *network.Network) (noise []float64) {
	tied := net.Clone()
	tied.TieFeedback()
	for m := range net.Layers {
		y := net.Layers[m].Feedback
		for j := range y.Rows {
			for i, w := range y.Row(j) {
				if s := net.Layers[m].Silent; s == nil || !s[j*y.Cols+i] {
					noise = append(noise, float64(w)-float64(tied.Layers[m].Feedback.Row(j)[i]))
				}
			}
		}
	}
	return noise
}

// moments returns the mean, the standard deviation, and the share of values beyond
// ±sd, which is 0.3173 for a normal distribution with standard deviation sd.
func moments(x []float64, sd float64) (mean, deviation, beyond float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
		if math.Abs(v) > sd {
			beyond += 1 / n
		}
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / n
	}
	return mean, math.Sqrt(deviation), beyond
}

// From the beginning, and after every update, each feedback weight is the weight
// that it follows plus a new draw from N(0, σ²).
func TestFeedbackNoise(t *testing.T) {
	m := noisy()
	net := protocolstest.Network(t, m)
	trainer, err := protocolstest.New(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	data := protocolstest.Noise(1, 1, 6, 3)
	var before []float64
	for examples := range 4 {
		now := feedbackNoise(net)
		n := float64(len(now))
		if len(now) != 60*40+60*30 {
			t.Fatalf("%d weights of feedback, want %d", len(now), 60*70)
		}
		// Allow 4 standard errors: σ/√n for the mean, σ/√(2n) for σ, √(p(1−p)/n) for a share.
		mean, sd, beyond := moments(now, 0.05)
		if math.Abs(mean) > 4*0.05/math.Sqrt(n) || math.Abs(sd-0.05) > 4*0.05/math.Sqrt(2*n) || math.Abs(beyond-0.3173) > 4*math.Sqrt(0.3173*0.6827/n) {
			t.Errorf("after %d examples the noise has mean %v, standard deviation %v and %v beyond σ", examples, mean, sd, beyond)
		}
		// It does not correlate with other draws: the one before, that of a neighbour,
		// that of the other layer.
		for what, other := range map[string][]float64{"that before": before, "a neighbour's": now[1:], "the other layer's": now[60*40:]} {
			covariance := 0.0
			for k, v := range other {
				covariance += now[k] * v / float64(len(other))
			}
			if math.Abs(covariance) > 4*0.05*0.05/math.Sqrt(float64(len(other))) {
				t.Errorf("after %d examples the noise and %s have a covariance of %v", examples, what, covariance)
			}
		}
		before = now
		protocolstest.Train(t, trainer, data, 1)
	}
}

// The noise depends on the seed and the number of examples that were learnt from, not
// on the batches in which they were shown. Silent synapses have none.
func TestFeedbackNoiseIsAFunction(t *testing.T) {
	data := protocolstest.Noise(1, 8, 6, 3)
	after := func(change func(*protocols.Model)) (*network.Network, []float64) {
		m := noisy()
		change(&m)
		trainer := protocolstest.NewTraining(t, m)
		protocolstest.Train(t, trainer, data, 1)
		return trainer.Network(), feedbackNoise(trainer.Network())
	}
	_, want := after(func(*protocols.Model) {})
	_, got := after(func(m *protocols.Model) { m.Batch = 4 })
	for k := range want {
		// The weights themselves, up to 100, are rounded to float32.
		if math.Abs(got[k]-want[k]) > 2e-5 {
			t.Fatalf("in batches weight %d has noise %v, want %v", k, got[k], want[k])
		}
	}
	_, other := after(func(m *protocols.Model) { m.Seed = 2 })
	same := 0
	for k := range want {
		if math.Abs(other[k]-want[k]) < 1e-4 {
			same++
		}
	}
	if same > len(want)/100 {
		t.Errorf("with another seed %d of %d weights have the same noise", same, len(want))
	}
	net, sparse := after(func(m *protocols.Model) { m.Network.Silent, m.Network.SilentGain = 0.8, 5 })
	if n, want := len(sparse), 60*70/5; n != want {
		t.Errorf("%d weights are not silent, want %d", n, want)
	}
	if _, sd, _ := moments(sparse, 0.05); math.Abs(sd-0.05) > 4*0.05/math.Sqrt(2*float64(len(sparse))) {
		t.Errorf("the noise of sparse feedback has standard deviation %v, want 0.05", sd)
	}
	for m := range net.Layers {
		for k, silent := range net.Layers[m].Silent {
			if y := net.Layers[m].Feedback; silent && y.At(k/y.Cols, k%y.Cols) != 0 {
				t.Fatalf("a silent synapse of layer %d has weight %v", m, net.Layers[m].Feedback.At(k/net.Layers[m].Feedback.Cols, k%net.Layers[m].Feedback.Cols))
			}
		}
	}
}
