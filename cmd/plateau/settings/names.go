package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plateau/protocols/dataset"
	"plateau/sim/record"
)

// DataOf describes the data set of a recording, as far as it is known.
func DataOf(h *record.Header) dataset.Info {
	s := NewLayers()
	s.Read("the recording's configuration", []byte(h.Config))
	if info := s.Config.Data.Info(); len(s.Problems) == 0 && h.Config != "" && s.Config.Data.Short() == h.Data {
		return info
	}
	info, _ := dataset.Lookup(h.Data)
	return info
}

// ClassNames returns the names of the n classes of a data set, or numbers if it is not
// known.
func ClassNames(info dataset.Info, n int) []string {
	if len(info.Classes) == n {
		return info.Classes
	}
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

// Variables lists everything that can be recorded of a neuron besides its spikes.
func Variables() []record.Variable {
	return []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate}
}

// ParseVariables reads names of variables.
func ParseVariables(text string) ([]record.Variable, error) {
	switch text {
	case Nothing:
		return nil, nil
	case Everything:
		return Variables(), nil
	}
	var list []record.Variable
	for name := range strings.SplitSeq(text, ",") {
		v := record.Variable(strings.TrimSpace(name))
		if !slices.Contains(Variables(), v) {
			return nil, fmt.Errorf("there is no variable %s", v)
		}
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list, nil
}

// Sets of a data set, as --split and recordings call them.
const (
	SplitTrain = "train"
	SplitTest  = "test"
)

// PopulationNames lists input, hidden0, …, output.
func PopulationNames(hidden int) []string {
	names := []string{"input"}
	for m := range hidden {
		names = append(names, fmt.Sprintf("hidden%d", m))
	}
	return append(names, "output")
}

// ErrorName names the error after every epoch.
func ErrorName(c *Config) string {
	if c.Data.Validation > 0 {
		return "validation error"
	}
	return "test error"
}
