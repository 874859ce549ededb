// Package view is a page that shows a recording and the progress of a run, and the
// server behind it.
//
// The page asks for what its screen can show, and gets no more: a raster is spikes if
// there are few, and counts if there are many; potentials are the smallest and the
// largest value for each pixel. How much is sent depends on the width of the window,
// never on the length of the recording. Steps are the unit of time in all answers;
// those of a recording are counted from 0 through all its trials.
//
//	/api/summary     what there is to see
//	/api/state       the progress of the survey of the recording and of a replay
//	/api/rates       spikes of each population, trials and misread ones, for each pixel
//	/api/trials      the trials of a stretch of time
//	/api/trial       one trial, with its losses and plateaus
//	/api/misread     the next misread trial
//	/api/image       what was shown, as PNG
//	/api/raster      spikes of a population
//	/api/potentials  potentials of some neurons, recorded or replayed
//	/api/metrics     lines of metrics.jsonl from an offset
//
// Arrays of numbers are sent in a packet: the length of a text as a little-endian
// uint32; the text, which is JSON padded with spaces to a multiple of four bytes; and
// the arrays that it lists, one after the other.
//
// The package knows no flags and opens no recordings.
package view

import (
	"image"
	"net/http"
	"sync"

	"plateau/network"
	"plateau/sim/record"
)

// A Recording is one to show, with what its file does not hold.
type Recording struct {
	Name    string // as the user calls it
	Title   string // what was recorded
	Reader  *record.Reader
	Classes []string // names of the classes, which have equal numbers of output neurons
	// Weights returns weights that are not stored in the recording; see
	// replay.New. It may be nil.
	Weights func(digest string) (*network.Network, error)
	// Image returns what was shown in a trial. Without it, or if it fails, the
	// page shows the spikes of the input.
	Image func(t *record.Trial) (image.Image, error)
}

// A Run is a training run whose learning curves are shown, while it goes on or later.
type Run struct {
	Name    string
	Title   string
	Metrics string // path of its metrics.jsonl
}

// A Server is the handler behind the page.
type Server struct {
	recording *Recording // nil if there is none
	run       *Run       // nil if there is none
	survey    *survey
	replayer  *replayer
	findings  findings
	routes    map[string]route
	ending    chan struct{}
	end       func()
}

// New returns a server of a recording, of a run, or of both; either can be nil.
// Close ends its work in the background.
func New(recording *Recording, run *Run) *Server {
	s := &Server{recording: recording, run: run, ending: make(chan struct{})}
	s.end = sync.OnceFunc(func() { close(s.ending) })
	s.routes = map[string]route{"/api/summary": s.summary, "/api/state": s.state}
	if run != nil {
		s.routes["/api/metrics"] = s.metrics
	}
	if recording != nil {
		s.survey = newSurvey(recording.Reader)
		s.replayer = newReplayer(recording)
		go s.survey.run(s.ending)
		for path, r := range map[string]route{
			"/api/rates": s.rates, "/api/trials": s.trials, "/api/trial": s.trial, "/api/misread": s.misread,
			"/api/image": s.image, "/api/raster": s.raster, "/api/potentials": s.potentials,
		} {
			s.routes[path] = r
		}
	}
	return s
}

// Close ends the work in the background.
func (s *Server) Close() {
	s.end()
	if s.survey != nil {
		<-s.survey.ended
	}
}

var _ http.Handler = (*Server)(nil)
