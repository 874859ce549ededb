package arrays_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/sim/record"
	"plateau/sim/record/arrays"
	"plateau/sim/record/exporttest"
	"plateau/sim/record/intact"
	"plateau/sim/record/npz"
	"plateau/sim/record/table"
)

// What happened is in the arrays.
func TestExport(t *testing.T) {
	for name, p := range exporttest.Plans() {
		t.Run(name, func(t *testing.T) {
			r, mem := exporttest.Make(t, p)
			var to bytes.Buffer
			if err := arrays.Export(&to, r, arrays.Options{Deflate: true}); err != nil {
				t.Fatal(err)
			}
			a, err := npz.NewReader(bytes.NewReader(to.Bytes()), int64(to.Len()))
			if err != nil {
				t.Fatal(err)
			}
			c := checker{t, a}
			checkAbout(t, a)
			c.equal("dt_ms", []float64{p.Dt})
			c.equal("seed", []uint64{7})

			var sample []int64
			var plateaus, onsets [2][]float64
			var phases int
			for i := range mem.Trials {
				trial := &mem.Trials[i]
				sample = append(sample, int64(trial.Example))
				for _, phase := range trial.Phases {
					phases++
					for m, values := range phase.Plateaus {
						for n, v := range values {
							step := phase.First + phase.Steps - 1
							if phase.PlateauStep != nil {
								step = phase.First + phase.PlateauStep[m][n]
							}
							if v != v {
								step = -1
							}
							plateaus[m] = append(plateaus[m], float64(v))
							onsets[m] = append(onsets[m], float64(step))
						}
					}
				}
			}
			c.equal("trial_example", sample)
			for m, size := range p.Network.Hidden {
				c.equal(fmt.Sprintf("hidden%d_plateau", m), plateaus[m], phases, size)
				c.equal(fmt.Sprintf("hidden%d_plateau_step", m), onsets[m], phases, size)
				var at []float64
				for _, s := range onsets[m] {
					if at = append(at, math.NaN()); s >= 0 {
						at[len(at)-1] = mem.Time(int64(s) + 1)
					}
				}
				c.equal(fmt.Sprintf("hidden%d_plateau_time_ms", m), at, phases, size)
			}
			for k, pop := range mem.Header.Populations {
				if !pop.Spikes {
					continue
				}
				var which, step, neuron []float64
				for i := range mem.Trials {
					for _, s := range mem.Trials[i].Spikes[k] {
						which, step, neuron = append(which, float64(i)), append(step, float64(s.Step)), append(neuron, float64(s.Neuron))
					}
				}
				c.equal(pop.Name+"_spike_trial", which, len(which))
				c.equal(pop.Name+"_spike_step", step, len(step))
				c.equal(pop.Name+"_spike_neuron", neuron, len(neuron))
				var at []float64
				for _, s := range step {
					at = append(at, mem.Time(int64(s)))
				}
				c.equal(pop.Name+"_spike_time_ms", at, len(at))
			}
			for k, name := range table.ProbeNames(mem.Header) {
				probe := mem.Header.Probes[k]
				var values, which, step, neurons []float64
				for i := range mem.Trials {
					for s, row := range mem.Trials[i].Samples[k] {
						which, step = append(which, float64(i)), append(step, float64(s*probe.Every))
						for _, v := range row {
							if probe.Variable == record.Rate {
								v = float32(1000 * float64(v))
							}
							values = append(values, float64(v))
						}
					}
				}
				for _, n := range probe.Neurons {
					neurons = append(neurons, float64(n))
				}
				c.equal(name, values, len(which), len(neurons))
				c.equal(name+"_trial", which, len(which))
				c.equal(name+"_step", step, len(which))
				c.equal(name+"_neuron", neurons, len(neurons))
				var at []float64
				for _, s := range step {
					at = append(at, mem.Time(int64(s)+1))
				}
				c.equal(name+"_time_ms", at, len(at))
			}
		})
	}
}

