// Package elementary has the few transcendental functions that the results of a
// run depend on. They give the same bits on every machine.
//
// The standard library's Exp and Log do not: some architectures have their own
// assembly, and where the processor has a fused multiply-add the compiler may
// use it for x*y + z, which rounds once instead of twice. Here everything is
// built from additions, multiplications, divisions and moves of bits, each
// rounded as IEEE 754 says, and every product that is added to something is written
// as float64(…), which forbids the fusion.
//
// The largest errors over the whole range, as tests check them, in units in the last
// place of the result (ulp):
//
//	Exp      0.53 (0.76 if the result is subnormal)
//	Log      0.9
//	Sigmoid  2.5
//	Logit    2
//
// The package knows nothing about neurons.
package elementary

// ln 2 in two parts. The first has 40 significant bits, so that its products
// with the exponents of float64 are exact.
const (
	ln2High = 0x1.62e42fefa2p-1
	ln2Low  = 0x1.9ef35793c7673p-41
)

const (
	fractionBits = 52
	oneBits      = 1023 << fractionBits // math.Float64bits(1)
	infBits      = 2047 << fractionBits // math.Float64bits(+Inf)
	minNormal    = 0x1p-1022
)
