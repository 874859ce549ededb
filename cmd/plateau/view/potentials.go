package view

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"

	"plateau/sim/record"
)

// A series is one variable of a neuron, or the mean over the neurons of a class,
// in a trial.
type series struct {
	Population int             `json:"population"`
	Neuron     int             `json:"neuron"` // −1 if it is the mean of a class
	Class      int             `json:"class"`  // −1 if it is of a neuron
	Variable   record.Variable `json:"variable"`
	Recorded   bool            `json:"recorded"` // false if replayed
	Interval   int             `json:"interval"` // steps from one value to the next; 0 if there are none
	Means      []float64       `json:"means"`    // over the window of each phase; for apical potentials over that of the plateau
	Unit       int             `json:"unit"`     // number of steps that one smallest and one largest value represent; 0 if every value is sent
	First      int             `json:"first"`    // step of the first value sent

	members []int // neurons
	values  []float32
}

type potentialsHead struct {
	Trial  int      `json:"trial"`
	Series []series `json:"series"`
	Error  string   `json:"error,omitempty"` // why some have no values
	*packet
}

// How much of potentials is kept in memory, in bytes: for all trials, and for one.
const (
	maxHeld  = 128 << 20
	maxTrial = 32 << 20
)

// potentials sends a stretch of a trial's potentials. Those that were not recorded
// are replayed, which can take long; the client may cancel the request meanwhile.
func (s *Server) potentials(w http.ResponseWriter, r *http.Request, q *query) error {
	reader := s.recording.Reader
	h := reader.Header()
	index := q.int("trial", 0, reader.Trials()-1)
	neurons, variables := q.neurons("neurons", h), q.variables("vars")
	classes := q.int("classes", 0, 1) == 1
	width := q.int("width", 1, maxWidth)
	t, err := reader.Trial(index)
	if err != nil {
		if q.err != nil {
			return q.err
		}
		return damaged(err)
	}
	from, to := q.stretch(int64(t.Steps))
	if err := q.done(); err != nil {
		return err
	}
	list := s.recording.series(neurons, variables, classes)
	if size := 4 * len(list) * t.Steps; size > maxTrial {
		return refuse(http.StatusRequestEntityTooLarge, "that would be %d values, want at most %d: choose fewer neurons or variables", size/4, maxTrial/4)
	}
	found, err := s.found(r.Context(), t, list, fmt.Sprint(index, neurons, variables, classes))
	if err != nil {
		return err
	}
	p := &packet{Arrays: []array{}}
	head := potentialsHead{Trial: index, Series: slices.Clone(found.series), Error: found.failure, packet: p}
	for k := range head.Series {
		p.floats(fmt.Sprint(k), head.Series[k].cut(int(from), int(to), width))
	}
	return p.send(w, head)
}

// series lists what is wanted.
func (c *Recording) series(neurons []neuron, variables []record.Variable, classes bool) (list []series) {
	last := len(c.Reader.Header().Populations) - 1
	for _, n := range neurons {
		for _, v := range variables {
			if v != record.Apical || n.Population < last {
				list = append(list, series{Population: n.Population, Neuron: n.Index, Class: -1, Variable: v, members: []int{n.Index}})
			}
		}
	}
	if classes && len(c.Classes) > 0 {
		each := c.Reader.Header().Populations[last].Size / len(c.Classes)
		for k := range c.Classes {
			s := series{Population: last, Neuron: -1, Class: k, Variable: record.Soma}
			for i := range each {
				s.members = append(s.members, k*each+i)
			}
			list = append(list, s)
		}
	}
	return list
}

// cut returns the values of the steps from ≤ step < to: all of them if there are at
// most two per pixel, otherwise the smallest and the largest for each pixel.
func (s *series) cut(from, to, width int) []float32 {
	if s.Interval == 0 {
		return nil
	}
	low, high := (from+s.Interval-1)/s.Interval, min((to+s.Interval-1)/s.Interval, len(s.values))
	if low >= high {
		return nil
	}
	values := s.values[low:high]
	s.First = low * s.Interval
	if len(values) <= 2*width {
		return values
	}
	each := (len(values) + width - 1) / width
	s.Unit = each * s.Interval
	var out []float32
	for some := range slices.Chunk(values, each) {
		out = append(out, slices.Min(some), slices.Max(some))
	}
	return out
}

// A finding is the potentials of a whole trial.
type finding struct {
	key     string
	series  []series
	failure string
	bytes   int
}

// findings are the potentials of the trials that were viewed last.
type findings struct {
	mu   sync.Mutex
	list []*finding // the most recent at the end
	held int        // bytes
}

func (f *findings) get(key string) *finding {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := slices.IndexFunc(f.list, func(x *finding) bool { return x.key == key })
	if k < 0 {
		return nil
	}
	found := f.list[k]
	f.list = append(slices.Delete(f.list, k, k+1), found)
	return found
}

func (f *findings) put(found *finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.list = append(f.list, found); f.held+found.bytes > maxHeld && len(f.list) > 1; f.list = slices.Delete(f.list, 0, 1) {
		f.held -= f.list[0].bytes
	}
	f.held += found.bytes
}

