package kernels

import (
	"math"
	"strings"
	"testing"
)

// A known kernel comes with its formulas from the paper or a table of integrals,
// written with the standard library's functions.
type known struct {
	name     string
	kernel   Kernel
	at       func(t float64) float64 // κ(t), t ≥ 0
	integral func(t float64) float64 // ∫κ from 0 to t
	peak     float64                 // ms
	slowest  float64                 // the longest time constant (ms)
	unit     bool                    // whether the area is 1
}

func knownDouble(rise, decay float64) known {
	return known{
		"double exponential", DoubleExponential{Rise: rise, Decay: decay},
		func(t float64) float64 { return (math.Exp(-t/decay) - math.Exp(-t/rise)) / (decay - rise) },
		func(t float64) float64 {
			return (decay*(1-math.Exp(-t/decay)) - rise*(1-math.Exp(-t/rise))) / (decay - rise)
		},
		rise * decay / (decay - rise) * math.Log(decay/rise), decay, true,
	}
}

func knownAlpha(peak float64) known {
	return known{
		"alpha", Alpha{Peak: peak},
		func(t float64) float64 { return t / (peak * peak) * math.Exp(-t/peak) },
		func(t float64) float64 { return 1 - (1+t/peak)*math.Exp(-t/peak) },
		peak, peak, true,
	}
}

func knownExponential(decay float64) known {
	return known{
		"exponential", Exponential{Decay: decay},
		func(t float64) float64 { return math.Exp(-t/decay) / decay },
		func(t float64) float64 { return 1 - math.Exp(-t/decay) },
		0, decay, true,
	}
}

// cut gives a kernel a finite support.
func cut(k known, support float64) known {
	at, integral := k.at, k.integral
	k.name = "finite " + k.name
	k.kernel = Finite{k.kernel, support}
	k.at = func(t float64) float64 {
		if t > support {
			return 0
		}
		return at(t)
	}
	k.integral = func(t float64) float64 { return integral(min(t, support)) }
	k.peak = min(k.peak, support)
	k.unit = false
	return k
}

// unlimited and finite are the kernels that the tests go through.
var (
	unlimited = []known{
		knownDouble(3, 10), knownDouble(0.5, 20), knownDouble(9, 10),
		knownAlpha(4), knownExponential(10), knownExponential(0.7),
	}
	finite = []known{
		cut(knownDouble(3, 10), 10), cut(knownDouble(3, 10), 3), cut(knownDouble(0.5, 20), 55.5),
		cut(knownAlpha(4), 10), cut(knownAlpha(4), 2.5),
		cut(knownExponential(10), 10), cut(knownExponential(10), 1),
	}
)

func all() []known { return append(append([]known(nil), unlimited...), finite...) }

// within fails unless got is within a tolerance of want.
func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.17g, want %.17g ± %g", what, got, want, tolerance)
	}
}

// rounding bounds the error of a handful of operations on numbers near 1, or near
// 10 in the case of DoubleExponential{9, 10}.
const rounding = 20 * 0x1p-53

func TestValues(t *testing.T) {
	for _, k := range all() {
		for _, x := range []float64{0, 1e-9, 0.037, 0.5, 1, 2.5, 2.500001, 3, 5, 10, 10.5, 55.5, 56, 1000, 1e6} {
			within(t, k.name+" At", k.kernel.At(x), k.at(x), rounding)
			within(t, k.name+" Integral", k.kernel.Integral(x), k.integral(x), 10*rounding)
		}
		for _, x := range []float64{-1e-9, -1, math.Inf(-1)} {
			if at, in := k.kernel.At(x), k.kernel.Integral(x); at != 0 || in != 0 {
				t.Errorf("%s: At(%v) = %v and Integral = %v before the spike, want 0", k.name, x, at, in)
			}
		}
	}
}

// Eq. 12 and its limits have an area of one. Cut off at 10 ms, as in the published
// results, less than half of it is left.
func TestArea(t *testing.T) {
	for _, k := range unlimited {
		within(t, k.name+" area", Area(k.kernel), 1, rounding)
	}
	for _, k := range finite {
		f := k.kernel.(Finite)
		within(t, k.name+" area", Area(f), k.integral(f.Support), 10*rounding)
		if !(Area(f) < 1) {
			t.Errorf("%s has area %v, want less than 1", k.name, Area(f))
		}
	}
	published := Finite{DoubleExponential{Rise: 3, Decay: 10}, 10}
	within(t, "area of κ within 10 ms", Area(published), 0.48975, 5e-6)
}

// The integrals agree with Simpson's rule applied to At, which uses no closed form.
func TestIntegralByQuadrature(t *testing.T) {
	const intervals = 20000
	for _, k := range all() {
		whole := 40 * k.slowest // leaves out e⁻⁴⁰
		if f, ok := k.kernel.(Finite); ok {
			whole = f.Support
		}
		for _, share := range []float64{0.01, 0.3, 1} {
			to := share * whole
			h := to / intervals
			sum := k.kernel.At(0) + k.kernel.At(to)
			for i := 1; i < intervals; i++ {
				sum += float64(2+2*(i%2)) * k.kernel.At(float64(i)*h)
			}
			// The rule's error is h⁴/180 · to · max|κ⁗|, at most 1e-7 for a
			// Rise of 0.5 ms and h of 0.04 ms.
			within(t, k.name+" quadrature", k.kernel.Integral(to), sum*h/3, 2e-7)
		}
	}
}

