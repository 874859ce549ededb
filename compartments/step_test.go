package compartments

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

var (
	segregated = Pyramidal{Leak: 0.1, Basal: 0.6}
	attenuated = Pyramidal{Leak: 0.1, Basal: 0.6, Apical: 0.05}
	coupled    = Pyramidal{Leak: 0.1, Basal: 0.6, Apical: 0.6}
	output     = Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8}
)

// A soma is one of the neurons above with its dV/dt as the equations give it.
type soma struct {
	name       string
	step       func(Integration, float64) (Step, float32)
	derivative func(v, basal, apical float64) float64
	total      float64 // conductance
}

// somata lists hidden neurons (eq. 14) and output neurons without and with a
// teaching current (eqs. 18–20).
func somata() []soma {
	var list []soma
	for _, p := range []Pyramidal{segregated, attenuated, coupled} {
		list = append(list, soma{
			fmt.Sprintf("hidden with g_a = %v", p.Apical),
			func(m Integration, dt float64) (Step, float32) { return p.Step(m, dt), 0 },
			func(v, basal, apical float64) float64 {
				return -p.Leak*v + p.Basal*(basal-v) + p.Apical*(apical-v)
			},
			p.Leak + p.Basal + p.Apical,
		})
	}
	list = append(list, soma{
		"output untaught",
		func(m Integration, dt float64) (Step, float32) { return output.Step(m, dt), 0 },
		func(v, basal, _ float64) float64 { return -output.Leak*v + output.Dendritic*(basal-v) },
		output.Leak + output.Dendritic,
	})
	for _, excited := range []bool{true, false} {
		e := output.Inhibitory
		if excited {
			e = output.Excitatory
		}
		list = append(list, soma{
			fmt.Sprintf("output taught towards %v", e),
			func(m Integration, dt float64) (Step, float32) {
				s, up, down := output.TaughtStep(m, dt)
				if excited {
					return s, up
				}
				return s, down
			},
			func(v, basal, _ float64) float64 {
				return -output.Leak*v + output.Dendritic*(basal-v) + output.Teaching*(e-v)
			},
			output.Leak + output.Dendritic + output.Teaching,
		})
	}
	return list
}

// advance returns the potential of one neuron after one step.
func advance(s Step, v, basal, apical, drive float32) float32 {
	next := []float32{0}
	s.Advance(next, []float32{v}, []float32{basal}, []float32{apical}, []float32{drive})
	return next[0]
}

// runge integrates dv/dt by Runge–Kutta's fourth-order method, with steps so short
// that their error vanishes in float32.
func runge(f func(t, v float64) float64, v, from, duration float64) float64 {
	const n = 100
	h := duration / n
	for i := range n {
		t := from + float64(i)*h
		a := f(t, v)
		b := f(t+h/2, v+h/2*a)
		c := f(t+h/2, v+h/2*b)
		d := f(t+h, v+h*c)
		v += h / 6 * (a + 2*b + 2*c + d)
	}
	return v
}

// float32Error allows for some roundings of potentials up to 30.
const float32Error = 30 * 4 * 0x1p-24

// With dendrites that stay constant for a step, the exponential step is exact
// for every dt, Euler's is V + dt dV/dt, and the steady soma is at rest.
func TestStepFollowsTheEquation(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range somata() {
		for _, dt := range []float64{0.037, 0.25, 1, 5} {
			exponential, d1 := s.step(Exponential, dt)
			euler, d2 := s.step(ForwardEuler, dt)
			steady, d3 := s.step(Steady, dt)
			v := float32(0) // kept from step to step, so that errors would add up
			for range 50 {
				basal, apical := float32(20*random.Float64()-10), float32(20*random.Float64()-10)
				dvdt := func(_, v float64) float64 { return s.derivative(v, float64(basal), float64(apical)) }
				near := func(m Integration, got float32, want float64) {
					t.Helper()
					if !(math.Abs(float64(got)-want) <= float32Error) {
						t.Fatalf("%s, dt = %v, %s: V = %v, want %v", s.name, dt, m, got, want)
					}
				}
				next := advance(exponential, v, basal, apical, d1)
				near(Exponential, next, runge(dvdt, float64(v), 0, dt))
				if dt < 1 {
					near(ForwardEuler, advance(euler, v, basal, apical, d2), float64(v)+dt*dvdt(0, float64(v)))
				}
				rest := advance(steady, v, basal, apical, d3)
				near(Steady, float32(dvdt(0, float64(rest))), 0)
				near(Steady, advance(exponential, rest, basal, apical, d1), float64(rest))
				v = next
			}
		}
	}
}

