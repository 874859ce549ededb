package record_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"plateau/kernels"
	"plateau/network"
	"plateau/sim/record"
)

func TestHeader(t *testing.T) {
	m := tiny(8, 5)
	net := newNetwork(t, m)
	rule := m.Rule()
	for _, kernel := range []kernels.Kernel{
		kernels.DoubleExponential{Rise: 3, Decay: 10}, kernels.Exponential{Decay: 2.5}, kernels.Alpha{Peak: 1.0 / 3},
		kernels.Finite{Kernel: kernels.Alpha{Peak: 3}, Support: 12},
	} {
		h := header(m)
		h.Begun = time.Date(2026, 11, 24, 3, 4, 5, 6, time.UTC)
		h.Neurons.Kernel, h.Seed, h.Rule = kernel, 1<<64-1, &rule
		h.Probes = []record.Probe{{Population: 2, Variable: record.Rate, Neurons: []int{1, 4}, Every: 10}}
		h.Select = record.Selection{Every: 2, Mispredicted: true, Numbers: []uint64{1 << 63}}
		h.Config = "# \"x\"\nseed = 1\n"
		h.Course, h.EpochTrials = network.Course{Decay: 0.5}, 7
		var file bytes.Buffer
		w, err := record.NewWriter(&file, h, net)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got := *read(t, file.Bytes()).Header()
		h.Format, h.Network, h.Populations = 1, m.Network, record.Populations(m.Network)
		if !reflect.DeepEqual(got, h) {
			t.Errorf("the header is\n%+v, want\n%+v", got, h)
		}
	}
	h := header(m)
	h.Course, h.EpochTrials = network.Course{Decay: 1, Every: 2, Cosine: 9, End: 0.1, List: []float64{1, 0}, WarmUp: 3}, 7
	var file bytes.Buffer
	w, err := record.NewWriter(&file, h, net)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, file.Bytes()).Header(); !reflect.DeepEqual(got.Course, h.Course) || got.EpochTrials != 7 || got.Format != 3 {
		t.Errorf("the course is %+v with epochs of %d in format %d, want %+v, 7, 3", got.Course, got.EpochTrials, got.Format, h.Course)
	}
	// Older programs, which do not know lesions, would replay the rates of silenced neurons.
	hurt := m
	hurt.Network.Lesions = []network.Lesion{{Layer: 1, From: 2, To: 4}}
	file.Reset()
	if w, err = record.NewWriter(&file, header(hurt), newNetwork(t, hurt)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, file.Bytes()).Header(); !reflect.DeepEqual(got.Network, hurt.Network) || got.Format != 2 {
		t.Errorf("the network is %+v in format %d, want %+v, 2", got.Network, got.Format, hurt.Network)
	}
	h = header(m)
	if n, err := h.Population("hidden1"); err == nil {
		t.Errorf("population %d in a header without populations", n)
	}
	h.Populations = record.Populations(m.Network)
	if n, err := h.Population("hidden1"); err != nil || n != 2 {
		t.Errorf("hidden1 is %d, %v", n, err)
	}
	if _, err := h.Population("hidden2"); err == nil || !strings.Contains(err.Error(), "hidden1") {
		t.Errorf("error %v, want the names of the populations", err)
	}
}

// Invalid headers are refused, and the error says what is wrong.
func TestHeaderRefusals(t *testing.T) {
	m := tiny(8)
	net := newNetwork(t, m)
	for want, spoil := range map[string]func(h *record.Header){
		"Dt":                       func(h *record.Header) { h.Neurons.Dt = 0 },
		"Populations[1].Size":      func(h *record.Header) { h.Populations[1].Size = 7 },
		"Populations[2].Name":      func(h *record.Header) { h.Populations[2].Name = "input" },
		"Populations: there are 2": func(h *record.Header) { h.Populations = h.Populations[:2] },
		"Population = 0":           func(h *record.Header) { h.Probes[0].Population = 0 },
		"Population = 3":           func(h *record.Header) { h.Probes[0].Population = 3 },
		"no apical dendrite": func(h *record.Header) {
			h.Probes[0] = record.Probe{Population: 2, Variable: record.Apical, Every: 1}
		},
		`Variable = "voltage"`:       func(h *record.Header) { h.Probes[1].Variable = "voltage" },
		"Probes[1].Every = 0":        func(h *record.Header) { h.Probes[1].Every = 0 },
		"Neurons is empty":           func(h *record.Header) { h.Probes[1].Neurons = []int{} },
		"Neurons holds 8":            func(h *record.Header) { h.Probes[1].Neurons = []int{1, 8} },
		"Neurons holds 1":            func(h *record.Header) { h.Probes[1].Neurons = []int{1, 1} },
		"Neurons holds -1":           func(h *record.Header) { h.Probes[1].Neurons = []int{-1} },
		"SnapshotEvery = -1":         func(h *record.Header) { h.SnapshotEvery = -1 },
		"Select.Every = -2":          func(h *record.Header) { h.Select.Every = -2 },
		"Decay = 2":                  func(h *record.Header) { h.Course.Decay, h.EpochTrials = 2, 5 },
		"Decay = 0":                  func(h *record.Header) { h.EpochTrials = 5 },
		"EpochTrials = 0":            func(h *record.Header) { h.Course.Decay = 0.5 },
		"Course.Cosine = -1":         func(h *record.Header) { h.Course, h.EpochTrials = network.Course{Decay: 1, Cosine: -1}, 5 },
		"Rates has 1 learning rates": func(h *record.Header) { h.Rule.Rates = h.Rule.Rates[:1] },
	} {
		h := header(m)
		h.Populations = record.Populations(m.Network)
		spoil(&h)
		_, err := record.NewWriter(&bytes.Buffer{}, h, net)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := record.NewWriter(&bytes.Buffer{}, header(m), nil); err == nil {
		t.Error("no network is accepted")
	}
}
