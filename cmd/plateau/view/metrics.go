package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"net/http"
	"os"
)

// The largest number of bytes of metrics that are sent at once, and the longest line.
const (
	metricsPart = 1 << 18
	longestLine = 1 << 22
)

type metricsAnswer struct {
	Anew   bool              `json:"anew"`   // the file is another: the page must drop what it has
	Offset int64             `json:"offset"` // where to go on
	Mark   uint32            `json:"mark"`   // checksum of the bytes before the offset
	Size   int64             `json:"size"`
	Lines  []json.RawMessage `json:"lines"`
}

// metrics sends the complete lines in a part of metrics.jsonl. While the run goes on,
// the page keeps asking for the next part, with the offset and the mark that it got
// last. A new run in the folder, or one resumed from a checkpoint, changes what is
// before the offset; then the mark does not match.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request, q *query) error {
	offset := q.whole("offset", 0, 1<<50)
	mark := q.whole("mark", 0, math.MaxUint32)
	if err := q.done(); err != nil {
		return err
	}
	a, err := readMetrics(s.run.Metrics, offset, uint32(mark))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, a)
}

func readMetrics(path string, offset int64, mark uint32) (*metricsAnswer, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &metricsAnswer{Anew: offset > 0, Lines: []json.RawMessage{}}, nil // the run has not begun
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return readPart(f, info.Size(), offset, mark)
}

// readPart reads a part of a file that had the given size a moment ago.
func readPart(f io.ReaderAt, size, offset int64, mark uint32) (*metricsAnswer, error) {
	a := &metricsAnswer{Size: size, Lines: []json.RawMessage{}}
	if offset > size || markOf(f, offset) != mark {
		a.Anew, offset = true, 0
	}
	part := make([]byte, min(size-offset, metricsPart))
	for {
		n, err := f.ReadAt(part, offset)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if n < len(part) {
			// It has become shorter meanwhile: what was read belongs to two versions.
			return &metricsAnswer{Anew: true, Size: size, Lines: a.Lines}, nil
		}
		end := bytes.LastIndexByte(part, '\n') + 1
		if end == 0 && int64(n) < size-offset && n < longestLine {
			part = make([]byte, min(size-offset, longestLine))
			continue
		}
		if end == 0 && n == longestLine {
			end = n // this is too long for a line of metrics: skip it
		}
		part = part[:end]
		break
	}
	a.Offset = offset + int64(len(part))
	a.Mark = markOf(f, a.Offset)
	for line := range bytes.Lines(part) {
		if line = bytes.TrimSpace(line); json.Valid(line) {
			a.Lines = append(a.Lines, bytes.Clone(line))
		}
	}
	return a, nil
}

// markOf is a checksum of the last bytes before an offset.
func markOf(f io.ReaderAt, offset int64) uint32 {
	b := make([]byte, min(offset, 512))
	n, _ := f.ReadAt(b, offset-int64(len(b)))
	return crc32.ChecksumIEEE(b[:n])
}
