package network

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// The digest depends on every bit of every weight, and is always the same on every
// machine.
func TestSHA256(t *testing.T) {
	n := drawn(plan(5, 4), 3)
	const pinned = "3ff006e5cb05e5ec4d1d25f8af017404e5de8da46cc61a8a6a04906f5387f324"
	digest := n.Weights().SHA256()
	if digest != pinned {
		t.Errorf("SHA256 = %s, want %s", digest, pinned)
	}
	seen := map[string]string{digest: "none"}
	for _, array := range n.Weights() {
		for j := range max(array.Rows, 1) {
			row := array.Row(j)
			for i, v := range row {
				row[i] = math.Float32frombits(math.Float32bits(v) ^ 1)
				array.SetRow(j, row)
				if where, ok := seen[n.Weights().SHA256()]; ok {
					t.Fatalf("the digest is the same with a change in %s and in %s[%d][%d]", where, array.Name, j, i)
				}
				seen[n.Weights().SHA256()] = array.Name
				row[i] = v
				array.SetRow(j, row)
			}
		}
	}
	if n.Weights().SHA256() != digest {
		t.Error("the digest changed although the weights did not")
	}
	if other := drawn(plan(5, 4), 4).Weights().SHA256(); other == digest {
		t.Error("another seed has the same digest")
	}
}

func TestCheck(t *testing.T) {
	n := drawn(plan(5), 5)
	if err := n.Weights().Check(); err != nil {
		t.Fatal(err)
	}
	for _, array := range n.Weights() {
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			last := max(array.Rows, 1) - 1
			row := array.Row(last)
			old := row[len(row)-1]
			row[len(row)-1] = float32(bad)
			array.SetRow(last, row)
			err := n.Weights().Check()
			if err == nil || !strings.Contains(err.Error(), array.Name+" ") || !strings.HasPrefix(err.Error(), "network: ") {
				t.Errorf("%v in %s: error %v, want one that names it", bad, array.Name, err)
			}
			row[len(row)-1] = old
			array.SetRow(last, row)
		}
	}
	n.Layers[0].Bias[0] = float32(math.NaN())
	n.Layers[1].Weights.Set(2, 1, float32(math.Inf(1)))
	if err := n.Weights().Check(); err == nil || !strings.Contains(err.Error(), "b0") || !strings.Contains(err.Error(), "W1") || !strings.Contains(err.Error(), "row 2") {
		t.Errorf("error %v, want one that names b0 and row 2 of W1", err)
	}
}

// Set restores what Append wrote, in the order of the arrays, and leaves padding alone.
func TestAppendAndSet(t *testing.T) {
	n := drawn(plan(5, 4), 4)
	w := n.Weights()
	all := w.Append([]float32{-1})[1:]
	if len(all) != w.Count() || len(all) != cap(w.Append(make([]float32, 0, w.Count()))) {
		t.Fatalf("%d weights, Count %d", len(all), w.Count())
	}
	if all[0] != n.Layers[0].Weights.Row(0)[0] || all[w[0].Count()] != n.Layers[0].Bias[0] {
		t.Error("the first weights are not those of W0, followed by b0")
	}
	other := New(n.Architecture)
	other.Weights().Set(all)
	if !slices.Equal(other.Weights().Append(nil), all) || other.Weights().SHA256() != w.SHA256() {
		t.Error("Set does not restore what Append wrote")
	}
	checkPadding(t, other)
	defer func() {
		if recover() == nil {
			t.Error("Set takes a weight too few without a panic")
		}
	}()
	other.Weights().Set(all[1:])
}