// found returns the potentials of a trial, from memory, recording or replay.
func (s *Server) found(ctx context.Context, t *record.Trial, list []series, key string) (*finding, error) {
	if found := s.findings.get(key); found != nil {
		return found, nil
	}
	found := &finding{key: key, series: list, bytes: 4*len(list)*t.Steps + 256}
	if !s.recorded(t, list, 1) {
		if err := s.replayed(ctx, t, list); err != nil {
			if _, ok := err.(*refusal); ok {
				return nil, err
			}
			found.failure = err.Error()
			for k := range list {
				list[k].values, list[k].Interval = nil, 0
			}
			s.recorded(t, list, math.MaxInt)
		}
	}
	for k := range list {
		list[k].average(s.windows(t, &list[k]))
	}
	s.findings.put(found)
	return found, nil
}

// recorded reads the series that were recorded with at most the given interval. If not
// all were, it reads none and returns false, unless any interval will do.
func (s *Server) recorded(t *record.Trial, list []series, most int) (whole bool) {
	probes := s.recording.Reader.Header().Probes
	whole = true
	where := make([]int, len(list))
	for k, want := range list {
		where[k] = slices.IndexFunc(probes, func(t record.Probe) bool {
			return t.Population == want.Population && t.Variable == want.Variable && t.Every <= most &&
				!slices.ContainsFunc(want.members, func(i int) bool { _, ok := slices.BinarySearch(t.Neurons, i); return !ok })
		})
		whole = whole && where[k] >= 0
	}
	if !whole && most == 1 {
		return false
	}
	for n, probe := range probes {
		columns := make([][]int, len(list)) // where in a row are the members
		some := false
		for k := range list {
			if where[k] == n {
				for _, i := range list[k].members {
					at, _ := slices.BinarySearch(probe.Neurons, i)
					columns[k] = append(columns[k], at)
				}
				list[k].Recorded, list[k].Interval, some = true, probe.Every, true
			}
		}
		if !some {
			continue
		}
		scan := s.recording.Reader.Samples(t.Index, n, 0, record.End)
		for scan.Scan() {
			for row := range slices.Chunk(scan.Values(), len(probe.Neurons)) {
				for k := range list {
					if where[k] == n {
						list[k].add(row, columns[k])
					}
				}
			}
		}
		if scan.Err() != nil {
			whole = false
		}
	}
	if !whole && most == 1 {
		for k := range list {
			list[k].values, list[k].Recorded = nil, false
		}
	}
	return whole
}

// add adds the value of the next sample.
func (s *series) add(row []float32, members []int) {
	if len(members) == 1 {
		s.values = append(s.values, s.unit(row[members[0]]))
		return
	}
	sum := 0.0
	for _, i := range members {
		sum += float64(row[i])
	}
	s.values = append(s.values, s.unit(float32(sum/float64(len(members)))))
}

// unit turns rates into Hz.
func (s *series) unit(v float32) float32 {
	if s.Variable == record.Rate {
		return 1000 * v
	}
	return v
}

// replayed finds all series by replay.
func (s *Server) replayed(ctx context.Context, t *record.Trial, list []series) error {
	var probes []record.Probe
	of := make([]int, len(list)) // which trace
	for k, want := range list {
		of[k] = slices.IndexFunc(probes, func(t record.Probe) bool {
			return t.Population == want.Population && t.Variable == want.Variable
		})
		if of[k] < 0 {
			of[k] = len(probes)
			probes = append(probes, record.Probe{Population: want.Population, Variable: want.Variable, Every: 1})
		}
		probes[of[k]].Neurons = append(probes[of[k]].Neurons, want.members...)
	}
	for k := range probes {
		slices.Sort(probes[k].Neurons)
		probes[k].Neurons = slices.Compact(probes[k].Neurons)
	}
	columns := make([][]int, len(list))
	for k := range list {
		for _, i := range list[k].members {
			at, _ := slices.BinarySearch(probes[of[k]].Neurons, i)
			columns[k] = append(columns[k], at)
		}
		list[k].Interval = 1
	}
	if len(probes) == 0 {
		return nil
	}
	return s.replayer.samples(ctx, t.Index, probes, func(probe, step int, values []float32) {
		for k := range list {
			if of[k] == probe {
				list[k].add(values, columns[k])
			}
		}
	})
}

// A window is steps of a trial over which a mean is taken.
type window struct{ from, to int }

// windows returns the windows of the phases; for an apical potential, those of the
// neuron's plateaus, which may be its own.
func (s *Server) windows(t *record.Trial, of *series) (list []window) {
	for k, p := range t.Phases {
		w := window{p.First + p.From, p.End()}
		if p.PlateauWindow > 0 && of.Variable == record.Apical && of.Neuron >= 0 {
			plateaus, err := s.recording.Reader.Plateaus(t.Index, k, of.Population-1)
			if err != nil {
				return list
			}
			w.to = int(plateaus.Step[of.Neuron]) + 1
			w.from = w.to - p.PlateauWindow
		}
		list = append(list, w)
	}
	return list
}

// average computes the means over windows, if there are values.
func (s *series) average(windows []window) {
	s.Means = []float64{}
	if s.Interval != 1 {
		return
	}
	for _, w := range windows {
		if w.to > len(s.values) || w.from < 0 || w.from >= w.to {
			return
		}
		sum := 0.0
		for _, v := range s.values[w.from:w.to] {
			sum += float64(v)
		}
		s.Means = append(s.Means, short(float32(sum/float64(w.to-w.from))))
	}
}
