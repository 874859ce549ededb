package dataset

import (
	"context"
	"errors"
	"math"
	"testing"
)

// dots makes images with one row of pixels, and their labels.
func dots(classes int, rows ...[]byte) *Set {
	s := &Set{Name: "dots", Width: len(rows[0]) - 1, Height: 1, Channels: 1, Classes: classes}
	for _, r := range rows {
		s.Pixels = append(s.Pixels, r[1:]...)
		s.Labels = append(s.Labels, r[0])
	}
	return s
}

// repeated returns a set with the images of set n times.
func repeated(s *Set, n int) *Set {
	r := *s
	r.Pixels, r.Labels = nil, nil
	for range n {
		r.Pixels, r.Labels = append(r.Pixels, s.Pixels...), append(r.Labels, s.Labels...)
	}
	return &r
}

// A linear classifier can learn AND. For XOR it gets at least one of the four
// points wrong.
func TestLinearErrorOfLogic(t *testing.T) {
	and := repeated(dots(2, []byte{0, 0, 0}, []byte{0, 0, 255}, []byte{0, 255, 0}, []byte{1, 255, 255}), 500)
	if e, err := LinearError(t.Context(), and, and); err != nil || e != 0 {
		t.Errorf("AND: error %v, %v, want 0", e, err)
	}
	xor := repeated(dots(2, []byte{0, 0, 0}, []byte{1, 0, 255}, []byte{1, 255, 0}, []byte{0, 255, 255}), 500)
	if e, err := LinearError(t.Context(), xor, xor); err != nil || e < 0.25 {
		t.Errorf("XOR: error %v, %v, want at least 1/4", e, err)
	}
}

// The perceptron of these tests without hidden units is a linear classifier, too,
// and has about the same error. 1.5 % is 1.4 standard errors for 2,000 images.
func TestLinearErrorOfDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("trains two classifiers")
	}
	data := Digits(11, 8000, 2000)
	got, err := LinearError(t.Context(), data.Train, data.Test)
	if err != nil {
		t.Fatal(err)
	}
	want := newPerceptron(0).trainAndTest(data, 6, 0.01)
	if math.Abs(got-want) > 0.015 {
		t.Errorf("error %.4f, want about %.4f", got, want)
	}
}

// The errors of linear classifiers on real data are published: MNIST 7.6 to 12 %
// (LeCun et al. 1998), Fashion-MNIST 16 % (logistic regression in its benchmark).
func TestLinearErrorOfRealData(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	for name, most := range map[string]float64{"mnist": 0.085, "fashion-mnist": 0.17} {
		data, err := Load(name, Options{})
		if err != nil {
			t.Skip(err)
		}
		if e, err := LinearError(t.Context(), data.Train, data.Test); err != nil || e > most || e < most-0.02 {
			t.Errorf("%s: error %v, %v, want at most %v, and not much less", name, e, err, most)
		}
	}
}

func TestLinearErrorStops(t *testing.T) {
	data := Digits(1, 2000, 10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := LinearError(ctx, data.Train, data.Test); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}
