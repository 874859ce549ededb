package table_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/exporttest"
	"plateau/sim/record/intact"
	"plateau/sim/record/table"
)

// rows reads a table. It returns a map from column to value for each row.
func rows(t *testing.T, tables []table.Table, name string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, tab := range tables {
		if tab.Name != name {
			continue
		}
		err := tab.Scan(func(b *table.Batch) error {
			if b.Rows == 0 {
				t.Errorf("%s: a batch without rows", name)
			}
			for i := range b.Rows {
				row := map[string]any{}
				for k, c := range b.Columns {
					v := reflect.ValueOf(c)
					if v.Len() != b.Rows || !kinds[tab.Columns[k].Kind](c) {
						t.Fatalf("%s: %d values of %T in column %+v, want %d", name, v.Len(), c, tab.Columns[k], b.Rows)
					}
					row[tab.Columns[k].Name] = v.Index(i).Interface()
				}
				all = append(all, row)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	t.Errorf("there is no table %s", name)
	return nil
}

func is[T any](v any) bool { _, ok := v.(T); return ok }

var kinds = map[table.Kind]func(any) bool{
	table.Int32: is[[]int32], table.Int64: is[[]int64], table.Uint64: is[[]uint64],
	table.Float32: is[[]float32], table.Float64: is[[]float64], table.Bool: is[[]bool], table.Text: is[[]string],
}

func compare(t *testing.T, name string, got, want []map[string]any) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d rows, want %d", name, len(got), len(want))
		return
	}
	for i := range want {
		for column, v := range want[i] {
			if g, w := fmt.Sprint(got[i][column]), fmt.Sprint(v); g != w {
				t.Errorf("%s: %s of row %d is %s, want %s", name, column, i, g, w)
				return
			}
		}
	}
}

// The tables of a recording say what happened.
func TestOf(t *testing.T) {
	for name, p := range exporttest.Plans() {
		t.Run(name, func(t *testing.T) {
			r, mem := exporttest.Make(t, p)
			tables := table.Of(r)
			var trials, phases, plateaus, spikes []map[string]any
			for i := range mem.Trials {
				trial := &mem.Trials[i]
				trials = append(trials, map[string]any{
					"trial": i, "purpose": map[sim.Purpose]string{sim.TrainingSpikes: "training", sim.TestSpikes: "test"}[trial.Purpose],
					"number": trial.Number, "example": trial.Example, "class": trial.Class, "place": 0, "rested": trial.Rested, "whole": !trial.Cut,
					"begin_ms": mem.Time(trial.First), "steps": trial.Steps,
				})
				for k, phase := range trial.Phases {
					class := -1
					if phase.Taught {
						class = phase.Class
					}
					phases = append(phases, map[string]any{
						"trial": i, "phase": k, "name": phase.Name, "taught": phase.Taught, "class_taught": class,
						"begin_ms": mem.Time(int64(phase.First)), "window_ms": mem.Time(int64(phase.First + phase.From)),
						"end_ms": mem.Time(int64(phase.First + phase.Steps)), "first_step": phase.First, "steps": phase.Steps,
					})
					for m, values := range phase.Plateaus {
						for n, v := range values {
							if v != v {
								continue
							}
							step := phase.First + phase.Steps - 1
							if phase.PlateauStep != nil {
								step = phase.First + phase.PlateauStep[m][n]
							}
							plateaus = append(plateaus, map[string]any{
								"trial": i, "phase": k, "population": fmt.Sprint("hidden", m), "neuron": n,
								"step": step, "time_ms": mem.Time(int64(step + 1)), "plateau": v,
							})
						}
					}
				}
				for k, pop := range mem.Header.Populations {
					if !pop.Spikes {
						continue
					}
					for _, s := range trial.Spikes[k] {
						spikes = append(spikes, map[string]any{
							"trial": i, "population": pop.Name, "step": s.Step, "time_ms": mem.Time(int64(s.Step)), "neuron": s.Neuron,
						})
					}
				}
			}
			got := rows(t, tables, "trials")
			compare(t, "trials", got, trials)
			compare(t, "phases", rows(t, tables, "phases"), phases)
			compare(t, "missing", rows(t, tables, "missing"), nil)
			want := 3 + len(mem.Header.Probes)
			if len(p.Network.Hidden) > 0 {
				compare(t, "plateaus", rows(t, tables, "plateaus"), plateaus)
				want++
			}
			if p.Populations == nil || len(p.Populations) > 0 {
				compare(t, "spikes", rows(t, tables, "spikes"), spikes)
				want++
			}
			if p.Inject {
				compare(t, "currents", rows(t, tables, "currents"), currents(mem))
				want++
			}
			if len(tables) != want {
				t.Errorf("%d tables, want %d", len(tables), want)
			}
			for i, row := range got {
				loss := row["loss_output"].(float64)
				if taught := len(mem.Trials[i].Phases) > 1; taught == math.IsNaN(loss) && !mem.Trials[i].Cut || len(row["weights"].(string)) != 64 {
					t.Errorf("trial %d: loss %v, weights %q", i, loss, row["weights"])
				}
				if right := row["predicted"] == row["class"]; row["correct"] != right || row["predicted"].(int32) < 0 && !mem.Trials[i].Cut {
					t.Errorf("trial %d: class %v, read %v, correct %v", i, row["class"], row["predicted"], row["correct"])
				}
			}
			for i, name := range table.ProbeNames(mem.Header) {
				probe := mem.Header.Probes[i]
				var samples []map[string]any
				for k := range mem.Trials {
					for s, values := range mem.Trials[k].Samples[i] {
						step := s * probe.Every
						row := map[string]any{"trial": k, "step": step, "time_ms": mem.Time(int64(step + 1))}
						for n, v := range values {
							if probe.Variable == record.Rate {
								v = float32(float64(v) * 1000)
							}
							row[fmt.Sprint("n", probe.Neurons[n])] = v
						}
						samples = append(samples, row)
					}
				}
				compare(t, name, rows(t, tables, name), samples)
			}
		})
	}
}

// Damaged trials are listed with their times in the recording.
func TestMissing(t *testing.T) {
	damaged, whole := exporttest.Damaged(t)
	var want []map[string]any
	for _, i := range intact.Of(damaged).LeftOut() {
		trial, err := whole.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(want); n > 0 && want[n-1]["last_trial"] == i-1 {
			want[n-1]["last_trial"], want[n-1]["end_ms"] = i, trial.First+int64(trial.Steps)
			continue
		}
		want = append(want, map[string]any{"first_trial": i, "last_trial": i, "begin_ms": trial.First, "end_ms": trial.First + int64(trial.Steps)})
	}
	compare(t, "missing", rows(t, table.Of(damaged), "missing"), want)
}

func TestProbeNames(t *testing.T) {
	r, _ := exporttest.Make(t, exporttest.Plans()["some neurons"])
	if got := fmt.Sprint(table.ProbeNames(r.Header())); got != "[hidden0_soma hidden0_soma_2]" {
		t.Errorf("names %s", got)
	}
	r, _ = exporttest.Make(t, exporttest.Default())
	if got := fmt.Sprint(table.ProbeNames(r.Header())[:4]); got != "[hidden0_basal hidden0_apical hidden0_soma hidden0_rate_hz]" {
		t.Errorf("names %s", got)
	}
}

// An error from f ends the scan and is returned.
func TestScanEnds(t *testing.T) {
	r, _ := exporttest.Make(t, exporttest.Default())
	stop := errors.New("enough")
	for _, tab := range table.Of(r) {
		if tab.Name == "missing" {
			continue // it has no rows
		}
		if err := tab.Scan(func(*table.Batch) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("%s: error %v, want %v", tab.Name, err, stop)
		}
	}
}

// currents lists the rows of the table of currents: the injected ones, step by step, with
// equal neighbours joined.
func currents(mem *exporttest.Memory) (list []map[string]any) {
	for i, trial := range mem.Trials {
		for k, phase := range trial.Phases {
			for _, c := range phase.Currents {
				for n, neuron := range c.Neurons {
					var last map[string]any
					for step := range phase.Steps {
						value := c.Values[0]
						switch len(c.Values) {
						case phase.Steps:
							value = c.Values[step]
						case phase.Steps * len(c.Neurons):
							value = c.Values[step*len(c.Neurons)+n]
						}
						begin, end := mem.Time(int64(phase.First+step)), mem.Time(int64(phase.First+step+1))
						if last != nil && last["current"] == value {
							last["end_ms"] = end
							continue
						}
						last = map[string]any{
							"trial": i, "phase": k, "population": mem.Header.Populations[c.Layer].Name, "compartment": string(c.Into),
							"neuron": neuron, "begin_ms": begin, "end_ms": end, "current": value,
						}
						list = append(list, last)
					}
				}
			}
		}
	}
	return list
}
