package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/sim/record"
)

// A RecordingMark says where a recording stands.
type RecordingMark struct {
	Path string `json:"path"` // with slashes; relative to the run folder if it is inside
	record.Mark
}

// Check returns an error if a recording cannot be continued at its mark; m is nil if
// there was no recording.
func (m *RecordingMark) Check(run *Folder, asked string) error {
	if m == nil {
		if asked != "" {
			return errors.New("--record: the run was begun without a recording, which cannot begin in the middle")
		}
		return nil
	}
	path := m.In(run, asked)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the recording %s is missing: put it back, or say with --record FILE where it is now", path)
	}
	if err != nil {
		return fmt.Errorf("the recording %s: %w", path, terminal.Cause(err))
	}
	if info.Size() < m.Size {
		return fmt.Errorf("the recording %s has %d bytes, want at least the %d that it had at the checkpoint: put the whole file back, or say with --record FILE where it is", path, info.Size(), m.Size)
	}
	return nil
}

// In returns the path of the recording: the one in the option, or where it was.
func (m *RecordingMark) In(run *Folder, asked string) string {
	if asked != "" && asked != cli.StandardFile {
		return asked
	}
	return run.Without(m.Path)
}

// Mark returns the current position of a run's recording, after everything before it
// has reached the disk; nil if nothing is recorded.
func (r *Recording) Mark(run *Folder) (*RecordingMark, error) {
	if r == nil || r.Told {
		return nil, nil
	}
	at, err := r.Writer.Flush()
	if err == nil {
		err = syncFile(r.Path)
	}
	if err != nil {
		return nil, r.judge(err)
	}
	path, err := run.Within(r.Path)
	if err != nil {
		return nil, err
	}
	return &RecordingMark{path, at}, nil
}

// syncFile waits until everything written to a file is on the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// ContinueRecording goes on with a recording from a mark.
func ContinueRecording(path string, at *RecordingMark, net *network.Network) (*Recording, error) {
	w, err := record.Continue(path, at.Mark, net)
	if err != nil {
		return nil, recordingError(path, err)
	}
	return &Recording{Path: path, Writer: w}, nil
}
