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

// A plan is what a run was asked to do. It is written to the run folder as run.json
// before anything else changes there. Replacing an old plan is how a run replaces
// another in one step: until the first checkpoint, everything else in the folder may
// belong to the old run, or be an incomplete part of the new one, and is not used.
type plan struct {
	Format    int    `json:"plateau_run"` // version of this file
	Program   string `json:"program"`
	Begun     bool   `json:"begun"`               // whether there has been a checkpoint
	Recording string `json:"recording,omitempty"` // with slashes; relative to the folder if it is inside
	Every     string `json:"checkpoint_every"`
	Config    string `json:"config"`                   // config.toml
	Metrics   string `json:"metrics_sha256,omitempty"` // digest of metrics.jsonl, if the run is not in progress
	SHA256    string `json:"sha256"`                   // digest of this object, as it is written, with "" here
}

const (
	planFormat = 1
	planMark   = `{"plateau_run":` // begins the plan of every run
)

// encode sets the digest and returns the contents of the file.
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

// errDamagedPlan is the error of a plan that is damaged.
var errDamagedPlan = errors.New("is damaged")

// readPlan reads the plan of a run. It returns nil if there is none, because an older
// version began the run.
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
		return nil, fmt.Errorf("%s has a later version, which this program does not know", path)
	}
	if again, err := p.encode(); err != nil || !bytes.Equal(again, b) {
		return nil, fmt.Errorf("%s %w: its checksum does not match", path, errDamagedPlan)
	}
	return p, nil
}

// savePlan writes the plan, completely or not at all.
func (r *runFolder) savePlan() error {
	b, err := r.plan.encode()
	if err != nil {
		return err
	}
	return r.write(planName, b, atomicfile.Replace)
}

// begun marks in the plan that the run has a checkpoint.
func (r *runFolder) begun() error {
	if r.plan.Begun {
		return nil
	}
	r.plan.Begun = true
	return r.savePlan()
}

// rest stores the digest of the metrics in the plan when a run has ended or was
// interrupted.
func (r *runFolder) rest() error {
	text, err := os.ReadFile(filepath.Join(r.path, metricsName))
	if err != nil || r.plan == nil || r.lost() != nil {
		return err
	}
	r.plan.Metrics = hexDigest(text)
	return r.savePlan()
}

// wake removes that digest again before the metrics change.
func (r *runFolder) wake() error {
	if r.plan == nil || r.plan.Metrics == "" {
		return nil
	}
	r.plan.Metrics = ""
	return r.savePlan()
}

// within returns a path as it is stored in files of the run folder: relative to the
// folder if it is inside.
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

// without is the inverse of within.
func (r *runFolder) without(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.path, path)
}
