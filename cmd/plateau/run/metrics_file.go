package run

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/atomicfile"
)

// A MetricsFile is written in complete lines, so that others can follow it.
type MetricsFile struct {
	f     *os.File
	first int64 // length of the first line, 0 if it is not written yet
	size  int64
	Sum   *metricsDigest
}

// Add writes v as a line.
func (m *MetricsFile) Add(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = m.f.Write(append(line, '\n'))
	}
	if err != nil {
		return terminal.Writing(m.f.Name(), err)
	}
	m.size += int64(len(line)) + 1
	if m.first == 0 {
		m.first = m.size
		m.Sum.first(line)
	} else {
		m.Sum.add(append(line, '\n'))
	}
	return nil
}

// Mark waits until everything is on the disk, and returns the number of bytes after the
// first line.
func (m *MetricsFile) Mark() (int64, error) {
	if err := m.f.Sync(); err != nil {
		return 0, terminal.Writing(m.f.Name(), err)
	}
	return m.size - m.first, nil
}

// Close ends the file, once all of it is on the disk.
func (m *MetricsFile) Close() error {
	err := m.f.Sync()
	if closed := m.f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return terminal.Writing(m.f.Name(), err)
	}
	return nil
}

// OpenMetrics begins the metrics of a run.
func (r *Folder) OpenMetrics() (*MetricsFile, error) {
	path := filepath.Join(r.Path, cli.MetricsName)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o666)
	if err != nil {
		return nil, terminal.Writing(path, err)
	}
	r.files = append(r.files, path)
	return &MetricsFile{f: f, Sum: newMetricsDigest()}, nil
}

// ContinueMetrics truncates the metrics of a run at a mark that checkMetrics has
// accepted, and goes on with them. start replaces their first line, in which the number
// of epochs may have changed.
func (r *Folder) ContinueMetrics(mark int64, epochs int) (*MetricsFile, error) {
	path := filepath.Join(r.Path, cli.MetricsName)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, terminal.Cause(err))
	}
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	var start StartEvent
	if err := json.Unmarshal(first, &start); err != nil {
		return nil, fmt.Errorf("%s:1: %w", path, err)
	}
	if start.Epochs != epochs {
		start.Epochs = epochs
		if first, err = json.Marshal(start); err != nil {
			return nil, err
		}
		text := slices.Concat(first, []byte("\n"), rest[:mark])
		if err := r.write(cli.MetricsName, text, atomicfile.Replace); err != nil {
			return nil, err
		}
	}
	m := &MetricsFile{first: int64(len(first)) + 1, Sum: newMetricsDigest()}
	m.Sum.first(first)
	m.Sum.add(rest[:mark])
	m.size = m.first + mark
	if err := os.Truncate(path, m.size); err != nil {
		return nil, terminal.Writing(path, err)
	}
	if m.f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return nil, terminal.Writing(path, err)
	}
	return m, nil
}

// CheckMetrics checks that the metrics of a run can be continued at a checkpoint. It
// returns the lines after the checkpoint, and whether those before were changed since.
// The error is ErrLost if there are no metrics, or if all of them were written anew
// since.
func (r *Folder) CheckMetrics(point *Checkpoint) (tail []byte, changed bool, err error) {
	path := filepath.Join(r.Path, cli.MetricsName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, ErrLost
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading %s: %w", path, terminal.Cause(err))
	}
	mark := point.Metrics
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	var start StartEvent
	if json.Unmarshal(first, &start) != nil || start.Event != "start" {
		return nil, false, fmt.Errorf("%s does not begin with the start of a run: it is damaged; put the whole file back, or remove it: what the checkpoint knows of it is then written anew", path)
	}
	if known, err := eventLines(point.Tested); err == nil && int64(len(known)) < mark && bytes.Equal(rest, known) {
		return nil, false, ErrLost
	}
	if int64(len(rest)) < mark || mark > 0 && rest[mark-1] != '\n' {
		return nil, false, fmt.Errorf("%s has changed since the checkpoint: want at least %d bytes after its first line, and a whole line there; put the whole file back, or remove it: what the checkpoint knows of it is then written anew", path, mark)
	}
	if sum := newMetricsDigest(); point.MetricsSHA256 != "" {
		sum.first(first)
		sum.add(rest[:mark])
		changed = sum.Hex() != point.MetricsSHA256
	}
	return rest[mark:], changed, nil
}

// RebuildMetrics writes lost metrics anew: the start of a run and its epochs. It returns
// the mark at their end.
func (r *Folder) RebuildMetrics(start StartEvent, epochs []EpochEvent) (mark int64, err error) {
	first, err := eventLines([]StartEvent{start})
	if err != nil {
		return 0, err
	}
	rest, err := eventLines(epochs)
	if err != nil {
		return 0, err
	}
	return int64(len(rest)), r.write(cli.MetricsName, append(first, rest...), atomicfile.Replace)
}

// ErrLost is the error if the metrics of a run are lost, so that they cannot be
// continued.
var ErrLost = errors.New("metrics are missing")

// eventLines returns events as lines of metrics.jsonl.
func eventLines[E any](events []E) (text []byte, err error) {
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		text = append(append(text, line...), '\n')
	}
	return text, nil
}

// A metricsDigest is the SHA-256 of the lines of metrics. The number of epochs in the
// first line is left out, because it may change.
type metricsDigest struct{ sum hash.Hash }

// first adds the first line.
func (d *metricsDigest) first(line []byte) {
	d.sum.Write(epochsAsked.ReplaceAll(line, []byte(`"epochs":0`)))
}

// add adds what comes after it.
func (d *metricsDigest) add(lines []byte) { d.sum.Write(lines) }

// Hex returns the digest so far.
func (d *metricsDigest) Hex() string { return hex.EncodeToString(d.sum.Sum(nil)) }

func newMetricsDigest() *metricsDigest { return &metricsDigest{sha256.New()} }

var epochsAsked = regexp.MustCompile(`"epochs":[0-9]+`)
