package view

import (
	"context"
	"net/http"
)

// Spikes are sent one by one if there are at most this many per pixel of the window's
// width, otherwise as counts. Counts are made from the spikes themselves if there are
// at most this many in the stretch, and from the survey if there are more, or if the
// survey is as fine as the screen. If the survey has fewer rows than the screen, the
// limit is higher.
const (
	spikesPerPixel = 8
	mostScanned    = 3 << 20
	fewScanned     = 1 << 19
)

type rasterHead struct {
	Kind  string `json:"kind"`  // spikes, or counts for each column and row
	First int64  `json:"first"` // the step at which spikes or columns begin to count
	Unit  int64  `json:"unit"`  // steps of a column
	Cols  int    `json:"columns"`
	Rows  int    `json:"rows"`
	Low   int    `json:"low"`  // neurons that the rows divide evenly
	High  int    `json:"high"` //
	Total int    `json:"spikes"`
	Max   int    `json:"max"`   // the largest count
	Until int64  `json:"until"` // spikes after this step are not counted yet
	*packet
}

// raster sends the spikes of neurons low ≤ neuron < high of a population.
func (s *Server) raster(w http.ResponseWriter, r *http.Request, q *query) error {
	h := s.recording.Reader.Header()
	population := q.int("population", 0, len(h.Populations)-1)
	size := h.Populations[population].Size
	from, to := q.stretch(s.recording.Reader.Steps())
	width, rows := q.int("width", 1, maxWidth), q.int("rows", 1, maxRows)
	low := q.int("low", 0, size-1)
	high := q.int("high", low+1, size)
	if err := q.done(); err != nil {
		return err
	}
	if !h.Populations[population].Spikes {
		return refuse(http.StatusNotFound, "spikes of %s were not recorded", h.Populations[population].Name)
	}
	a := &raster{population: population, from: from, to: to, low: low, high: high}
	most := mostScanned
	n, known := s.survey.estimate(population, from, to)
	if known && divide(from, to, width, 1).unit >= s.survey.bin {
		if most = fewScanned; s.survey.grids[population].rows == size && rows >= high-low {
			most = spikesPerPixel * width
		}
	}
	if n <= most {
		if a.scan(r.Context(), s, width, min(rows, high-low)) {
			return a.send(w)
		}
		if err := r.Context().Err(); err != nil {
			return err
		}
	}
	a.summarise(s.survey, width)
	return a.send(w)
}

// estimate returns the number of spikes in a stretch, 0 if it is not surveyed yet.
func (v *survey) estimate(population int, from, to int64) (n int, known bool) {
	g := &v.grids[population]
	v.mu.RLock()
	defer v.mu.RUnlock()
	if to > v.until {
		return 0, false
	}
	for _, c := range g.counts[int(from/v.bin)*g.rows : (int((to-1)/v.bin)+1)*g.rows] {
		n += int(c)
	}
	return n, true
}

// A raster is spikes of a population, or their counts.
type raster struct {
	population   int
	from, to     int64
	low, high    int
	columns      columns
	rows         int
	counts       []uint16
	steps        []uint32 // from columns.first on
	neurons      []uint32
	total, until int64
}

// scan reads the spikes themselves, unless there are too many.
func (a *raster) scan(ctx context.Context, s *Server, width, rows int) bool {
	a.columns, a.rows, a.until = divide(a.from, a.to, width, 1), rows, a.to
	a.counts = make([]uint16, a.columns.n*rows)
	limit := spikesPerPixel * width
	seen := 0
	scan := s.recording.Reader.Span(a.population, a.from, a.to)
	for scan.Scan() {
		if seen += len(scan.Spikes()); seen > mostScanned || ctx.Err() != nil {
			return false
		}
		offset := scan.Begin() - a.columns.first
		for _, spike := range scan.Spikes() {
			n := int(spike.Neuron)
			if n < a.low || n >= a.high {
				continue
			}
			at := offset + int64(spike.Step)
			if a.total++; a.total <= int64(limit) {
				a.steps, a.neurons = append(a.steps, uint32(at)), append(a.neurons, uint32(n))
			}
			increase(&a.counts[int(at/a.columns.unit)*rows+(n-a.low)*rows/(a.high-a.low)])
		}
	}
	if a.total <= int64(limit) {
		a.counts = nil
	}
	return true
}

// summarise adds counts from the survey. Its rows can hold more neurons than the
// request asks for.
func (a *raster) summarise(v *survey, width int) {
	g := &v.grids[a.population]
	a.columns = divide(a.from, a.to, width, v.bin)
	first, last := g.row(a.low), g.row(a.high-1)+1
	a.low, a.high, a.rows = g.first(first), g.first(last), last-first
	a.counts = make([]uint16, a.columns.n*a.rows)
	a.steps, a.neurons, a.total = nil, nil, 0
	v.mu.RLock()
	defer v.mu.RUnlock()
	a.until = v.until
	begin, each, end := int(a.columns.first/v.bin), int(a.columns.unit/v.bin), int((a.to-1)/v.bin)+1
	for k := range a.columns.n {
		to := a.counts[k*a.rows : (k+1)*a.rows]
		for bin := begin + k*each; bin < min(begin+(k+1)*each, end); bin++ {
			for i, n := range g.counts[bin*g.rows+first : bin*g.rows+last] {
				a.total += int64(n)
				to[i] = uint16(min(int(to[i])+int(n), 1<<16-1))
			}
		}
	}
}

func (a *raster) send(w http.ResponseWriter) error {
	p := &packet{}
	head := rasterHead{
		Kind: "counts", First: a.columns.first, Unit: a.columns.unit, Cols: a.columns.n, Rows: a.rows,
		Low: a.low, High: a.high, Total: int(a.total), Until: a.until, packet: p,
	}
	if a.counts == nil {
		head.Kind = "spikes"
		p.uint32s("steps", a.steps)
		p.uint32s("neurons", a.neurons)
		return p.send(w, head)
	}
	for _, n := range a.counts {
		head.Max = max(head.Max, int(n))
	}
	p.counts("counts", a.counts, head.Max)
	return p.send(w, head)
}
