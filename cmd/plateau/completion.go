package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/draw"
	"plateau/cmd/plateau/look"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
)

func newCompletion(con *terminal.Console) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion SHELL", GroupID: cli.GroupSetup, Args: cli.OneArgument("the name of a shell: " + strings.Join(shells, ", ")),
		ValidArgs: shells,
		Short:     "make a shell complete what you type",
		Long: `Print a script that makes a shell complete commands, options, data sets, presets,
keys of --set and their values, and run folders. The shell is bash (with its
package bash-completion), zsh, fish or powershell. The program must be called
plateau, but need not be on the PATH.`,
		Example: `  source <(plateau completion bash)                        in ~/.bashrc
  source <(plateau completion zsh)                         in ~/.zshrc, after compinit
  plateau completion fish | source                         in ~/.config/fish/config.fish
  plateau completion powershell | Out-String | Invoke-Expression`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var script strings.Builder
			var err error
			switch root := cmd.Root(); args[0] {
			case "bash":
				if err = root.GenBashCompletionV2(&script, true); err == nil {
					script.WriteString(bashEquals)
				}
			case "zsh":
				err = root.GenZshCompletion(&script)
			case "fish":
				err = root.GenFishCompletion(&script, true)
			case "powershell":
				err = root.GenPowerShellCompletionWithDesc(&script)
			default:
				return cli.Misuse("there is no completion for %s%s", args[0], cli.Suggest(args[0], shells))
			}
			if err != nil {
				return err
			}
			con.Line("%s", strings.TrimSuffix(script.String(), "\n"))
			return nil
		},
	}
}

// bashEquals corrects the script: to bash, what follows = is a separate word, and a
// completion of key=value may replace only that.
const bashEquals = `
__plateau_values()
{
    __start_plateau "$@"
    local i
    if [[ $COMP_WORDBREAKS == *=* && ( ${COMP_WORDS[COMP_CWORD]} == "=" || ${COMP_WORDS[COMP_CWORD-1]} == "=" ) ]]; then
        for i in "${!COMPREPLY[@]}"; do
            COMPREPLY[i]=${COMPREPLY[i]#*=}
        done
    fi
}

if [[ $(type -t compopt) = "builtin" ]]; then
    complete -o default -F __plateau_values plateau
else
    complete -o default -o nospace -F __plateau_values plateau
fi
`

// A completer lists the possible completions of a word.
type completer = cobra.CompletionFunc

// complete adds completions of arguments and of the values of options to a command
// and its subcommands.
func complete(cmd *cobra.Command) {
	if cmd.ValidArgs == nil && cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = wordsOf(cmd)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if c := valuesOf(f); c != nil {
			cmd.RegisterFlagCompletionFunc(f.Name, c) // fails if there is one already
		}
	})
	for _, c := range cmd.Commands() {
		complete(c)
	}
}

// wordsOf returns the completer of a command's arguments, by its usage line.
func wordsOf(cmd *cobra.Command) completer {
	switch {
	case strings.Contains(cmd.Use, "RUN"):
		return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return runFolders(begun), cobra.ShellCompDirectiveDefault // files if there are none
		}
	case strings.Contains(cmd.Use, "FILE"):
		return filesEnding("toml")
	case strings.Contains(cmd.Use, "NAME|PATH"):
		return dataSets
	case strings.Contains(cmd.Use, "NAME"):
		var names []string
		for _, info := range dataset.List() {
			if len(info.Files) > 0 {
				names = append(names, info.Name+"\t"+info.Title)
			}
		}
		return cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)
	case cmd.Flags().Lookup("resume") != nil:
		// The folder after --resume is an argument to cobra, because the option needs no value.
		return func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			if !cmd.Flags().Changed("resume") {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeRun(cmd, nil, begun)
		}
	}
	return cobra.NoFileCompletions
}

// dataSets lists the names of data sets; the shell completes paths if none fits.
func dataSets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return dataset.Names(), cobra.ShellCompDirectiveDefault
}

