package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
)

// RecordingOf returns the path of a recording, given that path or the folder of its run.
func RecordingOf(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s: there is no such file or folder; %s and %s write recordings", path, cli.Command("train", "--record"), cli.Command("trial", "--record"))
	case err != nil:
		return "", fmt.Errorf("%s: %w", path, terminal.Cause(err))
	case !info.IsDir():
		return path, nil
	}
	if name := OwnRecording(path); name != "" {
		return name, nil
	}
	if cli.IsRun(path) {
		return "", fmt.Errorf("%s: there is no recording in it; %s writes one while the run learns", path, cli.Command("train", "--record"))
	}
	return "", fmt.Errorf("%s is a folder; want a recording, or the folder of a run that has one%s%s", path, TakenBy(path), cli.ListRuns(filepath.Join("runs", "*", cli.RecordingName)))
}

// OwnRecording is the recording of a run, which may be outside its folder; "" if it
// has none.
func OwnRecording(run string) string {
	names := []string{filepath.Join(run, cli.RecordingName)}
	if p, err := ReadPlan(run); err == nil && p != nil && p.Recording != "" {
		names = append(names, (&Folder{Path: run}).Without(p.Recording))
	}
	for _, name := range names {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}
