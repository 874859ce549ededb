package main

import (
	"encoding/json"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// ofKind returns the events of a kind.
func ofKind(events []map[string]any, kind string) (list []map[string]any) {
	for _, e := range events {
		if e["event"] == kind {
			list = append(list, e)
		}
	}
	return list
}

// Measurements are lines of metrics, the same for any number of workers, and change
// nothing in the run.
func TestMeasure(t *testing.T) {
	plateautest.Empty(t)
	run := func(out string, more ...string) []map[string]any {
		return plateautest.JSONLines(t, must(t, tiny(append(more, "--json", "--hidden", "8,7", "--batch", "4", "--out", out)...)...))
	}
	plain := run("plain")
	all := run("all", "--measure", "all", "--set", "measure.every=12", "--workers", "1")
	sha := func(events []map[string]any) any { return events[len(events)-1]["weights_sha256"] }
	if sha(plain) != sha(all) {
		t.Error("measuring changes the weights")
	}
	if len(ofKind(plain, "measure")) != 0 || ofKind(plain, "epoch")[0]["confusion"] != nil {
		t.Error("measured unasked")
	}
	if _, err := os.Stat("plain/measurements.npz"); err == nil {
		t.Error("measurements.npz of nothing")
	}

	// Epochs of 30 images, in batches of 4: 12 are shown after 12, 24 after 24, 36
	// after 30 + 8, 48 after 30 + 20, 60 after all.
	lines := ofKind(all, "measure")
	var where [][2]float64
	for _, e := range lines {
		where = append(where, [2]float64{e["epoch"].(float64), e["examples"].(float64)})
	}
	if want := [][2]float64{{1, 12}, {1, 24}, {2, 38}, {2, 50}, {2, 60}}; !slices.Equal(where, want) {
		t.Fatalf("measured at (epoch, images) %v, want %v", where, want)
	}
	for k, e := range lines {
		for name, n := range map[string]int{"hidden_losses": 2, "loss_correlation": 2, "update_angles_deg": 2, "weight_norms": 3, "weight_changes": 3, "gradient_changes": 3, "rates_hz": 4} {
			list := e[name].([]any)
			if len(list) != n {
				t.Errorf("line %d: %s has %d numbers, want %d", k, name, len(list), n)
			}
			for _, v := range list {
				if (v == nil) != (k == 0 && name == "gradient_changes") {
					t.Errorf("line %d: %s is %v", k, name, list)
				}
			}
		}
		for _, name := range []string{"output_loss", "largest_eigenvalue", "alignment_angle_deg"} {
			if v, ok := e[name].(float64); !ok || !(v > 0) {
				t.Errorf("line %d: %s is %v", k, name, e[name])
			}
		}
		// Rates are in Hz: of the input a few dozen, of others up to 200.
		if r := e["rates_hz"].([]any); !(r[0].(float64) > 10 && r[0].(float64) < 60 && r[1].(float64) > 30 && r[1].(float64) < 200) {
			t.Errorf("rates are %v Hz", r)
		}
	}
	for k, e := range ofKind(all, "epoch") {
		images, right := 0.0, 0.0
		for i, row := range e["confusion"].([]any) {
			for j, n := range row.([]any) {
				images += n.(float64)
				if i == j {
					right += n.(float64)
				}
			}
		}
		if images != 20 || 1-right/images != e["test_error"] {
			t.Errorf("the confusion after epoch %d has %v images and %v right, but the error is %v", k+1, images, right, e["test_error"])
		}
	}

	more := run("more", "--measure", "all", "--set", "measure.every=12", "--workers", "3")
	if !reflect.DeepEqual(ofKind(more, "measure"), lines) {
		t.Error("with more workers other numbers are measured")
	}
	if plateautest.ReadFile(t, "all/measurements.npz") != plateautest.ReadFile(t, "more/measurements.npz") {
		t.Error("with more workers measurements.npz is another one")
	}
}

// The arrays hold the numbers of the lines, NaN for null.
func TestMeasurementsFile(t *testing.T) {
	plateautest.Empty(t)
	events := plateautest.JSONLines(t, must(t, tiny("--json", "--hidden", "8,7", "--out", "run", "--measure", "all", "--set", "measure.every=12")...))
	r := openNPZ(t, "run/measurements.npz")
	lines, epochs := ofKind(events, "measure"), ofKind(events, "epoch")
	var flatten func(v any) []float64
	flatten = func(v any) (flat []float64) {
		switch v := v.(type) {
		case float64:
			return []float64{v}
		case []any:
			for _, e := range v {
				flat = append(flat, flatten(e)...)
			}
			return flat
		}
		return []float64{math.NaN()}
	}
	for _, name := range r.Names() {
		in, shape := lines, []int{len(lines)}
		if name == "confusion" {
			in, shape = epochs, []int{len(epochs), 10, 10}
		} else if list, ok := lines[0][name].([]any); ok {
			shape = append(shape, len(list))
		}
		var want []float64
		for _, e := range in {
			want = append(want, flatten(e[name])...)
		}
		var got []float64
		var err error
		if name == "epoch" || name == "examples" || name == "confusion" {
			var whole []int64
			whole, _, err = r.Int64(name)
			for _, n := range whole {
				got = append(got, float64(n))
			}
		} else {
			got, _, err = r.Float64(name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, _ := r.Shape(name); !slices.Equal(s, shape) {
			t.Errorf("%s has shape %v, want %v", name, s, shape)
		}
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for name := range lines[0] {
		if name != "event" && !slices.Contains(r.Names(), name) {
			t.Errorf("there is no array %s", name)
		}
	}

	// The next run in this folder begins without them.
	must(t, tiny("--out", "run", "--force")...)
	if _, err := os.Stat("run/measurements.npz"); err == nil {
		t.Error("measurements of the run that was replaced are left")
	}
	plateautest.WriteFile(t, "run/measurements.npz", "mine")
	if status, _, messages := plateau(tiny("--out", "run", "--force")...); status != 1 || !strings.Contains(messages, "not made by a run") {
		t.Errorf("somebody's file: status %d, %s", status, messages)
	}
}

// What is chosen is measured and nothing else; everything that there is includes
// what a network has.
func TestMeasureChosen(t *testing.T) {
	plateautest.Empty(t)
	for _, c := range []struct {
		hidden, what string
		want         []string // fields
		confusion    bool
	}{
		{"5", "losses", []string{"hidden_losses", "loss_correlation", "output_loss"}, false},
		{"5", "angle, confusion", []string{"update_angles_deg"}, true},
		{"5", "eigenvalue,alignment", []string{"alignment_angle_deg", "largest_eigenvalue"}, false},
		{"5", "norms", []string{"gradient_changes", "weight_changes", "weight_norms"}, false},
		{"5", "rates", []string{"rates_hz"}, false},
		{"5", "confusion", nil, true},
		{"none", "all", []string{"gradient_changes", "output_loss", "rates_hz", "weight_changes", "weight_norms"}, true},
	} {
		events := plateautest.JSONLines(t, must(t, tiny("--json", "--hidden", c.hidden, "--epochs", "1", "--out", "run", "--force", "--measure", c.what, "--set", "measure.every=15")...))
		lines := ofKind(events, "measure")
		if (c.want == nil) != (lines == nil) || lines != nil && len(lines) != 2 {
			t.Fatalf("%s: %d lines", c.what, len(lines))
		}
		for _, e := range lines {
			var names []string
			for name := range e {
				if name != "event" && name != "epoch" && name != "examples" {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			if !slices.Equal(names, c.want) {
				t.Errorf("%s, hidden layers %s: fields %v, want %v", c.what, c.hidden, names, c.want)
			}
		}
		if _, ok := ofKind(events, "epoch")[0]["confusion"]; ok != c.confusion {
			t.Errorf("%s: confusion %v, want %v", c.what, ok, c.confusion)
		}
		openNPZ(t, "run/measurements.npz")
	}
}

func TestQuantity(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{{0.5, "0.5"}, {0, "0"}, {math.NaN(), "null"}, {math.Inf(1), "null"}, {math.Inf(-1), "null"}} {
		if got, err := json.Marshal([]run.Quantity{run.Quantity(c.x)}); string(got) != "["+c.want+"]" || err != nil {
			t.Errorf("%v is written as %s (error %v), want [%s]", c.x, got, err, c.want)
		}
	}
}

// Metrics that somebody has edited give an error, not a panic or a wrong array.
func TestMeasurementsOfSpoiltMetrics(t *testing.T) {
	plateautest.Empty(t)
	for _, c := range []struct{ lines, want string }{
		{`{"event":"measure","rates_hz":[1,2]}` + "\n" + `{"event":"measure","rates_hz":[1]}`, "m.jsonl:2: rates_hz has"},
		{`{"event":"measure","rates_hz":[[1,2],[3]]}`, "m.jsonl:1: rates_hz has rows"},
		{`{"event":"measure","rates_hz":["fast"]}`, "m.jsonl:1:"},
		{`{"event":"epoch","confusion":{}}`, "m.jsonl:1:"},
	} {
		plateautest.WriteFile(t, "m.jsonl", c.lines)
		if _, err := run.ReadMeasurements("m.jsonl"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", c.lines, err, c.want)
		}
	}
	plateautest.WriteFile(t, "m.jsonl", `{"event":"measure","rates_hz":[]}`+"\n"+`{"event":"mea`)
	if columns, err := run.ReadMeasurements("m.jsonl"); err != nil || len(columns) != 1 || !slices.Equal(columns[0].Shape, []int{1, 0}) {
		t.Errorf("half a line: %v, %v", columns, err)
	}
}
