package look

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
	"plateau/protocols/dataset/fetch"
)

// DataCommand returns the command data.
func DataCommand(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "data", GroupID: cli.GroupSetup,
		Short: "list, fetch, verify and describe data sets",
		Long: `List, fetch, verify and describe data sets. The program looks for their files in
--data-dir only, if that is given; otherwise in $PLATEAU_DATA, the user's cache
folder, the folder of Keras, and data in the working folder, in this order. It can
also use the files that torchvision has downloaded (MNIST/raw, EMNIST/raw and so
on), and those of MNIST that Keras has (mnist.npz). Your own data is used by its
path: train --data PATH.`,
		Example: `  plateau data list
  plateau data fetch mnist
  plateau data verify mnist
  plateau data describe shapes.npz`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.UnknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDataList(con), newDataFetch(con), newDataVerify(con), newDataDescribe(con))
	return cmd
}

func dirFlag(cmd *cobra.Command, usage string) *string {
	dir := cmd.Flags().String("data-dir", "", usage)
	cli.Describe(cmd.Flags(), cli.HeadFiles, "data-dir", "DIR")
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if *dir == "" && cmd.Flags().Changed("data-dir") {
			return cli.Misuse(`--data-dir "": want a value: %s`, usage)
		}
		return nil
	}
	return dir
}

func setArgument(cmd *cobra.Command, args []string) error {
	if err := cli.OneArgument("the name of a data set: "+strings.Join(dataset.Names(), ", "))(cmd, args); err != nil {
		return err
	}
	if _, err := dataset.Lookup(args[0]); err != nil {
		return cli.Misuse("there is no data set %s%s", args[0], cli.Suggest(args[0], dataset.Names()))
	}
	return nil
}

// A finding is what is known about a data set before it is loaded.
type finding struct {
	Event   string   `json:"event"` // data
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	State   string   `json:"state"` // drawn, complete, partial, missing
	Dir     string   `json:"dir"`
	Train   int      `json:"train"` // images when complete
	Test    int      `json:"test"`
	Bytes   int64    `json:"bytes"`   // unpacked
	Missing []string `json:"missing"` // files
	Remarks []string `json:"remarks"` // about files that are not the official ones
}

func survey(info dataset.Info, dir string) (finding, error) {
	f := finding{
		Event: "data", Name: info.Name, Title: info.Title, Train: info.Train, Test: info.Test,
		Missing: []string{}, Remarks: []string{},
	}
	if info.Drawn() {
		f.State = "drawn"
		return f, nil
	}
	reports, err := dataset.Verify(info.Name, dataset.Options{Dir: dir})
	if missing, ok := errors.AsType[*dataset.MissingError](err); ok {
		f.State, f.Missing = "missing", missing.Files
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.State = "complete"
	usable, batches := true, 0
	for _, r := range reports {
		f.Bytes += r.Bytes
		switch r.State {
		case dataset.Missing:
			f.State = "partial"
			f.Missing = append(f.Missing, r.File.Name)
			usable = usable && r.File.Optional
			continue
		case dataset.Damaged, dataset.Differs:
			f.Remarks = append(f.Remarks, r.String())
		}
		f.Dir = filepath.Dir(r.Path)
		if r.File.Optional {
			batches++
		}
	}
	if !usable || batches == 0 && len(f.Missing) > 0 {
		f.State = "missing"
	}
	return f, nil
}

func newDataList(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Args: cli.NoArguments,
		Short: "list the data sets, and say which are on this machine",
		Long: `List the data sets: what each contains, where it is on this machine, which files
are missing and how to get them. This compares checksums, which takes a second, or
a few if all sets are there.`,
		Example: "  plateau data list\n  plateau data list --data-dir /data --json",
	}
	dir := dirFlag(cmd, "the only folder to look in (default: $PLATEAU_DATA, then the user's caches)")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, info := range dataset.List() {
			f, err := survey(info, *dir)
			if err != nil {
				return err
			}
			con.Event(f)
			con.Line("%-15s  %s", f.Name, f.Title)
			con.Line("%-15s  %d + %d images of %s in %d classes", "", f.Train, f.Test, pixels(info), len(info.Classes))
			for _, line := range f.words(*dir) {
				con.Line("%-15s  %s", "", line)
			}
		}
		if looked := dataset.SearchPath(*dir); len(looked) > 0 {
			con.Line("\nlooked in: %s", strings.Join(looked, ", "))
		}
		return nil
	}
	return cmd
}

func pixels(info dataset.Info) string {
	s := fmt.Sprintf("%d×%d", info.Width, info.Height)
	if info.Channels > 1 {
		s += fmt.Sprintf("×%d", info.Channels)
	}
	return s
}

// words say where a set is, or how to get it into dir.
func (f finding) words(dir string) []string {
	var lines []string
	switch f.State {
	case "drawn":
		return []string{"needs no files: the program draws it"}
	case "complete":
		lines = append(lines, fmt.Sprintf("here: %s (%s unpacked)", f.Dir, size(f.Bytes)))
	case "partial":
		lines = append(lines,
			fmt.Sprintf("incomplete: %s (%s unpacked), %s missing", f.Dir, size(f.Bytes), strings.Join(f.Missing, ", ")),
			"to get the rest: "+cli.FetchCommand(f.Name, dir))
	case "missing":
		if f.Bytes == 0 {
			return []string{"not here; to get it: " + cli.FetchCommand(f.Name, dir)}
		}
		lines = append(lines,
			fmt.Sprintf("not here: %s missing", strings.Join(f.Missing, ", ")),
			"to get it: "+cli.FetchCommand(f.Name, dir))
	}
	return append(lines, f.Remarks...)
}

