package look

import (
	"fmt"
	"strings"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/sim/record"
)

// An inspection shows what is in a recording.
type inspection struct {
	con  *terminal.Console
	path string
	size int64
	r    *record.Reader
	h    *record.Header
}

type recordingEvent struct {
	Event        string               `json:"event"` // recording
	File         string               `json:"file"`
	Bytes        int64                `json:"bytes"`
	Format       int                  `json:"format"`
	Program      string               `json:"program"`
	Begun        string               `json:"begun,omitempty"`
	Data         string               `json:"data"`
	Split        string               `json:"split,omitempty"`    // train or test
	Protocol     string               `json:"protocol,omitempty"` // the phases as TOML, if they are not those of the configuration
	Seed         uint64               `json:"seed"`
	Dt           float64              `json:"dt_ms"`
	Complete     bool                 `json:"complete"`
	Failure      string               `json:"failure,omitempty"`
	Trials       int                  `json:"trials"`
	Milliseconds float64              `json:"length_ms"`
	Populations  []recordedPopulation `json:"populations"`
	Origin       *record.Origin       `json:"initial_weights,omitempty"` // of the weights with which the run began
	Silenced     []string             `json:"silenced,omitempty"`        // neurons that never fire
	Traces       []recordedProbe      `json:"traces"`
	Plateaus     bool                 `json:"plateaus"`
	Weights      bool                 `json:"weights"`
	WeightsEvery int                  `json:"weights_every"`
	Selection    string               `json:"selection"`
	Damage       []damageEvent        `json:"damage"`
	Config       string               `json:"config"`
}

type recordedPopulation struct {
	Name    string `json:"name"`
	Neurons int    `json:"neurons"`
	Spikes  bool   `json:"spikes"`
}

type recordedProbe struct {
	Population string  `json:"population"`
	Variable   string  `json:"variable"`
	Neurons    string  `json:"neurons"`
	Interval   float64 `json:"every_ms"`
}

type damageEvent struct {
	Event  string `json:"event"` // damage
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	What   string `json:"what"`
	Why    string `json:"why"`
}

func newDamage(d record.Damage) damageEvent {
	return damageEvent{"damage", d.Offset, d.Length, d.What, cli.Plain(d.Err)}
}

func (d damageEvent) String() string {
	where := fmt.Sprintf("at byte %d", d.Offset)
	if d.Length > 0 { // otherwise something is missing there
		where = terminal.ByteSize(d.Length) + " " + where
	}
	return fmt.Sprintf("%s: %s: %s", where, d.What, d.Why)
}

func (i *inspection) event() recordingEvent {
	h := i.h
	e := recordingEvent{
		Event: "recording", File: i.path, Bytes: i.size, Format: h.Format, Program: h.Program, Data: h.Data, Split: h.Split, Protocol: h.Protocol,
		Seed: h.Seed, Dt: h.Dt(), Complete: i.r.Complete(), Failure: i.r.Failure(),
		Trials: i.r.Trials(), Milliseconds: h.Clock().At(i.r.Steps()),
		Populations: []recordedPopulation{}, Traces: []recordedProbe{}, Damage: []damageEvent{},
		Origin: h.Origin, Plateaus: h.Plateaus, Weights: h.Weights, WeightsEvery: h.SnapshotEvery, Selection: selectionWords(h.Select), Config: h.Config,
	}
	if !h.Begun.IsZero() {
		e.Begun = h.Begun.UTC().Format(time.RFC3339)
	}
	for _, p := range h.Populations {
		e.Populations = append(e.Populations, recordedPopulation{p.Name, p.Size, p.Spikes})
	}
	for _, l := range h.Network.Lesions {
		e.Silenced = append(e.Silenced, fmt.Sprintf("%s:%d:%d", h.Populations[l.Layer].Name, l.From, l.To))
	}
	for _, t := range h.Probes {
		e.Traces = append(e.Traces, recordedProbe{
			h.Populations[t.Population].Name, string(t.Variable), cli.PrintRanges(t.Neurons), h.Clock().At(int64(t.Every)),
		})
	}
	for _, d := range i.r.Damage() {
		e.Damage = append(e.Damage, newDamage(d))
	}
	return e
}

// selectionWords describes which trials were selected for recording.
func selectionWords(s record.Selection) string {
	var words []string
	if s.Every > 1 {
		words = append(words, fmt.Sprintf("one of %d", s.Every))
	}
	if s.Mispredicted {
		words = append(words, "misread")
	}
	if s.Numbers != nil {
		words = append(words, terminal.Plural(len(s.Numbers), "listed trial"))
	}
	if s.Examples != nil {
		words = append(words, "of "+terminal.Plural(len(s.Examples), "listed image"))
	}
	for _, p := range s.Purposes {
		words = append(words, p.String())
	}
	if words == nil {
		return settings.Everything
	}
	return strings.Join(words, ", ")
}

// head prints a description of the recording.
func (i *inspection) head() {
	e := i.event()
	var sizes []int
	var spikes []string
	for _, p := range e.Populations {
		sizes = append(sizes, p.Neurons)
		if p.Spikes {
			spikes = append(spikes, p.Name)
		}
	}
	i.con.Line("%s: recording of %s on %s, %s", i.path, terminal.Join(sizes, "-"), e.Data, terminal.ByteSize(e.Bytes))
	written := "written by " + e.Program
	if e.Begun != "" {
		written += ", begun " + strings.NewReplacer("T", " ", "Z", " UTC").Replace(e.Begun)
	}
	i.con.Line("%s; seed %d, steps of %s ms", written, e.Seed, terminal.Number(e.Dt))
	if e.Origin != nil {
		i.con.Line("it began with %s", run.DescribeOrigin(e.Origin))
	}
	if e.Silenced != nil {
		i.con.Line("silenced neurons: %s", strings.Join(e.Silenced, ","))
	}
	if !e.Complete {
		i.con.Line("it broke off%s", brokeOff(e.Failure))
	}
	for _, d := range e.Damage {
		i.con.Line("damaged: %s", d)
	}
	if len(e.Damage) > 0 {
		i.con.Line("--verify finds all of the damage")
	}
	var holds []string
	if spikes != nil {
		holds = append(holds, "spikes of "+strings.Join(spikes, ", "))
	}
	if e.Plateaus {
		holds = append(holds, "plateaus")
	}
	switch {
	case e.Weights && e.WeightsEvery > 0:
		holds = append(holds, fmt.Sprintf("weights every %d trials", e.WeightsEvery))
	case e.Weights:
		holds = append(holds, "weights at the start")
	}
	if holds == nil {
		holds = []string{"trials only"}
	}
	i.con.Line("it holds %s; recorded trials: %s", strings.Join(holds, "; "), e.Selection)
	if e.Protocol != "" {
		i.con.Line("its phases are its own: inspect --json has them as TOML, under protocol")
	}
	for _, t := range e.Traces {
		i.con.Line("  %s of %s %s every %s ms", t.Variable, t.Population, t.Neurons, terminal.Number(t.Interval))
	}
	i.con.Line("")
}

// brokeOff says why a recording broke off, if the recording holds the reason.
func brokeOff(failure string) string {
	if failure == "" {
		return ": the run was killed or is still in progress"
	}
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(failure, "record: "), "the recording broke off"); ok {
		return rest
	}
	return ": " + failure
}
