package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"plateau/cmd/plateau/terminal"
)

// HoldsRun reports whether there is a run in a folder to go on with.
func HoldsRun(path string) bool {
	for _, name := range []string{PlanName, ConfigName, CheckpointsName} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return true
		}
	}
	return false
}

// ResumableRuns lists runs in the usual place.
func ResumableRuns() string { return ListRuns(filepath.Join("runs", "*", ConfigName)) }

// ResumeCommand returns what to type to resume a run.
func ResumeCommand(run string) string { return Command("train", "--resume", Argument(run)) }

// Files of a run folder.
const (
	PlanName      = "run.json"
	ConfigName    = "config.toml"
	MetricsName   = "metrics.jsonl"
	WeightsName   = "weights.npz"
	RecordingName = "recording.plateau"

	MeasurementsName = "measurements.npz"

	CheckpointsName = "checkpoints" // a folder
)

// ConfigMark begins the configuration of every run. After ConfigCount, its first line
// has the number of settings.
const (
	ConfigMark  = "# plateau run"
	ConfigCount = "with all "
)

// FirstLine returns the beginning of the first line of a file, "" if there is none.
func FirstLine(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	line, _ := bufio.NewReader(io.LimitReader(f, 1<<20)).ReadString('\n')
	return strings.TrimSuffix(line, "\n")
}

// CheckRun returns an error if a folder does not hold a run.
func CheckRun(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--run %s: there is no such folder; %s makes one%s", path, Command("train"), KnownRuns())
	case err != nil:
		return fmt.Errorf("--run %s: %w", path, terminal.Cause(err))
	case !info.IsDir():
		return fmt.Errorf("--run %s: is not a folder; want the folder of a run, with %s and %s in it", path, ConfigName, WeightsName)
	}
	for _, name := range []string{ConfigName, WeightsName} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(path, PlanName)); err == nil && name == WeightsName {
			return fmt.Errorf("--run %s: has no weights yet: its run stopped before the first checkpoint; to go on with it: %s", path, ResumeCommand(path))
		}
		return fmt.Errorf("--run %s: is not the folder of a run: there is no %s in it", path, name)
	}
	return nil
}

// KnownRuns lists runs in the usual place.
func KnownRuns() string { return ListRuns(filepath.Join("runs", "*", WeightsName)) }

// ListRuns lists the folders of the files that match a pattern.
func ListRuns(pattern string) string {
	found, _ := filepath.Glob(pattern)
	if len(found) == 0 {
		return ""
	}
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	if len(found) > 5 {
		found = append(found[:4], "…")
	}
	return "; there are " + strings.Join(found, ", ")
}

// IsRun reports whether a folder holds the files of a run.
func IsRun(path string) bool {
	return CheckRun(path) == nil
}
