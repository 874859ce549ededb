package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// Of returns the tables of a recording.
func Of(reader *record.Reader) []Table {
	r := intact.Of(reader)
	h := r.Header()
	tables := []Table{Trials(r), Phases(r)}
	if h.Plateaus {
		tables = append(tables, plateaus(r))
	}
	for _, p := range h.Populations {
		if p.Spikes {
			tables = append(tables, spikes(r))
			break
		}
	}
	if h.Protocol != "" {
		tables = append(tables, Currents(r))
	}
	for i, name := range ProbeNames(h) {
		if len(h.Probes[i].Neurons) > 0 {
			tables = append(tables, samples(r, i, name))
		}
	}
	tables = append(tables, Missing(r))
	meta := [][2]string{
		{"program", h.Program}, {"data", h.Data}, {"dt_ms", strconv.FormatFloat(h.Dt(), 'g', -1, 64)},
		{"seed", strconv.FormatUint(h.Seed, 10)}, {"config", h.Config},
	}
	if h.Protocol != "" {
		meta = append(meta, [2]string{"protocol", h.Protocol})
	}
	for i := range tables {
		var about strings.Builder
		for _, c := range tables[i].Columns {
			fmt.Fprintf(&about, "%s: %s\n", c.Name, c.About)
		}
		tables[i].Meta = append(slices.Clone(meta), [2]string{"about", about.String()})
	}
	return tables
}
