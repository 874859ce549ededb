package view

import "net/http"

// columns divides the steps from ≤ step < to into columns of unit steps each, which
// begin at multiples of the unit.
type columns struct {
	first int64 // step with which the first begins
	unit  int64 // steps of each
	n     int
}

func divide(from, to int64, width int, unit int64) columns {
	units := (to-1)/unit - from/unit + 1
	each := (units + int64(width) - 1) / int64(width)
	return columns{from / unit * unit, each * unit, int((units + each - 1) / each)}
}

type ratesHead struct {
	First  int64 `json:"first"`
	Unit   int64 `json:"unit"`
	Until  int64 `json:"until"`  // spikes after this step are not counted yet
	Trials int   `json:"trials"` // trials from this one on are not counted yet
	*packet
}

// rates counts spikes of each population, trials and misread trials. It is quick
// because it uses the survey.
func (s *Server) rates(w http.ResponseWriter, r *http.Request, q *query) error {
	from, to := q.stretch(s.recording.Reader.Steps())
	width := q.int("width", 1, maxWidth)
	if err := q.done(); err != nil {
		return err
	}
	v := s.survey
	c := divide(from, to, width, v.bin)
	p := &packet{Arrays: []array{}}
	sum := func(counts []uint16, rows int) []uint32 {
		sums := make([]uint32, c.n)
		begin := int(c.first / v.bin)
		each := int(c.unit / v.bin)
		for k := range sums {
			low := begin + k*each
			high := min(low+each, int((to-1)/v.bin)+1)
			for _, n := range counts[low*rows : high*rows] {
				sums[k] += uint32(n)
			}
		}
		return sums
	}
	v.mu.RLock()
	head := ratesHead{First: c.first, Unit: c.unit, Until: v.until, Trials: v.trials, packet: p}
	for k := range v.grids {
		if g := &v.grids[k]; g.recorded {
			p.uint32s(s.recording.Reader.Header().Populations[k].Name, sum(g.counts, g.rows))
		}
	}
	p.uint32s("trials", sum(v.begun, 1))
	p.uint32s("misread", sum(v.wrong, 1))
	v.mu.RUnlock()
	return p.send(w, head)
}
