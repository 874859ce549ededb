package look

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/terminal"
	"plateau/sim/record/intact"
)

// ExportCommand returns the command export.
func ExportCommand(con *terminal.Console) *cobra.Command {
	var list strings.Builder
	for _, f := range Formats() {
		fmt.Fprintf(&list, "\n  %-8s %s", f.Name, f.meaning)
	}
	cmd := &cobra.Command{
		Use: "export FILE|RUN", GroupID: cli.GroupLook, Args: cli.OneArgument("a recording or the folder of a run that has one"),
		Short: "write a recording in the format of other tools",
		Long: `Write everything in a recording, except the weights, in a format that other tools
read. NWB files also get the images that were shown, if the data set can be found.
Memory does not grow with the length of the recording. plateau replay computes
potentials that were not recorded. Damaged trials, and data that the format cannot
hold, are left out; a message lists them, and the exit status is then 1, although
the export is complete otherwise. Formats:
` + list.String(),
		Example: `  plateau export runs/digits-1 --to nwb
  plateau export trial-7.plateau --to npz --out seven.npz
  plateau export runs/digits-1/recording.plateau --to csv --out tables`,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	var o exportOptions
	flags.StringVar(&o.to, "to", "", "format: "+strings.Join(FormatNames(), ", "))
	cli.Describe(flags, cli.HeadLook, "to", "FORMAT")
	o.data = dirFlag(cmd, "folder of the data set, for the images in NWB files (default: where the run found it)")
	flags.StringVar(&o.out, "out", "", "file or folder to write (default: named after recording and format, such as recording.nwb)")
	cli.Describe(flags, cli.HeadOutput, "out", "PATH")
	flags.BoolVar(&o.force, "force", false, "replace what is there")
	cli.Describe(flags, cli.HeadOutput, "force", "")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.path = args[0]
		if o.to == "" {
			return cli.Misuse("export needs --to: %s", strings.Join(FormatNames(), ", "))
		}
		if o.out == "" && flags.Changed("out") {
			return cli.Misuse(`--out "": want the name of a file or a folder`)
		}
		k := slices.IndexFunc(Formats(), func(f Format) bool { return f.Name == o.to })
		if k < 0 {
			return cli.Misuse("--to %s: there is no such format%s", o.to, cli.Suggest(o.to, FormatNames()))
		}
		switch {
		case flags.Changed("data-dir") && *o.data == "":
			return cli.Misuse(`--data-dir "": want the name of a folder`)
		case *o.data != "" && !Formats()[k].images:
			return cli.Misuse("--data-dir %s: an export to %s does not hold the images that were shown", *o.data, o.to)
		}
		return export(cmd.Context(), con, Formats()[k], o)
	}
	return cmd
}

type exportOptions struct {
	path  string
	to    string
	data  *string // folder of the data set
	out   string
	force bool
}

type exportEvent struct {
	Event string   `json:"event"` // export
	File  string   `json:"file"`
	To    string   `json:"to"`
	Out   string   `json:"out"`
	Files []string `json:"files"`
	Bytes int64    `json:"bytes"`

	Images  bool   `json:"images"` // whether it holds the images that were shown
	Trials  int    `json:"trials"`
	LeftOut string `json:"left_out"` // damaged trials, as ranges
	// Lacks lists what the format cannot hold, and why.
	Lacks []string `json:"lacks,omitempty"`
}

