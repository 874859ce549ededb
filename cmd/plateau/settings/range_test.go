package settings

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plateau/cmd/plateau/terminal"
)

// What a range of numbers says in words is what it checks, on both sides of each limit.
func TestWordsOfRangesAreTheirChecks(t *testing.T) {
	limits := regexp.MustCompile(`(from|to|at least|at most|more than|less than) (-?[0-9.e+]+)`)
	number := regexp.MustCompile(`^(a whole number )?(from|at least|more than) -?[0-9.e+]+(,? (to|at most|and less than) -?[0-9.e+]+)?`)
	seen := 0
	for _, k := range Keys() {
		if k.number == nil || k.Name == "seed" || k.Name == "data.seed" { // no float64 is next to the greatest seed
			continue
		}
		said := limits.FindAllStringSubmatch(number.FindString(k.wants), -1)
		for _, l := range said {
			x, err := strconv.ParseFloat(l[2], 64)
			if err != nil {
				t.Fatalf("%s: %v", k.Name, err)
			}
			outside, in := math.Inf(1), true
			switch l[1] {
			case "from", "at least":
				outside = math.Inf(-1)
			case "more than":
				outside, in = math.Inf(-1), false
			case "less than":
				in = false
			}
			beyond, inside := math.Nextafter(x, outside), math.Nextafter(x, -outside)
			if k.number(x) != in || k.number(beyond) || !k.number(inside) {
				t.Errorf("%s wants %s, but takes %v: %v, %v: %v, %v: %v", k.Name, k.wants, x, k.number(x), beyond, k.number(beyond), inside, k.number(inside))
			}
			seen++
		}
		if k.number(math.NaN()) {
			t.Errorf("%s takes what is not a number", k.Name)
		}
	}
	if seen < 60 {
		t.Errorf("only %d limits were found in the words", seen)
	}
}

// What is made of a setting takes both ends of the setting's range, and whatever lies just
// outside is refused by the setting itself.
func TestEndsOfRangesAreTakenByTheModel(t *testing.T) {
	// Settings with which the least or the greatest value of others goes.
	bases := [][]string{
		nil,
		{"network.silent=0.5", "network.symmetric=true", "phases.longer=true", "initial.law=uniform", "learning.rate_cosine=5", "data.validation=9"},
		{"phases.settle_ms=0", "test.settle_ms=0", "phases.longer=true"},
		{"phases.forward_ms=999999", "phases.target_ms=999999", "test.length_ms=999999"},
		{"neurons.integration=exponential", "neurons.tau_rise_ms=0.0001", "neurons.max_rate_hz=0.1", "phases.settle_ms=0"},
		{"neurons.kernel=alpha", "neurons.integration=exponential", "neurons.inhibitory=-1000000", "neurons.dt_ms=0.001"},
		{"neurons.kernel=alpha", "neurons.integration=exponential", "neurons.excitatory=1000000", "neurons.dt_ms=0.1"},
	}
	for _, optimiser := range Find("rival.optimiser").Choices {
		for _, decay := range Find("rival.decay").Choices {
			bases = append(bases, []string{"learning.rule=backprop", "rival.optimiser=" + optimiser, "rival.decay=" + decay, "rival.weight_decay=1"})
		}
	}
	// What other settings leave no room for: the limits of the one are those of the other.
	never := map[string]int{"neurons.excitatory": 0, "neurons.inhibitory": 1, "phases.settle_ms": 1, "test.settle_ms": 1}
	ends := 0
	for _, k := range Keys() {
		if k.ends == nil || k.Name == "seed" || k.Name == "data.seed" { // no float64 is the greatest seed
			continue
		}
		for i, end := range k.ends {
			taken := false
			for _, base := range bases {
				c, err := New(append(slices.Clone(base), k.Name+"="+terminal.Number(end))...)
				if err != nil && strings.Contains(err.Error(), "do not go together") && k.Name != "network.per_class" {
					t.Errorf("%q, %s = %v: %v", base, k.Name, end, err)
				}
				taken = taken || err == nil && k.isFor(c.Learning.Rule)
			}
			if at, ok := never[k.Name]; taken == (ok && at == i) {
				t.Errorf("%s = %v, an end of its range, was taken with some of the other settings: %v, want %v", k.Name, end, taken, !taken)
			}
			outside := math.Nextafter(end, math.Inf(2*i-1))
			if k.number(outside) {
				t.Errorf("%s = %v is no end of its range: %v is allowed too", k.Name, end, outside)
			}
			ends++
		}
	}
	if ends < 60 {
		t.Errorf("only %d ends were tried", ends)
	}
}
