package sim_test

import (
	"fmt"
	"math"
	"testing"

	"plateau/sim"
)

// This tests the engine as a whole, with potentials V that change all the time. The
// number of spikes of a neuron in a step minus φ(V) dt has mean zero and the variance
// of a Poisson process of that rate, and is not correlated with earlier steps or with
// other populations. Inputs fire with their rates, evenly over phases longer than a
// block.
func TestEngineFiresAtItsRates(t *testing.T) {
	const repeats, steps = 40, 300
	for _, v := range []variant{
		variantOf("dt 1", []int{10, 8}),
		variantOf("dt 0.5, unlimited, attenuated", []int{10, 8}, fine(0.5), unlimited, apical(0.05)),
	} {
		r := newRig(t, v.model, v.weights)
		e := v.examples[0]
		e.Forward = densePhase{Steps: steps}
		e.Target.Steps = 0
		sizes := []int{12, 10, 8, 3}
		excess, variance := make([][]float64, 4), make([][]float64, 4)
		var lagged, blocks, below [4]float64 // sums of products, see the end
		perStep := make([]int, steps)
		for layer, n := range sizes {
			excess[layer], variance[layer] = make([]float64, n), make([]float64, n)
		}
		for range repeats {
			got := r.Run(t, e, false)
			var whole [4][steps]float64 // excess of a population, scaled to variance 1
			for layer, n := range sizes {
				counts := make([][]float64, steps)
				for step := range counts {
					counts[step] = make([]float64, n)
				}
				for _, s := range r.seen.spikes[layer] {
					counts[s[0]][s[1]] = float64(s[2])
					if layer == 0 {
						perStep[s[0]] += s[2]
					}
				}
				for step := range counts {
					now, rates := 0.0, 0.0
					for i, c := range counts[step] {
						rate := e.Rates[min(i, len(e.Rates)-1)]
						if layer > 0 {
							rate = got.Rate[layer-1][step][i]
						}
						rate *= v.model.Dt
						excess[layer][i] += c - rate
						variance[layer][i] += rate
						now += c - rate
						rates += rate
					}
					if rates > 0 {
						now /= math.Sqrt(rates)
					}
					whole[layer][step] = now
					if step >= 1 {
						lagged[layer] += now * whole[layer][step-1]
					}
					if step >= sim.BlockSteps {
						blocks[layer] += now * whole[layer][step-sim.BlockSteps]
					}
					if layer > 0 {
						below[layer] += now * whole[layer-1][step]
					}
				}
			}
		}
		for layer := range sizes {
			var all, spread float64
			for i := range excess[layer] {
				deviate(t, fmt.Sprintf("%s: spikes of neuron %d of population %d", v.name, i, layer), excess[layer][i], variance[layer][i])
				all += excess[layer][i]
				spread += variance[layer][i]
			}
			deviate(t, fmt.Sprintf("%s: spikes of population %d", v.name, layer), all, spread)
			what := fmt.Sprintf("%s: product of population %d with ", v.name, layer)
			deviate(t, what+"the step before", lagged[layer], repeats*(steps-1))
			deviate(t, what+"the same step of the block before", blocks[layer], repeats*(steps-sim.BlockSteps))
			deviate(t, what+"the population below", below[layer], repeats*steps)
		}
		// χ² of the inputs' spikes over the steps of the phase.
		var mean, chi float64
		for _, rate := range e.Rates {
			mean += rate * v.model.Dt * repeats
		}
		for _, c := range perStep {
			chi += (float64(c) - mean) * (float64(c) - mean) / mean
		}
		deviate(t, v.name+": χ² of input spikes over time", chi-steps, 2*steps+steps/mean)
	}
}

// deviate fails unless x is 0 within 4.5 standard errors.
func deviate(t *testing.T, what string, x, variance float64) {
	t.Helper()
	if !(math.Abs(x) <= 4.5*math.Sqrt(variance)) {
		t.Errorf("%s: off by %.4g, want 0 ± %.4g", what, x, 4.5*math.Sqrt(variance))
	}
}

// Each block of a phase has its own draws: its spikes do not repeat those of another
// block.
func TestBlocksDiffer(t *testing.T) {
	v := variantOf("long", []int{8}, wholePhase)
	r := newRig(t, v.model, v.weights)
	e := v.examples[0]
	e.Forward.Steps, e.Target.Steps = 4*sim.BlockSteps, 0
	r.Run(t, e, false)
	for layer, spikes := range r.seen.spikes {
		var blocks [4]string
		for _, s := range spikes {
			blocks[s[0]/sim.BlockSteps] += fmt.Sprintln(s[0]%sim.BlockSteps, s[1], s[2])
		}
		for i := range blocks {
			for j := range i {
				if blocks[i] == blocks[j] {
					t.Errorf("population %d fires the same in blocks %d and %d", layer, j, i)
				}
			}
		}
	}
}
