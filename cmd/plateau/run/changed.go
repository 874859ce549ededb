package run

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/claim"
	"plateau/network"
)

// The files of a run may be changed by hand, and the program then uses them as they
// are. But disks flip bits too, and weights get mixed up, so it prints a note.

// NoteChanges prints a note if a run's configuration, its metrics or, if weights
// is not nil, its weights differ from what the run wrote.
func NoteChanges(c *terminal.Console, run string, weights network.Weights) {
	p, err := ReadPlan(run)
	if err != nil {
		c.Note("note: %v", err)
	}
	if p != nil {
		if text, err := os.ReadFile(filepath.Join(run, cli.ConfigName)); err == nil {
			NoteConfig(c, run, p, string(text))
		}
		if !p.SameMetrics(run) {
			NoteMetrics(c, run)
		}
	}
	if weights != nil {
		noteWeights(c, run, weights)
	}
}

// NoteConfig prints a note that lists the settings that were changed in config.toml.
func NoteConfig(c *terminal.Console, run string, p *Plan, text string) {
	if !p.Begun || text == p.Config {
		return
	}
	path := filepath.Join(run, cli.ConfigName)
	now, was := settings.NewLayers(), settings.NewLayers()
	now.Read(path, []byte(text))
	was.Read(cli.PlanName, []byte(p.Config))
	if len(now.Problems) > 0 {
		return // problems are reported elsewhere
	}
	var others []string
	for _, k := range settings.Keys() {
		if now, was := k.Text(now.Config), k.Text(was.Config); now != was {
			others = append(others, fmt.Sprintf("%s = %s, which was %s", k.Name, now, was))
		}
	}
	what := "no setting differs"
	if others != nil {
		what = strings.Join(others, "; ")
	}
	c.Note("note: %s was changed after the run wrote it: %s; it is used as it is now", path, what)
}

// NoteMetrics prints a note that metrics.jsonl was changed.
func NoteMetrics(c *terminal.Console, run string) {
	c.Note("note: %s was changed after the run wrote it; it is used as it is now", filepath.Join(run, cli.MetricsName))
}

// noteWeights prints a note if the weights are not those of a checkpoint of the run.
func noteWeights(c *terminal.Console, run string, weights network.Weights) {
	if by, err := claim.Look(run); err != nil || by != nil {
		return // a run in progress may have replaced both meanwhile
	}
	files, err := ListCheckpoints(run)
	if err != nil {
		return
	}
	var known []string
	for _, f := range files {
		if point, err := f.header(); err == nil {
			known = append(known, point.Weights)
		}
	}
	if m, _ := ReadMetrics(run); m.End != nil {
		known = append(known, m.End.WeightsSHA256)
	}
	if digest := weights.SHA256(); known != nil && !slices.Contains(known, digest) {
		c.Note("note: %s is not what the run wrote: its weights are %.16s…, those of the run are %.16s…; either it was changed, or it belongs to another run",
			filepath.Join(run, cli.WeightsName), digest, known[len(known)-1])
	}
}

// SameMetrics reports whether the metrics of a run that is not in progress are as it
// left them, as far as that is known.
func (p *Plan) SameMetrics(run string) bool {
	text, err := os.ReadFile(filepath.Join(run, cli.MetricsName))
	return p.Metrics == "" || err != nil || hexDigest(text) == p.Metrics
}

func hexDigest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
