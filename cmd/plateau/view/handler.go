package view

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed page
var page embed.FS

// A route answers a request for data, or returns why it cannot.
type route func(w http.ResponseWriter, r *http.Request, q *query) error

// A refusal is an error that tells the client what was wrong with its request.
type refusal struct {
	status  int
	message string
}

// Error implements error.
func (e *refusal) Error() string { return e.message }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// damaged is the answer if the recording cannot be read.
func damaged(err error) error { return refuse(http.StatusUnprocessableEntity, "%v", err) }

// headers isolate the page: it loads nothing from elsewhere, nobody can frame it, and
// other pages cannot read the answers.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
	"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
	"Cache-Control": "no-store",
}

// ServeHTTP answers requests that were made to this machine by its name.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	if err := s.serve(w, r); err != nil {
		if r.Context().Err() != nil {
			return // nobody listens
		}
		status := http.StatusInternalServerError
		if e, ok := errors.AsType[*refusal](err); ok {
			status = e.status
		}
		reply(w, status, map[string]string{"error": err.Error()})
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	if !local(r.Host) {
		// If another site's name led to this address, that site could read the answers.
		return refuse(http.StatusForbidden, "this page is for 127.0.0.1 and localhost, not for %q", r.Host)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return refuse(http.StatusMethodNotAllowed, "%s: want GET", r.Method)
	}
	if answer, ok := s.routes[r.URL.Path]; ok {
		if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
			return refuse(http.StatusForbidden, "this is not for other pages")
		}
		q, err := parseQuery(r.URL.RawQuery)
		if err != nil {
			return err
		}
		return answer(w, r, q)
	}
	return file(w, r)
}

// local reports whether a request was made to this machine by one of its own names.
// Behind a tunnel the port may differ.
func local(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	return name == "127.0.0.1" || name == "localhost"
}

// file sends one of the page's own files. There are no others.
func file(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	text, err := page.ReadFile("page/" + name)
	if err != nil {
		return refuse(http.StatusNotFound, "there is no %s", r.URL.Path)
	}
	kind := map[string]string{".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}[path.Ext(name)]
	if kind == "" {
		kind = "text/plain; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Write(text)
	return nil
}

// reply sends JSON.
func reply(w http.ResponseWriter, status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
	return nil
}

// Configure sets limits of an http.Server that a browser on the same machine never
// reaches.
func (s *Server) Configure(h *http.Server) {
	h.Handler = s
	h.ReadHeaderTimeout, h.ReadTimeout, h.IdleTimeout = 5*time.Second, 10*time.Second, 2*time.Minute
	h.WriteTimeout = replayTime + 30*time.Second
	h.MaxHeaderBytes = 1 << 16
}

// replayTime is how long a request may wait for a replay. After that the page asks
// again, and the replay continues where it was.
const replayTime = 5 * time.Minute