// With dendrites that change, both methods are of first order: half the step
// has half the error.
func TestStepConverges(t *testing.T) {
	const duration = 12.0
	basal := func(t float64) float64 { return 3 * math.Sin(t/4) }
	apical := func(t float64) float64 { return 2 * math.Cos(t/3) }
	for _, s := range somata() {
		f := func(t, v float64) float64 { return s.derivative(v, basal(t), apical(t)) }
		exact := 0.0
		for i := range 10 {
			exact = runge(f, exact, float64(i)*duration/10, duration/10)
		}
		for _, m := range []Integration{ForwardEuler, Exponential} {
			var errors []float64
			for _, dt := range []float64{0.2, 0.1, 0.05} {
				step, drive := s.step(m, dt)
				v := float32(0)
				for i := range int(math.Round(duration / dt)) {
					at := float64(i) * dt
					v = advance(step, v, float32(basal(at)), float32(apical(at)), drive)
				}
				errors = append(errors, math.Abs(float64(v)-exact))
			}
			for i := 1; i < len(errors); i++ {
				if ratio := errors[i-1] / errors[i]; !(ratio > 1.85 && ratio < 2.15) {
					t.Errorf("%s, %s: errors %.3g with dt = 0.2, 0.1, 0.05 ms, want each half of the one before", s.name, m, errors)
					break
				}
			}
		}
	}
}

// k_b and k_d (eqs. 28, 33) are the soma's potential at rest per potential of
// the dendrite, all else at 0.
func TestGain(t *testing.T) {
	settle := func(s Step) float64 {
		v := float32(0)
		for range 200 {
			v = advance(s, v, 1, 0, 0)
		}
		return float64(v)
	}
	for _, p := range []Pyramidal{segregated, attenuated, coupled} {
		want := p.Basal / (p.Leak + p.Basal + p.Apical)
		for _, m := range []Integration{ForwardEuler, Exponential, Steady} {
			if got := settle(p.Step(m, 0.5)); math.Abs(got-p.Gain()) > 1e-6 || math.Abs(p.Gain()-want) > 1e-15 {
				t.Errorf("%+v, %s: V settles at %v, Gain is %v, want %v", p, m, got, p.Gain(), want)
			}
		}
	}
	if got := settle(output.Step(ForwardEuler, 0.5)); math.Abs(got-output.Gain()) > 1e-6 || math.Abs(output.Gain()-6.0/7) > 1e-15 {
		t.Errorf("output: V settles at %v, Gain is %v, want 6/7", got, output.Gain())
	}
	// Taught, the soma settles at (g_d V_b + g E)/(g_l + g_d + g), eq. 20.
	step, up, down := output.TaughtStep(ForwardEuler, 0.5)
	for _, drive := range []struct {
		current float32
		e       float64
	}{{up, 8}, {down, -8}} {
		v := float32(0)
		for range 200 {
			v = advance(step, v, 3, 0, drive.current)
		}
		if want := (0.6*3 + drive.e) / 1.7; math.Abs(float64(v)-want) > 1e-6*8 {
			t.Errorf("taught towards %v: V settles at %v, want %v", drive.e, v, want)
		}
	}
}

