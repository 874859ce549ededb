package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"net/http"
	"os"
)

// Bytes of metrics that are sent at once, and the longest line that there is.
const (
	metricsPart = 1 << 18
	longestLine = 1 << 22
)

type metricsAnswer struct {
	Mark   uint32            `json:"mark"`   // of the file; another one is of another run
	Offset int64             `json:"offset"` // where to go on
	Size   int64             `json:"size"`
	Lines  []json.RawMessage `json:"lines"`
}

// metrics sends the whole lines of a part of metrics.jsonl. The page asks for the
// next part with the offset it was told, again and again while the run goes on.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request, q *query) error {
	offset := q.whole("offset", 0, 1<<50)
	if err := q.done(); err != nil {
		return err
	}
	a, err := readMetrics(s.run.Metrics, offset)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, a)
}

func readMetrics(path string, offset int64) (*metricsAnswer, error) {
	a := &metricsAnswer{Lines: []json.RawMessage{}}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil // the run has not begun
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if a.Size = info.Size(); offset > a.Size {
		offset = 0 // a new run has begun
	}
	head := make([]byte, min(a.Size, 4096))
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, err
	}
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	a.Mark = crc32.ChecksumIEEE(first)
	part := make([]byte, min(a.Size-offset, metricsPart))
	for {
		n, err := f.ReadAt(part, offset)
		if err != nil && err != io.EOF {
			return nil, err
		}
		part = part[:n]
		end := bytes.LastIndexByte(part, '\n') + 1
		if end == 0 && int64(n) < a.Size-offset && n < longestLine {
			part = make([]byte, min(a.Size-offset, longestLine))
			continue
		}
		if end == 0 && n == longestLine {
			end = n // whatever that is, it is no line of metrics
		}
		part = part[:end]
		break
	}
	a.Offset = offset + int64(len(part))
	for line := range bytes.Lines(part) {
		if line = bytes.TrimSpace(line); json.Valid(line) {
			a.Lines = append(a.Lines, bytes.Clone(line))
		}
	}
	return a, nil
}
