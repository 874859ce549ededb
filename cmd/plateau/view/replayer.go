package view

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"plateau/protocols"
	"plateau/sim/record"
)

// A replayer finds potentials that were not recorded. It does so for one request
// at a time, and stays where it is in between: the next trial is near.
type replayer struct {
	recording *Recording
	turn      chan struct{}
	replay    *protocols.Replay

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

// samples replays a trial, as soon as it is its turn and as long as somebody wants
// it.
func (p *replayer) samples(ctx context.Context, trial int, traces []record.Trace, emit func(trace, step int, values []float32)) error {
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
		p.replay = protocols.NewReplay(p.recording.Reader, p.recording.Weights)
	}
	begun, noted := -1, time.Time{}
	p.replay.Learning = func(from, to int) error {
		if begun < 0 {
			begun = from
		}
		if now := time.Now(); now.Sub(noted) > 50*time.Millisecond {
			noted = now
			p.note(&replayState{Trial: to, Begun: begun, At: from})
		}
		return ctx.Err()
	}
	err := p.replay.Samples(trial, traces, 0, record.End, func(trace, step int, values []float32) error {
		emit(trace, step, values)
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