func newDataFetch(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "fetch NAME", Args: setArgument,
		Short: "download a data set",
		Long: `Download a data set from its official source and compare its checksums. This is
the only command that uses the network; if there is no connection, it says which
files to put where. An interrupted download continues where it stopped. A file
gets its name when it is complete. If another process is fetching into the same
folder, this one waits for it.`,
		Example: "  plateau data fetch mnist\n  plateau data fetch cifar10 --data-dir /data",
	}
	dir := dirFlag(cmd, "folder to put it in (default: $PLATEAU_DATA, or the user's cache folder)")
	var accept bool
	cmd.Flags().BoolVar(&accept, "accept-mismatch", false, "keep files that differ from the official ones, if the program can use them")
	cli.Describe(cmd.Flags(), cli.HeadFiles, "accept-mismatch", "")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return FetchData(cmd.Context(), con, args[0], *dir, fetch.Options{AcceptMismatch: accept})
	}
	return cmd
}

// FetchData downloads the files of a data set that are missing.
func FetchData(ctx context.Context, con *terminal.Console, name, dir string, o fetch.Options) error {
	if dir == "" {
		own, err := dataset.OwnDir("")
		if err != nil {
			return cli.Misuse("there is no cache folder and $PLATEAU_DATA is not set; --data-dir says where to put %s", name)
		}
		dir = own
	}
	d := &download{con: con}
	o.Progress = d.progress
	o.Notice = func(line string) {
		d.end()
		con.Note("%s", line)
	}
	err := fetch.Fetch(ctx, name, dir, o)
	d.end()
	if err != nil {
		if ctx.Err() != nil {
			return cli.Interrupted("; the same command continues the download")
		}
		return err
	}
	info, err := dataset.Lookup(name)
	if err != nil {
		return err
	}
	f, err := survey(info, dir)
	if err != nil {
		return err
	}
	con.Event(f)
	for _, line := range f.words(dir) {
		con.Line("%s: %s", name, line)
	}
	return nil
}

// download shows the progress of one file after another.
type download struct {
	con  *terminal.Console
	file string
	bar  *terminal.Progress
	from int64 // where a continued download began
}

func (d *download) progress(file string, done, total int64) {
	if d.bar == nil || d.file != file || done < d.from {
		d.end()
		d.file, d.from = file, done
		d.bar = d.con.Progress(file, max(total, 1), func(done int64, elapsed time.Duration) string {
			got, all := done-d.from, d.bar.Total-d.from
			words := fmt.Sprintf("%s of %s, %s/s", size(done), size(d.bar.Total), size(int64(terminal.PerSecond(got, elapsed))))
			if got > 0 {
				words += ", " + terminal.Clock(terminal.Left(got, all, elapsed)) + " left"
			}
			return words
		})
	}
	if total > 0 {
		d.bar.Resize(total)
	}
	d.bar.At(done)
}

func (d *download) end() {
	if d.bar != nil {
		d.bar.End()
		d.bar = nil
	}
}

// size prints a number of bytes for a person.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

type fileEvent struct {
	Event string `json:"event"` // file
	Name  string `json:"name"`
	Path  string `json:"path"`
	State string `json:"state"`
	Bytes int64  `json:"bytes"`
	MD5   string `json:"md5"`
}

func newDataVerify(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "verify NAME", Args: setArgument,
		Short: "compare a data set with the official checksums",
		Long: `Compare the files of a data set with the official checksums. The exit status is 1
if a file differs, is damaged or is missing. A file that differs can be used all
the same if it can be read; training says which files are not the official ones.`,
		Example: "  plateau data verify mnist\n  plateau data verify cifar10 --data-dir /data",
	}
	dir := dirFlag(cmd, "the only folder to look in (default: $PLATEAU_DATA, then the user's caches)")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return verify(con, args[0], *dir) }
	return cmd
}

func verify(con *terminal.Console, name, dir string) error {
	reports, err := dataset.Verify(name, dataset.Options{Dir: dir})
	if err != nil {
		return err
	}
	if len(reports) == 0 {
		con.Line("%s is drawn by the program: there are no files to verify", name)
	}
	bad, optional := 0, 0
	for _, r := range reports {
		con.Event(fileEvent{"file", r.File.Name, r.Path, r.State.String(), r.Bytes, r.MD5})
		con.Line("%s", r)
		switch {
		case r.State == dataset.Missing && r.File.Optional:
			optional++
			bad++
		case r.State != dataset.OK && r.State != dataset.Unchecked:
			bad++
		}
	}
	if bad == 0 {
		return nil
	}
	hint := ""
	if bad == optional {
		hint = "; the set can be used all the same"
	}
	return fmt.Errorf("%d of %s of %s are not the official ones%s; %s gets them",
		bad, terminal.Plural(len(reports), "file"), name, hint, cli.FetchCommand(name, dir))
}
