package protocolstest

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// Spoilt returns ways to spoil an example, and what the error must say.
func Spoilt(i int) map[string]struct {
	Spoil func(Images)
	Want  []string
} {
	type fault = struct {
		Spoil func(Images)
		Want  []string
	}
	name := fmt.Sprintf("example %d: ", i)
	set := func(v float64) func(Images) {
		return func(d Images) { d.Intensities[i][2] = float32(v) }
	}
	return map[string]fault{
		"class too large": {func(d Images) { d.Classes[i] = 3 }, []string{name, "3", "want 0 to 2"}},
		"class below 0":   {func(d Images) { d.Classes[i] = -1 }, []string{name, "-1", "want 0 to 2"}},
		"NaN":             {set(math.NaN()), []string{name, "intensity of input 2 is NaN, want 0 to 1"}},
		"above 1":         {set(1.5), []string{name, "intensity of input 2 is 1.5, want 0 to 1"}},
		"below 0":         {set(-0.25), []string{name, "intensity of input 2 is -0.25, want 0 to 1"}},
		"infinite":        {set(math.Inf(1)), []string{name, "intensity of input 2 is +Inf, want 0 to 1"}},
	}
}

// CheckSays fails unless the error contains all texts.
func CheckSays(t testing.TB, err error, want []string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one that says %q", want)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}