func TestAdvance(t *testing.T) {
	s := coupled.Step(ForwardEuler, 0.5)
	soma := []float32{1, -2, 3, 0.5, 99}
	basal := []float32{4, 5, -6, 7, 99}
	apical := []float32{-1, 2, 0.25, 8, 99}
	drive := []float32{0.5, 0, -1, 2, 99}
	zero := make([]float32, 5)
	run := func(soma, apical, drive []float32) [5]float32 {
		var next [5]float32
		next[4] = 7 // beyond the population
		s.Advance(next[:4], soma, basal, apical, drive)
		return next
	}
	full := run(soma, apical, drive)
	for i := range 4 {
		want := float64(s.Retain)*float64(soma[i]) + float64(s.Basal)*float64(basal[i]) + float64(s.Apical)*float64(apical[i]) + float64(drive[i])
		if math.Abs(float64(full[i])-want) > 1e-6*10 {
			t.Errorf("neuron %d: V = %v, want %v", i, full[i], want)
		}
	}
	if full[4] != 7 {
		t.Errorf("a neuron beyond the population became %v", full[4])
	}
	if a, b := run(soma, nil, nil), run(soma, zero, zero); a != b {
		t.Errorf("without apical dendrite and drive V = %v, with zeros %v", a, b)
	}
	if a, b := run(soma, apical, nil), run(soma, apical, zero); a != b {
		t.Errorf("without drive V = %v, with zeros %v", a, b)
	}
	inPlace := append([]float32(nil), soma...)
	s.Advance(inPlace[:4], inPlace, basal, apical, drive)
	if [4]float32(inPlace[:4]) != [4]float32(full[:4]) {
		t.Errorf("in place V = %v, want %v", inPlace[:4], full[:4])
	}
	// If the soma does not see the apical dendrite, not even NaN reaches it.
	s = segregated.Step(ForwardEuler, 0.5)
	nan := float32(math.NaN())
	if a, b := run(soma, []float32{nan, nan, nan, nan}, nil), run(soma, nil, nil); a != b {
		t.Errorf("with g_a = 0 the apical dendrite turns V = %v into %v", b, a)
	}
}

// Euler's method has a largest dt, beyond which a soma without input grows from
// step to step; Validate names that dt.
func TestEulerNeedsShortSteps(t *testing.T) {
	grows := func(s Step) bool {
		v := float32(1)
		for range 1000 {
			v = advance(s, v, 0, 0, 0)
		}
		return math.Abs(float64(v)) > 1
	}
	for _, test := range []struct {
		name     string
		validate func(Integration, float64) error
		step     func(dt float64) Step
		largest  float64
		message  string
	}{
		{"segregated", segregated.Validate, func(dt float64) Step { return segregated.Step(ForwardEuler, dt) }, 2 / 0.7, "dt < 2.857 ms"},
		{"coupled", coupled.Validate, func(dt float64) Step { return coupled.Step(ForwardEuler, dt) }, 2 / 1.3, "dt < 1.538 ms"},
		{"taught", output.Validate, func(dt float64) Step { s, _, _ := output.TaughtStep(ForwardEuler, dt); return s }, 2 / 1.7, "dt < 1.176 ms"},
	} {
		short, long := 0.99*test.largest, 1.01*test.largest
		if err := test.validate(ForwardEuler, short); err != nil || grows(test.step(short)) {
			t.Errorf("%s: dt = %v is refused with %v; the soma grows: %v", test.name, short, err, grows(test.step(short)))
		}
		err := test.validate(ForwardEuler, long)
		if err == nil || !grows(test.step(long)) {
			t.Fatalf("%s: dt = %v is refused with %v; the soma grows: %v", test.name, long, err, grows(test.step(long)))
		}
		if !strings.Contains(err.Error(), test.message) || !strings.Contains(err.Error(), fmt.Sprint(long)) {
			t.Errorf("%s: error %q does not say %q and dt = %v", test.name, err, test.message, long)
		}
		for _, m := range []Integration{Exponential, Steady} {
			if err := test.validate(m, 100); err != nil {
				t.Errorf("%s: %s refuses a dt of 100 ms: %v", test.name, m, err)
			}
		}
		if err := test.validate(ForwardEuler, math.NaN()); err == nil {
			t.Errorf("%s: dt = NaN is accepted", test.name)
		}
	}
}

func TestUnknownIntegration(t *testing.T) {
	for _, m := range []Integration{"", "Euler", "rk4"} {
		err := segregated.Validate(m, 1)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", string(m))) || !strings.Contains(err.Error(), `"euler"`) {
			t.Errorf("integration %q: error %v, want one that names it and the choices", string(m), err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("integration %q made a step, want a panic", string(m))
				}
			}()
			segregated.Step(m, 1)
		}()
	}
}
