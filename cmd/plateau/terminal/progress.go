package terminal

import (
	"fmt"
	"math"
	"time"
)

// Progress shows the progress of some work: on a terminal as a bar, which disappears
// when the work ends, elsewhere as a line now and then. A label adds words. Only one
// goroutine at a time may use it.
type Progress struct {
	con   *Console
	what  string
	Total int64
	began time.Time
	shown time.Time
	label label
	live  Sketch // shown on a terminal instead of the bar, if not nil
}

// label describes the progress in words.
type label func(done int64, elapsed time.Duration) string

// Sketch draws the progress on a terminal. The drawing stays when the work ends, and
// the next one replaces it.
type Sketch func(t Terminal, done int64, elapsed time.Duration) []string

// drawEvery is the time between two drawings on a terminal, lineEvery that between two
// lines elsewhere.
const (
	drawEvery = 100 * time.Millisecond
	lineEvery = 30 * time.Second
)

// Progress begins to show how much of a total is done.
func (c *Console) Progress(what string, total int64, l label) *Progress {
	now := time.Now()
	return &Progress{con: c, what: what, Total: total, label: l, began: now, shown: now}
}

// Draw replaces the bar on a terminal by a sketch, if there is one.
func (p *Progress) Draw(s Sketch) {
	if p.con.Screen != nil && s != nil {
		p.live, p.shown = s, time.Time{}
	}
}

// At sets how much is done.
func (p *Progress) At(done int64) {
	now, screen := time.Now(), p.con.Screen
	every := lineEvery
	if screen != nil {
		every = drawEvery
	}
	if now.Sub(p.shown) < every {
		return
	}
	p.shown = now
	elapsed := now.Sub(p.began)
	switch {
	case screen == nil:
		p.con.Note("%s: %s", p.what, p.label(done, elapsed))
	case p.live != nil:
		screen.show(p.live(screen.Size(), done, elapsed))
	default:
		share := float64(done) / float64(max(p.Total, 1))
		screen.show([]string{barLine(screen.Size(), p.what, share, p.label(done, elapsed))})
	}
}

// Resize changes the total.
func (p *Progress) Resize(total int64) { p.Total = total }

// End removes the bar.
func (p *Progress) End() {
	if p.live == nil {
		p.con.Clear()
	}
}

// Left estimates the time that is left, at the speed so far.
func Left(done, total int64, elapsed time.Duration) time.Duration {
	if done == 0 {
		return 0
	}
	return time.Duration(float64(elapsed) * float64(total-done) / float64(done))
}

// Pace is the usual label of work whose parts take alike long: how much of a total is done,
// how fast, and how long the rest will take.
func Pace(total int64) func(done int64, elapsed time.Duration) string {
	return func(done int64, elapsed time.Duration) string {
		return fmt.Sprintf("%d of %d, %.0f/s, %s left", done, total, PerSecond(done, elapsed), Clock(Left(done, total, elapsed)))
	}
}

// Clock prints a duration for a person: 8 s, 2 min 05 s, 3 h 20 min.
func Clock(d time.Duration) string {
	s := int(math.Round(d.Seconds()))
	switch {
	case d < time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %02d s", s/60, s%60)
	}
	return fmt.Sprintf("%d h %02d min", s/3600, s/60%60)
}

// PerSecond divides a number of things by the time that they took.
func PerSecond(n int64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
