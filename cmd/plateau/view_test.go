package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/view"
	"plateau/sim/record"
)

// viewing runs plateau view with some arguments until the test ends, and wants
// status 0 then.
func viewing(t *testing.T, args ...string) view.ViewEvent {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, to := io.Pipe()
	var messages bytes.Buffer
	status := make(chan int, 1)
	go func() {
		status <- execute(ctx, append([]string{"view", "--json"}, args...), to, &messages)
		to.Close()
	}()
	t.Cleanup(func() {
		stop()
		if s := <-status; s != 0 {
			t.Errorf("view ended with status %d: %s", s, messages.String())
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var e view.ViewEvent
	if err != nil || json.Unmarshal(line, &e) != nil || e.Event != "view" {
		t.Fatalf("view says %q, error %v", line, err)
	}
	return e
}

func load(t *testing.T, url string, into any) int {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if into != nil {
		if err := json.NewDecoder(r.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	return r.StatusCode
}

// The page of a run has the run and its recording, that of a recording the
// recording; the server is there for this machine only, and ends with Ctrl-C.
func TestView(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--set", "network.per_class=2")...)
	must(t, tiny("--out", "plain")...)
	for _, c := range []struct {
		path           string
		run, recording bool
	}{{"run", true, true}, {filepath.Join("run", cli.RecordingName), false, true}, {"plain", true, false}} {
		e := viewing(t, c.path)
		if !strings.HasPrefix(e.URL, "http://127.0.0.1:") || c.run != (e.Run == c.path) || c.recording != (e.Recording == filepath.Join("run", cli.RecordingName)) {
			t.Errorf("%s: %+v", c.path, e)
		}
		var summary struct {
			Run       *struct{ Name, Title string }
			Recording *struct {
				Name, Title string
				Trials      int
				Classes     []string
			}
		}
		if status := load(t, e.URL+"api/summary", &summary); status != 200 {
			t.Fatalf("%s: status %d", c.path, status)
		}
		if c.run != (summary.Run != nil) || c.recording != (summary.Recording != nil) {
			t.Fatalf("%s: %+v", c.path, summary)
		}
		if r := summary.Recording; c.recording && (r.Trials != 60 || len(r.Classes) != 10 || r.Title != "784-20-20 on digits") {
			t.Errorf("%s: %+v", c.path, r)
		}
		if c.recording {
			r, err := http.Get(e.URL + "api/image?trial=7")
			if err != nil || r.Header.Get("Plateau-Image") != "shown" || r.Header.Get("Content-Type") != "image/png" {
				t.Errorf("%s: image: %v, error %v", c.path, r, err)
			}
			r.Body.Close()
		}
		// Weights that the recording lacks are those that the run began with.
		if c.recording && load(t, e.URL+"api/potentials?trial=7&from=0&to=70&width=10&neurons=1.1&vars=soma&classes=1", nil) != 200 {
			t.Errorf("%s: no potentials", c.path)
		}
		host := strings.TrimSuffix(strings.TrimPrefix(e.URL, "http://"), "/")
		_, port, _ := net.SplitHostPort(host)
		if addresses, err := net.InterfaceAddrs(); err == nil {
			for _, a := range addresses {
				ip, _, err := net.ParseCIDR(a.String())
				if err != nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
					continue
				}
				if conn, err := net.DialTimeout("tcp", net.JoinHostPort(ip.String(), port), 5*time.Second); err == nil {
					conn.Close()
					t.Errorf("%s answers on %s", c.path, ip)
				}
			}
		}
	}
}

// What a person does wrong is said in words.
func TestViewMistakes(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	if err := os.WriteFile("notes.txt", []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"view", 2, "view needs a recording or the folder of a run"},
		{"view a b", 2, `there is also "b"`},
		{"view nothing", 1, "nothing: there is no such file or folder; want a recording or the folder of a run; there are"},
		{"view folder", 1, "folder: is not the folder of a run: there is no config.toml in it"},
		{"view notes.txt", 1, "notes.txt: not a recording"},
		{"view run --port 0", 2, "--port 0: want 1 to 65535"},
		{"view run --port 65536", 2, "--port 65536: want 1 to 65535"},
		{"view run --port many", 2, "--port many: want a whole number"},
		{"view run --port " + port, 1, fmt.Sprintf("--port %s: address already in use; without --port a free one is found", port)},
	} {
		if c.args == "view nothing" {
			must(t, tiny("--out", "runs/one")...)
		}
		status, out, messages := plateau(strings.Fields(c.args)...)
		if status != c.status || !strings.Contains(messages, c.want) || out != "" {
			t.Errorf("plateau %s: status %d, %q; want %d with %q", c.args, status, messages, c.status, c.want)
		}
	}
}

// A recording that is cut while it is looked at, as a run cuts it that goes on
// from a checkpoint, is damaged, and the page stays.
func TestViewCut(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record")...)
	path := filepath.Join("run", cli.RecordingName)
	e := viewing(t, path)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Error string }
	if status := load(t, e.URL+"api/potentials?trial=50&from=0&to=70&width=10&neurons=1.1&vars=soma", &answer); status < 400 || answer.Error == "" {
		t.Errorf("potentials: status %d, %+v", status, answer)
	}
	if status := load(t, e.URL+"api/summary", nil); status != 200 {
		t.Errorf("the page: status %d", status)
	}
}

// Of a recording whose configuration this version cannot read, or is not of its
// data set, the page shows no images of another one, and the right classes.
func TestViewConfig(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--set", "network.per_class=2")...)
	h := *openRecordingFile(t, filepath.Join("run", cli.RecordingName)).Header()
	net, err := (&run.WeightSearch{Header: &h}).Initial()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		config, data string
		images       bool
	}{{h.Config, "digits", true}, {"future = 1\n" + h.Config, "digits", false}, {"", "digits", false}, {h.Config, "mnist", false}} {
		h := h
		h.Config, h.Data = c.config, c.data
		path := fmt.Sprintf("%d.plateau", i)
		w, err := record.Create(path, h, net)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		shown, err := view.ViewRecording(path)
		if err != nil {
			t.Fatal(err)
		}
		if shown.Reader.Close(); len(shown.Classes) != 10 || (shown.Image != nil) != c.images {
			t.Errorf("%.12q on %s: classes %q, images %t; want 10 and %t", c.config, c.data, shown.Classes, shown.Image != nil, c.images)
		}
	}
}
