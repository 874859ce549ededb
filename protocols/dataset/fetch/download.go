package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"plateau/protocols/dataset"
)

const (
	partSuffix = ".part"
	attempts   = 5 // from one place, as long as connections break
)

// errAgain says that the part that has arrived cannot be continued.
var errAgain = errors.New("must begin again")

// download gets one file of at most the given number of bytes into path.part,
// complete and checked. It tries every place in turn. If there is a part already,
// it first tries the place that the part came from.
func (j *job) download(ctx context.Context, name, path string, most int64, check func(part string) error) error {
	part := path + partSuffix
	var urls []string
	for _, place := range j.places {
		urls = append(urls, strings.TrimSuffix(place, "/")+"/"+name)
	}
	if i := slices.Index(urls, readOrigin(part).url); i > 0 {
		urls = slices.Concat(urls[i:i+1], urls[:i], urls[i+1:])
	}
	var failures []error
	for i, url := range urls {
		err := j.from(ctx, url, name, part, most, check)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("stopped; what has arrived of %s is kept in %s: %w", name, part, context.Cause(ctx))
		}
		if local(err) {
			return err // another place would not help
		}
		failures = append(failures, err)
		if i < len(urls)-1 {
			j.notice("%v; trying the next place", err)
		}
	}
	return errors.Join(failures...)
}

// from gets the file from one place. If a download was continued and its checksum
// is wrong, the earlier part may have been bad, so from tries once more from the
// beginning.
func (j *job) from(ctx context.Context, url, name, part string, most int64, check func(part string) error) error {
	origin := readOrigin(part)
	if origin.url != url {
		discard(part)
		origin = source{url: url}
	}
	continued, again := false, false
	for {
		continued = continued || length(part) > 0
		if n := length(part); n == 0 || n != origin.total {
			err := j.finish(ctx, &origin, name, part, most)
			if _, ok := errors.AsType[*uselessError](err); ok {
				discard(part)
			}
			if err != nil {
				return err
			}
		}
		err := check(part)
		var mismatch *MismatchError
		if !errors.As(err, &mismatch) {
			return err
		}
		mismatch.URL = url
		discard(part)
		if !continued || again {
			return mismatch
		}
		j.notice("%v; beginning again, because an earlier part may have been bad", mismatch)
		origin, again = source{url: url}, true
	}
}

// finish makes requests until the part is complete. It gives up after several
// requests in a row that brought nothing.
func (j *job) finish(ctx context.Context, origin *source, name, part string, most int64) error {
	failed, begun := 0, 0
	for {
		done := length(part)
		err := j.request(ctx, origin, name, part, most)
		if err == errAgain && done > 0 && begun < attempts {
			begun++
			discard(part)
			*origin = source{url: origin.url}
			continue
		}
		if err == errAgain {
			return &uselessError{origin.url, "the server sends another range than it was asked for"}
		}
		var broken *brokenError
		if !errors.As(err, &broken) || ctx.Err() != nil {
			return err
		}
		if length(part) > done {
			failed = 0 // something has arrived
		}
		if failed++; failed == attempts {
			return err
		}
		j.notice("%v; trying again", err)
		if err := wait(ctx, time.Duration(failed)*j.pause); err != nil {
			return err
		}
	}
}

