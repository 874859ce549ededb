package settings

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
)

// Options are the flags that make a configuration, the same ones for every
// command that needs one.
type Options struct {
	cmd    *cobra.Command
	Run    string // a run folder, whose configuration the options change; or ""
	preset string
	// standard is the preset that is used for digits if none is named; or "".
	standard string
	file     string
	sets     []string
	named    []named
	texts    []*string
}

// A named option is short for --set with a key.
type named struct {
	Flag, Key, hint, usage, standard string
}

func NamedOptions() []named {
	return []named{
		{"data", "data.name", "NAME", "data set: " + strings.Join(dataset.Names(), ", "), "digits"},
		{"data-dir", "data.dir", "DIR", "the only folder to look for data in", "$PLATEAU_DATA, then the user's caches"},
		{"examples", "data.examples", "N", "number of training images used, from the first", "30000 for digits, otherwise all"},
		{"validation", "data.validation", "N", "of those, hold out the last N, and test on them after every epoch, not on the test set", "0"},
		{"test-examples", "data.test_examples", "N", "number of test images used, from the first", "2000 for digits, otherwise all"},
		{"hidden", "network.hidden", "N,N,…", "neurons of each hidden layer, or none", "500"},
		{"rule", "learning.rule", "NAME", "how the network learns: plateau, or its rival backprop", "plateau"},
		{"epochs", "learning.epochs", "N", "passes through the training images", "6 for digits, otherwise 10"},
		{"batch", "learning.batch", "N", "number of examples shown before the weights change", "1"},
		{"seed", "seed", "N", "root of every random number", "1"},
		{"measure", "measure.what", "LIST", "what to measure in training: all, or some words of measure.what, such as angle,norms", "none"},
	}
}

// Configure adds the flags that make a configuration to a command: --config,
// --set, and those that are named.
func Configure(cmd *cobra.Command, names ...string) *Options {
	cmd.Flags().SortFlags = false
	o := &Options{cmd: cmd, standard: digitsPreset}
	o.configure(func(n named) string { return n.standard }, true, names...)
	return o
}

func (o *Options) configure(standard func(named) string, file bool, names ...string) {
	flags := o.cmd.Flags()
	for _, n := range NamedOptions() {
		for _, name := range names {
			if n.Flag == name {
				o.named = append(o.named, n)
				o.texts = append(o.texts, flags.String(n.Flag, "", fmt.Sprintf("%s (default: %s)", n.usage, standard(n))))
				cli.Describe(flags, cli.HeadWhat, n.Flag, n.hint)
			}
		}
	}
	if file {
		flags.StringVar(&o.preset, "preset", "", "a named experiment whose settings to use, or none; plateau config presets lists them")
		cli.Describe(flags, cli.HeadWhat, "preset", "NAME")
		flags.StringVar(&o.file, "config", "", "settings from a TOML file, such as plateau config prints")
		cli.Describe(flags, cli.HeadWhat, "config", "FILE")
	}
	flags.StringArrayVar(&o.sets, "set", nil, "any key of the configuration; can be repeated")
	cli.Describe(flags, cli.HeadWhat, "set", "KEY=VALUE")
}

