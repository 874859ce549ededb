package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"plateau/internal/claim"
	"plateau/protocols/dataset"
)

// A fixture is one published file, a server that has it, and a job that downloads
// it. Each test makes the server misbehave in its own way.
type fixture struct {
	t        *testing.T
	content  []byte // unpacked
	packed   []byte
	info     dataset.Info
	folder   string
	final    string // path of the packed file
	job      *job
	serve    http.HandlerFunc // what the server does; by default, the right thing
	mu       sync.Mutex
	requests []*http.Request
	progress []int64
	notices  []string
}

const fileName = "train-images-idx3-ubyte"

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, folder: t.TempDir()}
	// Random content does not compress, so the gzipped file is long enough.
	state := uint32(1)
	for range 200000 {
		state = state*1664525 + 1013904223
		f.content = append(f.content, byte(state>>24))
	}
	f.packed = pack(t, f.content)
	f.info = dataset.Info{Name: "mnist", Files: []dataset.File{
		{Name: fileName, Bytes: int64(len(f.content)), MD5: sum(f.content)},
	}}
	f.final = filepath.Join(f.folder, fileName+".gz")
	f.serve = f.good
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.requests = append(f.requests, r)
		f.mu.Unlock()
		f.serve(w, r)
	}))
	t.Cleanup(server.Close)
	f.job = &job{
		Options: Options{
			Client:   server.Client(),
			Progress: func(_ string, done, _ int64) { f.progress = append(f.progress, done) },
			Notice:   func(line string) { f.notices = append(f.notices, line) },
		},
		places:   []string{server.URL + "/data/"},
		patience: 10 * time.Second,
		pause:    time.Millisecond,
		most:     1 << 24,
	}
	return f
}

// good serves ranges and sends an ETag, as object stores do.
func (f *fixture) good(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"one"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.packed))
}

// leave leaves a part behind, as an interrupted call would.
func (f *fixture) leave(part []byte, validator string, total int64) {
	f.t.Helper()
	origin := source{url: f.job.places[0] + fileName + ".gz", validator: validator, total: total}
	if err := errors.Join(os.WriteFile(f.final+partSuffix, part, 0o666), origin.write(f.final+partSuffix)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) run() error { return f.job.files(f.t.Context(), f.folder, f.info) }

// wantDone checks that the call succeeded and left the file and nothing else.
func (f *fixture) wantDone(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatalf("got error %v, want none", err)
	}
	got, err := os.ReadFile(f.final)
	if err != nil {
		f.t.Fatal(err)
	}
	if !bytes.Equal(got, f.packed) {
		f.t.Errorf("the file has %d bytes that are not the %d of the server", len(got), len(f.packed))
	}
	f.wantFiles(fileName + ".gz")
}

