package sealed

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	for _, test := range []struct {
		file string
		want int // 0 if there is none
	}{
		{"plateau thing 1\n", 1}, {"plateau thing 2\nmore", 2}, {"plateau thing 3\n", 3}, {"plateau thing 10\nmore", 10}, {"plateau thing 123456789\n", 123456789},
		{"plateau thing 1", 0}, {"plateau thing \n", 0}, {"plateau thing 2x\n", 0}, {"plateau thing -2\n", 0}, {"plateau thing 0\n", 0}, {"plateau thing 1234567890\n", 0},
		{"plateau thong 2\n", 0}, {"plateau", 0}, {"", 0},
	} {
		if got, ok := version([]byte(test.file), "plateau thing "); ok != (test.want != 0) || ok && got != test.want {
			t.Errorf("%q: version %d, %v; want %d", test.file, got, ok, test.want)
		}
	}
}

func TestContents(t *testing.T) {
	const line = "plateau thing 2\n"
	seal := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return text + string(sum[:])
	}
	whole := seal(line + "contents")
	got, err := Contents(strings.NewReader(whole), int64(len(whole)), line)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(got); err != nil || string(text) != "contents" {
		t.Errorf("contents are %q, %v", text, err)
	}
	for name, c := range map[string]struct {
		file string
		want error
	}{
		"nothing": {"", ErrForeign}, "another family": {seal("plateau thong 2\ncontents"), ErrForeign}, "an earlier version": {seal("plateau thing 1\ncontents"), ErrForeign},
		"the line alone": {line, ErrShort}, "cut short": {whole[:len(whole)-1], ErrDamaged}, "longer": {whole + "x", ErrDamaged},
	} {
		if _, err := Contents(strings.NewReader(c.file), int64(len(c.file)), line); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	for i := range whole {
		bad := []byte(whole)
		bad[i] ^= 4
		if _, err := Contents(bytes.NewReader(bad), int64(len(bad)), line); err == nil {
			t.Errorf("a wrong byte %d is not noticed", i)
		}
	}
	later := seal("plateau thing 11\n")
	var e *LaterError
	if _, err := Contents(strings.NewReader(later), int64(len(later)), line); !errors.As(err, &e) || e.Version != 11 || e.Known != 2 {
		t.Errorf("a later version: %v", err)
	}
}
