package look

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/sim/record"
	"plateau/sim/record/arrays"
	"plateau/sim/record/csv"
	"plateau/sim/record/intact"
	"plateau/sim/record/nwb"
	"plateau/sim/record/parquet"
	"plateau/sim/record/sonata"
	"plateau/sim/record/table"
)

// A Format is a file format to which recordings can be exported.
type Format struct {
	Name    string
	meaning string
	Ending  string // ending of the file's name, or "" if the export is a folder
	images  bool   // whether it can hold the images that were shown
	// parts returns the files of an export, and what of the recording they lack because
	// the format cannot hold it.
	parts func(r *record.Reader) (parts []part, lacks []string, err error)
	Owns  func(name string) bool // reports whether a file in the folder belongs to such an export
}

// A part is one file of an export.
type part struct {
	name  string // in the folder
	write func(w output) error
}

// output is a file to which a part is written.
type output interface {
	io.Writer
	io.WriterAt
}

// Formats lists all formats.
func Formats() []Format {
	return []Format{
		{
			Name: "nwb", meaning: "Neurodata Without Borders 2, one HDF5 file", Ending: ".nwb", images: true,
			parts: nwbParts(nil),
		}, {
			Name: "sonata", meaning: "a folder with spikes.h5 and a report for each recorded variable",
			parts: sonataParts,
			Owns: func(name string) bool {
				return name == "spikes.h5" || name == "missing.csv" || slices.ContainsFunc(settings.Variables(), func(v record.Variable) bool { return name == string(v)+".h5" })
			},
		}, {
			Name: "npz", meaning: "NumPy arrays, one file", Ending: ".npz",
			parts: alone(func(w output, r *record.Reader) error {
				h := r.Header()
				return arrays.Export(w, r, arrays.Options{Classes: settings.ClassNames(h.Data, h.Network.Classes)})
			}),
		}, {
			Name: "parquet", meaning: "a folder with tables of trials, spikes, …",
			parts: tables(".parquet", func(w output, t table.Table) error { return parquet.Export(w, t) }),
			Owns:  func(name string) bool { return filepath.Ext(name) == ".parquet" },
		}, {
			Name: "csv", meaning: "the same tables as text",
			parts: tables(".csv", func(w output, t table.Table) error { return csv.Export(w, t) }),
			Owns:  func(name string) bool { return filepath.Ext(name) == ".csv" },
		},
	}
}

func nwbParts(images *nwb.Images) func(r *record.Reader) ([]part, []string, error) {
	return alone(func(w output, r *record.Reader) error {
		o := nwb.Options{Images: images}
		images = nil // so that they can go when they are written
		return nwb.Export(w, r, o)
	})
}

func alone(export func(w output, r *record.Reader) error) func(r *record.Reader) ([]part, []string, error) {
	return func(r *record.Reader) ([]part, []string, error) {
		return []part{{write: func(w output) error { return export(w, r) }}}, nil, nil
	}
}

// sonataParts are spikes, reports and a table of missing trials, for which SONATA has
// no place of its own. What they lack are potentials that can have no report.
func sonataParts(r *record.Reader) (parts []part, lacks []string, err error) {
	x, err := sonata.New(r)
	if err != nil {
		return nil, nil, err
	}
	parts = []part{{"spikes.h5", func(w output) error { return x.Spikes(w) }}}
	for _, v := range x.Variables() {
		parts = append(parts, part{string(v) + ".h5", func(w output) error { return x.Report(w, v) }})
	}
	missing := table.Missing(intact.Of(r))
	parts = append(parts, part{missing.Name + ".csv", func(w output) error { return csv.Export(w, missing) }})
	uneven := x.Uneven()
	for _, i := range slices.Sorted(maps.Keys(uneven)) {
		lacks = append(lacks, uneven[i])
	}
	return parts, lacks, nil
}

func tables(ending string, export func(w output, t table.Table) error) func(r *record.Reader) ([]part, []string, error) {
	return func(r *record.Reader) ([]part, []string, error) {
		var parts []part
		for _, t := range table.Of(r) {
			parts = append(parts, part{t.Name + ending, func(w output) error { return export(w, t) }})
		}
		return parts, nil, nil
	}
}

// FormatNames lists the names of all formats.
func FormatNames() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

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
	cli.JsonFlag(cmd, con)
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
	s := &stage{ctx: ctx, format: f, out: o.out}
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

