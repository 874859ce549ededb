package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"plateau/internal/claim"
	"plateau/network"
)

// The files of a run may be changed by hand, and the program then uses them as they
// are. But disks flip bits too, and weights get mixed up, so it prints a note.

// noteChanges prints a note if a run's configuration, its metrics or, if weights
// is not nil, its weights differ from what the run wrote.
func noteChanges(c *console, run string, weights network.Weights) {
	p, err := readPlan(run)
	if err != nil {
		c.note("note: %v", err)
	}
	if p != nil {
		if text, err := os.ReadFile(filepath.Join(run, configName)); err == nil {
			noteConfig(c, run, p, string(text))
		}
		if !p.sameMetrics(run) {
			noteMetrics(c, run)
		}
	}
	if weights != nil {
		noteWeights(c, run, weights)
	}
}

// noteConfig prints a note that lists the settings that were changed in config.toml.
func noteConfig(c *console, run string, p *plan, text string) {
	if !p.Begun || text == p.Config {
		return
	}
	path := filepath.Join(run, configName)
	now, was := newSettings(), newSettings()
	now.read(path, []byte(text))
	was.read(planName, []byte(p.Config))
	if len(now.problems) > 0 {
		return // problems are reported elsewhere
	}
	var others []string
	for _, k := range keys() {
		if now, was := k.text(now.config), k.text(was.config); now != was {
			others = append(others, fmt.Sprintf("%s = %s, which was %s", k.name, now, was))
		}
	}
	what := "no setting differs"
	if others != nil {
		what = strings.Join(others, "; ")
	}
	c.note("note: %s was changed after the run wrote it: %s; it is used as it is now", path, what)
}

func noteMetrics(c *console, run string) {
	c.note("note: %s was changed after the run wrote it; it is used as it is now", filepath.Join(run, metricsName))
}

// noteWeights prints a note if the weights are not those of a checkpoint of the run.
func noteWeights(c *console, run string, weights network.Weights) {
	if by, err := claim.Look(run); err != nil || by != nil {
		return // a run in progress may have replaced both meanwhile
	}
	files, err := listCheckpoints(run)
	if err != nil {
		return
	}
	var known []string
	for _, f := range files {
		if point, err := f.header(); err == nil {
			known = append(known, point.Weights)
		}
	}
	if m, _ := readMetrics(run); m.end != nil {
		known = append(known, m.end.WeightsSHA256)
	}
	if digest := weights.SHA256(); known != nil && !slices.Contains(known, digest) {
		c.note("note: %s is not what the run wrote: its weights are %.16s…, those of the run are %.16s…; either it was changed, or it belongs to another run",
			filepath.Join(run, weightsName), digest, known[len(known)-1])
	}
}

// sameMetrics reports whether the metrics of a run that is not in progress are as it
// left them, as far as that is known.
func (p *plan) sameMetrics(run string) bool {
	text, err := os.ReadFile(filepath.Join(run, metricsName))
	return p.Metrics == "" || err != nil || hexDigest(text) == p.Metrics
}

func hexDigest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// A metricsDigest is the SHA-256 of the lines of metrics. The number of epochs in the
// first line is left out, because it may change.
type metricsDigest struct{ sum hash.Hash }

func newMetricsDigest() *metricsDigest { return &metricsDigest{sha256.New()} }

var epochsAsked = regexp.MustCompile(`"epochs":[0-9]+`)

// first adds the first line.
func (d *metricsDigest) first(line []byte) {
	d.sum.Write(epochsAsked.ReplaceAll(line, []byte(`"epochs":0`)))
}

// add adds what comes after it.
func (d *metricsDigest) add(lines []byte) { d.sum.Write(lines) }

func (d *metricsDigest) hex() string { return hex.EncodeToString(d.sum.Sum(nil)) }
