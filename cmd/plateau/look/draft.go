package look

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/sim/record"
)

// A draft is an export in progress: files in a hidden folder beside their final place,
// to which they are moved when all of them are complete.
type draft struct {
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
func (s *draft) watch(con *terminal.Console, r *record.Reader) (end func()) {
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
func (s *draft) export(r *record.Reader) (lacks []string, err error) {
	parts, lacks, err := s.format.parts(r)
	if err != nil {
		return nil, err
	}
	return lacks, s.write(parts)
}

// write writes all parts in the hidden folder.
func (s *draft) write(parts []part) error {
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

func (s *draft) writePart(p part) error {
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
func (s *draft) commit(force bool) error {
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

func (s *draft) move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return terminal.Writing(to, err)
	}
	return nil
}

func (s *draft) names() []string {
	names := []string{}
	for _, path := range s.files {
		names = append(names, filepath.Base(path))
	}
	return names
}

// abandon removes the files that have not been moved.
func (s *draft) abandon() {
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
