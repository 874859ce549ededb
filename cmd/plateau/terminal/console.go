package terminal

import (
	"encoding/json"
	"fmt"
	"io"
)

// Console is where the program prints: results go to out, progress and messages to
// err. With json, out gets one JSON object per line and nothing else.
type Console struct {
	Out, Err io.Writer
	JSON     bool
	Failed   error // the first failed write to out

	Screen *Screen  // the terminal on which messages appear, nil if there is none
	Page   Terminal // what out leads to
}

// NewConsole finds out what out and err lead to.
func NewConsole(out, err io.Writer, env func(string) string) *Console {
	c := &Console{Out: out, Err: err}
	c.Page, _ = terminalAt(out, env)
	if _, moves := terminalAt(err, env); moves {
		c.Screen = &Screen{To: err, Size: func() Terminal {
			t, _ := terminalAt(err, env)
			return t
		}}
	}
	return c
}

// Line prints a line of results for a person.
func (c *Console) Line(format string, args ...any) {
	c.Drawing(Printable(fmt.Sprintf(format, args...)))
}

// Drawing prints lines for a person that may contain escape sequences. The caller has
// made everything else in them printable.
func (c *Console) Drawing(text string) {
	if !c.JSON {
		c.write([]byte(text + "\n"))
	}
}

// Event prints a result for a machine.
func (c *Console) Event(v any) {
	if !c.JSON {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		c.fail(err)
		return
	}
	c.write(append(asciiControls(text), '\n'))
}

func (c *Console) write(text []byte) {
	c.Clear()
	if _, err := c.Out.Write(text); err != nil {
		c.fail(fmt.Errorf("writing to standard output: %w", Cause(err)))
	}
}

func (c *Console) fail(err error) {
	if c.Failed == nil {
		c.Failed = err
	}
}

// Note prints a message that is not a result.
func (c *Console) Note(format string, args ...any) {
	c.Clear()
	fmt.Fprintln(c.Err, Printable(fmt.Sprintf(format, args...)))
}

// Clear removes the progress from the end of the terminal, so that new lines can
// follow the previous ones.
func (c *Console) Clear() {
	if c.Screen != nil {
		c.Screen.clear()
	}
}