// A stage is an export in progress: files in a hidden folder beside their final place,
// to which they are moved when all of them are complete.
type stage struct {
	ctx     context.Context
	format  Format
	out     string
	hidden  string
	files   []string // in the hidden folder
	bytes   int64
	written int64 // so far, of files that may not be whole
	failed  bool  // writing failed, not reading
}

// watch shows the progress of the export: how often it has gone through the trials,
// the current trial, and how much it has written.
func (s *stage) watch(con *terminal.Console, r *record.Reader) (end func()) {
	round, last := 1, -1
	bar := con.Progress("exporting to "+s.out, int64(r.Trials()), func(done int64, _ time.Duration) string {
		return fmt.Sprintf("round %d: trial %d of %d, %s written", round, done, r.Trials(), terminal.ByteSize(s.written))
	})
	r.Watch(func(trial int) error {
		if trial < last {
			round++
		}
		last = trial
		bar.At(int64(trial))
		return s.ctx.Err()
	})
	return bar.End
}

// export writes all parts, and returns what the format cannot hold.
func (s *stage) export(r *record.Reader) (lacks []string, err error) {
	parts, lacks, err := s.format.parts(r)
	if err != nil {
		return nil, err
	}
	return lacks, s.write(parts)
}

// write writes all parts in the hidden folder.
func (s *stage) write(parts []part) error {
	folder, name := filepath.Split(filepath.Clean(s.out))
	if folder == "" {
		folder = "."
	}
	var err error
	if s.hidden, err = os.MkdirTemp(folder, "."+name+".*.tmp"); err != nil {
		s.failed = true
		return fmt.Errorf("--out %s: cannot write there: %w", s.out, terminal.Cause(err))
	}
	for _, p := range parts {
		if p.name == "" {
			p.name = name
		}
		if err := s.writePart(p); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) writePart(p part) error {
	path := filepath.Join(s.hidden, p.name)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return terminal.Writing(s.out, err)
	}
	defer f.Close()
	w := &watched{ctx: s.ctx, File: f, written: &s.written}
	if err := p.write(w); err != nil {
		if s.failed = w.failed != nil; s.failed {
			return terminal.Writing(s.out, w.failed)
		}
		return err
	}
	if err := f.Sync(); err != nil {
		return terminal.Writing(s.out, err)
	}
	info, err := f.Stat()
	if err != nil {
		return terminal.Writing(s.out, err)
	}
	s.bytes += info.Size()
	s.files = append(s.files, path)
	return f.Close()
}

// commit moves the files to their final places.
func (s *stage) commit(force bool) error {
	if s.format.Ending != "" {
		if !force {
			if err := os.Link(s.files[0], s.out); errors.Is(err, fs.ErrExist) {
				return cli.CheckNew(s.out, false)
			} else if err == nil {
				return nil
			}
			// Some file systems do not support links.
			if err := cli.CheckNew(s.out, false); err != nil {
				return err
			}
		}
		return s.move(s.files[0], s.out)
	}
	if err := os.Mkdir(s.out, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return terminal.Writing(s.out, err)
	}
	if err := checkNewFolder(s.out, force); err != nil {
		return err
	}
	old, err := os.ReadDir(s.out)
	if err != nil {
		return terminal.Writing(s.out, err)
	}
	for _, e := range old {
		if e.Type().IsRegular() && s.format.Owns(e.Name()) {
			if err := os.Remove(filepath.Join(s.out, e.Name())); err != nil {
				return terminal.Writing(s.out, err)
			}
		}
	}
	for _, path := range s.files {
		if err := s.move(path, filepath.Join(s.out, filepath.Base(path))); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return terminal.Writing(to, err)
	}
	return nil
}

func (s *stage) names() []string {
	names := []string{}
	for _, path := range s.files {
		names = append(names, filepath.Base(path))
	}
	return names
}

// abandon removes the files that have not been moved.
func (s *stage) abandon() {
	if s.hidden != "" {
		os.RemoveAll(s.hidden)
	}
}

// watched is a file that refuses writes once the user has stopped the program.
type watched struct {
	ctx     context.Context
	failed  error
	written *int64 // bytes
	*os.File
}

// Write implements io.Writer.
func (w *watched) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.File.Write(b)
	return n, w.note(n, err)
}

// WriteAt implements io.WriterAt.
func (w *watched) WriteAt(b []byte, at int64) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.File.WriteAt(b, at)
	return n, w.note(n, err)
}

func (w *watched) note(n int, err error) error {
	*w.written += int64(n)
	if err != nil && w.failed == nil {
		w.failed = err
	}
	return err
}
