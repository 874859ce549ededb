package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"plateau/internal/atomicfile"
)

// A plan is what a run was asked to do, which is in its folder as run.json before
// anything else changes there. To put a new one in the place of an old one is how
// a run replaces another in one step: until the first checkpoint, all else in the
// folder may be the old run's, or half of the new one's, and is worth nothing.
type plan struct {
	Format    int    `json:"plateau_run"` // the version of this file
	Program   string `json:"program"`
	Begun     bool   `json:"begun"`               // whether there has been a checkpoint
	Recording string `json:"recording,omitempty"` // with slashes; relative to the folder if it is in there
	Every     string `json:"checkpoint_every"`
	Config    string `json:"config"`                   // config.toml
	Metrics   string `json:"metrics_sha256,omitempty"` // of metrics.jsonl, when the run is at rest
	SHA256    string `json:"sha256"`                   // of this object with "" here, as it is written
}

const (
	planFormat = 1
	planMark   = `{"plateau_run":` // begins the plan of every run
)

// encode seals the plan and returns the contents of its file.
func (p plan) encode() ([]byte, error) {
	p.SHA256 = ""
	b, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	p.SHA256 = hex.EncodeToString(sum[:])
	b, err = json.Marshal(p)
	return append(b, '\n'), err
}

// errDamagedPlan says that a plan cannot be relied on.
var errDamagedPlan = errors.New("is damaged")

// readPlan reads what a run was asked to do; nil if it was begun by a version that
// did not write it down.
func readPlan(folder string) (*plan, error) {
	path := filepath.Join(folder, planName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	p := &plan{}
	if err := json.Unmarshal(b, p); err != nil {
		return nil, fmt.Errorf("%s %w: %v", path, errDamagedPlan, err)
	}
	if p.Format > planFormat {
		return nil, fmt.Errorf("%s is of a later version, which this program does not know", path)
	}
	if again, err := p.encode(); err != nil || !bytes.Equal(again, b) {
		return nil, fmt.Errorf("%s %w: its checksum does not match", path, errDamagedPlan)
	}
	return p, nil
}

// savePlan writes down what the run was asked to do, whole or not at all.
func (r *runFolder) savePlan() error {
	b, err := r.plan.encode()
	if err != nil {
		return err
	}
	return r.write(planName, b, atomicfile.Replace)
}

// begun says in the plan that the run has a checkpoint to go on from.
func (r *runFolder) begun() error {
	if r.plan.Begun {
		return nil
	}
	r.plan.Begun = true
	return r.savePlan()
}

// rest notes what the metrics of a run are that has ended or was interrupted.
func (r *runFolder) rest() error {
	text, err := os.ReadFile(filepath.Join(r.path, metricsName))
	if err != nil || r.plan == nil || r.lost() != nil {
		return err
	}
	r.plan.Metrics = hexDigest(text)
	return r.savePlan()
}

// wake takes that back, before they change.
func (r *runFolder) wake() error {
	if r.plan == nil || r.plan.Metrics == "" {
		return nil
	}
	r.plan.Metrics = ""
	return r.savePlan()
}

// within is a path as files of the run folder keep it: relative to the folder if
// it is in there.
func (r *runFolder) within(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if base, err := filepath.Abs(r.path); err == nil {
		if within, err := filepath.Rel(base, path); err == nil && filepath.IsLocal(within) {
			path = within
		}
	}
	return filepath.ToSlash(path), nil
}

// without is the other way round.
func (r *runFolder) without(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.path, path)
}
