package main

import (
	"github.com/spf13/cobra"
	"strings"
)

func newConfig(con *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", GroupID: groupSetup,
		Short: "print a commented configuration, or check one",
		Long: `Print a configuration with every key, its meaning, unit, range, default and
equation, as TOML that --config takes. Options change what is printed.`,
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
		con.rounded(c)
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
		Long: `List the experiments that --preset knows by name. A preset stands between the
defaults and everything else: --config, --set and the other options change what it
says. plateau config --preset NAME prints all of it.`,
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
		Short: "say whether a configuration is in order",
		Long: `Say whether a configuration is in order, and if not, what is wrong, where, and
what would be right.`,
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
			con.rounded(c)
			con.line("%s is in order: %s, %s", args[0], c.title(), plural(c.learning.epochs, "epoch"))
			con.event(map[string]any{"event": "config", "file": args[0], "keys": len(c.given)})
			return nil
		},
	}
	jsonFlag(cmd, con)
	return cmd
}
