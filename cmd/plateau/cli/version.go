package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/terminal"
)

// release is the version of the program.
const release = "0.1-dev"

// Version returns the version of the program.
func Version() string {
	s := release
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
				s += "+" + setting.Value[:12]
			}
		}
	}
	return s
}

// VersionCommand returns the command version.
func VersionCommand(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "version", GroupID: GroupSetup, Args: NoArguments,
		Short:   "print the version",
		Example: "  plateau version\n  plateau version --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			con.Line("plateau %s (%s, %s/%s)", Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			con.Event(map[string]string{
				"event": "version", "version": Version(),
				"go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
			})
			return nil
		},
	}
	JSONFlag(cmd, con)
	return cmd
}

// JSONFlag adds --json to a command.
func JSONFlag(cmd *cobra.Command, con *terminal.Console) {
	cmd.Flags().BoolVar(&con.JSON, "json", false, "machine-readable lines on standard output")
	Describe(cmd.Flags(), HeadOutput, "json", "")
}