// valuesOf returns the completer of an option's value, by the option's name or by the
// word for its value; nil leaves it to the shell, which completes names of files.
func valuesOf(f *pflag.Flag) completer {
	switch f.Name {
	case "data":
		return dataSets
	case "rule":
		return fixed(settings.Find("learning.rule").Choices...)
	case "preset":
		var names []string
		for _, p := range settings.Presets() {
			names = append(names, p.Name+"\t"+p.Meaning)
		}
		return fixed(names...)
	case "set":
		return completePair
	case "measure":
		return completeList(append(settings.MeasurementNames(), "all", "none"))
	case "vars":
		var names []string
		for _, v := range settings.Variables() {
			names = append(names, string(v))
		}
		return completeList(append(names, settings.Everything))
	case "split":
		return fixed("test", "train")
	case "to":
		return fixed(look.FormatNames()...)
	case "what":
		var names []string
		for _, p := range draw.Drawings() {
			names = append(names, p.Name+"\t"+p.Meaning)
		}
		return fixed(names...)
	case "config":
		return filesEnding("toml")
	case "run", "resume":
		return completeRun
	}
	switch cli.Annotation(f, cli.HintOf) {
	case "DIR":
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	case "FILE|RUN":
		return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return runFolders(begun), cobra.ShellCompDirectiveDefault // files if there are none
		}
	case "FILE", "PATH", "[FILE]":
		return nil
	}
	return cobra.NoFileCompletions
}

func fixed(list ...string) completer {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
}

func filesEnding(ending string) completer {
	return cobra.FixedCompletions([]string{ending}, cobra.ShellCompDirectiveFilterFileExt)
}

// completeRun completes run folders, or any folders if there are none.
func completeRun(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	if found := runFolders(begun); found != nil {
		return found, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeList completes the last of several words that are joined with commas.
func completeList(names []string) completer {
	return func(_ *cobra.Command, _ []string, begun string) (found []string, _ cobra.ShellCompDirective) {
		before := begun[:strings.LastIndex(begun, ",")+1]
		for _, name := range names {
			if !slices.Contains(cli.SplitList(before), name) {
				found = append(found, before+name)
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// completePair completes KEY=VALUE.
func completePair(cmd *cobra.Command, args []string, begun string) (found []string, _ cobra.ShellCompDirective) {
	name, value, ok := strings.Cut(begun, "=")
	if !ok {
		for _, k := range settings.Keys() {
			found = append(found, k.Name+"=\t"+k.Meaning)
		}
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	k, ok := settings.Lookup(name)
	if !ok {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	choices := k.Choices
	if _, isBool := k.At(settings.Defaults()).(*bool); isBool {
		choices = []string{"true", "false"}
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	if name == "measure.what" {
		choices, directive = completeList(append(settings.MeasurementNames(), "all", "none"))(cmd, args, value)
	}
	for _, c := range choices {
		found = append(found, name+"="+c)
	}
	return found, directive
}

// runFolders lists the run folders whose paths begin with the given text: those in
// runs, and those in the folder that the text names.
func runFolders(begun string) (found []string) {
	folder, _ := filepath.Split(begun)
	for _, folder := range []string{folder, "runs/"} {
		entries, _ := os.ReadDir(filepath.Join(".", folder))
		if filepath.IsAbs(folder) {
			entries, _ = os.ReadDir(folder)
		}
		for _, e := range entries {
			path := folder + e.Name()
			if _, err := os.Stat(filepath.Join(path, cli.ConfigName)); err != nil || !strings.HasPrefix(cli.FirstLine(filepath.Join(path, cli.ConfigName)), cli.ConfigMark) {
				continue
			}
			// To a shell every line is a completion, and it shows the line unchanged.
			if strings.HasPrefix(path, begun) && terminal.Printable(path) == path && !strings.ContainsAny(path, "\n\t") && !slices.Contains(found, path) {
				found = append(found, path)
			}
		}
	}
	return found
}
