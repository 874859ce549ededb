package settings

import (
	"fmt"
	"math"
	"strconv"
)

// A Range says which values a key may have. Its words and its check are made from the
// same limits.
type Range struct {
	Choices []string // the allowed words, if it is a choice

	// wants says what is allowed. A word in braces is a key, for which messages have
	// its value too, or one of terms.
	wants string
	terms map[string]func(*Config) string
	// number reports whether a number is allowed, by itself; NaN must not be. Nil allows
	// every value.
	number func(x float64) bool
	ends   []float64 // the least and the greatest that number allows, if it has both
	// fits reports whether the value goes with the other settings. Nil: it always does.
	fits func(*Config) bool
}

// Limits of the program rather than of the model.
const (
	minStep   = 0.001 // ms
	maxStep   = 10    // ms
	minTau    = 0.001 // ms
	maxNumber = 1e6   // potentials, conductances, weights, learning rates: anything beyond is a mistake
)

// choice allows some words.
func choice(words ...string) Range { return Range{Choices: words} }

// yesOrNo allows all that a bool can be.
func yesOrNo() Range { return anything("true or false") }

// anything allows every value of the key's type.
func anything(wants string) Range { return Range{wants: wants} }

// relation allows what goes with the other settings.
func relation(wants string, fits func(*Config) bool) Range { return Range{wants: wants, fits: fits} }

// within allows low to high; the words are the caller's.
func within(wants string, low, high float64) Range {
	return Range{wants: wants, ends: []float64{low, high}, number: func(x float64) bool { return x >= low && x <= high }}
}

// from allows low to high.
func from(low, high float64) Range {
	return within("from "+limit(low)+" to "+limit(high), low, high)
}

// atLeast allows low to high, for a low where something ends.
func atLeast(low, high float64) Range {
	return within("at least "+limit(low)+", at most "+limit(high), low, high)
}

// whole allows the whole numbers from low to high.
func whole(low, high int64) Range {
	return within(fmt.Sprintf("a whole number from %d to %d", low, high), float64(low), float64(high))
}

// moreThan allows what is above low, up to high.
func moreThan(low, high float64) Range {
	return Range{
		wants:  "more than " + limit(low) + ", at most " + limit(high),
		ends:   []float64{math.Nextafter(low, high), high},
		number: func(x float64) bool { return x > low && x <= high },
	}
}

// below allows low, and what is above it and less than high.
func below(low, high float64) Range {
	return Range{
		wants:  "at least " + limit(low) + " and less than " + limit(high),
		ends:   []float64{low, math.Nextafter(high, low)},
		number: func(x float64) bool { return x >= low && x < high },
	}
}

// limit prints a limit: numbers that are easily read at a glance without an exponent.
func limit(x float64) string {
	if math.Abs(x) <= 1e6 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// with adds what other settings demand.
func (r Range) with(wants string, fits func(*Config) bool) Range {
	r.wants, r.fits = r.wants+wants, fits
	return r
}

// term says what a word in braces stands for, if it is not a key. Words that begin with a
// colon are for messages only, where the text replaces them; after the others it stands in
// parentheses.
func (r Range) term(word string, text func(*Config) string) Range {
	r.terms = map[string]func(*Config) string{word: text}
	return r
}

// all reports whether every number of a list is allowed by itself.
func (r Range) all(x []float64) bool {
	for _, v := range x {
		if !r.number(v) {
			return false
		}
	}
	return true
}
