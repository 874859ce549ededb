package view

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"plateau/protocols/replay"
	"plateau/sim/record"
)

// A replayer computes potentials that were not recorded, for one request at a time.
// In between it keeps its state, because the next trial is usually near.
type replayer struct {
	recording *Recording
	turn      chan struct{}
	replay    *replay.Replay
	waypoints []*replay.Waypoint
	learnt    int // trials that the replay learnt from, in all

	mu    sync.Mutex
	state *replayState
}

// replayState says how far a replay is on its way to a trial's weights.
type replayState struct {
	Trial int `json:"trial"`
	Begun int `json:"begun"` // the trial it set out from
	At    int `json:"at"`
}

func newReplayer(c *Recording) *replayer {
	return &replayer{recording: c, turn: make(chan struct{}, 1)}
}

func (p *replayer) progress() *replayState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *replayer) note(s *replayState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
}

// samples replays a trial when it is its turn, until ctx is cancelled.
func (p *replayer) samples(ctx context.Context, trial int, probes []record.Probe, emit func(probe, step int, values []float32)) error {
	ctx, cancel := context.WithTimeout(ctx, replayTime)
	defer cancel()
	late := refuse(http.StatusServiceUnavailable, "the replay of trial %d is still on its way; ask again", trial)
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return late
	}
	defer func() { <-p.turn }()
	defer p.note(nil)
	if p.replay == nil {
		p.replay = replay.New(p.recording.Reader, p.recording.Weights)
	}
	if err := p.approach(trial); err != nil {
		return damaged(err)
	}
	begun, noted := -1, time.Time{}
	p.replay.Learning = func(from, to int) error {
		if begun < 0 {
			begun = from
		}
		if left := to - from; left >= 4 && left&(left-1) == 0 {
			p.keep(trial)
		}
		p.learnt++
		if now := time.Now(); now.Sub(noted) > 50*time.Millisecond {
			noted = now
			p.note(&replayState{Trial: to, Begun: begun, At: from})
		}
		return ctx.Err()
	}
	err := p.replay.Values(trial, probes, 0, record.End, func(probe, step int, values []float32) error {
		emit(probe, step, values)
		return ctx.Err()
	})
	if err != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return late // what was learnt so far is kept
		}
		p.replay = nil
	}
	return err
}

// People also step backwards through trials, but a replay can only go forwards. So on
// the way to a trial the replayer keeps waypoints, each half as far from the trial as
// the one before: to go back a little, it has to learn from only a few trials again.
const (
	maxWaypoints     = 32
	maxWaypointBytes = 256 << 20
)

// keep stores a waypoint. If there are too many, it drops those farthest from the
// trial.
func (p *replayer) keep(trial int) {
	w := p.replay.Waypoint()
	if w == nil || slices.ContainsFunc(p.waypoints, func(old *replay.Waypoint) bool { return old.Next == w.Next && old.Snapshot == w.Snapshot }) {
		return
	}
	p.waypoints = append(p.waypoints, w)
	far := func(w *replay.Waypoint) int { return max(w.Next-trial, trial-w.Next) }
	slices.SortStableFunc(p.waypoints, func(a, b *replay.Waypoint) int { return far(a) - far(b) })
	most := max(1, min(maxWaypoints, maxWaypointBytes/w.Bytes()))
	clear(p.waypoints[min(most, len(p.waypoints)):])
	p.waypoints = p.waypoints[:min(most, len(p.waypoints))]
}

// approach returns to the last waypoint before a trial, unless the replay is nearer.
func (p *replayer) approach(trial int) error {
	t, err := p.recording.Reader.Trial(trial)
	if err != nil {
		return err
	}
	snapshot, next := p.replay.At()
	if snapshot != t.Snapshot || next > trial {
		next = -1
	}
	var best *replay.Waypoint
	for _, w := range p.waypoints {
		if w.Snapshot == t.Snapshot && w.Next <= trial && w.Next > next {
			best, next = w, w.Next
		}
	}
	if best == nil {
		return nil
	}
	return p.replay.Return(best)
}
