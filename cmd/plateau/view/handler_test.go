package view

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/sim/record/exporttest"
)

// Nobody but this machine's user gets an answer, and only to GET.
func TestGuard(t *testing.T) {
	s := serve(t, recorded(t, 3, false))
	for _, c := range []struct {
		name, method, url string
		header            http.Header
		want              int
	}{
		{"page", "GET", "http://127.0.0.1:8080/", nil, 200},
		{"page, by name", "GET", "http://localhost/", nil, 200},
		{"head", "HEAD", "http://127.0.0.1/", nil, 200},
		{"script", "GET", "http://127.0.0.1/app.js", nil, 200},
		{"licence", "GET", "http://127.0.0.1/uplot/LICENSE", nil, 200},
		{"data", "GET", "http://127.0.0.1/api/summary", nil, 200},
		{"data, for the page", "GET", "http://127.0.0.1/api/summary", http.Header{"Sec-Fetch-Site": {"same-origin"}}, 200},
		{"data, typed in", "GET", "http://127.0.0.1/api/summary", http.Header{"Sec-Fetch-Site": {"none"}}, 200},
		{"page, from a link", "GET", "http://127.0.0.1/", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 200},
		{"data, for another page", "GET", "http://127.0.0.1/api/summary", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"data, for another port", "GET", "http://127.0.0.1/api/summary", http.Header{"Sec-Fetch-Site": {"same-site"}}, 403},
		{"another name", "GET", "http://plateau.example/", nil, 403},
		{"another name, with a port", "GET", "http://plateau.example:80/api/summary", nil, 403},
		{"a name like ours", "GET", "http://127.0.0.1.example/", nil, 403},
		{"this machine's address", "GET", "http://192.168.1.7/", nil, 403},
		{"post", "POST", "http://127.0.0.1/api/summary", nil, 405},
		{"delete", "DELETE", "http://127.0.0.1/", nil, 405},
		{"options", "OPTIONS", "http://127.0.0.1/api/summary", nil, 405},
		{"no such file", "GET", "http://127.0.0.1/view.go", nil, 404},
		{"a folder", "GET", "http://127.0.0.1/uplot", nil, 404},
		{"a folder's slash", "GET", "http://127.0.0.1/uplot/", nil, 404},
		{"above", "GET", "http://127.0.0.1/../view.go", nil, 404},
		{"above, hidden", "GET", "http://127.0.0.1/%2e%2e/view.go", nil, 404},
		{"far above", "GET", "http://127.0.0.1/..%2f..%2f..%2f..%2f..%2fetc/passwd", nil, 404},
		{"no such data", "GET", "http://127.0.0.1/api/", nil, 404},
		{"metrics of no run", "GET", "http://127.0.0.1/api/metrics?offset=0", nil, 404},
	} {
		r := httptest.NewRequest(c.method, c.url, nil)
		for name, values := range c.header {
			r.Header[name] = values
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.want, w.Body)
		}
		h := w.Header()
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'self';") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: headers %v", c.name, h)
		}
		if c.want >= 400 {
			var answer struct{ Error string }
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Error == "" {
				t.Errorf("%s: answer %s, want JSON with an error", c.name, w.Body)
			}
		}
	}
	r := httptest.NewRequest("GET", "http://127.0.0.1/", nil)
	r.Host = ""
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, r); w.Code != 403 {
		t.Errorf("no host: status %d, want 403", w.Code)
	}
}

// The page is all there, and names nothing that is elsewhere.
func TestPage(t *testing.T) {
	s := New(nil, &Run{Name: "it", Metrics: "none"})
	defer s.Close()
	for _, name := range []string{"index.html", "style.css", "app.js", "icon.svg", "uplot/uPlot.iife.min.js", "uplot/uPlot.min.css"} {
		w := get(s, "/"+name)
		kind := map[string]string{".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}[filepath.Ext(name)]
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: status %d, %s", name, w.Code, w.Header().Get("Content-Type"))
		}
	}
	scripts, err := filepath.Glob("page/*")
	if err != nil || len(scripts) < 5 {
		t.Fatalf("%d files, error %v", len(scripts), err)
	}
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // a folder
		}
		for _, word := range []string{"https://", "//cdn", "eval(", "innerHTML"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s in it", path, word)
			}
		}
	}
}

