package view

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
	"plateau/sim/record"
)

// Command returns the command view.
func Command(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "view FILE|RUN", GroupID: cli.GroupLook, Args: cli.OneArgument("a recording or the folder of a run"),
		Short: "look into a recording, or watch a run, in a browser",
		Long: `Serve a web page until Ctrl-C, to this machine only. For a recording it shows the
trials along a time axis, from hours down to single spikes, with rasters,
potentials, phases and plateaus; keys lead from one wrong prediction to the next.
Potentials that were not recorded are recomputed. For a run folder it shows the
learning curves, while the run is in progress too, and the recording if there is
one. The page loads nothing from any other machine.`,
		Example: `  plateau view runs/digits-1
  plateau view runs/digits-1/recording.plateau --open
  plateau view trial-7.plateau --port 8080`,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	var o viewOptions
	flags.IntVar(&o.port, "port", 0, "port of 127.0.0.1 to listen on (default: a free one)")
	cli.Describe(flags, cli.HeadLook, "port", "N")
	flags.BoolVar(&o.open, "open", false, "open the page in the browser")
	cli.Describe(flags, cli.HeadLook, "open", "")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.path = args[0]
		if flags.Changed("port") && (o.port < 1 || o.port > 65535) {
			return cli.Misuse("--port %d: want 1 to 65535", o.port)
		}
		return showView(cmd.Context(), con, o)
	}
	return cmd
}

type viewOptions struct {
	path string
	port int
	open bool
}

// A ViewEvent is the line of --json.
type ViewEvent struct {
	Event     string `json:"event"` // view
	URL       string `json:"url"`
	Recording string `json:"recording,omitempty"`
	Run       string `json:"run,omitempty"`
}

func showView(ctx context.Context, con *terminal.Console, o viewOptions) error {
	recording, run, err := LookAt(o.path)
	if err != nil {
		return err
	}
	e := ViewEvent{Event: "view"}
	if recording != nil {
		defer recording.Reader.Close()
		e.Recording = recording.Name
	}
	if run != nil {
		e.Run = run.Name
	}
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.port)))
	if err != nil {
		if o.port != 0 {
			return fmt.Errorf("--port %d: %w; without --port a free one is found", o.port, reason(err))
		}
		return fmt.Errorf("cannot listen on 127.0.0.1: %w", reason(err))
	}
	server := New(recording, run)
	defer server.Close()
	h := &http.Server{BaseContext: func(net.Listener) context.Context { return ctx }}
	server.Configure(h)
	served := make(chan error, 1)
	go func() { served <- h.Serve(listener) }()
	e.URL = "http://" + listener.Addr().String() + "/"
	con.Event(e)
	con.Line("%s: %s", o.path, e.URL)
	if !con.JSON {
		con.Note("Ctrl-C ends the program")
	}
	if o.open {
		if err := openBrowser(e.URL); err != nil {
			con.Note("note: --open: %v", err)
		}
	}
	select {
	case err := <-served:
		return fmt.Errorf("serving %s: %w", e.URL, err)
	case <-ctx.Done():
		// Requests end with ctx; those that the page sends later fail.
		end, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if h.Shutdown(end) != nil {
			h.Close()
		}
		return nil
	}
}

// reason returns why a network operation failed.
func reason(err error) error {
	if e, ok := errors.AsType[*os.SyscallError](err); ok {
		return e.Err
	}
	return err
}

// LookAt finds what there is at a path.
func LookAt(path string) (*Recording, *Run, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("%s: there is no such file or folder; want a recording or the folder of a run%s", path, cli.KnownRuns())
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", path, terminal.Cause(err))
	case !info.IsDir():
		recording, err := ViewRecording(path)
		return recording, nil, err
	}
	c, err := run.Config(path)
	if err != nil {
		return nil, nil, err
	}
	ran := &Run{Name: path, Title: fmt.Sprintf("%s, seed %d", c.Title(), c.Seed), Metrics: filepath.Join(path, cli.MetricsName)}
	name := run.OwnRecording(path)
	if !run.IsRecording(name) {
		return nil, ran, nil
	}
	recording, err := ViewRecording(name)
	return recording, ran, err
}

// ViewRecording opens a recording, and finds what belongs to it but is in other files.
func ViewRecording(path string) (*Recording, error) {
	r, err := run.OpenRecording(path)
	if err != nil {
		return nil, err
	}
	h := r.Header()
	search := &run.WeightSearch{Header: h}
	if folder := filepath.Dir(path); cli.IsRun(folder) {
		search.Run = folder
	}
	var sizes []int
	for _, p := range h.Populations {
		sizes = append(sizes, p.Size)
	}
	recording := &Recording{
		Name: path, Title: terminal.Join(sizes, "-") + " on " + h.Data, Reader: r, Weights: search.Find,
		Classes: settings.ClassNames(settings.DataOf(h), h.Network.Classes),
	}
	if images := run.NewRecordedImages(h); images != nil {
		recording.Image = func(t *record.Trial) (image.Image, error) {
			set, err := images.Shown(t)
			if err != nil {
				return nil, err
			}
			return PictureOf(set, 0), nil
		}
	}
	return recording, nil
}

// PictureOf returns an image of a data set, white on black.
func PictureOf(set *dataset.Set, i int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, set.Width, set.Height))
	for y := range set.Height {
		for x := range set.Width {
			red, green, blue := set.Colour(i, x, y)
			m.SetNRGBA(x, y, color.NRGBA{red, green, blue, 0xff})
		}
	}
	return m
}

// openBrowser shows a page.
func openBrowser(url string) error {
	command, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		command = "open"
	case "windows":
		command, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	cmd := exec.Command(command, args...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", command, reason(err))
	}
	go cmd.Wait()
	return nil
}
