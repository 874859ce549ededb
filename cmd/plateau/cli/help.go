package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// groupOf annotates a flag with the heading under which help lists it, and
// HintOf with the word that stands for its value.
const (
	groupOf = "plateau group"
	HintOf  = "plateau hint"
)

// Headings of flags, in the order of the help.
const (
	HeadWhat   = "What is simulated"
	HeadLook   = "What to show or write"
	HeadFiles  = "Files"
	HeadOutput = "Output"
)

// Describe gives flags a heading and a word for their value.
func Describe(flags *pflag.FlagSet, heading, name, hint string) {
	flags.SetAnnotation(name, groupOf, []string{heading})
	flags.SetAnnotation(name, HintOf, []string{hint})
}

// HelpCommand makes plateau help train print the same as plateau train --help.
func HelpCommand(root *cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: "help", Hidden: true,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
			about := root
			if len(args) > 0 {
				about, _, _ = root.Find(args)
			}
			for _, c := range about.Commands() {
				if !c.Hidden {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about := root
			for _, word := range args {
				commands := about.Commands()
				i := slices.IndexFunc(commands, func(c *cobra.Command) bool { return c.Name() == word && !c.Hidden })
				if i < 0 {
					return UnknownCommand(about, word)
				}
				about = commands[i]
			}
			return about.Help()
		},
	}
	// It has nothing to say about itself, but a mistake in its words leads here.
	cmd.SetHelpFunc(func(*cobra.Command, []string) { root.Help() })
	return cmd
}

// Annotation returns an annotation of an option, "" if it has none.
func Annotation(f *pflag.Flag, name string) string {
	if v := f.Annotations[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Help is the help text of a command.
func Help(cmd *cobra.Command) string {
	var b strings.Builder
	long := cmd.Long
	if long == "" {
		long = cmd.Short
	}
	fmt.Fprintf(&b, "%s\n\nUsage:\n  %s\n", AsCalled(strings.TrimSpace(long)), usageLine(cmd))
	if cmd.HasAvailableSubCommands() {
		groups := cmd.Groups()
		if len(groups) == 0 {
			groups = []*cobra.Group{{Title: "Commands"}}
		}
		for _, g := range groups {
			fmt.Fprintf(&b, "\n%s:\n", g.Title)
			for _, c := range InOrder(cmd.Commands()) {
				if c.GroupID == g.ID && !c.Hidden {
					fmt.Fprintf(&b, "  %-10s %s\n", c.Name(), c.Short)
				}
			}
		}
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", AsCalled(strings.TrimRight(cmd.Example, "\n")))
	}
	for _, heading := range []string{HeadWhat, HeadLook, HeadFiles, HeadOutput} {
		if lines := flagLines(cmd, heading); lines != "" {
			fmt.Fprintf(&b, "\n%s:\n%s", heading, lines)
		}
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\nMore about a command: %s COMMAND --help\n", CommandOf(cmd))
	}
	if base := layers(cmd); base != "" && cmd.Flags().Lookup("set") != nil {
		fmt.Fprintf(&b, "\nLater settings override earlier ones: %s, --set, the other options.\n", base)
	}
	return b.String()
}

// layers lists the settings that --set and named options override.
func layers(cmd *cobra.Command) string {
	var from []string
	for _, l := range []struct{ flag, words string }{
		{"config", "defaults, --preset, --config"}, {"run", "the run's configuration"},
	} {
		if cmd.Flags().Lookup(l.flag) != nil {
			from = append(from, l.words)
		}
	}
	return strings.Join(from, " or ")
}

// InOrder puts commands in the order in which a newcomer needs them.
func InOrder(commands []*cobra.Command) []*cobra.Command {
	order := []string{"train", "test", "trial", "plot", "inspect", "view", "replay", "export", "data", "config", "completion", "version", "bench", "list", "fetch", "verify", "check"}
	sorted := slices.Clone(commands)
	slices.SortStableFunc(sorted, func(a, b *cobra.Command) int {
		return slices.Index(order, a.Name()) - slices.Index(order, b.Name())
	})
	return sorted
}

func usageLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		if cmd.Flags().Lookup("set") != nil {
			return CommandOf(cmd) + " [options]\n  " + CommandOf(cmd) + " COMMAND"
		}
		return CommandOf(cmd) + " COMMAND [options]"
	}
	return CommandOf(cmd) + strings.TrimPrefix(cmd.Use, cmd.Name()) + " [options]"
}

// flagLines lists the flags under one heading.
func flagLines(cmd *cobra.Command, heading string) string {
	const column = 27
	var b strings.Builder
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if Annotation(f, groupOf) != heading || f.Hidden {
			return
		}
		left := "  --" + f.Name
		if hint := Annotation(f, HintOf); hint != "" {
			left += " " + hint
		}
		if len(left)+2 > column {
			fmt.Fprintf(&b, "%s\n%*s", left, column, "")
		} else {
			fmt.Fprintf(&b, "%-*s", column, left)
		}
		b.WriteString(AsCalled(f.Usage))
		b.WriteByte('\n')
	})
	return b.String()
}

// Groups of commands in the help.
const (
	GroupRun   = "run"
	GroupLook  = "look"
	GroupSetup = "setup"
)
