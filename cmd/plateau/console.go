package main

import (
	"encoding/json"
	"fmt"
	"io"
)

// console is where the program prints: results go to out, progress and messages to
// err. With json, out gets one JSON object per line and nothing else.
type console struct {
	out, err io.Writer
	json     bool
	failed   error // the first failed write to out

	screen *screen  // the terminal on which messages appear, nil if there is none
	page   terminal // what out leads to
}

// newConsole finds out what out and err lead to.
func newConsole(out, err io.Writer, env func(string) string) *console {
	c := &console{out: out, err: err}
	c.page, _ = terminalAt(out, env)
	if _, moves := terminalAt(err, env); moves {
		c.screen = &screen{to: err, size: func() terminal {
			t, _ := terminalAt(err, env)
			return t
		}}
	}
	return c
}

// line prints a line of results for a person.
func (c *console) line(format string, args ...any) {
	c.drawing(printable(fmt.Sprintf(format, args...)))
}

// drawing prints lines for a person that may contain escape sequences. The caller has
// made everything else in them printable.
func (c *console) drawing(text string) {
	if !c.json {
		c.write([]byte(text + "\n"))
	}
}

// event prints a result for a machine.
func (c *console) event(v any) {
	if !c.json {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		c.fail(err)
		return
	}
	c.write(append(asciiControls(text), '\n'))
}

func (c *console) write(text []byte) {
	c.clear()
	if _, err := c.out.Write(text); err != nil {
		c.fail(fmt.Errorf("writing to standard output: %w", cause(err)))
	}
}

func (c *console) fail(err error) {
	if c.failed == nil {
		c.failed = err
	}
}

// note prints a message that is not a result.
func (c *console) note(format string, args ...any) {
	c.clear()
	fmt.Fprintln(c.err, printable(fmt.Sprintf(format, args...)))
}

// clear removes the progress from the end of the terminal, so that new lines can
// follow the previous ones.
func (c *console) clear() {
	if c.screen != nil {
		c.screen.clear()
	}
}
