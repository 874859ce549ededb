package run

import (
	"math"
	"os"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/internal/atomicfile"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim/record/npz"
)

func sparseModel() protocols.Model {
	m := protocols.Default(6, []int{5, 4}, 3)
	m.Network.Silent = 0.5
	m.Network.FeedbackBias = true
	return m
}

func TestWeightsReadBack(t *testing.T) {
	plateautest.Empty(t)
	for _, m := range []protocols.Model{sparseModel(), protocols.Default(6, nil, 3), protocols.Default(6, []int{5}, 3)} {
		net, err := m.NewNetwork()
		if err != nil {
			t.Fatal(err)
		}
		if err := SaveWeights("w.npz", net); err != nil {
			t.Fatal(err)
		}
		got := network.New(m.Network)
		if err := loadWeights("w.npz", got); err != nil {
			t.Fatal(err)
		}
		if got.Weights().SHA256() != net.Weights().SHA256() {
			t.Error("the weights are others")
		}
		for i := range net.Layers {
			for k, silent := range net.Layers[i].Silent {
				if got.Layers[i].Silent[k] != silent {
					t.Fatalf("layer %d: synapse %d is silent: %v, want %v", i, k, !silent, silent)
				}
			}
		}
	}
}

// Every fault of a weights file is told with the array, what was found and what
// is wanted.
func TestBrokenWeights(t *testing.T) {
	plateautest.Empty(t)
	m := sparseModel()
	net, err := m.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	type array struct {
		shape []int
		data  any
	}
	save := func(change func(map[string]array)) {
		arrays := map[string]array{}
		if err := SaveWeights("w.npz", net); err != nil {
			t.Fatal(err)
		}
		r, err := npz.Open("w.npz")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range r.Names() {
			if strings.HasSuffix(name, "_silent") {
				v, shape, err := r.Bool(name)
				if err != nil {
					t.Fatal(err)
				}
				arrays[name] = array{shape, v}
				continue
			}
			v, shape, err := r.Float32(name)
			if err != nil {
				t.Fatal(err)
			}
			arrays[name] = array{shape, v}
		}
		r.Close()
		change(arrays)
		f, err := atomicfile.Replace("w.npz")
		if err != nil {
			t.Fatal(err)
		}
		w := npz.NewWriter(f)
		for name, a := range arrays {
			if err := w.Write(name, a.shape, a.data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name   string
		change func(map[string]array)
		want   []string
	}{
		{"missing", func(a map[string]array) { delete(a, "b1") }, []string{"no array b1", "4 values"}},
		{"mask missing", func(a map[string]array) { delete(a, "Y0_silent") }, []string{"no array Y0_silent", "3×5"}},
		{"too many", func(a map[string]array) { a["W9"] = a["W0"] }, []string{"also W9"}},
		{"shape", func(a map[string]array) { a["W0"] = array{[]int{5, 6}, make([]float32, 30)} }, []string{"W0 is 5×6, want 6×5"}},
		{"flat", func(a map[string]array) { a["W0"] = array{[]int{30}, make([]float32, 30)} }, []string{"W0 is 30 values, want 6×5"}},
		{"type", func(a map[string]array) { a["W1"] = array{[]int{5, 4}, make([]float64, 20)} }, []string{"W1 has elements of type <f8, want <f4"}},
		{"nan", func(a map[string]array) { a["W0"].data.([]float32)[7] = float32(math.NaN()) }, []string{"W0 holds NaN at [1, 2]", "finite"}},
		{"inf", func(a map[string]array) { a["c0"].data.([]float32)[3] = float32(math.Inf(-1)) }, []string{"c0 holds -Inf at [3]"}},
		{"loud", func(a map[string]array) {
			for k, silent := range a["Y0_silent"].data.([]bool) {
				if silent {
					a["Y0"].data.([]float32)[k] = 2
				}
			}
		}, []string{"Y0[", "is 2", "Y0_silent says it is silent"}},
	} {
		save(test.change)
		err := loadWeights("w.npz", network.New(m.Network))
		if err == nil {
			t.Errorf("%s: no error", test.name)
			continue
		}
		for _, want := range append(test.want, "w.npz") {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %q in %v", test.name, want, err)
			}
		}
	}
	save(func(map[string]array) {})
	if err := loadWeights("w.npz", network.New(m.Network)); err != nil {
		t.Errorf("unchanged: %v", err)
	}
	whole := plateautest.ReadFile(t, "w.npz")
	for n := 0; n < len(whole); n += 97 {
		if err := os.WriteFile("w.npz", []byte(whole[:n]), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := loadWeights("w.npz", network.New(m.Network)); err == nil || !strings.Contains(err.Error(), "w.npz") {
			t.Fatalf("cut off after %d of %d bytes: %v", n, len(whole), err)
		}
	}
}