func export(ctx context.Context, con *terminal.Console, f Format, o exportOptions) error {
	path, err := run.RecordingOf(o.path)
	if err != nil {
		return err
	}
	o.path = path
	r, err := run.OpenRecording(o.path)
	if err != nil {
		return err
	}
	defer r.Close()
	if o.out == "" {
		name := filepath.Base(o.path)
		o.out = strings.TrimSuffix(name, filepath.Ext(name))
		if f.Ending != "" {
			o.out += f.Ending
		} else {
			o.out += "-" + f.Name
		}
	}
	if cli.Same(o.path, o.out) {
		return fmt.Errorf("--out %s: is the recording itself; choose another name", o.out)
	}
	if f.Ending != "" {
		err = cli.CheckNew(o.out, o.force)
	} else {
		err = checkNewFolder(o.out, o.force)
	}
	if err != nil {
		return err
	}
	watch, end := cli.WatchBytes(ctx, con, "checking "+o.path, r.Size())
	_, err = r.Lost(watch)
	end()
	switch {
	case ctx.Err() != nil:
		return cli.Interrupted("; nothing was written")
	case err != nil:
		return fmt.Errorf("%s: %s", o.path, cli.Plain(err))
	}
	whole := intact.Of(r)
	lost := whole.LeftOut()
	if d := r.Damage(); len(d) > 0 && len(lost) == 0 && r.Complete() {
		con.Note("note: %s is damaged, but not in its trials: %s", o.path, newDamage(d[0]))
	}
	switch {
	case whole.Trials() == 0 && !r.Complete() && len(lost) == 0:
		return fmt.Errorf("%s broke off before its first trial was recorded, so there is nothing to export", o.path)
	case !r.Complete():
		con.Note("note: %s broke off; the export has the trials that were recorded", o.path)
	}
	if whole.Trials() == 0 && r.Trials() > 0 {
		return fmt.Errorf("%s is damaged in every trial, so there is nothing to export; %s says where", o.path, cli.Command("inspect", cli.Argument(o.path), "--verify"))
	}
	shown := false
	if f.images {
		images, err := exportedImages(con, whole, *o.data)
		if err != nil {
			return err
		}
		shown = images != nil
		f.parts = nwbParts(images)
	}
	s := &draft{ctx: ctx, format: f, out: o.out}
	defer s.abandon()
	end = s.watch(con, r)
	lacks, err := s.export(r)
	end()
	if err != nil {
		if ctx.Err() != nil {
			return cli.Interrupted("; nothing was written")
		}
		if s.failed {
			return err
		}
		return fmt.Errorf("%s: %s", o.path, cli.Plain(err))
	}
	if err := s.commit(o.force); err != nil {
		return err
	}
	e := exportEvent{
		Event: "export", File: o.path, To: f.Name, Out: o.out, Files: s.names(), Bytes: s.bytes,
		Images: shown, Trials: whole.Trials(), LeftOut: cli.PrintRanges(lost), Lacks: lacks,
	}
	con.Event(e)
	in := ""
	if f.Ending == "" {
		in = ", in " + strings.Join(e.Files, ", ")
	}
	con.Line("%s: %s, %s%s", o.out, terminal.Plural(e.Trials, "trial"), terminal.ByteSize(e.Bytes), in)
	var errs []error
	if len(lost) > 0 {
		errs = append(errs, fmt.Errorf("%s is damaged: %s left out of %d, %s; %s is whole and has the others. %s says what is damaged",
			o.path, terminal.Plural(len(lost), "trial"), r.Trials(), e.LeftOut, o.out, cli.Command("inspect", cli.Argument(o.path), "--verify")))
	}
	if len(lacks) > 0 {
		errs = append(errs, fmt.Errorf("left out of %s:\n  %s\n%s writes them, with everything that is in %s",
			o.out, strings.Join(lacks, "\n  "), cli.Command("export", cli.Argument(o.path), "--to", "npz"), o.out))
	}
	return errors.Join(errs...)
}

// checkNewFolder refuses a folder that has something in it.
func checkNewFolder(path string, force bool) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		folder := filepath.Dir(filepath.Clean(path))
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return fmt.Errorf("--out %s: there is no folder %s", path, folder)
		}
	case err != nil:
		return fmt.Errorf("--out %s: %w; want the name of a folder", path, terminal.Cause(err))
	case len(entries) > 0 && !force:
		return fmt.Errorf("--out %s: the folder is not empty; --force replaces an export in it, or choose another name", path)
	}
	return nil
}
