package main

import (
	"github.com/spf13/cobra"
	"strings"
)

func newConfig(con *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", GroupID: groupSetup,
		Short: "print a commented configuration, or check one",
		Long: `Print a configuration as TOML, for --config: every key with its value, meaning,
unit, range, default and equation. Options change the values.`,
		Example: `  plateau config > run.toml
  plateau config --data mnist --hidden 500,100 > run.toml
  plateau config --preset paper-2-hidden > run.toml
  plateau config check run.toml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			if name := meantKey(args[0]); name != "" {
				k := find(name)
				return misuse("there is no command %s, but a key %s: %s; --set %s=… gives it another value than %s", args[0], name, k.meaning, name, k.standard(defaults()))
			}
			return unknownCommand(cmd, args[0])
		},
	}
	o := configure(cmd, "data", "data-dir", "examples", "validation", "test-examples", "hidden", "epochs", "batch", "seed")
	jsonFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := o.config()
		if err != nil {
			return err
		}
		noteRounded(con, c)
		if con.json {
			for _, k := range keys() {
				con.event(k.event(c))
			}
			return nil
		}
		con.line(`# A configuration of plateau: %s --config FILE
# Keys can be left out; those that begin with # follow others. Equation numbers
# are those of Guerguiev, Lillicrap & Richards 2017, eLife 6:e22901.

%s`, command("train"), strings.TrimSuffix(printConfig(c, true), "\n"))
		return nil
	}
	cmd.AddCommand(newConfigCheck(con), newConfigPresets(con))
	return cmd
}

type keyEvent struct {
	Event    string `json:"event"` // key
	Key      string `json:"key"`
	Value    string `json:"value"` // as TOML
	Default  string `json:"default"`
	Unit     string `json:"unit"`
	Allowed  string `json:"allowed"`
	Meaning  string `json:"meaning"`
	Equation string `json:"equation"`
}

func (k key) event(c *config) keyEvent {
	return keyEvent{"key", k.name, k.text(c), k.standard(defaults()), k.unit, k.allowed(nil), k.meaning, k.equation}
}

func newConfigPresets(con *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "presets", Args: noArguments,
		Short: "list the presets",
		Long: `List the presets: experiments that --preset knows by name. The settings of a
preset replace the defaults; --config, --set and the other options replace those
of the preset. plateau config --preset NAME prints the result.`,
		Example: "  plateau config presets\n  plateau train --preset paper-1-hidden --seed 2",
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, p := range presets() {
				con.event(presetEvent{"preset", p.name, p.meaning, p.settings})
			}
			for _, line := range presetLines() {
				con.line("%s", line)
			}
			return nil
		},
	}
	jsonFlag(cmd, con)
	return cmd
}

type presetEvent struct {
	Event    string   `json:"event"` // preset
	Preset   string   `json:"preset"`
	Meaning  string   `json:"meaning"`
	Settings []string `json:"settings"` // key=value
}

func newConfigCheck(con *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "check FILE", Args: oneArgument("the name of a configuration file"),
		Short: "check a configuration",
		Long: `Check a configuration. If it has mistakes, the messages say what is wrong, where,
and what would be right.`,
		Example: "  plateau config check run.toml",
		RunE: func(cmd *cobra.Command, args []string) error {
			s := newSettings()
			if err := s.readFile(args[0]); err != nil {
				return err
			}
			c, err := s.finish()
			if err != nil {
				return err
			}
			noteRounded(con, c)
			con.line("%s is valid: %s, %s", args[0], c.title(), plural(c.learning.epochs, "epoch"))
			con.event(map[string]any{"event": "config", "file": args[0], "keys": len(c.given)})
			return nil
		},
	}
	jsonFlag(cmd, con)
	return cmd
}
