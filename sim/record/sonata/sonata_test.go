package sonata_test

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/sim/record"
	"plateau/sim/record/exporttest"
	"plateau/sim/record/hdf5/hdf5test"
	"plateau/sim/record/intact"
	"plateau/sim/record/sonata"
)

func newExporter(t *testing.T, r *record.Reader) *sonata.Exporter {
	t.Helper()
	x, err := sonata.New(r)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func read(t *testing.T, export func(io.WriterAt) error) *hdf5test.Object {
	t.Helper()
	var f exporttest.File
	if err := export(&f); err != nil {
		t.Fatal(err)
	}
	root, err := hdf5test.Read(f.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func equal[T any](t *testing.T, o *hdf5test.Object, path string, want []T) {
	t.Helper()
	d := o.Find(path)
	if d == nil || d.Array == nil {
		t.Errorf("%s is missing", path)
		return
	}
	if d.Filters != nil {
		t.Errorf("%s: filters %q, which libsonata cannot undo", path, d.Filters)
	}
	list := []any{}
	for _, v := range want {
		list = append(list, v)
	}
	if !reflect.DeepEqual(d.Values, list) {
		t.Errorf("%s: %.400s, want %.400s", path, fmt.Sprint(d.Values), fmt.Sprint(list))
	}
}

func unit(t *testing.T, o *hdf5test.Object, path, want string) {
	t.Helper()
	if a := o.Find(path).Attrs["units"]; a == nil || a.Shape != nil || a.Values[0] != want {
		t.Errorf("unit of %s: %v, want %s", path, a, want)
	}
}

func TestSpikes(t *testing.T) {
	for name, p := range exporttest.Plans() {
		t.Run(name, func(t *testing.T) {
			r, mem := exporttest.Make(t, p)
			root := read(t, newExporter(t, r).Spikes)
			recorded := 0
			for i, pop := range mem.Header.Populations {
				if !pop.Spikes {
					continue
				}
				recorded++
				var times []float64
				var nodes []uint64
				for k := range mem.Trials {
					for _, s := range mem.Trials[k].Spikes[i] {
						times = append(times, mem.Time(mem.Trials[k].First+int64(s.Step)))
						nodes = append(nodes, uint64(s.Neuron))
					}
				}
				if len(mem.Trials) > 5 && len(times) < 10 {
					t.Fatalf("%d spikes", len(times))
				}
				equal(t, root, "spikes/"+pop.Name+"/timestamps", times)
				equal(t, root, "spikes/"+pop.Name+"/node_ids", nodes)
				unit(t, root, "spikes/"+pop.Name+"/timestamps", "ms")
			}
			if n := len(root.Find("spikes").Links); n != recorded {
				t.Errorf("%d populations, want %d", n, recorded)
			}
		})
	}
}

func TestReport(t *testing.T) {
	for name, p := range exporttest.Plans() {
		t.Run(name, func(t *testing.T) {
			r, mem := exporttest.Make(t, p)
			x := newExporter(t, r)
			variables, uneven := x.Variables(), x.Uneven()
			for i, probe := range mem.Header.Probes {
				if why, ok := uneven[i]; ok == even(mem, probe) || slices.Contains(variables, probe.Variable) != even(mem, probe) {
					t.Errorf("%s: reports of %q, left out %q; evenly spaced %v", probe.Variable, variables, why, even(mem, probe))
				}
			}
			for _, v := range variables {
				root := read(t, func(w io.WriterAt) error { return x.Report(w, v) })
				for i, probe := range mem.Header.Probes {
					if probe.Variable != v {
						continue
					}
					path := "report/" + mem.Header.Populations[probe.Population].Name
					if probe.Neurons[0] == 4 {
						path += "_2" // the same variable of other neurons
					}
					frames := 0
					values := []float32{}
					for k := range mem.Trials {
						for _, row := range mem.Trials[k].Samples[i] {
							values = append(values, row...)
							frames++
						}
					}
					equal(t, root, path+"/data", values)
					n := len(probe.Neurons)
					if shape := root.Find(path + "/data").Shape; !slices.Equal(shape, []int64{int64(frames), int64(n)}) {
						t.Errorf("%s: shape %v", path, shape)
					}
					unit(t, root, path+"/data", map[bool]string{false: "dimensionless", true: "spikes/ms"}[v == record.Rate])
					var nodes, pointers []uint64
					for k := range n {
						nodes, pointers = append(nodes, uint64(probe.Neurons[k])), append(pointers, uint64(k))
					}
					equal(t, root, path+"/mapping/node_ids", nodes)
					pointers = append(pointers, uint64(n))
					equal(t, root, path+"/mapping/index_pointers", pointers)
					equal(t, root, path+"/mapping/index_pointer", pointers)
					equal(t, root, path+"/mapping/element_pos", slices.Repeat([]float32{0.5}, n))
					if ids := root.Find(path + "/mapping/element_ids"); len(ids.Values) != n {
						t.Errorf("%d element_ids, want %d", len(ids.Values), n)
					}
					at := root.Find(path + "/mapping/time").Values
					start, stop, step := at[0].(float64), at[1].(float64), at[2].(float64)
					if end := mem.Time(int64(1 + frames*probe.Every)); start != p.Dt || stop < end || stop > end*(1+1e-15) || step != mem.Time(int64(probe.Every)) {
						t.Errorf("%s: times %v, want from %v to %v", path, at, p.Dt, end)
					}
					if n := int((stop - start) / step); n != frames {
						t.Errorf("%s: bmtk would find %d frames of %d", path, n, frames)
					}
					unit(t, root, path+"/mapping/time", "ms")
				}
			}
		})
	}
}

func even(mem *exporttest.Memory, probe record.Probe) bool {
	for k := range max(0, len(mem.Trials)-1) {
		if mem.Trials[k].Steps%probe.Every != 0 {
			return false
		}
	}
	return true
}

// A probe whose samples are not evenly spaced leaves the others of its variable
// alone.
func TestUneven(t *testing.T) {
	p := exporttest.Default() // trials of 64 steps
	p.Probes = []record.Probe{
		{Population: 1, Variable: record.Soma, Every: 3}, {Population: 1, Variable: record.Soma, Neurons: []int{2, 4}, Every: 4},
		{Population: 2, Variable: record.Soma, Every: 1}, {Population: 2, Variable: record.Apical, Every: 5},
	}
	r, mem := exporttest.Make(t, p)
	x := newExporter(t, r)
	if variables := x.Variables(); !slices.Equal(variables, []record.Variable{record.Soma}) {
		t.Errorf("reports of %q", variables)
	}
	if uneven := x.Uneven(); len(uneven) != 2 || !strings.Contains(uneven[0], "soma of hidden0: a sample every 3 steps in trials of 64 steps") ||
		!strings.Contains(uneven[3], "apical of hidden1: a sample every 5 steps") {
		t.Errorf("left out: %v", uneven)
	}
	root := read(t, func(w io.WriterAt) error { return x.Report(w, record.Soma) })
	if n := len(root.Find("report").Links); n != 2 {
		t.Errorf("%d populations, want 2", n)
	}
	for path, probe := range map[string]int{"hidden0_2": 1, "hidden1": 2} {
		values := []float32{}
		for k := range mem.Trials {
			for _, row := range mem.Trials[k].Samples[probe] {
				values = append(values, row...)
			}
		}
		equal(t, root, "report/"+path+"/data", values)
	}
	if err := x.Report(new(exporttest.File), record.Apical); !errors.Is(err, record.ErrNotRecorded) {
		t.Errorf("a report of apical potentials: error %v", err)
	}
}

// Frames of a report have no times, so those of trials that are damaged are NaN;
// spikes of others keep their times.
func TestDamaged(t *testing.T) {
	damaged, whole := exporttest.Damaged(t)
	report := func(r *record.Reader) *hdf5test.Object {
		return read(t, func(w io.WriterAt) error { return newExporter(t, r).Report(w, record.Soma) }).Find("report/hidden0/data")
	}
	lost := map[int64]bool{} // steps
	for _, i := range intact.Of(damaged).LeftOut() {
		trial, err := whole.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		for step := range int64(trial.Steps) {
			lost[trial.First+step] = true
		}
	}
	got, want := report(damaged), report(whole)
	if !slices.Equal(got.Shape, want.Shape) {
		t.Fatalf("shape %v, want %v", got.Shape, want.Shape)
	}
	for k, v := range got.Values {
		step := 2 * (int64(k) / want.Shape[1])
		if f := v.(float32); (f != f) != lost[step] || f == f && f != want.Values[k] {
			t.Fatalf("step %d is %v, want %v; lost: %v", step, f, want.Values[k], lost[step])
		}
	}
	times := func(r *record.Reader) []any {
		return read(t, newExporter(t, r).Spikes).Find("spikes/input/timestamps").Values
	}
	kept := slices.DeleteFunc(times(whole), func(at any) bool { return lost[int64(at.(float64))] })
	if got := times(damaged); !slices.Equal(got, kept) {
		t.Errorf("%d spikes, want %d", len(got), len(kept))
	}
}

func TestErrors(t *testing.T) {
	p := exporttest.Default()
	p.Probes = p.Probes[:1]
	r, _ := exporttest.Make(t, p)
	var f exporttest.File
	if err := newExporter(t, r).Report(&f, record.Soma); !errors.Is(err, record.ErrNotRecorded) || !strings.Contains(err.Error(), `"soma"`) {
		t.Errorf("report of what was not recorded: error %v", err)
	}
	for _, export := range []func(io.WriterAt) error{
		newExporter(t, r).Spikes,
		func(w io.WriterAt) error { return newExporter(t, r).Report(w, record.Basal) },
	} {
		if err := export(full{}); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("error %v, want disk full", err)
		}
	}
}

type full struct{}

func (full) WriteAt([]byte, int64) (int, error) { return 0, errors.New("disk full") }

// All trials are looked at once, and once more for each set of spikes or samples that
// is written.
func TestTrialsAreReadOnce(t *testing.T) {
	r, mem := exporttest.Make(t, exporttest.Default())
	read := 0
	r.Watch(func(int) error { read++; return nil })
	x := newExporter(t, r)
	err := x.Spikes(new(exporttest.File))
	for _, v := range x.Variables() {
		err = errors.Join(err, x.Report(new(exporttest.File), v))
	}
	times := 1 + len(mem.Header.Populations) + len(mem.Header.Probes)
	if err != nil || len(x.Uneven()) > 0 || read != times*len(mem.Trials) {
		t.Errorf("%d trials were read, want %d × %d; %v", read, times, len(mem.Trials), err)
	}
}

// A recording is exported in little memory, however long it is.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates for some seconds")
	}
	r := exporttest.Long(t)
	const most = 16 << 20
	exporttest.Ceiling(t, most, newExporter(t, r).Spikes)
	exporttest.Ceiling(t, most, func(w io.WriterAt) error { return newExporter(t, r).Report(w, record.Soma) })
}

// libsonata finds the same.
func TestLibraries(t *testing.T) {
	exporttest.Check(t, "sonata", exporttest.Plans(), func(r *record.Reader, folder string) error {
		x, err := sonata.New(r)
		if err != nil {
			return err
		}
		err = exporttest.Save(filepath.Join(folder, "spikes.h5"), x.Spikes)
		for _, v := range x.Variables() {
			name := filepath.Join(folder, string(v)+".h5")
			err = errors.Join(err, exporttest.Save(name, func(w io.WriterAt) error { return x.Report(w, v) }))
		}
		return err
	})
}