func (f *fixture) wantFiles(want ...string) {
	f.t.Helper()
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		f.t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		f.t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func (f *fixture) wantRequests(n int) {
	f.t.Helper()
	if len(f.requests) != n {
		f.t.Errorf("%d requests, want %d", len(f.requests), n)
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestFetchAndSkip(t *testing.T) {
	f := newFixture(t)
	f.wantDone(f.run())
	if n := len(f.progress); n < 3 || f.progress[0] != 0 || f.progress[n-1] != int64(len(f.packed)) {
		t.Errorf("progress %v, want from 0 to %d", f.progress, len(f.packed))
	}
	f.wantDone(f.run())
	f.wantRequests(1)
}

func TestAlreadyThereUnpacked(t *testing.T) {
	f := newFixture(t)
	if err := os.WriteFile(filepath.Join(f.folder, fileName), f.content, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := f.run(); err != nil {
		t.Fatal(err)
	}
	f.wantRequests(0)
}

func TestResume(t *testing.T) {
	f := newFixture(t)
	f.leave(f.packed[:150000], `"one"`, int64(len(f.packed)))
	f.wantDone(f.run())
	f.wantRequests(1)
	if r := f.requests[0]; r.Header.Get("Range") != "bytes=150000-" || r.Header.Get("If-Range") != `"one"` {
		t.Errorf("Range %q, If-Range %q", r.Header.Get("Range"), r.Header.Get("If-Range"))
	}
	if f.progress[0] != 150000 {
		t.Errorf("progress starts at %d, want 150000", f.progress[0])
	}
}

func TestResumeOfAnotherVersion(t *testing.T) {
	f := newFixture(t)
	f.leave([]byte("of another version"), `"older"`, 1000)
	f.wantDone(f.run())
	f.wantRequests(1) // thanks to If-Range, one is enough
}

// A part of unknown origin is not continued.
func TestResumeWithoutOrigin(t *testing.T) {
	f := newFixture(t)
	if err := os.WriteFile(f.final+partSuffix, f.packed[:100], 0o666); err != nil {
		t.Fatal(err)
	}
	f.wantDone(f.run())
	if got := f.requests[0].Header.Get("Range"); got != "" {
		t.Errorf("Range %q was asked for", got)
	}
}

func TestServerIgnoresRange(t *testing.T) {
	f := newFixture(t)
	f.leave(f.packed[:1000], "", -1)
	f.serve = func(w http.ResponseWriter, r *http.Request) { w.Write(f.packed) }
	f.wantDone(f.run())
	f.wantRequests(1)
}

func TestNothingLeftToSend(t *testing.T) {
	f := newFixture(t)
	f.leave(f.packed, `"one"`, -1) // complete, but its total was not known
	f.wantDone(f.run())
	f.wantRequests(1)
}

func TestCompletePartNeedsNoRequest(t *testing.T) {
	f := newFixture(t)
	f.leave(f.packed, `"one"`, int64(len(f.packed)))
	f.wantDone(f.run())
	f.wantRequests(0)
}

func TestPartLongerThanFile(t *testing.T) {
	f := newFixture(t)
	f.leave(append(bytes.Clone(f.packed), 1, 2, 3), `"one"`, -1)
	f.wantDone(f.run())
	f.wantRequests(2) // the first is answered with 416, the second gets the whole file
}

func TestLengthChanged(t *testing.T) {
	f := newFixture(t)
	f.leave(f.packed[:1000], "", 123456) // no validator: only the length tells
	f.wantDone(f.run())
	f.wantRequests(2)
}

func TestWrongRange(t *testing.T) {
	f := newFixture(t)
	f.leave(f.packed[:1000], "", -1)
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "" {
			f.good(w, r)
			return
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes 500-%d/%d", len(f.packed)-1, len(f.packed)))
		w.WriteHeader(http.StatusPartialContent)
		w.Write(f.packed[500:])
	}
	f.wantDone(f.run())
	f.wantRequests(2)
}

// A server that always answers with the wrong range does not keep the client
// forever.
func TestHopelessServer(t *testing.T) {
	f := newFixture(t)
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			w.Header().Set("Content-Range", "bytes 7-8/9")
			w.WriteHeader(http.StatusPartialContent)
			return
		}
		f.cut(w, 1000)
	}
	wantError(t, f.run(), f.job.places[0], "another range")
	if len(f.requests) > 20 {
		t.Errorf("%d requests", len(f.requests))
	}
}

// cut promises the whole file, sends n bytes of it and hangs up.
func (f *fixture) cut(w http.ResponseWriter, n int) {
	w.Header().Set("Content-Length", strconv.Itoa(len(f.packed)))
	w.Write(f.packed[:n])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestConnectionCut(t *testing.T) {
	f := newFixture(t)
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "" {
			w.Header().Set("ETag", `"one"`)
			f.cut(w, 120000)
		}
		f.good(w, r)
	}
	f.wantDone(f.run())
	f.wantRequests(2)
	if got := f.requests[1].Header.Get("Range"); got != "bytes=120000-" {
		t.Errorf("Range %q after the cut", got)
	}
}

func TestConnectionCutAlways(t *testing.T) {
	f := newFixture(t)
	f.serve = func(w http.ResponseWriter, r *http.Request) { f.cut(w, 1000) } // ignores ranges, too
	wantError(t, f.run(), "GET "+f.job.places[0], "after 1000 bytes")
	f.wantRequests(attempts)
	f.wantFiles(fileName+".gz.part", fileName+".gz.part.origin")
}

func TestShortBodyWithoutLength(t *testing.T) {
	f := newFixture(t)
	f.serve = func(w http.ResponseWriter, r *http.Request) { // chunked, ends too early
		w.(http.Flusher).Flush()
		w.Write(f.packed[:1000])
	}
	wantError(t, f.run(), "not the official file", "unexpected EOF")
	f.wantFiles()
}

func TestStatus(t *testing.T) {
	for status, requests := range map[int]int{404: 1, 403: 1, 500: attempts, 503: attempts} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			f := newFixture(t)
			f.serve = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }
			wantError(t, f.run(), f.job.places[0]+fileName+".gz", strconv.Itoa(status), http.StatusText(status))
			f.wantRequests(requests)
			f.wantFiles()
		})
	}
}

