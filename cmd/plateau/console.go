package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// console is where the program speaks: results go to out, progress and messages
// to err. With json, out gets a JSON object a line and nothing else.
type console struct {
	out, err io.Writer
	json     bool
	failed   error // the first failed write to out
}

// line prints a line of results for a person.
func (c *console) line(format string, args ...any) {
	if !c.json {
		c.write(fmt.Appendf(nil, format+"\n", args...))
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
	c.write(append(text, '\n'))
}

func (c *console) write(text []byte) {
	if _, err := c.out.Write(text); err != nil {
		c.fail(fmt.Errorf("writing to standard output: %w", cause(err)))
	}
}

func (c *console) fail(err error) {
	if c.failed == nil {
		c.failed = err
	}
}

// note prints a message that is no result.
func (c *console) note(format string, args ...any) {
	fmt.Fprintf(c.err, format+"\n", args...)
}

// live is whether somebody looks at the messages as they come.
func (c *console) live() bool {
	f, ok := c.err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
