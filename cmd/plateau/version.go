package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version of the program.
const release = "0.1-dev"

func version() string {
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

func newVersion(con *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "version", GroupID: groupSetup, Args: noArguments,
		Short:   "print the version",
		Example: "  plateau version\n  plateau version --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			con.line("plateau %s (%s, %s/%s)", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			con.event(map[string]string{
				"event": "version", "version": version(),
				"go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
			})
			return nil
		},
	}
	jsonFlag(cmd, con)
	return cmd
}

func jsonFlag(cmd *cobra.Command, con *console) {
	cmd.Flags().BoolVar(&con.json, "json", false, "machine-readable lines on standard output")
	describe(cmd.Flags(), headOutput, "json", "")
}
