package vec

// Filter holds the factors of a kernel's recursion; see Apply.
type Filter struct {
	Decay1, Decay2 float32
	Drop1, Drop2   float32
	Gain1, Gain2   float32
	Carry          float32
}

// Apply advances the recursion of a kernel by one step for each neuron, with input u
// and with the input leaving, which is now too old to act. It writes the trace plus
// bias to v:
//
//	x1 ← Decay1 (x1 + u) − Drop1 leaving
//	x2 ← Decay2 (x2 + u) − Drop2 leaving + Carry x1
//	v  ← Gain1 x1 + Gain2 x2 + bias
//
// All slices must be at least as long as v.
func (f *Filter) Apply(v, x1, x2, u, leaving, bias []float32) {
	x1, x2, u, leaving, bias = x1[:len(v)], x2[:len(v)], u[:len(v)], leaving[:len(v)], bias[:len(v)]
	n := 0
	if path != Generic && f.Carry == 0 {
		n = len(v) &^ 7
		filterAVX2(f, v[:n], x1, x2, u, leaving, bias)
	}
	f.applyGeneric(v[n:], x1[n:], x2[n:], u[n:], leaving[n:], bias[n:])
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

// ApplySoma is Apply followed by a step of the somata, next ← retain soma + pull v,
// where v is the trace plus bias, which is not kept. Next may be soma.
func (f *Filter) ApplySoma(next, soma []float32, retain, pull float32, x1, x2, u, leaving, bias []float32) {
	m := len(next)
	soma, x1, x2, u, leaving, bias = soma[:m], x1[:m], x2[:m], u[:m], leaving[:m], bias[:m]
	n := 0
	if path != Generic && f.Carry == 0 {
		n = m &^ 7
		filterSomaAVX2(f, next[:n], soma, retain, pull, x1, x2, u, leaving, bias)
	}
	if n < m {
		f.applySomaGeneric(next[n:], soma[n:], retain, pull, x1[n:], x2[n:], u[n:], leaving[n:], bias[n:])
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
