package nwb_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/exporttest"
	"plateau/sim/record/hdf5/hdf5test"
	"plateau/sim/record/intact"
	"plateau/sim/record/nwb"
)

func export(t testing.TB, r *record.Reader, o nwb.Options) []byte {
	t.Helper()
	var f exporttest.File
	if err := nwb.Export(&f, r, o); err != nil {
		t.Fatal(err)
	}
	return f.Bytes
}

// plans are recordings of different kinds, one of them damaged.
func plans() map[string]exporttest.Plan {
	plans := exporttest.Plans()
	plans["damaged"] = exporttest.ToDamage()
	return plans
}

// What a recording was made of is found in its export.
func TestExport(t *testing.T) {
	for name, p := range plans() {
		t.Run(name, func(t *testing.T) {
			r, mem := exporttest.Make(t, p)
			file := export(t, r, nwb.Options{})
			root, err := hdf5test.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			c := checker{t: t, root: root, mem: mem, dt: p.Dt}
			c.session(p)
			c.identities()
			c.units()
			c.trials()
			c.phases()
			c.invalid()
			c.once()
			c.series()
			if !bytes.Equal(file, export(t, r, nwb.Options{})) {
				t.Error("two exports differ")
			}
		})
	}
}

// checker holds a file against what happened.
type checker struct {
	t    *testing.T
	root *hdf5test.Object
	mem  *exporttest.Memory
	dt   float64
}

func (c *checker) seconds(step int64) float64 { return sim.NewClock(c.dt).At(step) / 1000 }

// A border between intervals is in the later one, whatever reads the file: some
// programs take an interval with both of its ends.
func (c *checker) until(step int64) float64 { return c.seconds(step) - 1e-9 }

// observed lists the times of the trials that are whole, those that touch as one.
func (c *checker) observed() (intervals []float64) {
	if len(c.mem.Trials) == 0 {
		return []float64{0, 0}
	}
	for i := range c.mem.Trials {
		t := &c.mem.Trials[i]
		if n := len(intervals); n > 0 && intervals[n-1] == c.seconds(t.First) {
			intervals = intervals[:n-1]
		} else {
			intervals = append(intervals, c.seconds(t.First))
		}
		intervals = append(intervals, c.seconds(t.First+int64(t.Steps)))
	}
	return intervals
}

func (c *checker) equal(path string, want any) {
	c.t.Helper()
	o := c.root.Find(path)
	if o == nil || o.Array == nil {
		c.t.Errorf("%s is missing", path)
		return
	}
	v := reflect.ValueOf(want)
	list := []any{want}
	if v.Kind() == reflect.Slice {
		list = []any{}
		for i := range v.Len() {
			list = append(list, v.Index(i).Interface())
		}
	}
	if !slices.EqualFunc(o.Values, list, same) {
		c.t.Errorf("%s: %.400s, want %.400s", path, fmt.Sprint(o.Values), fmt.Sprint(list))
	}
}

// same compares numbers by value; NaN is the same as NaN.
func same(a, b any) bool {
	x, ok := number(a)
	y, also := number(b)
	if ok && also {
		return x == y || math.IsNaN(x) && math.IsNaN(y)
	}
	return a == b
}

func number(a any) (float64, bool) {
	v := reflect.ValueOf(a)
	switch {
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanFloat():
		return v.Float(), true
	}
	return 0, false
}

func (c *checker) session(p exporttest.Plan) {
	began := "2024-02-29T13:30:00.123456+00:00"
	if p.Begun.IsZero() {
		began = "2000-01-01T00:00:00.000000+00:00"
		if s := c.root.Find("session_description").Values[0].(string); !strings.Contains(s, "not known") {
			c.t.Errorf("session_description %q does not say that its start is not known", s)
		}
	}
	c.equal("session_start_time", began)
	c.equal("timestamps_reference_time", began)
	c.equal("file_create_date", []string{began})
	broken := strings.Contains(c.root.Find("session_description").Values[0].(string), "broke off")
	if broken != (p.Cut > 0) {
		c.t.Errorf("session_description says that the recording broke off: %v", broken)
	}
	c.equal("general/source_script", "seed = 7\n")
	c.equal("general/was_generated_by", []string{"plateau", "test"})
}

