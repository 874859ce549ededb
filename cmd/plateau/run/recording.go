package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
)

// OpenRecording opens the recording at a path. If there is none, the error says what
// the user can do about it.
func OpenRecording(path string) (*record.Reader, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, terminal.Cause(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is not a regular file; want a recording", path)
	case info.Size() == 0:
		return nil, fmt.Errorf("%s: is empty; want a recording", path)
	}
	r, err := record.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", path, strings.TrimSuffix(cli.Plain(err), " ("+path+")")+TakenBy(path))
	}
	return r, nil
}

// RecordFlag adds --record to a command.
func RecordFlag(cmd *cobra.Command, usage string) *string {
	path := cli.FileFlag(cmd.Flags(), "record", cli.HeadOutput, usage)
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		// To pflag, --record FILE is an option without a value, and an argument.
		if len(args) == 1 && *path == cli.StandardFile {
			*path = args[0]
			return nil
		}
		return cli.NoArguments(cmd, args)
	}
	return path
}

// A Recording is a recording that is being written. A nil recording records nothing.
type Recording struct {
	Path   string
	Writer *record.Writer
	Ignore bool // ignore errors
	Told   bool // an ignored error was reported
	Con    *terminal.Console
}

// CreateRecording begins a recording in a file. With force it replaces a recording, but
// not another kind of file.
func CreateRecording(path string, force bool, h record.Header, net *network.Network) (*Recording, error) {
	if err := CheckRecordingPath(path, force); err != nil {
		return nil, err
	}
	create := record.Create
	if force {
		create = record.Replace
	}
	w, err := create(path, h, net)
	if err != nil {
		return nil, recordingError(path, err)
	}
	return &Recording{Path: path, Writer: w}, nil
}

// CheckRecordingPath returns an error if a recording cannot be written to a path: with
// force it may replace a recording, but not another kind of file.
func CheckRecordingPath(path string, force bool) error {
	if err := cli.CheckFree("--record", path, force); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 && !record.Begins(path) {
		return fmt.Errorf("--record %s: is not a recording of plateau, so --force does not replace it; choose another name", path)
	}
	return nil
}

// recordingError adds the path of the recording to an error.
func recordingError(path string, err error) error {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("recording %s: %w", path, terminal.Cause(err))
	}
	return fmt.Errorf("recording %s: %s", path, cli.Plain(err))
}

// IsRecording reports whether a file can be read as a recording.
func IsRecording(path string) bool {
	r, err := record.Open(path)
	if err != nil {
		return false
	}
	r.Close()
	return true
}

// Err returns the error that ended the recording, if it must end the run too.
func (r *Recording) Err() error {
	if r == nil {
		return nil
	}
	return r.judge(r.Writer.Err())
}

// Close ends the recording; what was recorded can be read.
func (r *Recording) Close() error {
	if r == nil {
		return nil
	}
	return r.judge(r.Writer.Close())
}

func (r *Recording) judge(err error) error {
	if err == nil {
		return nil
	}
	err = recordingError(r.Path, err)
	if !r.Ignore {
		return err
	}
	if !r.Told {
		r.Told = true
		r.Con.Note("%v\nnothing more is recorded; the run goes on because record.errors = %q", err, settings.IgnoreErrors)
	}
	return nil
}

// Size returns the number of bytes written so far.
func (r *Recording) Size() int64 {
	info, err := os.Stat(r.Path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// Observers passes events on to several observers, one after another.
type Observers []sim.Observer

// Observe implements sim.Observer.
func (o Observers) Observe(e sim.Event) {
	for _, to := range o {
		to.Observe(e)
	}
}
