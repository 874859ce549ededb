package view

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/protocolstest"
	"plateau/sim/record"
)

// digits are drawn images to learn from.
type digits struct{ *dataset.Set }

// model is small and quick, and misreads a good part.
func model() protocols.Model {
	m := protocols.Default(784, []int{12, 8}, 10)
	m.Train = protocols.TwoPhase{Forward: 24, Target: 20, Settle: 8}
	m.Network.PerClass = 2
	return m
}

// recorded trains a network and records it: spikes and plateaus, and potentials
// if they are wanted.
func recorded(t testing.TB, trials int, potentials bool) *record.Reader {
	t.Helper()
	return recordedOf(t, model(), trials, potentials)
}

func recordedOf(t testing.TB, m protocols.Model, trials int, potentials bool) *record.Reader {
	t.Helper()
	net, err := m.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	h := protocols.RecordingHeader(m)
	h.Weights, h.Plateaus, h.Data = true, true, "digits"
	if potentials {
		for p := 1; p <= 3; p++ {
			for _, v := range []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate} {
				if v != record.Apical || p < 3 {
					h.Probes = append(h.Probes, record.Probe{Population: p, Variable: v, Every: 1})
				}
			}
		}
	}
	var file bytes.Buffer
	w, err := record.NewWriter(&file, h, net)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := protocolstest.New(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer.Watch(w, potentials)
	if _, err := trainer.Epoch(t.Context(), digits{dataset.Digits(1, trials, 1).Train}, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := record.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// serve begins a server of a recording that is looked through.
func serve(t testing.TB, r *record.Reader) *Server {
	t.Helper()
	s := New(&Recording{Name: "it", Title: "a test", Reader: r, Classes: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}}, nil)
	t.Cleanup(s.Close)
	<-s.survey.ended
	return s
}

// get asks for something as the page does.
func get(s http.Handler, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:80"+url, nil))
	return w
}

// ask wants JSON.
func ask(t testing.TB, s http.Handler, url string, into any) {
	t.Helper()
	w := get(s, url)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d: %s", url, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
}

// bulk is the arrays of a packet.
type bulk map[string][]float64

// askPacket wants a packet.
func askPacket(t testing.TB, s http.Handler, url string, head any) bulk {
	t.Helper()
	w := get(s, url)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d: %s", url, w.Code, w.Body)
	}
	b := w.Body.Bytes()
	n := int(binary.LittleEndian.Uint32(b))
	if n%4 != 0 {
		t.Fatalf("%s: the arrays begin at byte %d, want a multiple of four", url, 4+n)
	}
	text, b := b[4:4+n], b[4+n:]
	var list struct{ Arrays []array }
	for _, into := range []any{&list, head} {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%s: %v in %s", url, err, text)
		}
	}
	all := bulk{}
	for _, a := range list.Arrays {
		size := map[string]int{"u8": 1, "u16": 2, "u32": 4, "f32": 4}[a.Type]
		values := make([]float64, a.Length)
		for i := range values {
			switch at := b[size*i:]; a.Type {
			case "u8":
				values[i] = float64(at[0])
			case "u16":
				values[i] = float64(binary.LittleEndian.Uint16(at))
			case "u32":
				values[i] = float64(binary.LittleEndian.Uint32(at))
			case "f32":
				values[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(at)))
			}
		}
		all[a.Name] = values
		b = b[(size*a.Length+3)/4*4:]
	}
	if len(b) != 0 {
		t.Fatalf("%s: %d bytes too many", url, len(b))
	}
	return all
}

// cancelled is a request of somebody who has left.
func cancelled(url string) *http.Request {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+url, nil).WithContext(ctx)
}
