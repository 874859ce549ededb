package fetch

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// A source says where a part comes from, so that it is never continued with bytes
// of another file. It is stored beside the part, as three lines of text.
type source struct {
	url       string
	validator string // of the version of the file, for If-Range; "" if the server gave none
	total     int64  // bytes of the whole file; −1 or 0 if unknown
}

const originSuffix = ".origin"

func (s source) write(part string) error {
	return os.WriteFile(part+originSuffix, fmt.Appendf(nil, "%s\n%s\n%d\n", s.url, s.validator, s.total), 0o666)
}

// readOrigin reads what write wrote. It returns the zero source if that is not
// possible.
func readOrigin(part string) source {
	text, err := os.ReadFile(part + originSuffix)
	if err != nil {
		return source{}
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != 4 {
		return source{}
	}
	total, err := strconv.ParseInt(lines[2], 10, 64)
	if err != nil {
		return source{}
	}
	return source{url: lines[0], validator: lines[1], total: total}
}

// discard removes a part and the file with its origin.
func discard(part string) {
	os.Remove(part)
	os.Remove(part + originSuffix)
}

// length returns the length of a file, 0 if there is none.
func length(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// validator returns what identifies the version of the file, in the form that
// If-Range takes: a strong ETag, or else the date.
func validator(h http.Header) string {
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
		return tag
	}
	return h.Get("Last-Modified")
}

// contentRange parses "bytes 100-199/200", or "bytes */200" with first = −1. The
// total is −1 if the server does not know it.
func contentRange(h string) (first, total int64, ok bool) {
	h, ok = strings.CutPrefix(h, "bytes ")
	if !ok {
		return 0, 0, false
	}
	span, size, ok := strings.Cut(h, "/")
	if !ok {
		return 0, 0, false
	}
	first, total = -1, -1
	if span != "*" {
		from, _, ok := strings.Cut(span, "-")
		n, err := strconv.ParseInt(from, 10, 64)
		if !ok || err != nil || n < 0 {
			return 0, 0, false
		}
		first = n
	}
	if size != "*" {
		n, err := strconv.ParseInt(size, 10, 64)
		if err != nil || n < 0 {
			return 0, 0, false
		}
		total = n
	}
	return first, total, true
}