// identities wants an object_id of every object that has a type, and that no two
// are equal.
func (c *checker) identities() {
	seen := map[string]string{}
	var walk func(*hdf5test.Object)
	walk = func(o *hdf5test.Object) {
		if o.Attrs["neurodata_type"] != nil {
			id := o.Attrs["object_id"].Values[0].(string)
			if len(id) != 36 || seen[id] != "" {
				c.t.Errorf("object_id of %s is %q, that of %q", o.Path, id, seen[id])
			}
			seen[id] = o.Path
		}
		for _, l := range o.Links {
			walk(l.To)
		}
	}
	walk(c.root)
}

func (c *checker) units() {
	type row struct {
		population string
		neuron     int
		times      []float64
	}
	var units []row
	for p, pop := range c.mem.Header.Populations {
		if !pop.Spikes {
			continue
		}
		first := len(units)
		for n := range pop.Size {
			units = append(units, row{population: pop.Name, neuron: n})
		}
		for i := range c.mem.Trials {
			trial := &c.mem.Trials[i]
			for _, s := range trial.Spikes[p] {
				u := &units[first+int(s.Neuron)]
				u.times = append(u.times, c.seconds(trial.First+int64(s.Step)))
			}
		}
	}
	if units == nil {
		if c.root.Find("units") != nil {
			c.t.Error("units without recorded spikes")
		}
		return
	}
	var populations, names []string
	var ids, neurons, ends, index []int
	var times, observed []float64
	for i, u := range units {
		ids = append(ids, i)
		populations = append(populations, u.population)
		neurons = append(neurons, u.neuron)
		names = append(names, fmt.Sprint(u.population, "_", u.neuron))
		times = append(times, u.times...)
		ends = append(ends, len(times))
		observed = append(observed, c.observed()...)
		index = append(index, len(observed)/2)
	}
	if len(c.mem.Trials) > 0 {
		if len(times) < 50 {
			c.t.Fatalf("the test has only %d spikes", len(times))
		}
		for _, u := range units {
			if u.population == "hidden0" && u.neuron == 0 && len(u.times) > 0 {
				c.t.Fatal("the test has no silent neuron")
			}
		}
	}
	c.equal("units/id", ids)
	c.equal("units/population", populations)
	c.equal("units/unit_name", names)
	c.equal("units/neuron", neurons)
	c.equal("units/spike_times", times)
	c.equal("units/spike_times_index", ends)
	c.equal("units/obs_intervals", observed)
	c.equal("units/obs_intervals_index", index)
	c.attr("units/spike_times", "resolution", c.seconds(1))
	c.attr("units/spike_times_index", "target", c.root.Find("units/spike_times"))
	c.attr("units/obs_intervals_index", "target", c.root.Find("units/obs_intervals"))
	c.columns("units", "population", "neuron", "unit_name", "spike_times", "obs_intervals")
}

func (c *checker) attr(path, name string, want any) {
	c.t.Helper()
	o := c.root.Find(path)
	if o == nil || o.Attrs[name] == nil || o.Attrs[name].Shape != nil || !same(o.Attrs[name].Values[0], want) {
		c.t.Errorf("attribute %s of %s is not the single value %v", name, path, want)
	}
}

func (c *checker) columns(path string, want ...string) {
	c.t.Helper()
	var got []string
	for _, v := range c.root.Find(path).Attrs["colnames"].Values {
		got = append(got, v.(string))
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("columns of %s are %q, want %q", path, got, want)
	}
}