func TestPeakTime(t *testing.T) {
	for _, k := range all() {
		peak := k.kernel.PeakTime()
		within(t, k.name+" PeakTime", peak, k.peak, 1e-13*max(1, k.peak))
		// No point of a scan is higher than the peak, and the highest is the
		// one next to it.
		const step = 0.001
		best, where := 0.0, 0.0
		for x := 0.0; x <= 60; x += step {
			if v := k.kernel.At(x); v > best {
				best, where = v, x
			} else if v < 0 {
				t.Fatalf("%s: At(%v) = %v, want ≥ 0", k.name, x, v)
			}
		}
		within(t, k.name+" highest of scan", where, peak, step)
		if top := k.kernel.At(peak); top < best-rounding {
			t.Errorf("%s: At(PeakTime) = %v, but At(%v) = %v", k.name, top, where, best)
		}
	}
}

// Where Rise and Decay meet, DoubleExponential becomes Alpha: with time
// constants of Peak (1 ± ε), all differences shrink as ε².
func TestAlphaIsALimit(t *testing.T) {
	const peak = 4.0
	alpha := Alpha{Peak: peak}
	difference := func(eps float64) (d [4]float64) {
		double := DoubleExponential{Rise: peak * (1 - eps), Decay: peak * (1 + eps)}
		if err := double.Validate(); err != nil {
			t.Fatal(err)
		}
		for x := 0.0; x < 40; x += 0.1 {
			d[0] = max(d[0], math.Abs(double.At(x)-alpha.At(x)))
			d[1] = max(d[1], math.Abs(double.Integral(x)-alpha.Integral(x)))
		}
		d[2] = math.Abs(double.PeakTime() - alpha.PeakTime())
		a, b := traces(alpha.Recursion(0.5)), traces(double.Recursion(0.5))
		for i := range a {
			d[3] = max(d[3], math.Abs(a[i]-b[i]))
		}
		return d
	}
	coarse, fine := difference(0.1), difference(0.01)
	for i, what := range []string{"At", "Integral", "PeakTime", "trace"} {
		if ratio := coarse[i] / fine[i]; !(ratio > 90 && ratio < 110) {
			t.Errorf("%s: the difference is %g for ε = 0.1 and %g for ε = 0.01, a ratio of %g; want about 100", what, coarse[i], fine[i], ratio)
		}
	}
}

// traces returns the response of a recursion to some made-up spikes.
func traces(r Recursion) []float64 {
	var s State
	var out []float64
	for t := range 100 {
		u := 0.0
		if t%7 == 0 || t%11 == 3 {
			u = 1
		}
		s = r.Advance(s, u, 0)
		out = append(out, r.Trace(s))
	}
	return out
}

func TestValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, k := range all() {
		if err := k.kernel.Validate(); err != nil {
			t.Errorf("%+v: %v", k.kernel, err)
		}
	}
	good := Exponential{Decay: 10}
	for _, test := range []struct {
		kernel Kernel
		want   []string // what the message must name
	}{
		{DoubleExponential{Rise: 0, Decay: 10}, []string{"Rise = 0", "10"}},
		{DoubleExponential{Rise: -3, Decay: 10}, []string{"Rise = -3"}},
		{DoubleExponential{Rise: 10, Decay: 10}, []string{"Rise = 10", "Decay = 10", "Rise < Decay"}},
		{DoubleExponential{Rise: 10, Decay: 10.09}, []string{"Decay = 10.09", "1.01", "Alpha"}},
		{DoubleExponential{Rise: 10, Decay: 3}, []string{"Rise = 10", "Decay = 3"}},
		{DoubleExponential{Rise: nan, Decay: 10}, []string{"NaN"}},
		{DoubleExponential{Rise: 3, Decay: nan}, []string{"NaN"}},
		{DoubleExponential{Rise: 3, Decay: inf}, []string{"+Inf"}},
		{DoubleExponential{Rise: inf, Decay: inf}, []string{"+Inf"}},
		{DoubleExponential{Rise: 3, Decay: -inf}, []string{"-Inf"}},
		{DoubleExponential{}, []string{"Rise = 0", "Decay = 0"}},
		{Alpha{}, []string{"Peak = 0"}},
		{Alpha{Peak: -1}, []string{"Peak = -1"}},
		{Alpha{Peak: nan}, []string{"NaN"}},
		{Alpha{Peak: inf}, []string{"+Inf"}},
		{Exponential{}, []string{"Decay = 0"}},
		{Exponential{Decay: -1}, []string{"Decay = -1"}},
		{Exponential{Decay: nan}, []string{"NaN"}},
		{Exponential{Decay: inf}, []string{"+Inf"}},
		{Finite{good, 0}, []string{"Support = 0"}},
		{Finite{good, -2}, []string{"Support = -2"}},
		{Finite{good, nan}, []string{"NaN"}},
		{Finite{good, inf}, []string{"+Inf"}},
		{Finite{nil, 10}, []string{"no Kernel"}},
		{Finite{Exponential{Decay: -7}, -2}, []string{"Decay = -7", "Support = -2"}},
	} {
		err := test.kernel.Validate()
		if err == nil {
			t.Errorf("%+v is accepted", test.kernel)
			continue
		}
		for _, want := range append(test.want, "kernels: ") {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: error %q does not say %q", test.kernel, err, want)
			}
		}
	}
}
