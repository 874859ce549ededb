package network

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// The factors of the first epochs, worked out by hand.
func TestCourse(t *testing.T) {
	half := math.Sqrt(0.5)
	for _, test := range []struct {
		name   string
		course Course
		want   []float64
	}{
		{"constant", Course{Decay: 1}, []float64{1, 1, 1}},
		{"exponential", Course{Decay: 0.5}, []float64{1, 0.5, 0.25, 0.125}},
		{"exponential, said in full", Course{Decay: 0.5, Every: 1}, []float64{1, 0.5, 0.25, 0.125}},
		{"steps", Course{Decay: 0.5, Every: 3}, []float64{1, 1, 1, 0.5, 0.5, 0.5, 0.25}},
		{"cosine", Course{Decay: 1, Cosine: 4}, []float64{1, (1 + half) / 2, 0.5, (1 - half) / 2, 0, 0, 0}},
		{"cosine to 0.2", Course{Decay: 1, Cosine: 2, End: 0.2}, []float64{1, 0.6, 0.2, 0.2}},
		{"list", Course{Decay: 1, List: []float64{1, 3, 0, 0.5}}, []float64{1, 3, 0, 0.5, 0.5, 0.5}},
		{"warm-up", Course{Decay: 1, WarmUp: 3}, []float64{0.25, 0.5, 0.75, 1, 1}},
		{"all of them", Course{Decay: 0.5, Every: 2, Cosine: 2, End: 0.5, List: []float64{4, 2}, WarmUp: 1},
			[]float64{4 * 0.5, 2 * 0.75, 0.5 * 2 * 0.5, 0.5 * 2 * 0.5, 0.25 * 2 * 0.5}},
	} {
		if err := test.course.Validate(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		for i, want := range test.want {
			// The tolerance is a few roundings of numbers up to 4.
			if got := test.course.Factor(i + 1); math.Abs(got-want) > 1e-15 {
				t.Errorf("%s: the factor of epoch %d is %v, want %v", test.name, i+1, got, want)
			}
		}
		if got, want := test.course.Constant(), test.name == "constant"; got != want {
			t.Errorf("%s: constant is %v", test.name, got)
		}
	}
}

// The cosine agrees with that of package math, whose argument, up to π, is rounded twice, by
// 7e-16 at most.
func TestCosine(t *testing.T) {
	for n := 1; n < 200; n++ {
		for k := range n + 1 {
			if got, want := cosine(k, n), math.Cos(math.Pi*float64(k)/float64(n)); math.Abs(got-want) > 1e-15 {
				t.Fatalf("cos(π %d/%d) = %v, want %v", k, n, got, want)
			}
		}
	}
}

// Factors have these bits on every machine.
func TestCourseBits(t *testing.T) {
	c := Course{Decay: 0.97, Cosine: 7, End: 0.01, WarmUp: 2}
	var got []string
	for e := range 9 {
		got = append(got, fmt.Sprintf("%x", math.Float64bits(c.Factor(e+1))))
	}
	want := strings.Fields("3fd5555555555555 3fe3adcedb7440d2 3fe87f5215087683 3fe1f739a0011384 3fd65f2fe4b37f83 3fc595b9f8df72ee 3fa92bceb7385536 3f808c2837866e40 3f800d1287c7848b")
	if !slices.Equal(got, want) {
		t.Errorf("the bits are %q, want %q", got, want)
	}
}

func TestCourseRefusals(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for want, c := range map[string]Course{
		"Decay = 0, want more than 0, at most 1": {},
		"Decay = 1.01":                           {Decay: 1.01},
		"Decay = NaN":                            {Decay: nan},
		"Every = -1, want ≥ 0":                   {Decay: 1, Every: -1},
		"Cosine = -1, want ≥ 0":                  {Decay: 1, Cosine: -1},
		"End = 2, want 0 to 1":                   {Decay: 1, Cosine: 1, End: 2},
		"End = NaN":                              {Decay: 1, Cosine: 1, End: nan},
		"End = 0.1 needs a Cosine":               {Decay: 1, End: 0.1},
		"List[1] = -1, want ≥ 0":                 {Decay: 1, List: []float64{1, -1}},
		"List[0] = +Inf":                         {Decay: 1, List: []float64{inf}},
		"WarmUp = -2, want ≥ 0":                  {Decay: 1, WarmUp: -2},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", c, err, want)
		}
	}
}