func (c *checker) trials() {
	if len(c.mem.Trials) == 0 {
		if c.root.Find("intervals/trials") != nil {
			c.t.Error("a table of no trials")
		}
		return
	}
	var rows, trial, sample, class []int
	var number []uint64
	var start, stop []float64
	var purpose []string
	var rested []bool
	for i := range c.mem.Trials {
		t := &c.mem.Trials[i]
		rows, trial = append(rows, i), append(trial, t.Index)
		start = append(start, c.seconds(t.First))
		stop = append(stop, c.until(t.First+int64(t.Steps)))
		sample = append(sample, t.Example)
		class = append(class, t.Class)
		number = append(number, t.Number)
		rested = append(rested, t.Rested)
		purpose = append(purpose, map[sim.Purpose]string{sim.TrainingSpikes: "training", sim.TestSpikes: "test"}[t.Purpose])
	}
	c.equal("intervals/trials/id", rows)
	c.equal("intervals/trials/trial", trial)
	c.equal("intervals/trials/start_time", start)
	c.equal("intervals/trials/stop_time", stop)
	c.equal("intervals/trials/sample", sample)
	c.equal("intervals/trials/true_class", class)
	c.equal("intervals/trials/number", number)
	c.equal("intervals/trials/purpose", purpose)
	c.equal("intervals/trials/rested", rested)
	read, correct := c.root.Find("intervals/trials/class_read"), c.root.Find("intervals/trials/correct")
	right := 0
	for i, v := range read.Values {
		k := v.(int64)
		if k < 0 && !c.mem.Trials[i].Cut || k > 2 || correct.Values[i] != (int(k) == class[i]) {
			c.t.Errorf("trial %d: class %d, read out %d, correct %v", i, class[i], k, correct.Values[i])
		}
		if correct.Values[i] == true {
			right++
		}
	}
	if n := len(c.mem.Trials); n > 5 && (right == 0 || right == n) {
		c.t.Errorf("%d of %d right, want a test with both", right, n)
	}
	loss := c.root.Find("intervals/trials/loss_output")
	for i, v := range loss.Values {
		if taught := len(c.mem.Trials[i].Phases) > 1; taught == math.IsNaN(v.(float64)) && !c.mem.Trials[i].Cut {
			c.t.Errorf("trial %d: loss %v", i, v)
		}
	}
}

func (c *checker) phases() {
	type table struct {
		trial, class        []int
		start, stop, window []float64
		taught              []bool
		plateaus, onsets    [2][]float64
		scattered           bool
	}
	tables := map[string]*table{}
	for i := range c.mem.Trials {
		t := &c.mem.Trials[i]
		for _, p := range t.Phases {
			k := tables[p.Name]
			if k == nil {
				k = &table{}
				tables[p.Name] = k
			}
			k.trial = append(k.trial, t.Index)
			k.start = append(k.start, c.seconds(t.First+int64(p.First)))
			k.stop = append(k.stop, c.until(t.First+int64(p.First+p.Steps)))
			k.window = append(k.window, c.seconds(t.First+int64(p.First+p.From)))
			k.taught = append(k.taught, p.Taught)
			if p.Taught {
				k.class = append(k.class, p.Class)
			} else {
				k.class = append(k.class, -1)
			}
			for m, values := range p.Plateaus {
				for n, v := range values {
					k.plateaus[m] = append(k.plateaus[m], float64(v))
					if p.PlateauStep != nil {
						k.scattered = true
						at := c.seconds(t.First + int64(p.First+p.PlateauStep[m][n]+1))
						if math.IsNaN(float64(v)) { // the recording broke off before it was known
							at = math.NaN()
						}
						k.onsets[m] = append(k.onsets[m], at)
					}
				}
			}
		}
	}
	for name, k := range tables {
		path := "intervals/" + name + "_phases/"
		c.equal(path+"trial", k.trial)
		c.equal(path+"start_time", k.start)
		c.equal(path+"stop_time", k.stop)
		c.equal(path+"window_start_time", k.window)
		c.equal(path+"taught", k.taught)
		c.equal(path+"class_taught", k.class)
		for m, size := range c.mem.Header.Network.Hidden {
			column := path + fmt.Sprint("plateau_hidden", m)
			c.equal(column, k.plateaus[m])
			if shape := c.root.Find(column).Shape; !slices.Equal(shape, []int64{int64(len(k.trial)), int64(size)}) {
				c.t.Errorf("%s has shape %v", column, shape)
			}
			if column = path + fmt.Sprint("plateau_time_hidden", m); k.scattered {
				c.equal(column, k.onsets[m])
			} else if c.root.Find(column) != nil {
				c.t.Errorf("there is %s without need", column)
			}
		}
	}
}

