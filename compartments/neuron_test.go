package compartments

import (
	"math"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, p := range []Pyramidal{segregated, attenuated, coupled} {
		if err := p.Validate(ForwardEuler, 1); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if err := output.Validate(ForwardEuler, 1); err != nil {
		t.Errorf("%+v: %v", output, err)
	}
	for _, test := range []struct {
		name  string
		alter func(p *Pyramidal, o *Output, e *EscapeNoise)
		want  []string
	}{
		{"no leak", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { p.Leak = 0 }, []string{"Pyramidal.Leak = 0/ms", "> 0"}},
		{"leak NaN", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { p.Leak = nan }, []string{"Pyramidal.Leak = NaN"}},
		{"leak Inf", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { p.Leak = inf }, []string{"Pyramidal.Leak = +Inf"}},
		{"no basal", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { p.Basal = 0 }, []string{"Pyramidal.Basal = 0/ms"}},
		{"basal NaN", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { p.Basal = nan }, []string{"Pyramidal.Basal = NaN"}},
		{"apical below 0", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { p.Apical = -0.1 }, []string{"Pyramidal.Apical = -0.1/ms", "≥ 0"}},
		{"apical NaN", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { p.Apical = nan }, []string{"Pyramidal.Apical = NaN"}},
		{"apical Inf", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { p.Apical = inf }, []string{"Pyramidal.Apical = +Inf"}},
		{"all at once", func(p *Pyramidal, _ *Output, _ *EscapeNoise) { *p = Pyramidal{-1, -2, -3} },
			[]string{"Pyramidal.Leak = -1", "Pyramidal.Basal = -2", "Pyramidal.Apical = -3"}},
		{"no output leak", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Leak = 0 }, []string{"Output.Leak = 0"}},
		{"no dendrite", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Dendritic = 0 }, []string{"Output.Dendritic = 0"}},
		{"dendrite NaN", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Dendritic = nan }, []string{"Output.Dendritic = NaN"}},
		{"teaching below 0", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Teaching = -1 }, []string{"Output.Teaching = -1", "≥ 0"}},
		{"teaching NaN", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Teaching = nan }, []string{"Output.Teaching = NaN"}},
		{"potentials swapped", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Excitatory, o.Inhibitory = -8, 8 },
			[]string{"Excitatory = -8", "Inhibitory = 8", "Inhibitory < Excitatory"}},
		{"potential NaN", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Excitatory = nan }, []string{"Excitatory = NaN"}},
		{"potential Inf", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Excitatory = inf }, []string{"Excitatory = +Inf"}},
		{"potential -Inf", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Inhibitory = -inf }, []string{"Inhibitory = -Inf"}},
		{"potential and conductance", func(_ *Pyramidal, o *Output, _ *EscapeNoise) { o.Leak, o.Inhibitory = -5, 9 },
			[]string{"Output.Leak = -5", "Inhibitory = 9"}},
		{"no rate", func(_ *Pyramidal, _ *Output, e *EscapeNoise) { e.MaxRate = 0 }, []string{"EscapeNoise.MaxRate = 0 spikes/ms", "> 0"}},
		{"rate NaN", func(_ *Pyramidal, _ *Output, e *EscapeNoise) { e.MaxRate = nan }, []string{"MaxRate = NaN"}},
		{"rate Inf", func(_ *Pyramidal, _ *Output, e *EscapeNoise) { e.MaxRate = inf }, []string{"MaxRate = +Inf"}},
	} {
		p, o, e := attenuated, output, EscapeNoise{MaxRate: 0.2}
		test.alter(&p, &o, &e)
		var said []string
		for _, err := range []error{p.Validate(Exponential, 1), o.Validate(Exponential, 1), e.Validate()} {
			if err != nil {
				said = append(said, err.Error())
			}
		}
		if len(said) != 1 {
			t.Errorf("%s: errors %q, want exactly one", test.name, said)
			continue
		}
		for _, want := range append(test.want, "compartments: ") {
			if !strings.Contains(said[0], want) {
				t.Errorf("%s: error %q does not say %q", test.name, said[0], want)
			}
		}
	}
	if err := (Output{Leak: 0.1, Dendritic: 0.6, Excitatory: 8, Inhibitory: -8}).Validate(ForwardEuler, 1); err != nil {
		t.Errorf("an output neuron without teaching is refused: %v", err)
	}
}

// Eq. 17: φ = φ_max/(1 + e^(−V)), between silence and φ_max, half of it at
// rest.
func TestEscapeNoise(t *testing.T) {
	e := EscapeNoise{MaxRate: 0.2}
	if r := e.Rate(0); r != 0.1 {
		t.Errorf("rate at rest = %v spikes/ms, want 0.1", r)
	}
	if low, high := e.Rate(-1000), e.Rate(1000); low != 0 || high != 0.2 {
		t.Errorf("rates far below and above rest = %v and %v, want 0 and 0.2", low, high)
	}
	last := -1.0
	for v := -30.0; v <= 30; v += 0.125 {
		want := 1 / (1 + math.Exp(-v))
		if r := e.Rate(v); !(math.Abs(r-0.2*want) <= 1e-15*0.2) || r < last {
			t.Errorf("Rate(%v) = %v after %v, want %v", v, r, last, 0.2*want)
		} else {
			last = r
		}
		if a := Plateau(v); !(math.Abs(a-want) <= 1e-15) {
			t.Errorf("Plateau(%v) = %v, want %v (eq. 21)", v, a, want)
		}
		const h = 1e-5
		slope := (e.Rate(v+h) - e.Rate(v-h)) / (2 * h) / e.MaxRate
		// Differences of numbers near 1 leave 2⁻⁵³/h = 1e-11.
		// The float32 versions: σ is correct to 2e-7, and so is 1 − σ.
		single := []float32{0, 0}
		e.Slopes(single[:1], []float32{float32(v)})
		if s := float64(single[0]); !(math.Abs(s-slope) <= 4e-7) {
			t.Errorf("Slopes(%v) = %v, but the rate's slope is %v", v, s, slope)
		}
		e.Rates(single[:1], []float32{float32(v)})
		Plateaus(single[1:], []float32{float32(v)})
		if !(math.Abs(float64(single[0])-0.2*want) <= 1e-7) || !(math.Abs(float64(single[1])-want) <= 4e-7) {
			t.Errorf("Rates and Plateaus of %v are %v, want %v and %v", v, single, 0.2*want, want)
		}
	}
	rest := []float32{0}
	if e.Slopes(rest, rest); rest[0] != 0.25 {
		t.Errorf("slope at rest = %v, want 1/4", rest[0])
	}
}
