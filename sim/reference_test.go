package sim_test

import "testing"

// float32Tolerance bounds the difference between the engine and a computation
// in float64, relative to the largest number of an array. Rounding to float32 is an
// error of 6e-8; a potential adds up a few hundred of them, and the recursion of a
// finite kernel subtracts what it added before. In the fixtures this comes to at most
// 3e-6, well below the tolerance.
const float32Tolerance = 2e-5

// TestReference compares the engine with everything that the published reference
// program computed for tiny networks (testdata/README.md), and with further files
// of the same form in $PLATEAU_REFERENCE.
func TestReference(t *testing.T) {
	for _, path := range fixtures(t) {
		t.Run(fixtureName(path), func(t *testing.T) {
			f, err := loadFixture(path)
			if err != nil {
				t.Fatal(err)
			}
			d := denseFromFixture(f)
			r := newRig(t, d.model, d.weights)
			for i := range f.Examples {
				result := r.Run(t, denseExampleOf(f, i), true)
				compareExample(t, float32Tolerance, f, i, result, r.weights())
				if t.Failed() {
					return // everything that follows differs too
				}
			}
		})
	}
}