// invalid wants the stretches of which nothing is known, and no others.
func (c *checker) invalid() {
	const path = "intervals/invalid_times"
	var start, stop []float64
	var first, last []int
	trial, step := 0, int64(0)
	for i := range c.mem.Trials {
		t := &c.mem.Trials[i]
		if t.Index != trial {
			start, stop = append(start, c.seconds(step)), append(stop, c.until(t.First))
			first, last = append(first, trial), append(last, t.Index-1)
		}
		trial, step = t.Index+1, t.First+int64(t.Steps)
	}
	if start == nil {
		if c.root.Find(path) != nil {
			c.t.Error("there are invalid times, but nothing is missing")
		}
		return
	}
	c.equal(path+"/start_time", start)
	c.equal(path+"/stop_time", stop)
	c.equal(path+"/first_trial", first)
	c.equal(path+"/last_trial", last)
	c.columns(path, "start_time", "stop_time", "first_trial", "last_trial", "reason")
}

// once wants every spike to be in one trial and in one phase, and in no time that
// is not known, even if intervals are taken with both of their ends.
func (c *checker) once() {
	units := c.root.Find("units")
	if units == nil || len(c.mem.Trials) == 0 {
		return
	}
	var times []float64
	for _, at := range c.root.Find("units/spike_times").Values {
		times = append(times, at.(float64))
	}
	slices.Sort(times)
	var phases, trials, invalid int
	for _, l := range c.root.Find("intervals").Links {
		table := l.To
		starts, stops := c.root.Find(table.Path+"/start_time"), c.root.Find(table.Path+"/stop_time")
		for i := range starts.Values {
			from, _ := slices.BinarySearch(times, starts.Values[i].(float64))
			to, _ := slices.BinarySearch(times, math.Nextafter(stops.Values[i].(float64), math.Inf(1)))
			switch {
			case strings.HasSuffix(table.Path, "_phases"):
				phases += to - from
			case strings.HasSuffix(table.Path, "/trials"):
				trials += to - from
			default:
				invalid += to - from
			}
		}
	}
	if n := len(times); phases != n || trials != n || invalid != 0 {
		c.t.Errorf("of %d spikes %d are in phases, %d in trials and %d in times that are not known", n, phases, trials, invalid)
	}
}

func (c *checker) series() {
	group := c.root.Find("acquisition")
	found := 0
	for i, probe := range c.mem.Header.Probes {
		name := fmt.Sprintf("%s_%s", c.mem.Header.Populations[probe.Population].Name, probe.Variable)
		if i > 0 && probe.Neurons[0] == 4 {
			name += "_2"
		}
		var rows [][]float32
		var times []float64
		even := true
		for k := range c.mem.Trials {
			t := &c.mem.Trials[k]
			for s, row := range t.Samples[i] {
				rows = append(rows, row)
				times = append(times, c.seconds(t.First+int64(s*probe.Every)+1))
			}
			even = even && t.Index == k && (t.Steps%probe.Every == 0 || k == len(c.mem.Trials)-1)
		}
		if len(rows) == 0 {
			continue
		}
		var values []float32
		for _, row := range rows {
			values = append(values, row...)
		}
		path := "acquisition/" + name
		found++
		c.equal(path+"/data", values)
		if c.t.Failed() {
			return
		}
		if shape := c.root.Find(path + "/data").Shape; !slices.Equal(shape, []int64{int64(len(rows)), int64(len(probe.Neurons))}) {
			c.t.Errorf("%s has shape %v", path, shape)
		}
		unit, conversion := "dimensionless", 1.0
		if probe.Variable == record.Rate {
			unit, conversion = "hertz", 1000
		}
		c.attr(path+"/data", "unit", unit)
		c.attr(path+"/data", "conversion", conversion)
		if even {
			c.equal(path+"/starting_time", c.seconds(1))
			c.attr(path+"/starting_time", "rate", 1000/(c.dt*float64(probe.Every)))
		} else {
			c.equal(path+"/timestamps", times)
		}
	}
	if len(group.Links) != found {
		c.t.Errorf("%d series, want %d", len(group.Links), found)
	}
}

