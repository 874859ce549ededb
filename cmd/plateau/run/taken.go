package run

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/sim/record/npz"
)

// BeginsWith reports whether a file begins with the given bytes.
func BeginsWith(path, start string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, len(start))
	n, _ := f.Read(b)
	return string(b[:n]) == start
}

// TakenBy describes a file that a command cannot use, and names a command that can. It
// returns the end of a message, or "" if the file is of no known kind.
func TakenBy(path string) string {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return ""
	}
	folder := filepath.Dir(path)
	run := func(of string) string { return cli.Command("inspect", cli.Argument(of)) }
	if info.IsDir() {
		if cli.IsRun(folder) {
			return "; it is part of a run: " + run(folder)
		}
		return ""
	}
	first := cli.FirstLine(path)
	switch {
	case BeginsWith(path, "PK"):
		r, err := npz.Open(path)
		if err != nil {
			return ""
		}
		defer r.Close()
		switch names := r.Names(); {
		case HoldsAll(names, "W0", "b0") && cli.IsRun(folder):
			return "; it holds the weights of a run: " + run(folder)
		case HoldsAll(names, "W0", "b0"):
			return "; it holds weights, but the other files of their run are not beside it"
		case HoldsAll(names, "image", "populations", "phase_begin_ms"):
			return "; it is the file of a trial: " + cli.Command("plot", cli.Argument(path))
		case filepath.Base(path) == cli.MeasurementsName && cli.IsRun(folder):
			return "; it holds what was measured in a run: " + run(folder)
		}
		return "; it is an archive of arrays, which numpy.load reads"
	case BeginsWith(path, checkpointFamily):
		if of := filepath.Dir(folder); filepath.Base(folder) == cli.CheckpointsName {
			return "; it is a checkpoint of a run: " + run(of)
		}
		return "; it is a checkpoint, but the other files of its run are not there"
	case IsRecording(path):
		return "; it is a recording: " + cli.Command("inspect", cli.Argument(path))
	case strings.HasPrefix(first, cli.ConfigMark) || filepath.Ext(path) == ".toml":
		return "; it is a configuration: " + cli.Command("train", "--config", path)
	case strings.HasPrefix(first, `{"event":"start"`) && cli.IsRun(folder):
		return "; it holds the metrics of a run: " + run(folder)
	case bytes.Contains([]byte(first), []byte(`"confusion":`)):
		return "; it is what a test printed: " + cli.Command("plot", cli.Argument(path), "--what", "confusion")
	}
	return ""
}

// HoldsAll reports whether names contains all wanted ones.
func HoldsAll(names []string, wanted ...string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(names, w) })
}
