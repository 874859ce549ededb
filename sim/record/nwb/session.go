package nwb

import (
	"fmt"
	"strings"

	"plateau/sim/record/hdf5"
)

// session writes what belongs to the whole recording.
func (x *exporter) session() {
	root := x.file.Root
	x.is(root, "core", "NWBFile")
	root.Attr("nwb_version", version)

	start, known := x.options.Start, ""
	if start.IsZero() {
		start = x.h.Begun
	}
	if start.IsZero() {
		start, known = unknownStart, " When it ran is not known; the start time stands in for that."
	}
	began := start.UTC().Format("2006-01-02T15:04:05.000000-07:00")
	n := x.r.Trials()
	description := fmt.Sprintf("Simulation of a network of neurons with segregated dendrites: %d trials of %s.%s", n, orUnnamed(x.h.Data), known)
	if !x.r.Complete() || !x.complete {
		description += " The recording broke off."
	}
	if lost := x.r.LeftOut(); len(lost) > 0 {
		description += fmt.Sprintf(" Trials that are damaged and left out: %s, counted from 0.", ranges(lost))
	}
	if x.options.Images == nil && x.h.Protocol == "" {
		description += " The images that were shown are not in the file."
	}
	root.Write("identifier", x.id)
	root.Write("session_description", description)
	root.Write("session_start_time", began)
	root.Write("timestamps_reference_time", began)
	root.Write("file_create_date", []string{began})
	root.Group("analysis")
	root.Group("processing")

	general := root.Group("general")
	general.Write("experiment_description", about(x.h))
	if x.h.Program != "" {
		name, rest, _ := strings.Cut(x.h.Program, " ")
		general.Write("was_generated_by", hdf5.Array{Shape: []int64{1, 2}, Values: []string{name, rest}})
	}
	if x.h.Config != "" {
		general.Write("source_script", x.h.Config).Attr("file_name", "config.toml")
	}

	if x.h.Protocol != "" {
		general.Write("protocol", x.h.Protocol)
	}

	// Validators insist on a subject, and on its age and sex.
	subject := general.Group("subject")
	x.is(subject, "core", "Subject")
	subject.Write("subject_id", "simulation")
	subject.Write("description", "a simulated network; no animal was involved")
	subject.Write("species", syntheticConstruct)
	subject.Write("sex", "O")
	subject.Write("age", "P0D")
}

func orUnnamed(data string) string {
	if data == "" {
		return "unnamed data"
	}
	return data
}