// Config puts the settings together.
func (o *Options) Config() (*Config, error) {
	s := NewLayers()
	if o.Run != "" && o.file != "" {
		return nil, cli.Misuse("--config and --run do not go together: a run has its own configuration; --set changes parts of it")
	}
	if o.Run != "" && o.preset != "" {
		return nil, cli.Misuse("--preset and --run do not go together: a run has its own configuration; --set changes parts of it")
	}
	switch {
	case o.cmd.Flags().Changed("preset"):
		if err := s.Use("--preset", o.preset); err != nil {
			return nil, err
		}
	case o.standard != "" && o.file == "" && o.learnsDigits():
		if err := s.Use("preset", o.standard); err != nil {
			return nil, err
		}
	}
	var data string
	switch {
	case o.Run != "":
		if err := cli.CheckRun(o.Run); err != nil {
			return nil, err
		}
		if err := s.ReadRun(filepath.Join(o.Run, cli.ConfigName)); err != nil {
			return nil, err
		}
		data = s.Config.Data.Name
	case o.file != "":
		if err := s.ReadFile(o.file); err != nil {
			return nil, err
		}
		if o.preset != "" && o.preset != Nothing && !s.uses(o.preset) {
			return nil, cli.Misuse("--config %s sets everything that --preset %s does, so the preset would change nothing; leave one of them out", o.file, o.preset)
		}
	case o.cmd.Flags().Changed("config"):
		return nil, cli.Misuse(`--config "": want the name of a file`)
	case o.cmd.Flags().Changed("run"):
		return nil, cli.Misuse(`--run "": want the name of a folder`)
	}
	o.over(s)
	if c := s.Config; data != "" && c.Data.Name != data {
		// How much of one data set a run used says nothing about another.
		for _, name := range []string{"data.examples", "data.test_examples"} {
			if strings.HasPrefix(c.Given[name], filepath.Join(o.Run, cli.ConfigName)+":") {
				delete(c.Given, name)
			}
		}
	}
	c, err := s.Finish()
	if err != nil {
		return nil, err
	}
	return c, c.withoutEffect()
}

// learnsDigits reports whether the command line leaves the data set and the rule at their
// defaults.
func (o *Options) learnsDigits() bool {
	s := NewLayers()
	o.over(s)
	d := Defaults()
	return s.Config.Data.Name == d.Data.Name && s.Config.Learning.Rule == d.Learning.Rule
}

// Change adds all that the command line says to the settings of a run.
func (o *Options) Change(s *Layers) error {
	if o.cmd.Flags().Changed("preset") {
		if err := s.Use("--preset", o.preset); err != nil {
			return err
		}
	}
	if o.file != "" {
		if err := s.ReadFile(o.file); err != nil {
			return err
		}
	}
	o.over(s)
	return nil
}

// over adds what the command line says to settings.
func (o *Options) over(s *Layers) {
	for _, pair := range o.sets {
		s.setPair(pair)
	}
	for i, n := range o.named {
		switch text := *o.texts[i]; {
		case !o.cmd.Flags().Changed(n.Flag):
		case strings.TrimSpace(text) == "":
			// It may come from a shell variable that is not set, and is certainly a mistake.
			s.report("--"+n.Flag, n.Key, quote(text), Find(n.Key).Allowed(nil))
		default:
			s.SetText("--"+n.Flag, n.Key, text)
		}
	}
}

// Title describes a model in short: "784-500-10 on digits".
func (c *Config) Title() string {
	info, _ := dataset.Lookup(c.Data.Name)
	by := ""
	if c.Learning.Rule != plateau {
		by = " by " + c.Learning.Rule
	}
	return fmt.Sprintf("%s on %s%s", terminal.Join(c.Sizes(info), "-"), c.Data.Name, by)
}

// Sizes lists the neurons of every population, from the input up.
func (c *Config) Sizes(info dataset.Info) []int {
	sizes := append([]int{inputs(info)}, c.Network.Hidden...)
	return append(sizes, len(info.Classes)*c.Network.PerClass)
}

// ConfigureRun adds the flags of commands that use the weights of a run. With fresh,
// the run may be left out, and the weights are then drawn.
func ConfigureRun(cmd *cobra.Command, usage string, fresh bool) *Options {
	flags := cmd.Flags()
	flags.SortFlags = false
	o := &Options{cmd: cmd}
	flags.StringVar(&o.Run, "run", "", usage)
	cli.Describe(flags, cli.HeadWhat, "run", "DIR")
	if fresh {
		o.configure(func(n named) string { return "the run's, or " + n.standard }, true, "data", "data-dir", "hidden", "seed")
		return o
	}
	o.configure(func(named) string { return "the run's" }, false, "data", "data-dir", "test-examples", "seed")
	return o
}
