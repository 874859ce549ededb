package settings

import (
	"strings"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
)

// Command returns config, with its subcommands presets and check.
func Command(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", GroupID: cli.GroupSetup,
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
			if name := MeantKey(args[0]); name != "" {
				k := Find(name)
				return cli.Misuse("there is no command %s, but a key %s: %s; --set %s=… gives it another value than %s", args[0], name, k.Meaning, name, k.Standard(Defaults()))
			}
			return cli.UnknownCommand(cmd, args[0])
		},
	}
	o := Configure(cmd, "data", "data-dir", "examples", "validation", "test-examples", "hidden", "rule", "weights", "transfer", "epochs", "patience", "keep", "batch", "seed")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := o.Config()
		if err != nil {
			return err
		}
		NoteRounded(con, c)
		if con.JSON {
			for _, k := range Keys() {
				con.Event(keyEvent(k, c))
			}
			return nil
		}
		con.Line(`# A configuration of plateau: %s --config FILE
# Keys can be left out; those that begin with # follow others. Equation numbers
# are those of Guerguiev, Lillicrap & Richards 2017, eLife 6:e22901.

%s`, cli.Command("train"), strings.TrimSuffix(PrintConfig(c, true), "\n"))
		return nil
	}
	cmd.AddCommand(newConfigCheck(con), newConfigPresets(con))
	return cmd
}

// KeyEvent is a setting, as config --json prints it.
type KeyEvent struct {
	Event    string `json:"event"` // key
	Key      string `json:"key"`
	Value    string `json:"value"` // as TOML
	Default  string `json:"default"`
	Unit     string `json:"unit"`
	Allowed  string `json:"allowed"`
	Meaning  string `json:"meaning"`
	Equation string `json:"equation"`
}

func keyEvent(k Key, c *Config) KeyEvent {
	return KeyEvent{"key", k.Name, k.Text(c), k.Standard(Defaults()), k.Unit, k.Allowed(nil), k.Meaning, k.Equation}
}

func newConfigPresets(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "presets", Args: cli.NoArguments,
		Short: "list the presets",
		Long: `List the presets: experiments that --preset knows by name. The settings of a
preset replace the defaults; --config, --set and the other options replace those
of the preset. plateau config --preset NAME prints the result.`,
		Example: "  plateau config presets\n  plateau train --preset paper-1-hidden --seed 2",
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, p := range Presets() {
				con.Event(presetEvent{"preset", p.Name, p.Meaning, p.Settings})
			}
			for _, line := range presetLines() {
				con.Line("%s", line)
			}
			return nil
		},
	}
	cli.JSONFlag(cmd, con)
	return cmd
}

type presetEvent struct {
	Event    string   `json:"event"` // preset
	Preset   string   `json:"preset"`
	Meaning  string   `json:"meaning"`
	Settings []string `json:"settings"` // key=value
}

func newConfigCheck(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "check FILE", Args: cli.OneArgument("the name of a configuration file"),
		Short: "check a configuration",
		Long: `Check a configuration. If it has mistakes, the messages say what is wrong, where,
and what would be right.`,
		Example: "  plateau config check run.toml",
		RunE: func(cmd *cobra.Command, args []string) error {
			s := NewLayers()
			if err := s.ReadFile(args[0]); err != nil {
				return err
			}
			c, err := s.Finish()
			if err != nil {
				return err
			}
			NoteRounded(con, c)
			con.Line("%s is valid: %s, %s", args[0], c.Title(), terminal.Plural(c.Learning.Epochs, "epoch"))
			con.Event(map[string]any{"event": "config", "file": args[0], "keys": len(c.Given)})
			return nil
		},
	}
	cli.JSONFlag(cmd, con)
	return cmd
}
