package terminal

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.00 s", 30 * time.Millisecond: "0.03 s", 8200 * time.Millisecond: "8.2 s", 59 * time.Second: "59 s",
		125 * time.Second: "2 min 05 s", 3*time.Hour + 20*time.Minute + 5*time.Second: "3 h 20 min",
	} {
		if got := Clock(d); got != want {
			t.Errorf("clock(%v) = %q, want %q", d, got, want)
		}
	}
}

// Without a terminal there is a line now and then, and no bar.
func TestProgressLines(t *testing.T) {
	var messages bytes.Buffer
	con := &Console{Out: &bytes.Buffer{}, Err: &messages}
	p := con.Progress("counting", 100, func(done int64, elapsed time.Duration) string { return "half" })
	p.At(10)
	if messages.Len() != 0 {
		t.Errorf("too early: %q", &messages)
	}
	p.shown = p.shown.Add(-2 * lineEvery)
	p.At(50)
	p.At(51)
	p.End()
	if got := messages.String(); got != "counting: half\n" {
		t.Errorf("got %q", got)
	}
	if strings.Contains(messages.String(), "\r") || strings.Contains(messages.String(), "\x1b") {
		t.Error("control characters without a terminal")
	}
}

func TestLeft(t *testing.T) {
	if got := Left(25, 100, 10*time.Second); got != 30*time.Second {
		t.Errorf("got %v, want 30 s", got)
	}
	if got := Left(0, 100, time.Second); got != 0 {
		t.Errorf("got %v", got)
	}
}