// What is damaged is listed, with its times in the recording, and nothing else is
// there of it.
func TestDamaged(t *testing.T) {
	damaged, whole := exporttest.Damaged(t)
	var to bytes.Buffer
	if err := arrays.Export(&to, damaged, arrays.Options{}); err != nil {
		t.Fatal(err)
	}
	a, err := npz.NewReader(bytes.NewReader(to.Bytes()), int64(to.Len()))
	if err != nil {
		t.Fatal(err)
	}
	gaps, err := intact.Of(damaged).Gaps()
	if err != nil || len(gaps) != 1 {
		t.Fatalf("gaps %v, %v; want one", gaps, err)
	}
	first, err := whole.Trial(gaps[0].First)
	last, also := whole.Trial(gaps[0].Last)
	if err != nil || also != nil {
		t.Fatal(err, also)
	}
	c := checker{t, a}
	c.equal("missing_first_trial", []int32{int32(first.Index)}, 1)
	c.equal("missing_last_trial", []int32{int32(last.Index)}, 1)
	c.equal("missing_begin_ms", []float64{float64(first.First)}, 1)
	c.equal("missing_end_ms", []float64{float64(last.First + int64(last.Steps))}, 1)
	for _, name := range []string{"trial", "input_spike_trial", "hidden0_soma_trial"} {
		list, _, err := a.Int32(name)
		if err != nil || len(list) == 0 {
			t.Fatal(err, list)
		}
		for _, i := range list {
			if int(i) >= first.Index && int(i) <= last.Index {
				t.Fatalf("%s has trial %d, which is damaged", name, i)
			}
		}
	}
}

// checkAbout compares what an archive says of itself with what is in it.
func checkAbout(t *testing.T, a *npz.Reader) {
	t.Helper()
	about, _, err := a.Strings("about")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(about[0], "\n\n")
	var names []string
	for line := range strings.Lines(list) {
		parts := strings.SplitN(strings.TrimSpace(line), ": ", 3)
		if len(parts) != 3 || parts[2] == "" {
			t.Fatalf("about says %q", line)
		}
		names = append(names, parts[0])
		kind, axes, _ := strings.Cut(parts[1], ", ")
		stored, err := a.Type(parts[0])
		shape, also := a.Shape(parts[0])
		if err != nil || also != nil {
			t.Fatal(err, also)
		}
		want := map[npz.Type]string{
			npz.Bool: "bool", npz.Int32: "int32", npz.Int64: "int64", npz.Uint64: "uint64", npz.Float32: "float32", npz.Float64: "float64",
		}[stored]
		if want == "" {
			want = "text"
		}
		dimensions := 0
		if axes != "" {
			dimensions = 1 + strings.Count(axes, "×")
		}
		if kind != want || len(shape) != dimensions {
			t.Errorf("%s is %s of shape %v, about says %s", parts[0], stored, shape, parts[1])
		}
	}
	if got := a.Names(); !slices.Equal(got, names) {
		t.Errorf("about lists %q, want %q", names, got)
	}
}

type checker struct {
	t *testing.T
	a *npz.Reader
}

// equal compares an array with values, and with a shape if one is given.
func (c *checker) equal(name string, want any, shape ...int) {
	c.t.Helper()
	got, at, err := load(c.a, name)
	if err != nil {
		c.t.Error(err)
		return
	}
	w := reflect.ValueOf(want)
	if got.Len() != w.Len() || shape != nil && !slices.Equal(at, shape) {
		c.t.Errorf("%s: %d values of shape %v, want %d of %v", name, got.Len(), at, w.Len(), shape)
		return
	}
	for i := range got.Len() {
		if x, y := number(got.Index(i)), number(w.Index(i)); x != y && (x == x || y == y) {
			c.t.Errorf("%s: value %d is %v, want %v", name, i, got.Index(i), w.Index(i))
			return
		}
	}
}

// load reads an array of any type.
func load(a *npz.Reader, name string) (reflect.Value, []int, error) {
	kind, err := a.Type(name)
	if err != nil {
		return reflect.Value{}, nil, err
	}
	var v any
	var shape []int
	switch kind {
	case npz.Int32:
		v, shape, err = a.Int32(name)
	case npz.Int64:
		v, shape, err = a.Int64(name)
	case npz.Uint64:
		v, shape, err = a.Uint64(name)
	case npz.Float32:
		v, shape, err = a.Float32(name)
	case npz.Float64:
		v, shape, err = a.Float64(name)
	default:
		err = fmt.Errorf("%s is of type %s", name, kind)
	}
	return reflect.ValueOf(v), shape, err
}

func number(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	}
	return v.Float()
}

func TestDiskFull(t *testing.T) {
	r, _ := exporttest.Make(t, exporttest.Default())
	if err := arrays.Export(full{}, r, arrays.Options{}); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("error %v, want disk full", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// A recording is exported in little memory, however long it is.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates for some seconds")
	}
	r := exporttest.Long(t)
	exporttest.Ceiling(t, 16<<20, func(w io.WriterAt) error { return arrays.Export(w.(io.Writer), r, arrays.Options{}) })
}

// NumPy finds the same.
func TestLibraries(t *testing.T) {
	exporttest.Check(t, "npz", exporttest.Plans(), func(r *record.Reader, folder string) error {
		f, err := os.Create(filepath.Join(folder, "recording.npz"))
		if err != nil {
			return err
		}
		return errors.Join(arrays.Export(f, r, arrays.Options{}), f.Close())
	})
}
