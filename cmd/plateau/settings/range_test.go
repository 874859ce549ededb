package settings

import (
	"math"
	"regexp"
	"strconv"
	"testing"
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