func TestSecondPlace(t *testing.T) {
	f := newFixture(t)
	f.job.places = []string{f.job.places[0] + "gone", f.job.places[0]}
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "gone") {
			http.NotFound(w, r)
			return
		}
		f.good(w, r)
	}
	f.wantDone(f.run())
	f.wantRequests(2)
	if text := strings.Join(f.notices, "\n"); !strings.Contains(text, "trying the next place") {
		t.Errorf("notices %q", text)
	}
}

// The place that a part came from is tried first.
func TestResumeAtSecondPlace(t *testing.T) {
	f := newFixture(t)
	f.leave(f.packed[:1000], `"one"`, -1)
	f.job.places = []string{f.job.places[0] + "first", f.job.places[0]}
	f.wantDone(f.run())
	f.wantRequests(1)
	if got := f.requests[0].Header.Get("Range"); got != "bytes=1000-" {
		t.Errorf("Range %q", got)
	}
}

func TestNobodyThere(t *testing.T) {
	f := newFixture(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	f.job.places = []string{closed.URL}
	wantError(t, f.run(), closed.URL)
	f.wantFiles()
	if len(f.notices) > 0 {
		t.Errorf("it tried again: %q", f.notices)
	}
}

// If the disk fails, no other place is tried.
func TestDiskFails(t *testing.T) {
	f := newFixture(t)
	f.folder = filepath.Join(f.folder, "gone")
	f.job.places = append(f.job.places, f.job.places[0]+"second")
	wantError(t, f.run(), filepath.Join(f.folder, fileName+".gz.part"))
	f.wantRequests(1)
}

func TestWrongChecksum(t *testing.T) {
	f := newFixture(t)
	other := bytes.Clone(f.content)
	other[777]++
	f.packed = pack(t, other)
	err := f.run()
	wantError(t, err, f.job.places[0]+fileName+".gz", sum(other), sum(f.content))
	var mismatch *MismatchError
	if !errors.As(err, &mismatch) {
		t.Errorf("%T is no MismatchError", err)
	}
	f.wantRequests(1)
	f.wantFiles()

}

// idx makes an IDX file of n grey images.
func idx(n, rows, columns int) []byte {
	b := []byte{0, 0, 8, 3}
	for _, v := range []int{n, rows, columns} {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	return append(b, bytes.Repeat([]byte{100}, n*rows*columns)...)
}

// A file that is not official is accepted only if it can be read and has the set's
// form.
func TestAcceptMismatch(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		want    string // of the error; "" for none
	}{
		"fewer images":   {idx(7, 28, 28), ""},
		"smaller images": {idx(7, 20, 20), "images of 20×20 pixels"},
		"labels":         {append([]byte{0, 0, 8, 1, 0, 0, 0, 2}, 3, 4), "IDX labels"},
		"anything":       {[]byte("anything that can be packed"), "magic number"},
		"cut":            {idx(7, 28, 28)[:3000], "truncated"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.info.Width, f.info.Height = 28, 28
			f.packed = pack(t, c.content)
			f.job.AcceptMismatch = true
			if c.want == "" {
				f.wantDone(f.run())
				f.wantDone(f.run()) // the second call accepts it too
				f.wantRequests(1)
				return
			}
			wantError(t, f.run(), "not the official file", c.want)
			f.wantFiles()
			// The same file is not accepted if it was there already.
			if err := os.WriteFile(f.final, f.packed, 0o666); err != nil {
				t.Fatal(err)
			}
			f.packed = pack(t, idx(7, 28, 28))
			f.wantDone(f.run())
		})
	}
}

