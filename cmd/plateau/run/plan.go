package run

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

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/atomicfile"
	"plateau/sim/record"
)

// A Plan is what a run was asked to do. It is written to the run folder as run.json
// before anything else changes there. Replacing an old plan is how a run replaces
// another in one step: until the first checkpoint, everything else in the folder may
// belong to the old run, or be an incomplete part of the new one, and is not used.
type Plan struct {
	Format    int            `json:"plateau_run"` // version of this file
	Program   string         `json:"program"`
	Begun     bool           `json:"begun"`               // whether there has been a checkpoint
	Recording string         `json:"recording,omitempty"` // with slashes; relative to the folder if it is inside
	Every     string         `json:"checkpoint_every"`
	Config    string         `json:"config"`                    // config.toml
	Origin    *record.Origin `json:"initial_weights,omitempty"` // of the weights with which the run began
	Metrics   string         `json:"metrics_sha256,omitempty"`  // digest of metrics.jsonl, if the run is not in progress
	SHA256    string         `json:"sha256"`                    // digest of this object, as it is written, with "" here
}

const (
	PlanFormat = 1
	planMark   = `{"plateau_run":` // begins the plan of every run
)

// Encode sets the digest and returns the contents of the file.
func (p Plan) Encode() ([]byte, error) {
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

// ErrDamagedPlan is the error of a plan that is damaged.
var ErrDamagedPlan = errors.New("is damaged")

// ReadPlan reads the plan of a run. It returns nil if there is none, because an older
// version began the run.
func ReadPlan(folder string) (*Plan, error) {
	path := filepath.Join(folder, cli.PlanName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, terminal.Cause(err))
	}
	p := &Plan{}
	if err := json.Unmarshal(b, p); err != nil {
		return nil, fmt.Errorf("%s %w: %v", path, ErrDamagedPlan, err)
	}
	if p.Format > PlanFormat {
		return nil, fmt.Errorf("%s has a later version, which this program does not know", path)
	}
	if again, err := p.Encode(); err != nil || !bytes.Equal(again, b) {
		return nil, fmt.Errorf("%s %w: its checksum does not match", path, ErrDamagedPlan)
	}
	return p, nil
}

// SavePlan writes the plan, completely or not at all.
func (r *Folder) SavePlan() error {
	b, err := r.Plan.Encode()
	if err != nil {
		return err
	}
	return r.write(cli.PlanName, b, atomicfile.Replace)
}

// Begun marks in the plan that the run has a checkpoint.
func (r *Folder) Begun() error {
	if r.Plan.Begun {
		return nil
	}
	r.Plan.Begun = true
	return r.SavePlan()
}

// Rest stores the digest of the metrics in the plan when a run has ended or was
// interrupted.
func (r *Folder) Rest() error {
	text, err := os.ReadFile(filepath.Join(r.Path, cli.MetricsName))
	if err != nil || r.Plan == nil || r.Lost() != nil {
		return err
	}
	r.Plan.Metrics = hexDigest(text)
	return r.SavePlan()
}

// Wake removes that digest again before the metrics change.
func (r *Folder) Wake() error {
	if r.Plan == nil || r.Plan.Metrics == "" {
		return nil
	}
	r.Plan.Metrics = ""
	return r.SavePlan()
}
