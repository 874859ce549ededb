package record

import "sync"

// A pipe takes groups from the goroutine that observes a run to one that encodes and
// writes them. The observing goroutine fills one group after the other, and waits only
// if the other falls behind by more than a few. After an error that one drops what it
// gets, so that the run goes on.
type pipe struct {
	// Of the observing goroutine:
	group  *group // the one that is being filled
	failed bool   // whether there is an error, as far as it knows

	full  chan *group
	empty chan *group
	done  chan struct{} // closed when everything is written

	mu  sync.Mutex
	err error // the first
}

// queue is the number of groups that may wait to be written.
const queue = 2

func newPipe(h *Header) *pipe {
	p := &pipe{group: newGroup(h), full: make(chan *group, queue), empty: make(chan *group, queue+1), done: make(chan struct{})}
	for range queue {
		p.empty <- newGroup(h)
	}
	return p
}

// submit passes the group on if there is anything in it. The trial under way has had
// so many steps.
func (p *pipe) submit(steps int) {
	if !p.group.empty() {
		p.pass(steps)
	}
}

func (p *pipe) pass(steps int) {
	first, trial := p.group.end()
	p.full <- p.group
	p.group = <-p.empty
	p.group.reset(first, trial, steps)
	p.failed = p.Err() != nil
}

// flush waits until everything is written, and returns the size of the file. It must
// be called between trials.
func (p *pipe) flush() int64 {
	written := make(chan int64, 1)
	p.group.written = written
	p.pass(0)
	return <-written
}

// close waits until everything is written and the file is closed.
func (p *pipe) close() {
	p.submit(0)
	close(p.full)
	<-p.done
}

// Err returns the first error.
func (p *pipe) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func (p *pipe) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}

// abort ends the recording with an error of the observing goroutine.
func (p *pipe) abort(err error) {
	p.fail(err)
	p.failed = true
}

// drain writes groups until there are no more.
func (p *pipe) drain(e *encoder) {
	defer close(p.done)
	for g := range p.full {
		if p.Err() == nil {
			if err := e.write(g); err != nil {
				err = e.broken(err)
				p.fail(err)
				e.salvage(err)
			}
		}
		if g.written != nil {
			g.written <- e.size
		}
		p.empty <- g
	}
	if p.Err() == nil {
		if err := e.end(""); err != nil {
			p.fail(e.broken(err))
		}
	}
	if err := e.close(); err != nil {
		p.fail(err)
	}
}