// Parameters that make no sense are refused in words, none with a fault of the
// server.
func TestParameters(t *testing.T) {
	r := recorded(t, 4, false) // 176 steps
	s := serve(t, r)
	for _, c := range []struct{ url, want string }{
		{"/api/summary?a=1", "no parameter"},
		{"/api/summary?%zz", "as in a=1"},
		{"/api/state?from=1", "no parameter"},
		{"/api/rates", "from"},
		{"/api/rates?from=0&to=177&width=100", "to="},
		{"/api/rates?from=-1&to=10&width=100", "from="},
		{"/api/rates?from=9&to=9&width=100", "to="},
		{"/api/rates?from=0&to=10&width=0", "width="},
		{"/api/rates?from=0&to=10&width=4097", "width="},
		{"/api/rates?from=0&from=1&to=10&width=5", "one value"},
		{"/api/rates?from=0&to=1e1&width=5", "whole number"},
		{"/api/rates?from=0&to=99999999999999999999&width=5", "to="},
		{"/api/trials?from=0&to=10&most=513", "most="},
		{"/api/trial?index=4&rows=1", "index="},
		{"/api/trial?index=-1&rows=1", "index="},
		{"/api/trial?index=0&rows=0", "rows="},
		{"/api/trial?index=0&rows=4&neurons=0.1", "populations from 1"},
		{"/api/trial?index=0&rows=4&neurons=1.12", "neurons of hidden0 from 0 to 11"},
		{"/api/trial?index=0&rows=4&neurons=7", "as in 1.17"},
		{"/api/misread?trial=0&step=0", "1 or -1"},
		{"/api/misread?trial=5&step=1", "trial="},
		{"/api/image?trial=four", "trial="},
		{"/api/raster?population=4&from=0&to=9&width=9&rows=9&low=0&high=1", "population="},
		{"/api/raster?population=1&from=0&to=9&width=9&rows=257&low=0&high=1", "rows="},
		{"/api/raster?population=1&from=0&to=9&width=9&rows=9&low=3&high=3", "high="},
		{"/api/raster?population=1&from=0&to=9&width=9&rows=9&low=0&high=13", "high="},
		{"/api/potentials?trial=0&from=0&to=45&width=9&neurons=1.1&vars=soma&classes=0", "to="},
		{"/api/potentials?trial=0&from=0&to=44&width=9&neurons=1.1&vars=volts&classes=0", "some of basal"},
		{"/api/potentials?trial=9&from=0&to=44&width=9&neurons=1.1&vars=soma&classes=0", "trial="},
		{"/api/potentials?trial=0&from=0&to=44&width=9&neurons=1.1&vars=soma&classes=2", "classes="},
		{"/api/potentials?trial=0&from=0&to=44&width=9&neurons=1.1&vars=soma&classes=0&path=/etc", "no parameter"},
	} {
		w := get(s, c.url)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: status %d, %s; want 400 with %q", c.url, w.Code, w.Body, c.want)
		}
	}
	many := "1.0"
	for i := range maxNeurons + 1 {
		many += "," + []string{"1", "2", "3"}[i%3] + "." + string(rune('0'+i%8))
	}
	if w := get(s, "/api/trial?index=0&rows=4&neurons="+many); w.Code != 200 {
		t.Errorf("neurons named twice: status %d, %s", w.Code, w.Body)
	}
}

// Recordings of every kind can be looked at: with little in them, with fine steps,
// broken off.
func TestKinds(t *testing.T) {
	for name, plan := range exporttest.Plans() {
		t.Run(name, func(t *testing.T) {
			r, _ := exporttest.Make(t, plan)
			s := serve(t, r)
			s.recording.Classes = []string{"a", "b", "c"}
			last := "/api/trial?rows=9&neurons=1.0&index="
			for _, url := range []string{
				"/api/summary", "/api/state", "/api/rates?from=0&to=1&width=1", "/api/trials?from=0&to=1&most=3", last + "0", last + "1",
				"/api/misread?trial=-1&step=1", "/api/image?trial=0", "/api/potentials?trial=0&from=0&to=1&width=1&neurons=1.1&vars=soma,rate&classes=1",
				"/api/raster?population=0&from=0&to=1&width=1&rows=1&low=0&high=1",
			} {
				w := get(s, url)
				if w.Code >= 500 {
					t.Errorf("%s: status %d: %s", url, w.Code, w.Body)
				}
				if strings.HasPrefix(url, "/api/su") && w.Code != 200 || r.Trials() > 1 && strings.HasPrefix(url, "/api/trial") && w.Code != 200 {
					t.Errorf("%s: status %d: %s", url, w.Code, w.Body)
				}
			}
		})
	}
}

// Whatever is asked for, the server neither fails nor sends more than a screen
// shows.
func FuzzRequest(f *testing.F) {
	s := serve(f, recorded(f, 4, false))
	for _, seed := range []string{
		"/api/raster?population=1&from=0&to=100&width=40&rows=9&low=0&high=12", "/api/rates?from=3&to=99&width=7",
		"/api/potentials?trial=1&from=2&to=44&width=9&neurons=1.1,3.2&vars=soma,apical&classes=1", "/api/trial?index=2&rows=7&neurons=1.3",
		"/api/trials?from=0&to=90&most=4", "/api/misread?trial=2&step=-1", "/api/image?trial=3", "/index.html", "/../go.mod",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, url string) {
		r, err := http.NewRequest("GET", "http://localhost"+url, nil)
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%s: status %d: %s", url, w.Code, w.Body)
		}
		if w.Body.Len() > 1<<20 {
			t.Errorf("%s: %d bytes", url, w.Body.Len())
		}
	})
}
