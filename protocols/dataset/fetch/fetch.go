// Package fetch downloads data sets from their official places.
//
// It is apart from package dataset so that what only reads files does not
// link an HTTP client.
//
// A download goes to a file with ".part" at the end of its name. If it is
// interrupted, the next call continues it where the server allows. The file
// gets its name, in one step, when it is complete, its checksum has been compared
// and it is on the disk: under its name, there is never half a file.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"plateau/protocols/dataset"
)

// Options change how Fetch works. The zero value is good.
type Options struct {
	// Client makes the requests; nil for one that waits at most half a minute
	// for a server to answer.
	Client *http.Client

	// Progress, if set, is told how much of a file has arrived, often, in bytes.
	// The total is −1 while it is unknown. done starts above 0 where
	// a download goes on, and falls back to 0 where one must begin again.
	Progress func(file string, done, total int64)

	// Notice, if set, gets a line about each thing a person may want to know:
	// a file that was there already, a place that failed, a checksum let pass.
	Notice func(line string)

	// AcceptMismatch keeps files whose checksum is not the official one, just
	// downloaded or already there, as long as they can be unpacked.
	AcceptMismatch bool

	// Places replaces the official places: URLs of folders with the files,
	// tried in this order.
	Places []string
}

// A MismatchError says that what a place sent is not the official file.
type MismatchError struct {
	URL   string
	Got   string // what was wrong with it
	Looks string // what it may be; "" if there is no guess
}

func (e *MismatchError) Error() string {
	s := fmt.Sprintf("%s: not the official file: %s", e.URL, e.Got)
	if e.Looks != "" {
		s += " (" + e.Looks + ")"
	}
	return s
}

// Fetch downloads the data set of that name into dataset.Folder below dir, as
// far as it is not there yet. A file that is there but is not the official
// one is replaced, once its replacement is complete. If ctx ends, what has
// arrived is kept for the next time. A set that is drawn needs no download,
// and nothing happens.
func Fetch(ctx context.Context, name, dir string, o Options) error {
	info, err := dataset.Lookup(name)
	if err != nil {
		return err
	}
	if len(info.Files) == 0 {
		o.notice("%s is drawn by the program: there is nothing to download", name)
		return nil
	}
	places := o.Places
	if len(places) == 0 {
		places = Places(name)
	}
	job := &job{Options: o, places: places, patience: time.Minute, pause: time.Second, most: 1 << 30}
	if job.Client == nil {
		job.Client = defaultClient()
	}
	folder := dataset.Folder(dir, info)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	if name == "cifar10" {
		err = job.archive(ctx, cifarArchive, folder, info)
	} else {
		err = job.files(ctx, folder, info)
	}
	if err != nil {
		return fmt.Errorf("fetch %s: %w", name, err)
	}
	return nil
}

// A job is one call of Fetch.
type job struct {
	Options
	places   []string
	patience time.Duration // with a server that sends nothing
	pause    time.Duration // before trying again, growing with each failure
	most     int64         // bytes of a file; a server that sends more is refused
}

func (o Options) notice(format string, args ...any) {
	if o.Notice != nil {
		o.Notice(fmt.Sprintf(format, args...))
	}
}

// good says whether a file that is already there can stay.
func (j *job) good(r dataset.Report) bool {
	switch r.State {
	case dataset.OK:
		j.notice("%s is there already", r.Path)
		return true
	case dataset.Unchecked:
		j.notice("%s is there already (there is no official checksum to compare)", r.Path)
		return true
	case dataset.Differs:
		if j.AcceptMismatch {
			j.notice("%v; kept, as asked", r)
			return true
		}
		j.notice("%v; it will be replaced", r)
	case dataset.Damaged:
		j.notice("%v; it will be replaced", r)
	}
	return false
}

// files fetches a set that is published as gzipped files.
func (j *job) files(ctx context.Context, folder string, info dataset.Info) error {
	for _, r := range dataset.VerifyFolder(folder, info) {
		if j.good(r) {
			continue
		}
		name := r.File.Name + ".gz"
		path := filepath.Join(folder, name)
		// The content is compared, not the archive: a mirror may have
		// packed the same file anew.
		check := func(part string) error { return j.compare(dataset.VerifyFile(part, r.File)) }
		if err := j.download(ctx, name, path, check); err != nil {
			return err
		}
		if err := install(path+partSuffix, path); err != nil {
			return err
		}
	}
	return nil
}

// compare judges a download that is complete.
func (j *job) compare(r dataset.Report) error {
	switch {
	case r.State == dataset.OK || r.State == dataset.Unchecked:
		return nil
	case r.State == dataset.Damaged:
		return &MismatchError{Got: r.Err.Error()}
	case r.State == dataset.Missing:
		return errors.New("it vanished while it was checked")
	case j.AcceptMismatch:
		j.notice("%v; accepted, as asked", r)
		return nil
	case r.Bytes != r.File.Bytes:
		return &MismatchError{Got: fmt.Sprintf("%d bytes unpacked, want %d", r.Bytes, r.File.Bytes)}
	}
	return &MismatchError{Got: fmt.Sprintf("MD5 %s unpacked, want %s", r.MD5, r.File.MD5)}
}
