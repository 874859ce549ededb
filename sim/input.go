package sim

import "math"

// input draws the spikes of the input population. The rates of inputs are
// constant in a phase, so the spikes of a whole block of steps are drawn at
// once, input by input: candidates of a homogeneous process at φ_max, accepted
// with the input's intensity.
type input struct {
	rate    float64                  // φ_max dt, candidates in a step
	counts  [blockSteps + 1]*poisson // number of candidates in so many steps
	active  []int32                  // inputs with intensity above zero
	accept  []uint64                 // their intensity in units of 2⁻³²
	drawn   []drawnSpike
	offsets [blockSteps + 1]int
}

type drawnSpike struct {
	neuron int32
	step   int32
}

func newInput(maxRate, dt float64) *input { return &input{rate: maxRate * dt} }

// set takes the intensities of a phase, each in [0, 1] with 1 for φ_max.
func (in *input) set(intensity []float32) {
	in.active, in.accept = in.active[:0], in.accept[:0]
	for j, x := range intensity {
		if x > 0 {
			in.active = append(in.active, int32(j))
			in.accept = append(in.accept, uint64(math.RoundToEven(float64(x)*0x1p32)))
		}
	}
}

// draw appends the spikes of a block of steps to t. Key is that of the block's
// first step.
func (in *input) draw(t *train, key uint64, steps int) {
	count := in.counts[steps]
	if count == nil {
		count = newPoisson(in.rate * float64(steps))
		in.counts[steps] = count
	}
	in.drawn = in.drawn[:0]
	offsets := in.offsets[:steps+1]
	clear(offsets)
	s := Stream{key}
	for k, j := range in.active {
		accept := in.accept[k]
		for range count.draw(s.Uint64()) {
			r := s.Uint64()
			if r&math.MaxUint32 >= accept {
				continue
			}
			step := int32(r >> 32 * uint64(steps) >> 32)
			in.drawn = append(in.drawn, drawnSpike{j, step})
			offsets[step+1]++
		}
	}
	// Sort by step; within a step the inputs stay in ascending order.
	base := len(t.neurons)
	t.neurons = append(t.neurons, make([]int32, len(in.drawn))...)
	for step := range steps {
		offsets[step+1] += offsets[step]
		t.start = append(t.start, base+offsets[step+1])
	}
	sorted := t.neurons[base:]
	for _, d := range in.drawn {
		sorted[offsets[d.step]] = d.neuron
		offsets[d.step]++
	}
}