// Several processes may download into one folder: one of them does, the others wait
// and then find everything there.
func TestThreeAtOnce(t *testing.T) {
	f := newFixture(t)
	second := make(chan bool, 3) // a process has to wait
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		<-second
		<-second
		f.good(w, r)
	}
	errs := make(chan error, 3)
	for range 3 {
		j := *f.job
		j.Progress = nil
		j.Notice = func(line string) {
			if strings.Contains(line, "another process is downloading into") {
				second <- true
			}
		}
		go func() { errs <- j.fetch(t.Context(), f.folder, f.info) }()
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	f.wantDone(nil)
	f.wantRequests(1)
}

// A call that waits for another process can be stopped.
func TestStopWaiting(t *testing.T) {
	f := newFixture(t)
	held, err := claim.Take(f.folder)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	ctx, cancel := context.WithCancel(t.Context())
	f.job.Notice = func(string) { cancel() }
	if err := f.job.fetch(ctx, f.folder, f.info); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	f.wantRequests(0)
}

// A part is removed when the file has come from elsewhere.
func TestNeedlessPart(t *testing.T) {
	f := newFixture(t)
	f.leave(f.packed[:1000], "", -1)
	if err := os.WriteFile(f.final, f.packed, 0o666); err != nil {
		t.Fatal(err)
	}
	f.wantDone(f.job.fetch(t.Context(), f.folder, f.info))
	f.wantRequests(0)
}

// Permanent errors are not tried again.
func TestPermanentErrors(t *testing.T) {
	for name, c := range map[string]struct {
		server func(http.Handler) *httptest.Server
		change func(f *fixture, url string)
		want   string
		most   int // requests
	}{
		"certificate": {httptest.NewTLSServer, func(f *fixture, url string) {}, "certificate", 0},
		"redirects in a circle": {httptest.NewServer, func(f *fixture, url string) {
			f.serve = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
		}, "redirects", 10},
		"redirect to nowhere": {httptest.NewServer, func(f *fixture, url string) {
			f.serve = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusFound) }
		}, "302 Found", 1},
		"no TLS": {httptest.NewServer, func(f *fixture, url string) {
			f.job.places[0] = strings.Replace(url, "http:", "https:", 1)
		}, "HTTP response to HTTPS client", 1},
		"scheme": {httptest.NewServer, func(f *fixture, url string) {
			f.job.places[0] = strings.Replace(url, "http:", "gopher:", 1)
		}, "unsupported protocol scheme", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			server := c.server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				f.mu.Lock()
				f.requests = append(f.requests, r)
				f.mu.Unlock()
				f.serve(w, r)
			}))
			defer server.Close()
			server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would log the failed handshake
			f.job.Client = &http.Client{}
			f.job.places[0] = server.URL
			c.change(f, server.URL)
			wantError(t, f.run(), c.want)
			if len(f.notices) > 0 || len(f.requests) > c.most {
				t.Errorf("%d requests, notices %q; want at most %d and none", len(f.requests), f.notices, c.most)
			}
			f.wantFiles()
		})
	}
}

// Without a network, the error says which files to put where.
func TestByHand(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	for set, want := range map[string][]string{
		"mnist": {
			"put them into DIR/mnist\n",
			"\n  URL/train-images-idx3-ubyte.gz\n", "URL/train-labels-idx1-ubyte.gz\n", "URL/t10k-images-idx3-ubyte.gz\n", "URL/t10k-labels-idx1-ubyte.gz",
		},
		"cifar10": {"download URL/cifar-10-binary.tar.gz elsewhere and unpack it in DIR/cifar10"},
	} {
		dir := t.TempDir()
		err := Fetch(t.Context(), set, dir, Options{Places: []string{closed.URL}})
		for i := range want {
			want[i] = strings.ReplaceAll(strings.ReplaceAll(want[i], "DIR", dir), "URL", closed.URL)
		}
		wantError(t, err, append(want, "connect")...)
	}
}

func TestWebPage(t *testing.T) {
	f := newFixture(t)
	f.serve = func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<!DOCTYPE html><html>Log in!</html>") }
	wantError(t, f.run(), "not the official file", "web page")
	f.wantFiles()
}

// A file that cannot be unpacked is refused, even with AcceptMismatch.
func TestDamagedIsNotAccepted(t *testing.T) {
	f := newFixture(t)
	f.packed = f.packed[:len(f.packed)/2]
	f.job.AcceptMismatch = true
	wantError(t, f.run(), "unexpected EOF")
	f.wantFiles()
}

