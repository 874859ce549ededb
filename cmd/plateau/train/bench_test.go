package train

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"plateau/cmd/plateau/terminal"
)

// A few images tell nothing of speed, but that every row comes out, in both
// forms, and that a row's figures agree.
func TestBench(t *testing.T) {
	var out bytes.Buffer
	if err := bench(t.Context(), &terminal.Console{Out: &out, Err: io.Discard, JSON: true}, 2, 4); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 10 {
		t.Fatalf("%d rows, want 10:\n%s", len(lines), out.String())
	}
	for k, line := range lines {
		var e benchEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if p := e.MicrosecondsEach * e.ExamplesPerSecond; e.Event != "bench" || p < 0.999e6 || p > 1.001e6 {
			t.Errorf("row %d: %s", k, line)
		}
		if compared := e.TimesPublished > 0; compared != (k < 2) {
			t.Errorf("row %d compares with the published program: %v", k, compared)
		}
	}
	out.Reset()
	if err := bench(t.Context(), &terminal.Console{Out: &out, Err: io.Discard}, 1, 4); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "examples/s") || strings.Count(text, "\n") != 3+6 {
		t.Errorf("for a person:\n%s", text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := bench(ctx, &terminal.Console{Out: &out, Err: io.Discard}, 1, 4); err == nil || err.Error() != "interrupted" {
		t.Errorf("interrupted: %v", err)
	}
}
