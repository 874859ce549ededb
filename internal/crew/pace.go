package crew

import "time"

// A Pace finds out, again and again, whether workers who share the work on an example are
// quicker than one. They are not if others use the cores, because then one waits for a worker
// whom the system has put aside. The zero Pace is ready. What is computed does not depend on it.
type Pace struct {
	crew  *Crew
	shown int              // examples since the last trial began
	took  [2]time.Duration // time of the trial's examples, shared and alone
	began time.Time
}

const (
	trials = 16   // examples of a trial for each way
	period = 2000 // examples from one trial to the next
)

// Begin chooses the way for an example. In a trial the ways take turns.
func (p *Pace) Begin(c *Crew) {
	p.crew = c
	if c.Workers() == 1 {
		return
	}
	if p.shown == period {
		p.shown = 0
	}
	if p.shown == 0 {
		p.took = [2]time.Duration{}
	}
	if p.shown < 2*trials {
		c.Alone(p.shown%2 == 1)
		p.began = time.Now()
	}
}

// End ends an example.
func (p *Pace) End() {
	if p.crew.Workers() == 1 {
		return
	}
	if p.shown < 2*trials {
		p.took[p.shown%2] += time.Since(p.began)
	}
	if p.shown++; p.shown == 2*trials {
		p.crew.Alone(p.took[1] < p.took[0])
	}
}
