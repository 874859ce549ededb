package cli

import (
	"context"
	"fmt"
	"time"

	"plateau/cmd/plateau/terminal"
)

// WatchBytes shows how many of size bytes are done, and ends the work when the user
// stops the program.
func WatchBytes(ctx context.Context, c *terminal.Console, what string, size int64) (watch func(done int64) error, end func()) {
	bar := c.Progress(what, size, func(done int64, elapsed time.Duration) string {
		return fmt.Sprintf("%s of %s, %s left", terminal.ByteSize(done), terminal.ByteSize(size), terminal.Clock(terminal.Left(done, size, elapsed)))
	})
	return func(done int64) error {
		if ctx.Err() != nil {
			return Interrupted("")
		}
		bar.At(done)
		return nil
	}, bar.End
}
