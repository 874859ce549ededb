package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plateau/sim/record/npz"
)

// takenBy describes a file that a command cannot use, and names a command that can. It
// returns the end of a message, or "" if the file is of no known kind.
func takenBy(path string) string {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return ""
	}
	folder := filepath.Dir(path)
	run := func(of string) string { return command("inspect", argument(of)) }
	if info.IsDir() {
		if isRun(folder) {
			return "; it is part of a run: " + run(folder)
		}
		return ""
	}
	first := firstLine(path)
	switch {
	case beginsWith(path, "PK"):
		r, err := npz.Open(path)
		if err != nil {
			return ""
		}
		defer r.Close()
		switch names := r.Names(); {
		case holdsAll(names, "W0", "b0") && isRun(folder):
			return "; it holds the weights of a run: " + run(folder)
		case holdsAll(names, "W0", "b0"):
			return "; it holds weights, but the other files of their run are not beside it"
		case holdsAll(names, "image", "populations", "phase_begin_ms"):
			return "; it is the file of a trial: " + command("plot", argument(path))
		case filepath.Base(path) == measurementsName && isRun(folder):
			return "; it holds what was measured in a run: " + run(folder)
		}
		return "; it is an archive of arrays, which numpy.load reads"
	case beginsWith(path, checkpointFamily):
		if of := filepath.Dir(folder); filepath.Base(folder) == checkpointsName {
			return "; it is a checkpoint of a run: " + run(of)
		}
		return "; it is a checkpoint, but the other files of its run are not there"
	case isRecording(path):
		return "; it is a recording: " + command("inspect", argument(path))
	case strings.HasPrefix(first, configMark) || filepath.Ext(path) == ".toml":
		return "; it is a configuration: " + command("train", "--config", path)
	case strings.HasPrefix(first, `{"event":"start"`) && isRun(folder):
		return "; it holds the metrics of a run: " + run(folder)
	case bytes.Contains([]byte(first), []byte(`"confusion":`)):
		return "; it is what a test printed: " + command("plot", argument(path), "--what", "confusion")
	}
	return ""
}

// holdsAll reports whether names contains all wanted ones.
func holdsAll(names []string, wanted ...string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(names, w) })
}

// recordingOf returns the path of a recording, given that path or the folder of its run.
func recordingOf(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s: there is no such file or folder; %s and %s write recordings", path, command("train", "--record"), command("trial", "--record"))
	case err != nil:
		return "", fmt.Errorf("%s: %w", path, cause(err))
	case !info.IsDir():
		return path, nil
	}
	if name := ownRecording(path); name != "" {
		return name, nil
	}
	if isRun(path) {
		return "", fmt.Errorf("%s: there is no recording in it; %s writes one while the run learns", path, command("train", "--record"))
	}
	return "", fmt.Errorf("%s is a folder; want a recording, or the folder of a run that has one%s%s", path, takenBy(path), listRuns(filepath.Join("runs", "*", recordingName)))
}

// ownRecording is the recording of a run, which may be outside its folder; "" if it
// has none.
func ownRecording(run string) string {
	names := []string{filepath.Join(run, recordingName)}
	if p, err := readPlan(run); err == nil && p != nil && p.Recording != "" {
		names = append(names, (&runFolder{path: run}).without(p.Recording))
	}
	for _, name := range names {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}
