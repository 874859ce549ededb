package view

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plateau/sim/record"
)

// The limits of one request.
const (
	maxWidth   = 4096 // pixels
	maxRows    = 256
	maxNeurons = 64
	maxTrials  = 512
)

// A query is the parameters of a request. It remembers the first that is wrong.
type query struct {
	values url.Values
	asked  []string
	err    error
}

func parseQuery(text string) (*query, error) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the parameters are not as in a=1&b=2")
	}
	return &query{values: values}, nil
}

func (q *query) refuse(name, want string) {
	if q.err == nil {
		q.err = refuse(http.StatusBadRequest, "%s=%q: want %s", name, q.values.Get(name), want)
	}
}

// text returns a parameter, or "" if it is not there.
func (q *query) text(name string) string {
	q.asked = append(q.asked, name)
	if len(q.values[name]) > 1 {
		q.refuse(name, "one value")
	}
	return q.values.Get(name)
}

// whole returns a parameter that must be there, a number from low to high.
func (q *query) whole(name string, low, high int64) int64 {
	n, err := strconv.ParseInt(q.text(name), 10, 64)
	if err != nil || n < low || n > high {
		if high < low {
			q.refuse(name, "a number that exists, but there is none")
		} else {
			q.refuse(name, "a whole number from "+strconv.FormatInt(low, 10)+" to "+strconv.FormatInt(high, 10))
		}
		return low
	}
	return n
}

func (q *query) int(name string, low, high int) int {
	return int(q.whole(name, int64(low), int64(high)))
}

// stretch returns the steps from ≤ step < to within a length.
func (q *query) stretch(length int64) (from, to int64) {
	from = q.whole("from", 0, length-1)
	return from, q.whole("to", from+1, length)
}

// neurons returns populations and neurons, as in 1.17,2.0.
func (q *query) neurons(name string, h *record.Header) (list []neuron) {
	text := q.text(name)
	if text == "" {
		return nil
	}
	for word := range strings.SplitSeq(text, ",") {
		p, i, _ := strings.Cut(word, ".")
		population, err := strconv.Atoi(p)
		index, failed := strconv.Atoi(i)
		switch {
		case err != nil || failed != nil:
			q.refuse(name, "populations and neurons, as in 1.17,2.0")
		case population < 1 || population >= len(h.Populations):
			q.refuse(name, "populations from 1 to "+strconv.Itoa(len(h.Populations)-1))
		case index < 0 || index >= h.Populations[population].Size:
			q.refuse(name, "neurons of "+h.Populations[population].Name+" from 0 to "+strconv.Itoa(h.Populations[population].Size-1))
		case len(list) == maxNeurons:
			q.refuse(name, "at most "+strconv.Itoa(maxNeurons)+" neurons")
		default:
			if n := (neuron{population, index}); !slices.Contains(list, n) {
				list = append(list, n)
			}
			continue
		}
		return nil
	}
	return list
}

// variables returns names of variables.
func (q *query) variables(name string) (list []record.Variable) {
	text := q.text(name)
	if text == "" {
		return nil
	}
	for word := range strings.SplitSeq(text, ",") {
		v := record.Variable(word)
		if !slices.Contains([]record.Variable{record.Basal, record.Apical, record.Soma, record.Rate}, v) {
			q.refuse(name, "some of basal,apical,soma,rate")
			return nil
		}
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// done returns what was wrong, and also refuses unknown parameters.
func (q *query) done() error {
	for name := range q.values {
		if q.err == nil && !slices.Contains(q.asked, name) {
			q.err = refuse(http.StatusBadRequest, "there is no parameter %q; want %s", name, strings.Join(q.asked, ", "))
		}
	}
	return q.err
}
