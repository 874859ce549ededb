package measure_test

import (
	"reflect"
	"strings"
	"testing"

	"plateau/protocols/measure"
)

func TestConfusion(t *testing.T) {
	c := measure.CountConfusion(3, []byte{0, 1, 1, 2, 1}, []int{0, 1, 2, 2, 2})
	if want := (measure.Confusion{{1, 0, 0}, {0, 1, 2}, {0, 0, 1}}); !reflect.DeepEqual(c, want) {
		t.Fatalf("got %v, want %v", c, want)
	}
	if wrong, all := c.Errors(); wrong != 2 || all != 5 {
		t.Errorf("%d of %d are wrong, want 2 of 5", wrong, all)
	}
	sum, err := c.Plus(measure.Confusion{{1, 1, 0}, {0, 0, 0}, {5, 0, 0}})
	if want := (measure.Confusion{{2, 1, 0}, {0, 1, 2}, {5, 0, 1}}); err != nil || !reflect.DeepEqual(sum, want) {
		t.Errorf("the sum is %v, error %v; want %v", sum, err, want)
	}
	if c[2][0] != 0 {
		t.Error("a sum changes what is added")
	}
	if _, err := c.Plus(measure.Confusion{{1}}); err == nil {
		t.Error("matrices of 3 classes and of 1 are added")
	}
}

func TestConfusionCheck(t *testing.T) {
	for want, c := range map[string]measure.Confusion{
		"has no classes":                         {},
		"row 1 of the confusion matrix has 1":    {{1, 2}, {3}},
		"holds -4 in row 1, column 0, want 0 or": {{1, 2}, {-4, 3}},
	} {
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", c, err, want)
		}
	}
	if err := (measure.Confusion{{0, 2}, {1, 3}}).Check(); err != nil {
		t.Error(err)
	}
}
