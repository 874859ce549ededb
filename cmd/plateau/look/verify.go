package look

import (
	"context"
	"fmt"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/sim/record"
)

type verifyEvent struct {
	Event    string `json:"event"` // verify
	File     string `json:"file"`
	Damages  int    `json:"damages"`
	Complete bool   `json:"complete"`
	Failure  string `json:"failure,omitempty"`
	Trials   int    `json:"trials"`
	Bytes    int64  `json:"bytes"`
	Intact   struct {
		Bytes  int64 `json:"bytes"`
		Chunks int   `json:"chunks"`
		Trials int   `json:"trials"`
		Spikes int64 `json:"spikes"`
		Values int64 `json:"values"`
	} `json:"intact"`
}

// verify reads the whole file and reports all damage.
func (i *inspection) verify(ctx context.Context) error {
	e := verifyEvent{Event: "verify", File: i.path, Complete: i.r.Complete(), Failure: i.r.Failure(), Trials: i.r.Trials(), Bytes: i.size}
	watch, end := cli.WatchBytes(ctx, i.con, "verifying", i.size)
	var damages []damageEvent
	intact, err := i.r.Verify(func(d record.Damage) { damages = append(damages, newDamage(d)) }, watch)
	end()
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		return fmt.Errorf("%s: %s", i.path, cli.Plain(err))
	}
	e.Damages = len(damages)
	for _, d := range damages {
		i.con.Event(d)
		i.con.Line("damaged: %s", d)
	}
	e.Intact.Bytes, e.Intact.Chunks, e.Intact.Trials = intact.Bytes, intact.Chunks, intact.Trials
	e.Intact.Spikes, e.Intact.Values = intact.Spikes, intact.Values
	i.con.Event(e)
	i.con.Line("intact: %s in %s; %d of %s with %s and %s of potentials and rates",
		terminal.ByteSize(intact.Bytes), terminal.Plural(intact.Chunks, "chunk"), intact.Trials, terminal.Plural(e.Trials, "trial"), terminal.Plural(int(intact.Spikes), "spike"), terminal.Plural(int(intact.Values), "value"))
	switch {
	case e.Damages > 0:
		return fmt.Errorf("%s is damaged in %s", i.path, terminal.Plural(e.Damages, "place"))
	case !e.Complete:
		return fmt.Errorf("%s broke off%s; what is there is intact", i.path, brokeOff(e.Failure))
	}
	return nil
}
