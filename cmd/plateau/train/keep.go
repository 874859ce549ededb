package train

import (
	"io"
	"path/filepath"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
)

// partBest is the name of the part of a checkpoint with the weights of the best epoch.
const partBest = "best"

// A keeper has a state that a checkpoint keeps.
type keeper interface {
	StateSize() int // number of bytes that WriteState writes
	WriteState(w io.Writer) error
	ReadState(r *io.SectionReader) error
}

// kept is a keeper and the name of its part in a checkpoint.
type kept struct {
	name  string
	state keeper
}

// keep adds the state of a keeper to every checkpoint, and restores it when a run is
// resumed.
func (r *session) keep(name string, k keeper) { r.kept = append(r.kept, kept{name, k}) }

// keeper returns the keeper with the given name, nil if there is none.
func (r *session) keeper(name string) keeper {
	for _, k := range r.kept {
		if k.name == name {
			return k.state
		}
	}
	return nil
}

// checkpoint writes a checkpoint of the run as it is now, between two examples, and
// the weights.
func (r *session) checkpoint() (err error) {
	if err := r.folder.Mine(); err != nil {
		return err
	}
	c := &run.Checkpoint{
		Examples: int(r.trainer.Shown()), Epochs: r.Last.Epoch,
		Seconds: r.total.Elapsed().Seconds(), EpochSeconds: r.learning.Elapsed().Seconds(),
		Data: r.digest, Weights: r.Learner.Weights().SHA256(), Origin: r.origin, Tested: r.tested,
	}
	if c.Metrics, err = r.Metrics.Mark(); err != nil {
		return err
	}
	c.MetricsSHA256 = r.Metrics.Sum.Hex()
	if c.Recording, err = r.Recording.Mark(r.folder); err != nil {
		return err
	}
	c.AddText(run.PartSettings, settings.PrintConfig(r.config, false))
	for _, k := range r.kept {
		c.Add(k.name, k.state.StateSize(), k.state.WriteState)
	}
	if err := r.folder.AddCheckpoint(c); err != nil {
		return err
	}
	r.savedAt, r.saved = c.Examples, time.Now()
	return run.SaveWeights(filepath.Join(r.folder.Path, cli.WeightsName), r.Learner)
}
