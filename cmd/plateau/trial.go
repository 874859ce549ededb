package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim/record"
)

func newTrial(con *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "trial", GroupID: groupRun, Args: noArguments,
		Short: "simulate a single trial and keep all potentials and spikes",
		Long: `Show one image to a network at rest, in a forward and a target phase, and print
the predicted class and the spikes. The network does not learn from it. Without
--run it has fresh weights. An archive of NumPy arrays gets the potentials of
every compartment, all spikes, means, plateaus and losses. --record also writes a
recording, which plateau export converts to other formats.`,
		Example: `  plateau trial --run runs/digits-1 --example 7
  plateau trial --example 3 --hidden 50 --seed 2 --out fresh.npz
  plateau trial --run runs/mnist-1 --split train --set phases.target_ms=200
  plateau trial --run runs/digits-1 --record seven.plateau --example 7 --out none`,
	}
	o := configureRun(cmd, "run folder whose weights are used (default: fresh weights)", true)
	flags := cmd.Flags()
	var t trialOptions
	flags.IntVar(&t.example, "example", 0, "image to show, counted from 0 (default: 0)")
	describe(flags, headWhat, "example", "N")
	flags.StringVar(&t.split, "split", splitTest, "images to choose from: test or train (default: test)")
	describe(flags, headWhat, "split", "SPLIT")
	flags.StringVar(&t.out, "out", "", "file to write, or none (default: trial-N.npz)")
	describe(flags, headOutput, "out", "FILE")
	recordTo := recordFlag(cmd, "also write a recording (default: trial-N.plateau)")
	flags.BoolVar(&t.force, "force", false, "replace what is there")
	describe(flags, headOutput, "force", "")
	jsonFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if t.split != splitTest && t.split != splitTrain {
			return misuse("--split %s: want test or train", t.split)
		}
		if t.out == "" && flags.Changed("out") {
			return misuse(`--out "": want the name of a file`)
		}
		if *recordTo == "" && flags.Changed("record") {
			return misuse(`--record "": want the name of a file`)
		}
		if t.out == nothing && *recordTo == "" {
			return misuse("--out none: no file would be written; --record writes a recording")
		}
		if t.example < 0 {
			return misuse("--example %d: want 0 or more", t.example)
		}
		if o.run != "" && flags.Changed("hidden") {
			return misuse("--hidden and --run do not go together: the run's weights fit only its own network")
		}
		c, err := o.config()
		if err != nil {
			return err
		}
		noteRounded(con, c)
		t.run, t.record = o.run, *recordTo
		return trial(cmd.Context(), con, c, t)
	}
	return cmd
}

// trialOptions are what the configuration does not say.
type trialOptions struct {
	example int
	split   string
	out     string // a file, or none
	record  string // a file, or ""
	force   bool
	run     string
}

func trial(ctx context.Context, con *console, c *config, o trialOptions) error {
	name := fmt.Sprintf("trial-%d", o.example)
	if o.split == splitTrain {
		name = fmt.Sprintf("trial-train-%d", o.example)
	}
	if o.out == "" {
		o.out = name + ".npz"
	}
	if o.record == standardFile {
		o.record = name + ".plateau"
	}
	if o.out == nothing {
		o.out = ""
	} else if err := checkNew(o.out, o.force); err != nil {
		return err
	}
	if o.record != "" {
		if err := checkRecordingPath(o.record, o.force); err != nil {
			return err
		}
	}
	info, err := dataset.Lookup(c.data.name)
	if err != nil {
		return err
	}
	if err := checkTraceSize(c, info); err != nil {
		return err
	}
	m := c.model(info)
	net, err := trialNetwork(m, o.run)
	if err != nil {
		return err
	}
	set, err := trialImages(con, c, o)
	if err != nil {
		return err
	}
	tr := newTrace(c, info, net)
	if o.run != "" {
		noteChanges(con, o.run, net.Weights())
	}
	h := c.trialHeader(m, o.split)
	h.Weights = o.record != ""
	var recording bytes.Buffer
	w, err := record.NewWriter(&recording, h, net)
	if err != nil {
		return err
	}
	result, err := protocols.RunTrial(m, net, set, o.example, observers{tr, w})
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return interrupted("; nothing was written")
	}
	tr.finish(result)
	if o.out != "" {
		r, err := record.NewReader(bytes.NewReader(recording.Bytes()), int64(recording.Len()))
		if err != nil {
			return err
		}
		if err := tr.save(o, r, set); err != nil {
			return err
		}
	}
	if o.record != "" {
		if err := saveFile(o.record, o.force, recording.Bytes()); err != nil {
			return err
		}
	}
	con.event(tr.event(o))
	con.drawing(tr.summary(con.page, set, o))
	return nil
}

// trialNetwork has the weights of a run, or fresh ones.
func trialNetwork(m protocols.Model, folder string) (*network.Network, error) {
	if folder == "" {
		return m.NewNetwork()
	}
	return loadRun(m, folder)
}

// trialImages loads the images of one split. Of digits it draws no more than needed.
func trialImages(con *console, c *config, o trialOptions) (*dataset.Set, error) {
	train, test := count(1), count(1)
	info, err := dataset.Lookup(c.data.name)
	if err != nil {
		return nil, err
	}
	// Digits are drawn, so there can be more of them than the usual number.
	most, wanted := max(count(info.Test), c.data.test), &test
	if o.split == splitTrain {
		most, wanted = max(count(info.Train), c.data.examples), &train
	}
	if count(o.example) >= most {
		return nil, misuse("--example %d: want 0 to %d, an image of the %s set of %s", o.example, most-1, o.split, c.data.name)
	}
	*wanted = count(o.example + 1)
	data, err := c.load(train, test)
	if err != nil {
		return nil, err
	}
	noteData(con, c, data)
	set := data.Test
	if o.split == splitTrain {
		set = data.Train
	}
	if o.example >= set.Len() {
		return nil, misuse("--example %d: want 0 to %d, an image of the %s set in %s", o.example, set.Len()-1, o.split, data.Dir)
	}
	return set, nil
}

// checkNew checks, before anything is computed, that a file can be written at path and,
// without force, that there is none yet.
func checkNew(path string, force bool) error { return checkFree("--out", path, force) }

// checkFree does that for the file of any option.
func checkFree(option, path string, force bool) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s %s: is a folder; want the name of a file", option, path)
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%s %s: is not a regular file; want the name of a file", option, path)
	case err == nil && !force:
		return fmt.Errorf("%s %s: the file is there already; --force replaces it, or choose another name", option, path)
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil {
		return fmt.Errorf("%s %s: there is no folder %s", option, path, folder)
	} else if !info.IsDir() {
		return fmt.Errorf("%s %s: %s is not a folder", option, path, folder)
	}
	return nil
}

// maxTrace is the largest size of a trial's potentials in memory, in bytes.
const maxTrace = 1 << 31

// checkTraceSize refuses trials whose potentials would need more than maxTrace.
func checkTraceSize(c *config, info dataset.Info) error {
	perStep := 0.0
	for _, n := range c.sizes(info)[1:] {
		perStep += 4 * 4 * float64(n) // three potentials and a rate, in float32
	}
	length := c.phases.forward + c.phases.target
	if size := length / c.neurons.dt * perStep; size > maxTrace {
		return &configError{[]string{fmt.Sprintf(
			"a trial of %s ms in steps of %s ms would hold %.1f GB of potentials, want at most %.1f GB: shorten phases.forward_ms and phases.target_ms, or lengthen neurons.dt_ms",
			number(length), number(c.neurons.dt), size/1e9, float64(maxTrace)/1e9)}}
	}
	return nil
}