// A part that was damaged on the disk does not make every later call fail.
func TestDamagedPart(t *testing.T) {
	f := newFixture(t)
	part := bytes.Clone(f.packed[:5000])
	part[4000] ^= 1
	f.leave(part, `"one"`, int64(len(f.packed)))
	f.wantDone(f.run())
	f.wantRequests(2)
}

func TestReplacesWhatIsDamaged(t *testing.T) {
	for name, content := range map[string][]byte{
		fileName + ".gz": []byte("damaged"),
		fileName:         []byte("unpacked and damaged"),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			if err := os.WriteFile(filepath.Join(f.folder, name), content, 0o666); err != nil {
				t.Fatal(err)
			}
			serve := f.serve
			f.serve = http.NotFound
			if f.run() == nil {
				t.Fatal("no error from a server without the file")
			}
			if got, _ := os.ReadFile(filepath.Join(f.folder, name)); !bytes.Equal(got, content) {
				t.Error("the old file was removed before there was a new one")
			}
			f.serve = serve
			if err := f.run(); err != nil {
				t.Fatal(err)
			}
			if r := dataset.VerifyFolder(f.folder, f.info)[0]; r.State != dataset.OK {
				t.Errorf("afterwards: %v", r)
			}
		})
	}
}

func TestCancelAndContinue(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan bool)
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			f.good(w, r)
			return
		}
		w.Header().Set("ETag", `"one"`)
		w.Header().Set("Content-Length", strconv.Itoa(len(f.packed)))
		w.Write(f.packed[:70000])
		w.(http.Flusher).Flush()
		<-release
	}
	f.job.Progress = func(_ string, done, total int64) {
		if done == 70000 {
			cancel()
		}
	}
	err := f.job.files(ctx, f.folder, f.info)
	close(release)
	wantError(t, err, "is kept in "+f.final+".part")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	if got, _ := os.ReadFile(f.final + ".part"); !bytes.Equal(got, f.packed[:70000]) {
		t.Errorf("the part has %d bytes, want the first 70000", len(got))
	}
	f.wantDone(f.run())
	if got := f.requests[1].Header.Get("Range"); got != "bytes=70000-" {
		t.Errorf("Range %q", got)
	}
}

func TestSilentServer(t *testing.T) {
	f := newFixture(t)
	f.job.patience = 30 * time.Millisecond
	release := make(chan bool)
	defer close(release)
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.Write([]byte("some"))
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	wantError(t, f.run(), f.job.places[0], "sent nothing for 30ms")
}

func TestEndlessServer(t *testing.T) {
	f := newFixture(t)
	f.job.most = 100000
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 10000)); err != nil {
				return
			}
		}
	}
	wantError(t, f.run(), "more than the 100000 bytes that are allowed")
	f.wantFiles()
	// The client stops when it has more bytes than the official file can have.
	f.job.most = 1 << 30
	wantError(t, f.run(), "more than the 268661 bytes that are allowed") // 200,000, 1/64 of that, and 64 KiB
	f.wantFiles()
	// If the server announces a length that is too large, the client stops at once.
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000000")
		w.Write(f.packed)
	}
	f.leave(f.packed[:1000], "", -1)
	wantError(t, f.run(), "1000000000 bytes, want at most")
	f.wantFiles()
}

// Some servers announce a .gz file as gzip encoding. It must not be unpacked.
func TestContentEncoding(t *testing.T) {
	f := newFixture(t)
	f.serve = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(f.packed)
	}
	f.wantDone(f.run())
}

func TestUnwritableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	wantError(t, Fetch(t.Context(), "mnist", file, Options{Places: []string{"http://127.0.0.1:1"}}), file)
}

func TestFetchNames(t *testing.T) {
	wantError(t, Fetch(t.Context(), "minst", t.TempDir(), Options{}), "minst", "fashion-mnist")
	dir := t.TempDir()
	if err := Fetch(t.Context(), "digits", dir, Options{}); err != nil {
		t.Error(err)
	}
	for _, info := range dataset.List() {
		if n := len(Places(info.Name)); (n == 0) != (len(info.Files) == 0) {
			t.Errorf("%s has %d files and %d places", info.Name, len(info.Files), n)
		}
	}
}

func pack(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(content)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sum(b []byte) string {
	s := md5.Sum(b)
	return hex.EncodeToString(s[:])
}
