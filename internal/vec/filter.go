package vec

// Filter holds the factors of a kernel's recursion; see Apply.
type Filter struct {
	Decay1, Decay2 float32
	Drop1, Drop2   float32
	Gain1, Gain2   float32
	Carry          float32
}

// Apply advances the recursion of a kernel for some neurons through the steps of which u
// holds a row each. In a step, u is the input and leaving the input that is now too old to
// act; v becomes the trace plus bias:
//
//	x1 ← Decay1 (x1 + u) − Drop1 leaving
//	x2 ← Decay2 (x2 + u) − Drop2 leaving + Carry x1
//	v  ← Gain1 x1 + Gain2 x2 + bias
//
// The states x1 and x2, and bias, have an element for each neuron. Leaving and v have a
// row for each step, or one row for all.
func (f *Filter) Apply(v, x1, x2, u, leaving, bias []float32) {
	n := len(x1)
	x2, bias = x2[:n], bias[:n]
	steps := len(u) / n
	vNext, leavingNext := next(v, n, steps), next(leaving, n, steps)
	if path != Generic && f.Carry == 0 && n%8 == 0 {
		filterAVX2(f, v, vNext, x1, x2, u[:steps*n], leaving, leavingNext, bias)
		return
	}
	for k := range steps {
		f.applyGeneric(v[k*vNext:][:n], x1, x2, u[k*n:], leaving[k*leavingNext:], bias)
	}
}

// next returns the distance between rows of n elements in x, which has as many rows as
// there are steps, or one row for all.
func next(x []float32, n, steps int) int {
	if len(x) == n {
		return 0
	}
	_ = x[:n*steps]
	return n
}

func (f *Filter) applyGeneric(v, x1, x2, u, leaving, bias []float32) {
	n := len(v)
	x1, x2, u, leaving, bias = x1[:n], x2[:n], u[:n], leaving[:n], bias[:n]
	for i := range v {
		x1[i] = float32(f.Decay1*(x1[i]+u[i])) - float32(f.Drop1*leaving[i])
		x2[i] = float32(f.Decay2*(x2[i]+u[i])) - float32(f.Drop2*leaving[i]) + float32(f.Carry*x1[i])
		v[i] = float32(f.Gain1*x1[i]) + float32(f.Gain2*x2[i]) + bias[i]
	}
}

// ApplySoma is Apply, and in each step a step of the somata, V ← retain V + pull v, where
// v is the trace plus bias, which is not kept. The first row of soma holds V before the
// first step, and a row for each step follows.
func (f *Filter) ApplySoma(soma []float32, retain, pull float32, x1, x2, u, leaving, bias []float32) {
	n := len(x1)
	x2, bias = x2[:n], bias[:n]
	steps := len(u) / n
	soma = soma[:(1+steps)*n]
	leavingNext := next(leaving, n, steps)
	if path != Generic && f.Carry == 0 && n%8 == 0 {
		filterSomaAVX2(f, soma, retain, pull, x1, x2, u[:steps*n], leaving, leavingNext, bias)
		return
	}
	for k := range steps {
		f.applySomaGeneric(soma[(k+1)*n:][:n], soma[k*n:], retain, pull, x1, x2, u[k*n:], leaving[k*leavingNext:], bias)
	}
}

func (f *Filter) applySomaGeneric(next, soma []float32, retain, pull float32, x1, x2, u, leaving, bias []float32) {
	n := len(next)
	soma, x1, x2, u, leaving, bias = soma[:n], x1[:n], x2[:n], u[:n], leaving[:n], bias[:n]
	for i := range next {
		x1[i] = float32(f.Decay1*(x1[i]+u[i])) - float32(f.Drop1*leaving[i])
		x2[i] = float32(f.Decay2*(x2[i]+u[i])) - float32(f.Drop2*leaving[i]) + float32(f.Carry*x1[i])
		v := float32(f.Gain1*x1[i]) + float32(f.Gain2*x2[i]) + bias[i]
		next[i] = float32(retain*soma[i]) + float32(pull*v)
	}
}
