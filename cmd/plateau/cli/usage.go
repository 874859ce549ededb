package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"plateau/protocols/dataset"
)

// A UsageError says that the command line makes no sense.
type UsageError struct {
	message  string
	Complete bool // the message is enough, without a hint at the help
}

// Error implements error.
func (e *UsageError) Error() string { return e.message }

// Misuse returns a UsageError.
func Misuse(format string, args ...any) error {
	return &UsageError{message: fmt.Sprintf(format, args...)}
}

// Plain returns the text of an error for a person, without the name of the package that
// found it.
func Plain(err error) string {
	s := err.Error()
	for _, name := range []string{"dataset", "network", "protocols", "training", "stimulus", "responses", "rival", "rate", "measure", "sim", "compartments", "kernels", "npz", "fetch", "record", "nwb", "sonata", "parquet", "csv"} {
		s = strings.TrimPrefix(s, name+": ")
	}
	if missing, ok := errors.AsType[*dataset.MissingError](err); ok {
		s += "\nto download it: " + FetchCommand(missing.Name, missing.Exact)
	}
	return s
}

// FlagError words the errors of pflag as ours.
func FlagError(cmd *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if e.GetSpecifiedShortnames() != "" {
			return Misuse("there is no option -%s; options have two dashes, as in --help", e.GetSpecifiedShortnames())
		}
		name := e.GetSpecifiedName()
		return Misuse("there is no option --%s%s", name, didYouMean(Nearest(name, flagNames(cmd)), "--"))
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return Misuse("--%s needs a value: %s", e.GetFlag().Name, AsCalled(e.GetFlag().Usage))
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return Misuse("--%s %s: want %s", e.GetFlag().Name, e.GetValue(), wantedOf(e.GetFlag()))
	}
	return Misuse("%v", err)
}

func wantedOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "float64":
		return "a number"
	case "bool":
		return "true or false"
	}
	return f.Value.Type()
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// UnknownCommand returns the error for a command that does not exist.
func UnknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range InOrder(cmd.Commands()) {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return Misuse("there is no command %s%s", name, Suggest(name, names))
}

// CommandName returns the name of a command, with those of its parents but without "plateau".
func CommandName(cmd *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()), " ")
}

// CommandOf returns what to type for a command, followed by more words.
func CommandOf(cmd *cobra.Command, more ...string) string {
	return Command(append(strings.Fields(CommandName(cmd)), more...)...)
}

// NoArguments refuses all arguments. Some commands take the folder of a
// run as a word, so it is likely to be typed as one for those that want an option.
func NoArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	meant := ""
	if IsRun(args[0]) {
		for _, option := range []string{"run", "resume"} {
			if cmd.Flags().Lookup(option) != nil {
				meant = didYouMean(option+" "+ShellWord(args[0]), "--")
				break
			}
		}
	}
	return Misuse("%s takes no arguments, but there is %q%s", CommandName(cmd), args[0], meant)
}

// OneArgument wants exactly one argument, which what describes.
func OneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return Misuse("%s needs %s", CommandName(cmd), what)
		case 1:
			return nil
		}
		return Misuse("%s takes %s, but there is also %q", CommandName(cmd), what, args[1])
	}
}

// Suggest names the candidate that the user probably meant, or all of them.
func Suggest(word string, candidates []string) string {
	var longer []string // such as emnist-digits and emnist-letters of emnist
	for _, c := range candidates {
		if strings.HasPrefix(c, word+"-") {
			longer = append(longer, c)
		}
	}
	if len(longer) > 1 {
		return "; want " + strings.Join(longer, ", ")
	}
	if near := Nearest(word, candidates); near != "" {
		return didYouMean(near, "")
	}
	return "; want " + strings.Join(candidates, ", ")
}

func didYouMean(near, dashes string) string {
	if near == "" {
		return ""
	}
	return "; did you mean " + dashes + near + "?"
}

// Nearest returns the candidate with the smallest distance from a word, or "" if none
// is near.
func Nearest(word string, candidates []string) string {
	best, least := "", 1+max(2, len(word)/3)
	for _, c := range candidates {
		d := distance(word, c)
		if len(word) >= 3 && strings.HasPrefix(c, word) {
			d = min(d, 1)
		}
		if d < least {
			best, least = c, d
		}
	}
	return best
}

// distance returns the smallest number of insertions, deletions, replacements and swaps
// of neighbours that turn a into b.
func distance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+change)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