// request makes one request and appends the answer to the part. Whatever happens,
// what has arrived is kept.
func (j *job) request(ctx context.Context, origin *source, name, part string, most int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "plateau")
	// The file is gzipped already. Without this header, the transport would ask for
	// gzip and unpack the file.
	req.Header.Set("Accept-Encoding", "identity")
	done := length(part)
	if done > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", done))
		if origin.validator != "" {
			req.Header.Set("If-Range", origin.validator)
		}
	}
	silence := time.AfterFunc(j.patience, func() {
		cancel(fmt.Errorf("the server has sent nothing for %v", j.patience))
	})
	defer silence.Stop()

	resp, err := j.Client.Do(req)
	if err != nil {
		if asked, ok := errors.AsType[*url.Error](err); ok {
			err = asked.Err // our own message names the request
		}
		silent := context.Cause(ctx) != nil
		if err = causeOf(ctx, err); silent || passing(err) {
			return &brokenError{origin.url, err}
		}
		return fmt.Errorf("GET %s: %w", origin.url, err)
	}
	defer resp.Body.Close()

	switch resp.StatusCode {
	case http.StatusOK:
		done = 0 // the server sends the whole file
		origin.total = resp.ContentLength
	case http.StatusPartialContent:
		first, total, ok := contentRange(resp.Header.Get("Content-Range"))
		if !ok || first != done || origin.total > 0 && total > 0 && total != origin.total {
			return errAgain
		}
		origin.total = total
	case http.StatusRequestedRangeNotSatisfiable:
		// Either we have the whole file, or it has changed on the server.
		if _, total, ok := contentRange(resp.Header.Get("Content-Range")); ok && total == done && done > 0 {
			origin.total = total
			return nil
		}
		return errAgain
	default:
		err := fmt.Errorf("GET %s: the server answers %q", origin.url, resp.Status)
		if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
			return &brokenError{origin.url, err}
		}
		return err
	}
	if origin.total > most {
		return &uselessError{origin.url, fmt.Sprintf("the file has %d bytes, want at most %d", origin.total, most)}
	}
	origin.validator = validator(resp.Header)
	return j.receive(ctx, resp.Body, origin, name, part, done, most, silence)
}

// receive appends the body of an answer to the part, from byte done on.
func (j *job) receive(ctx context.Context, body io.Reader, origin *source, name, part string, done, most int64, silence *time.Timer) error {
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	// Cut the part before writing its origin. After a crash between the two, the
	// part begins again instead of going on with the wrong file.
	if err := f.Truncate(done); err != nil {
		return err
	}
	if _, err := f.Seek(done, io.SeekStart); err != nil {
		return err
	}
	if err := origin.write(part); err != nil {
		return err
	}
	j.progress(name, done, origin.total)
	buf := make([]byte, 64<<10)
	for {
		n, err := body.Read(buf)
		silence.Reset(j.patience)
		if done += int64(n); done > most {
			return &uselessError{origin.url, fmt.Sprintf("the server sends more than the %d bytes that are allowed", most)}
		}
		if _, err := f.Write(buf[:n]); err != nil {
			return err
		}
		if n > 0 {
			j.progress(name, done, origin.total)
		}
		if err == io.EOF {
			if origin.total >= 0 && done != origin.total {
				return &brokenError{origin.url, fmt.Errorf("only %d of %d bytes came", done, origin.total)}
			}
			break
		}
		if err != nil {
			return &brokenError{origin.url, fmt.Errorf("after %d bytes: %w", done, causeOf(ctx, err))}
		}
	}
	origin.total = done
	if err := f.Close(); err != nil {
		return err
	}
	// Now its length is the total, so the next call makes no request.
	return origin.write(part)
}

func (j *job) progress(file string, done, total int64) {
	if j.Progress != nil {
		j.Progress(file, done, total)
	}
}

// A brokenError is an error of the connection, not of the file. Trying again may
// help.
type brokenError struct {
	url string
	err error
}

func (e *brokenError) Error() string { return fmt.Sprintf("GET %s: %v", e.url, e.err) }
func (e *brokenError) Unwrap() error { return e.err }

// A uselessError says that the part that has arrived cannot become the file.
type uselessError struct {
	url string
	why string
}

func (e *uselessError) Error() string { return fmt.Sprintf("GET %s: %s", e.url, e.why) }

// passing reports whether an error that came before the server answered may go
// away: a connection that was made and then broke or took too long. Bad certificates,
// circular redirects, and servers that are unknown or cannot be reached stay as they are.
func passing(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op != "read" && op.Op != "write" {
		return false
	}
	if broke, ok := errors.AsType[net.Error](err); ok && broke.Timeout() {
		return true
	}
	_, broke := errors.AsType[*net.OpError](err)
	return broke || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// local reports whether an error is one of the disk, not of the server.
func local(err error) bool {
	var file *fs.PathError
	var link *os.LinkError
	return errors.As(err, &file) || errors.As(err, &link)
}

// causeOf returns the reason why ctx was cancelled, or err if it was not.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// looks guesses what was downloaded instead of the file.
func looks(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	start := make([]byte, 512)
	n, _ := io.ReadFull(f, start)
	if what := dataset.LooksLike(start[:n]); what != "" {
		return "it is " + what
	}
	return ""
}
