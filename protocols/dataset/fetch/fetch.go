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
	"strings"
	"time"

	"plateau/internal/claim"
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
	// downloaded or already there, as long as they hold images of the set's size
	// and labels of its classes.
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
// arrived is kept for the next time. If another process fetches into the folder,
// Fetch waits for it. A set that is drawn needs no download, and nothing happens.
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
	if err := job.fetch(ctx, folder, info); err != nil {
		err = fmt.Errorf("fetch %s: %w", name, err)
		if ctx.Err() == nil && !local(err) {
			err = fmt.Errorf("%w\n%s", err, job.byHand(folder, info))
		}
		return err
	}
	if !job.AcceptMismatch {
		return nil
	}
	// Each of the files can be read. Whether they belong together shows now.
	if _, err := dataset.Load(name, dataset.Options{Dir: folder}); err != nil {
		return fmt.Errorf("fetch %s: what was accepted is no data set: %w", name, err)
	}
	return nil
}

// fetch gets all that is not there, or not right, while no other process does.
func (j *job) fetch(ctx context.Context, folder string, info dataset.Info) error {
	if reports := dataset.VerifyFolder(folder, info); complete(folder, info, reports) {
		for _, r := range reports {
			j.good(r, info) // says that it is there
		}
		return nil
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	mine, err := j.claim(ctx, folder)
	if err != nil {
		return err
	}
	defer mine.Release()
	if info.Packed != "" {
		return j.archive(ctx, cifarArchive, folder, info)
	}
	return j.files(ctx, folder, info)
}

// complete reports whether there is nothing to do, not even to tidy up.
func complete(folder string, info dataset.Info, reports []dataset.Report) bool {
	left := length(filepath.Join(folder, info.Packed+partSuffix))
	for _, r := range reports {
		left += length(filepath.Join(folder, r.File.Name+".gz"+partSuffix))
		if r.State != dataset.OK && r.State != dataset.Unchecked {
			return false
		}
	}
	return left == 0
}

// claim waits until no other process fetches into a folder.
func (j *job) claim(ctx context.Context, folder string) (*claim.Claim, error) {
	told := false
	for {
		mine, err := claim.Take(folder)
		held, ok := errors.AsType[*claim.Held](err)
		if !ok {
			return mine, err
		}
		if !told {
			j.notice("%s is being filled by another process: %v; waiting for it", folder, held)
			told = true
		}
		if err := wait(ctx, j.pause); err != nil {
			return nil, err
		}
	}
}

// byHand says how to get along without a network.
func (j *job) byHand(folder string, info dataset.Info) string {
	place := strings.TrimSuffix(j.places[0], "/") + "/"
	if info.Packed != "" {
		return fmt.Sprintf("without a network: download %s elsewhere and unpack it in %s", place+info.Packed, filepath.Dir(folder))
	}
	s := "without a network: download these files elsewhere and put them into " + folder
	for _, r := range dataset.VerifyFolder(folder, info) {
		if r.State != dataset.OK {
			s += "\n  " + place + r.File.Name + ".gz"
		}
	}
	return s
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
func (j *job) good(r dataset.Report, info dataset.Info) bool {
	switch r.State {
	case dataset.OK:
		j.notice("%s is there already", r.Path)
		return true
	case dataset.Unchecked:
		j.notice("%s is there already (there is no official checksum to compare)", r.Path)
		return true
	case dataset.Differs:
		if !j.AcceptMismatch {
			j.notice("%v; it will be replaced", r)
			return false
		}
		if err := r.Suits(info); err != nil {
			j.notice("%v; it will be replaced", err)
			return false
		}
		j.notice("%v; kept, as asked", r)
		return true
	case dataset.Damaged:
		j.notice("%v; it will be replaced", r)
	}
	return false
}

// files fetches a set that is published as gzipped files.
func (j *job) files(ctx context.Context, folder string, info dataset.Info) error {
	for _, r := range dataset.VerifyFolder(folder, info) {
		name := r.File.Name + ".gz"
		path := filepath.Join(folder, name)
		if j.good(r, info) {
			discard(path + partSuffix) // somebody else brought the file
			continue
		}
		// The content is compared, not the archive: a mirror may have
		// packed the same file anew.
		check := func(part string) error { return j.compare(dataset.VerifyFile(part, r.File), info) }
		if err := j.download(ctx, name, path, j.room(r.File.Bytes), check); err != nil {
			return err
		}
		if err := install(path+partSuffix, path); err != nil {
			return err
		}
	}
	return nil
}

// room is how long a packed file may be that has so many bytes when it is unpacked.
// What does not shrink grows a little.
func (j *job) room(unpacked int64) int64 {
	if j.AcceptMismatch {
		return j.most
	}
	return min(j.most, unpacked+unpacked/64+1<<16)
}

// compare judges a download that is complete.
func (j *job) compare(r dataset.Report, info dataset.Info) error {
	switch {
	case r.State == dataset.OK || r.State == dataset.Unchecked:
		return nil
	case r.State == dataset.Damaged:
		return &MismatchError{Got: plain(r.Err)}
	case r.State == dataset.Missing:
		return errors.New("it vanished while it was checked")
	case j.AcceptMismatch:
		if err := r.Suits(info); err != nil {
			return &MismatchError{Got: plain(err)}
		}
		j.notice("%v; accepted, as asked", r)
		return nil
	case r.Is != "":
		return &MismatchError{Got: "it is " + r.Is}
	case r.Bytes != r.File.Bytes:
		return &MismatchError{Got: fmt.Sprintf("%d bytes unpacked, want %d", r.Bytes, r.File.Bytes)}
	}
	return &MismatchError{Got: fmt.Sprintf("MD5 %s unpacked, want %s", r.MD5, r.File.MD5)}
}

// plain is an error without the name of the part, which means nothing to a person.
func plain(err error) string {
	if format, ok := errors.AsType[*dataset.FormatError](err); ok {
		err = format.Err
	}
	return err.Error()
}
