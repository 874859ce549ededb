package main

import (
	"fmt"
	"math"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how far a piece of work is: as a bar on a terminal, which is
// gone when the work ends, and elsewhere as a line now and then. What is shown
// besides is for the work to say. It is for one goroutine at a time.
type progress struct {
	con   *console
	what  string
	total int64
	began time.Time
	shown time.Time
	every time.Duration
	label label

	bars *mpb.Progress
	bar  *mpb.Bar
	text chan string // the latest words beside the bar
}

// label says in words how things stand when done is over, after a time.
type label func(done int64, elapsed time.Duration) string

// barEvery is the pause between two looks of a bar, lineEvery between two lines
// where there is none.
const (
	barEvery  = 100 * time.Millisecond
	lineEvery = 30 * time.Second
)

func (c *console) progress(what string, total int64, l label) *progress {
	p := &progress{con: c, what: what, total: total, label: l, began: time.Now(), every: lineEvery}
	p.shown = p.began
	if !c.live() {
		return p
	}
	p.every = barEvery
	p.text = make(chan string, 1)
	p.bars = mpb.New(mpb.WithOutput(c.err), mpb.WithWidth(40), mpb.WithRefreshRate(barEvery))
	words := ""
	p.bar = p.bars.New(total, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(what+"  ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			select {
			case words = <-p.text:
			default:
			}
			return words
		})))
	return p
}

// at says that so much is done.
func (p *progress) at(done int64) {
	now := time.Now()
	if now.Sub(p.shown) < p.every {
		return
	}
	p.shown = now
	words := p.label(done, now.Sub(p.began))
	if p.bar == nil {
		p.con.note("%s: %s", p.what, words)
		return
	}
	p.bar.SetCurrent(min(done, p.total-1)) // the end is for end to tell
	select {
	case <-p.text:
	default:
	}
	p.text <- "  " + words
}

// resize changes what is to be done.
func (p *progress) resize(total int64) {
	if total == p.total {
		return
	}
	p.total = total
	if p.bar != nil {
		p.bar.SetTotal(total, false)
	}
}

// end removes the bar, whatever was done.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Abort(true)
		p.bars.Wait()
		p.bar = nil
	}
}

// left is the time that what remains will take, if it goes on like this.
func left(done, total int64, elapsed time.Duration) time.Duration {
	if done == 0 {
		return 0
	}
	return time.Duration(float64(elapsed) * float64(total-done) / float64(done))
}

// clock prints a time as a person says it: 8 s, 2 min 05 s, 3 h 20 min.
func clock(d time.Duration) string {
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

// rate prints a number of things in a time, per second.
func perSecond(n int64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
