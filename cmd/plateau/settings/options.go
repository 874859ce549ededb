package settings

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
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
	named    []Key
	texts    []*string
}

// An Option is short for --set with a key.
type Option struct {
	Flag, hint, usage string
	standard          string // the default in words, if it is not simply that of the key
}

// NamedOptions lists the keys that have an option.
func NamedOptions() []Key {
	return slices.DeleteFunc(Keys(), func(k Key) bool { return k.Option.Flag == "" })
}

// standardOf says what the default of a key with an option is.
func standardOf(k Key) string {
	if k.Option.standard != "" {
		return k.Option.standard
	}
	return strings.Trim(k.Standard(Defaults()), `"[]`)
}

// Configure adds the flags that make a configuration to a command: --config,
// --set, and those that are named.
func Configure(cmd *cobra.Command, names ...string) *Options {
	cmd.Flags().SortFlags = false
	o := &Options{cmd: cmd, standard: digitsPreset}
	o.configure(standardOf, true, names...)
	return o
}

// configure adds the named options, in that order, and the others.
func (o *Options) configure(standard func(Key) string, file bool, names ...string) {
	flags, all := o.cmd.Flags(), NamedOptions()
	for _, name := range names {
		k := all[slices.IndexFunc(all, func(k Key) bool { return k.Option.Flag == name })]
		o.named = append(o.named, k)
		o.texts = append(o.texts, flags.String(name, "", fmt.Sprintf("%s (default: %s)", k.Option.usage, standard(k))))
		cli.Describe(flags, cli.HeadWhat, name, k.Option.hint)
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
	s.Config.forgetTransfer()
	if c := s.Config; data != "" && c.Data.Name != data {
		// How much of one data set a run used says nothing about another.
		of := []string{"data.examples", "data.test_examples"}
		if c.Data.isOwn() {
			of = append(of, "data.dir")
		}
		for _, name := range of {
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
	for i, k := range o.named {
		flag := k.Option.Flag
		switch text := *o.texts[i]; {
		case !o.cmd.Flags().Changed(flag):
		case strings.TrimSpace(text) == "":
			// It may come from a shell variable that is not set, and is certainly a mistake.
			s.report("--"+flag, k.Name, quote(text), k.Allowed(nil))
		default:
			s.SetText("--"+flag, k.Name, text)
		}
	}
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
		o.configure(func(k Key) string { return "the run's, or " + standardOf(k) }, true, "data", "data-dir", "hidden", "seed", "weights", "transfer")
		return o
	}
	o.configure(func(Key) string { return "the run's" }, false, "data", "data-dir", "test-examples", "seed", "weights", "transfer")
	return o
}