// Trials that are damaged are left out and named; the others keep their numbers
// and times.
func TestDamaged(t *testing.T) {
	damaged, whole := exporttest.Damaged(t)
	root, err := hdf5test.Read(export(t, damaged, nwb.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	kept := intact.Of(damaged)
	ids, starts, stops := root.Find("intervals/trials/trial").Values, root.Find("intervals/trials/start_time").Values, root.Find("intervals/trials/stop_time").Values
	within := func(at float64) bool { // a trial that is kept, its end included
		for i := range starts {
			if at >= starts[i].(float64) && at <= stops[i].(float64) {
				return true
			}
		}
		return false
	}
	if len(ids) != kept.Trials() {
		t.Fatalf("trials %v, want %d", ids, kept.Trials())
	}
	for i := range kept.Trials() {
		trial, err := kept.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		if ids[i] != int64(trial.Index) || starts[i] != float64(trial.First)/1000 {
			t.Errorf("row %d: trial %v at %v s, want %d at step %d", i, ids[i], starts[i], trial.Index, trial.First)
		}
	}
	times := root.Find("acquisition/hidden0_soma/timestamps")
	if times == nil || len(times.Values) != kept.Trials()*2000 {
		t.Fatal("samples have no times, or too many")
	}
	for _, list := range [][]any{times.Values, root.Find("units/spike_times").Values} {
		for _, at := range list {
			if !within(at.(float64)) {
				t.Fatalf("something happens at %v s, in a trial that is left out", at)
			}
		}
	}
	about := root.Find("session_description").Values[0].(string)
	if lost := kept.LeftOut(); !strings.Contains(about, fmt.Sprintf("damaged and left out: %d", lost[0])) {
		t.Errorf("the description of %d trials without %v is %q", whole.Trials(), lost, about)
	}
}

// The names of series, and gaps among neurons.
func TestNeuronsOfColumns(t *testing.T) {
	p := exporttest.Plans()["some neurons"]
	r, _ := exporttest.Make(t, p)
	root, err := hdf5test.Read(export(t, r, nwb.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"acquisition/hidden0_soma":   "columns: neurons 0-2, 7",
		"acquisition/hidden0_soma_2": "columns: neurons 4",
	} {
		if got := root.Find(path).Attrs["comments"].Values[0]; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if root.Find("units/id").Shape[0] != 9+3 {
		t.Error("units of populations whose spikes were not recorded")
	}
}

// The description is for people.
func TestDescription(t *testing.T) {
	p := exporttest.Default()
	p.Trials, p.Tests = 1, 0
	r, _ := exporttest.Make(t, p)
	root, err := hdf5test.Read(export(t, r, nwb.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	want := "A network of 12 input neurons, 2 hidden layers of 9, 5 neurons and 3 output neurons, one for each of 3 classes. " +
		"Apical dendrites get feedback from the output layer, with weights that are drawn at random. " +
		"Conductances of hidden neurons: leak 0.1/ms, basal dendrite 0.6/ms, apical dendrite 0/ms. " +
		"Conductances of output neurons: leak 0.1/ms, dendrite 0.6/ms; while they are taught 1/ms with a reversal potential of 8 in those of the true class, of -8 in the others. " +
		"Neurons fire at random at up to 200 Hz. Synapses carry spikes; a spike acts with time constants of 3 and 10 ms, for 10 ms. " +
		"Time step: 1 ms, integrated by forward Euler. The weights do not change. Seed: 7."
	if got := root.Find("general/experiment_description").Values[0]; got != want {
		t.Errorf("the experiment is described as\n%s\nwant\n%s", got, want)
	}
}

// shown makes up the images of trials of 12 inputs; those of tests are not known.
func shown(t *record.Trial) ([]byte, error) {
	if t.Purpose != sim.TrainingSpikes {
		return nil, nil
	}
	pixels := make([]byte, 12)
	for k := range pixels {
		pixels[k] = byte(7*t.Example + 13*k)
	}
	return pixels, nil
}

// The images that trials showed stand at their times, x before y before colour.
func TestImages(t *testing.T) {
	r, mem := exporttest.Make(t, exporttest.Default())
	for _, m := range []nwb.Images{{Width: 4, Height: 3, Channels: 1}, {Width: 2, Height: 2, Channels: 3}} {
		m.Of = shown
		root, err := hdf5test.Read(export(t, r, nwb.Options{Images: &m}))
		if err != nil {
			t.Fatal(err)
		}
		c := checker{t: t, root: root, mem: mem, dt: 1}
		var times []float64
		var values []int
		for i := range mem.Trials {
			trial := &mem.Trials[i]
			if trial.Purpose != sim.TrainingSpikes {
				continue
			}
			times = append(times, c.seconds(trial.First))
			for x := range m.Width {
				for y := range m.Height {
					for colour := range m.Channels {
						k := colour*m.Width*m.Height + y*m.Width + x
						values = append(values, (7*trial.Example+13*k)%256)
					}
				}
			}
		}
		const path = "stimulus/presentation/image"
		c.equal(path+"/timestamps", times)
		c.equal(path+"/data", values)
		want := []int64{int64(len(times)), int64(m.Width), int64(m.Height)}
		if m.Channels > 1 {
			want = append(want, 3)
		}
		if got := root.Find(path + "/data").Shape; !slices.Equal(got, want) {
			t.Errorf("images of shape %v, want %v", got, want)
		}
		if about := root.Find("session_description").Values[0].(string); strings.Contains(about, "images") {
			t.Errorf("the description says %q, but the images are there", about)
		}
	}
	root, err := hdf5test.Read(export(t, r, nwb.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	if about := root.Find("session_description").Values[0].(string); !strings.Contains(about, "images that were shown are not in the file") {
		t.Errorf("the description without images says %q", about)
	}
	if root.Find("stimulus/presentation/image") != nil {
		t.Error("there are images that nobody gave")
	}
	short := nwb.Images{Width: 4, Height: 4, Channels: 1, Of: shown}
	if err := nwb.Export(&exporttest.File{}, r, nwb.Options{Images: &short}); err == nil || !strings.Contains(err.Error(), "trial 0 has 12 values, want 16") {
		t.Errorf("an image that is too small: %v", err)
	}
}

// Options change what they say and nothing else: a start, and less memory makes
// the same file.
func TestOptions(t *testing.T) {
	r, _ := exporttest.Make(t, exporttest.Default())
	usual := export(t, r, nwb.Options{})
	if !bytes.Equal(usual, export(t, r, nwb.Options{Memory: 1 << 30})) {
		t.Error("more memory makes another file")
	}
	start := time.Date(2020, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
	root, err := hdf5test.Read(export(t, r, nwb.Options{Start: start}))
	if err != nil {
		t.Fatal(err)
	}
	if got := root.Find("session_start_time").Values[0]; got != "2020-03-01T11:00:00.000000+00:00" {
		t.Errorf("session_start_time %v", got)
	}
}

// With hardly any memory, neurons are taken one by one.
func TestLittleMemory(t *testing.T) {
	p := exporttest.Default()
	r, mem := exporttest.Make(t, p)
	root, err := hdf5test.Read(export(t, r, nwb.Options{Memory: 1}))
	if err != nil {
		t.Fatal(err)
	}
	c := checker{t: t, root: root, mem: mem, dt: p.Dt}
	c.units()
}

type broken struct{ exporttest.File }

func (b *broken) WriteAt(p []byte, at int64) (int, error) {
	if at > 100000 {
		return 0, fmt.Errorf("disk full")
	}
	return b.File.WriteAt(p, at)
}

func TestDiskFull(t *testing.T) {
	r, _ := exporttest.Make(t, exporttest.Default())
	var f broken
	if err := nwb.Export(&f, r, nwb.Options{}); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("error %v, want disk full", err)
	}
}

// A recording is exported in little memory, however long it is.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates for some seconds")
	}
	r := exporttest.Long(t)
	// A group of the recording, tables and buffers, and what the options allow.
	const other = 16 << 20
	for memory, most := range map[int]int64{4 << 20: 4<<20 + other, 0: 32<<20 + other} {
		exporttest.Ceiling(t, most, func(w io.WriterAt) error { return nwb.Export(w, r, nwb.Options{Memory: memory}) })
	}
}

// The libraries that read NWB find the same.
func TestLibraries(t *testing.T) {
	exporttest.Check(t, "nwb", plans(), func(r *record.Reader, folder string) error {
		return exporttest.Save(filepath.Join(folder, "recording.nwb"), func(w io.WriterAt) error {
			o := nwb.Options{Images: &nwb.Images{Width: 4, Height: 3, Channels: 1, Of: shown}}
			if strings.HasSuffix(folder, "some_neurons") {
				o.Images.Width, o.Images.Height, o.Images.Channels = 2, 2, 3
			}
			return nwb.Export(w, r, o)
		})
	})
}
