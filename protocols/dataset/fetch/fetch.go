// Package fetch downloads data sets from their official places.
//
// It is a package of its own so that programs that only read files need no HTTP
// client.
//
// A download goes to a file whose name ends in ".part". If it is interrupted, the
// next call continues it where the server allows that. When the file is complete,
// its checksum is right and it is on the disk, it gets its name in one step. So a
// file under its own name is never half a file.
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

// Options change how Fetch works. The zero value is a good choice.
type Options struct {
	// Client makes the requests; nil means one that waits at most half a minute for
	// a server to answer.
	Client *http.Client

	// Progress, if set, is called often with the number of bytes of a file that
	// have arrived, and their total, −1 while that is unknown. done starts above 0
	// if a download is continued, and goes back to 0 if it has to begin again.
	Progress func(file string, done, total int64)

	// Notice, if set, is called with a line about each thing that the user may want
	// to know: a file that was already there, a place that failed, a wrong checksum
	// that was accepted.
	Notice func(line string)

	// AcceptMismatch accepts files whose checksum is not the official one,
	// downloaded now or earlier, as long as they hold images of the set's size and
	// labels of its classes.
	AcceptMismatch bool

	// Places replaces the official places. Each is the URL of a folder with the
	// files; they are tried in this order.
	Places []string
}

// A MismatchError says that the file that a place sent is not the official one.
type MismatchError struct {
	URL   string
	Got   string // what was wrong with it
	Looks string // a guess what it is; "" if there is none
}

func (e *MismatchError) Error() string {
	s := fmt.Sprintf("%s: not the official file: %s", e.URL, e.Got)
	if e.Looks != "" {
		s += " (" + e.Looks + ")"
	}
	return s
}

// Fetch downloads the files of a data set that are not there yet into
// dataset.Folder below dir. It replaces a file that is not the official one, once
// the new file is complete. If ctx ends, what has arrived is kept for the next
// call. If another process is downloading into the folder, Fetch waits for it. For
// a set that is drawn, Fetch does nothing.
func Fetch(ctx context.Context, name, dir string, o Options) error {
	info, err := dataset.Lookup(name)
	if err != nil {
		return err
	}
	if len(info.Files) == 0 {
		o.notice("%s is drawn by the program, so there is nothing to download", name)
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
	// Each file can be read; this checks that they belong together.
	if _, err := dataset.Load(name, dataset.Options{Dir: folder}); err != nil {
		return fmt.Errorf("fetch %s: the accepted files are not a data set: %w", name, err)
	}
	return nil
}

// fetch downloads all files that are missing or wrong, while no other process does.
func (j *job) fetch(ctx context.Context, folder string, info dataset.Info) error {
	if reports := dataset.VerifyFolder(folder, info); complete(folder, info, reports) {
		for _, r := range reports {
			j.good(r, info) // notices that it is there
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
	switch {
	case info.Shared != "":
		return j.shared(ctx, emnistArchive, folder, info)
	case info.Packed != "":
		return j.archive(ctx, cifarArchive, folder, info)
	}
	return j.files(ctx, folder, info)
}

// complete reports whether there is nothing to do: all files are there, and no part
// is left.
func complete(folder string, info dataset.Info, reports []dataset.Report) bool {
	left := int64(0)
	if info.Shared == "" {
		left = length(filepath.Join(folder, info.Packed+partSuffix))
	}
	for _, r := range reports {
		left += length(filepath.Join(folder, r.File.Published()+partSuffix))
		if r.State != dataset.OK && r.State != dataset.Unchecked {
			return false
		}
	}
	return left == 0
}

// claim waits until no other process is downloading into the folder.
func (j *job) claim(ctx context.Context, folder string) (*claim.Claim, error) {
	told := false
	for {
		mine, err := claim.Take(folder)
		held, ok := errors.AsType[*claim.Held](err)
		if !ok {
			return mine, err
		}
		if !told {
			j.notice("another process is downloading into %s: %v; waiting for it", folder, held)
			told = true
		}
		if err := wait(ctx, j.pause); err != nil {
			return nil, err
		}
	}
}

// byHand says which files to put where if there is no network.
func (j *job) byHand(folder string, info dataset.Info) string {
	place := strings.TrimSuffix(j.places[0], "/") + "/"
	if info.Shared != "" {
		return fmt.Sprintf("without a network: download %s elsewhere, put it into %s, and fetch again", place+info.Packed, folder)
	}
	if info.Packed != "" {
		return fmt.Sprintf("without a network: download %s elsewhere and unpack it in %s", place+info.Packed, filepath.Dir(folder))
	}
	s := "without a network: download these files elsewhere and put them into " + folder
	for _, r := range dataset.VerifyFolder(folder, info) {
		if r.State != dataset.OK {
			s += "\n  " + place + r.File.Published()
		}
	}
	return s
}

// A job is one call of Fetch.
type job struct {
	Options
	places   []string
	patience time.Duration // how long to wait for a server that sends nothing
	pause    time.Duration // before trying again; grows with each failure
	most     int64         // the largest number of bytes to accept for one file
}

func (o Options) notice(format string, args ...any) {
	if o.Notice != nil {
		o.Notice(fmt.Sprintf(format, args...))
	}
}

// good reports whether a file that is already there can stay, and notices why.
func (j *job) good(r dataset.Report, info dataset.Info) bool {
	switch r.State {
	case dataset.OK:
		j.notice("%s is there already", r.Path)
		return true
	case dataset.Unchecked:
		j.notice("%s is there already (there is no official checksum to compare with)", r.Path)
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
		j.notice("%v; kept, as you asked", r)
		return true
	case dataset.Damaged:
		j.notice("%v; it will be replaced", r)
	}
	return false
}

// files downloads a set that is published as single files.
func (j *job) files(ctx context.Context, folder string, info dataset.Info) error {
	for _, r := range dataset.VerifyFolder(folder, info) {
		name := r.File.Published()
		path := filepath.Join(folder, name)
		if j.good(r, info) {
			discard(path + partSuffix) // the file came from elsewhere
			continue
		}
		// Compare the unpacked content where its checksum is known: a mirror may have
		// gzipped the same file again, with other bytes.
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

// room returns how long a packed file may be, given its unpacked length. Content
// that cannot be compressed grows a little.
func (j *job) room(unpacked int64) int64 {
	if j.AcceptMismatch {
		return j.most
	}
	return min(j.most, unpacked+unpacked/64+1<<16)
}

// compare decides whether a complete download is accepted.
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
		j.notice("%v; accepted, as you asked", r)
		return nil
	case r.Is != "":
		return &MismatchError{Got: "it is " + r.Is}
	case r.Bytes != r.File.Bytes:
		return &MismatchError{Got: fmt.Sprintf("%d bytes unpacked, want %d", r.Bytes, r.File.Bytes)}
	}
	if r.File.MD5 == "" {
		return &MismatchError{Got: fmt.Sprintf("MD5 %s, want %s", r.MD5, r.File.PackedMD5)}
	}
	return &MismatchError{Got: fmt.Sprintf("MD5 %s unpacked, want %s", r.MD5, r.File.MD5)}
}

// plain returns the error without the name of the part, which tells the user
// nothing.
func plain(err error) string {
	if format, ok := errors.AsType[*dataset.FormatError](err); ok {
		err = format.Err
	}
	return err.Error()
}
