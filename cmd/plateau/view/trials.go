package view

import (
	"math"
	"net/http"
	"slices"
	"sort"

	"plateau/sim/record"
)

type summaryAnswer struct {
	Recording *summaryOfRecording `json:"recording"`
	Run       *summaryOfRun       `json:"run"`
}

type summaryOfRecording struct {
	Name        string              `json:"name"`
	Title       string              `json:"title"`
	Data        string              `json:"data"`
	Seed        uint64              `json:"seed"`
	Dt          float64             `json:"dt_ms"`
	Steps       int64               `json:"steps"`
	Trials      int                 `json:"trials"`
	Complete    bool                `json:"complete"`
	Populations []summaryPopulation `json:"populations"`
	Classes     []string            `json:"classes"`
	MaxRate     float64             `json:"max_rate_hz"`
	// Neurons are some interesting ones: those of each hidden layer whose plateaus rose
	// and fell most in the first trial.
	Neurons []neuron `json:"neurons"`
}

type summaryPopulation struct {
	Name      string            `json:"name"`
	Size      int               `json:"size"`
	Spikes    bool              `json:"spikes"`
	Variables []record.Variable `json:"recorded"` // recorded of some neurons; others are replayed
}

type summaryOfRun struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// A neuron of a population, the input being 0.
type neuron struct {
	Population int `json:"population"`
	Index      int `json:"neuron"`
}

func (s *Server) summary(w http.ResponseWriter, r *http.Request, q *query) error {
	if err := q.done(); err != nil {
		return err
	}
	var a summaryAnswer
	if s.run != nil {
		a.Run = &summaryOfRun{s.run.Name, s.run.Title}
	}
	if s.recording != nil {
		a.Recording = s.recording.summary()
	}
	return reply(w, http.StatusOK, a)
}

func (c *Recording) summary() *summaryOfRecording {
	h := c.Reader.Header()
	a := &summaryOfRecording{
		Name: c.Name, Title: c.Title, Data: h.Data, Seed: h.Seed, Dt: h.Dt(), Steps: c.Reader.Steps(), Trials: c.Reader.Trials(),
		Complete: c.Reader.Complete(), Classes: c.Classes, MaxRate: 1000 * h.Neurons.Noise.MaxRate, Neurons: []neuron{},
	}
	for k, p := range h.Populations {
		out := summaryPopulation{p.Name, p.Size, p.Spikes, []record.Variable{}}
		for _, t := range h.Probes {
			if t.Population == k && !slices.Contains(out.Variables, t.Variable) {
				out.Variables = append(out.Variables, t.Variable)
			}
		}
		a.Populations = append(a.Populations, out)
	}
	for m := range h.Network.Hidden {
		forward, err := c.Reader.Plateaus(0, 0, m)
		target, failed := c.Reader.Plateaus(0, 1, m)
		rose, fell := 0, h.Network.Hidden[m]-1
		if err == nil && failed == nil {
			change := func(i int) float32 { return target.Value[i] - forward.Value[i] }
			for i := range target.Value {
				if change(i) > change(rose) {
					rose = i
				}
				if change(i) < change(fell) {
					fell = i
				}
			}
		}
		a.Neurons = append(a.Neurons, neuron{m + 1, rose})
		if rose != fell && len(h.Network.Hidden) < 3 {
			a.Neurons = append(a.Neurons, neuron{m + 1, fell})
		}
	}
	return a
}

func (s *Server) state(w http.ResponseWriter, r *http.Request, q *query) error {
	if err := q.done(); err != nil {
		return err
	}
	a := stateAnswer{Whole: true}
	if s.survey != nil {
		a = s.survey.state()
		a.Replay = s.replayer.progress()
	}
	return reply(w, http.StatusOK, a)
}

type trialAnswer struct {
	Index   int           `json:"index"`
	Error   string        `json:"error,omitempty"` // why nothing else is known: the trial is damaged
	First   int64         `json:"first"`           // step of the recording
	Steps   int           `json:"steps"`
	Purpose string        `json:"purpose"`
	Number  uint64        `json:"number"`
	Sample  int           `json:"sample"`
	Class   int           `json:"class"`
	Read    int           `json:"read"` // −1 if not known
	Whole   bool          `json:"whole"`
	Phases  []phaseAnswer `json:"phases"`
}

type phaseAnswer struct {
	Name   string `json:"name"`
	First  int    `json:"first"` // step of the trial
	Steps  int    `json:"steps"`
	From   int    `json:"from"` // the step with which averages begin
	Taught bool   `json:"taught"`
	Class  int    `json:"class"`
}

func answerOf(i int, t *record.Trial, err error) trialAnswer {
	if err != nil {
		return trialAnswer{Index: i, Error: err.Error(), Class: -1, Read: -1, Phases: []phaseAnswer{}}
	}
	a := trialAnswer{
		Index: t.Index, First: t.First, Steps: t.Steps, Purpose: t.Purpose.String(), Number: t.Number, Sample: t.Example,
		Class: t.Class, Read: t.Predicted, Whole: t.Whole, Phases: []phaseAnswer{},
	}
	for _, p := range t.Phases {
		a.Phases = append(a.Phases, phaseAnswer{p.Name, p.First, p.Steps, p.From, p.Taught, p.Class})
	}
	return a
}

// at returns the first trial that ends after a step.
func at(r *record.Reader, step int64) int {
	return sort.Search(r.Trials(), func(i int) bool {
		for ; i < r.Trials(); i++ {
			if t, err := r.Trial(i); err == nil {
				return t.First+int64(t.Steps) > step
			}
		}
		return true
	})
}

type trialsAnswer struct {
	First  int           `json:"first"` // the number of the first one
	Count  int           `json:"count"`
	Trials []trialAnswer `json:"trials"` // none if there are more than the request allows
}

// trials lists the trials of a stretch.
func (s *Server) trials(w http.ResponseWriter, r *http.Request, q *query) error {
	reader := s.recording.Reader
	from, to := q.stretch(reader.Steps())
	most := q.int("most", 0, maxTrials)
	if err := q.done(); err != nil {
		return err
	}
	first := at(reader, from)
	last := min(at(reader, to-1)+1, reader.Trials())
	a := trialsAnswer{First: first, Count: last - first, Trials: []trialAnswer{}}
	if a.Count <= most {
		for i := first; i < last; i++ {
			t, err := reader.Trial(i)
			a.Trials = append(a.Trials, answerOf(i, t, err))
		}
	}
	return reply(w, http.StatusOK, a)
}

type oneTrialAnswer struct {
	trialAnswer
	Losses  []float64       `json:"losses"` // of each hidden layer, then of the output
	Weights string          `json:"weights"`
	Updates int             `json:"updates"`
	Layers  []layerPlateaus `json:"layers"`
	Neurons []neuronPlateau `json:"plateaus"`
}

// layerPlateaus are the plateaus of a hidden layer, as means over rows of neurons.
type layerPlateaus struct {
	Population int             `json:"population"`
	Phases     []phasePlateaus `json:"phases"`
}

type phasePlateaus struct {
	Step int32     `json:"step"` // the step at whose end the first began
	Last int32     `json:"last"` // the step at whose end the last began
	Mean float64   `json:"mean"`
	Rows []float64 `json:"rows"`
	// Steps and Values are those of every neuron, if each has its own time.
	Steps  []int32   `json:"steps,omitempty"`
	Values []float64 `json:"values,omitempty"`
}

type neuronPlateau struct {
	neuron
	Phase int     `json:"phase"`
	From  int     `json:"from"` // the step with which its window begins
	Step  int     `json:"step"` // the step at whose end it began
	Value float64 `json:"value"`
}

// trial sends what is known of one trial.
func (s *Server) trial(w http.ResponseWriter, r *http.Request, q *query) error {
	reader := s.recording.Reader
	index := q.int("index", 0, reader.Trials()-1)
	rows := q.int("rows", 1, surveyRows)
	neurons := q.neurons("neurons", reader.Header())
	if err := q.done(); err != nil {
		return err
	}
	t, err := reader.Trial(index)
	a := oneTrialAnswer{trialAnswer: answerOf(index, t, err), Losses: []float64{}, Layers: []layerPlateaus{}, Neurons: []neuronPlateau{}}
	if err != nil {
		return reply(w, http.StatusOK, a)
	}
	a.Weights, a.Updates = t.Weights, t.Updates
	for _, l := range t.Losses {
		if !math.IsNaN(l) && !math.IsInf(l, 0) {
			a.Losses = append(a.Losses, l)
		}
	}
	// Means over rows would mix different times.
	each := rows > 1 && slices.ContainsFunc(t.Phases, func(p record.Phase) bool { return p.PlateauWindow > 0 })
	for m := range reader.Header().Network.Hidden {
		layer := layerPlateaus{Population: m + 1, Phases: []phasePlateaus{}}
		for k, phase := range t.Phases {
			p, err := reader.Plateaus(index, k, m)
			if err != nil {
				break
			}
			summary := summarise(p, rows)
			if each {
				summary.Steps = slices.Clone(p.Step)
				for _, v := range p.Value {
					summary.Values = append(summary.Values, short(v))
				}
			}
			layer.Phases = append(layer.Phases, summary)
			for _, n := range neurons {
				if n.Population != m+1 {
					continue
				}
				from := phase.First + phase.From
				if phase.PlateauWindow > 0 {
					from = int(p.Step[n.Index]) + 1 - phase.PlateauWindow
				}
				a.Neurons = append(a.Neurons, neuronPlateau{n, k, from, int(p.Step[n.Index]), short(p.Value[n.Index])})
			}
		}
		a.Layers = append(a.Layers, layer)
	}
	return reply(w, http.StatusOK, a)
}

func summarise(p record.Plateaus, rows int) phasePlateaus {
	n := len(p.Value)
	rows = min(rows, n)
	a := phasePlateaus{Step: slices.Min(p.Step), Last: slices.Max(p.Step), Rows: make([]float64, rows)}
	count := make([]float64, rows)
	for i, v := range p.Value {
		a.Mean += float64(v) / float64(n)
		a.Rows[i*rows/n] += float64(v)
		count[i*rows/n]++
	}
	for i := range a.Rows {
		a.Rows[i] = short(float32(a.Rows[i] / count[i]))
	}
	a.Mean = short(float32(a.Mean))
	return a
}

// short rounds to four decimals, which is enough for a screen. NaN becomes 0, because
// JSON has no word for it.
func short(v float32) float64 {
	if x := math.Round(1e4*float64(v)) / 1e4; !math.IsNaN(x) && !math.IsInf(x, 0) {
		return x
	}
	return 0
}

type misreadAnswer struct {
	Index int   `json:"index"` // −1 if there is none
	First int64 `json:"first"`
	Steps int   `json:"steps"`
	Whole bool  `json:"whole"` // all trials were looked at
}

// misread finds the next misread trial after one, or the last before it.
func (s *Server) misread(w http.ResponseWriter, r *http.Request, q *query) error {
	trial := q.int("trial", -1, s.recording.Reader.Trials())
	step := q.int("step", -1, 1)
	if step == 0 {
		q.refuse("step", "1 or -1")
	}
	if err := q.done(); err != nil {
		return err
	}
	var a misreadAnswer
	a.Index, a.Whole = s.survey.next(trial, step)
	if a.Index >= 0 {
		t, err := s.recording.Reader.Trial(a.Index)
		if err != nil {
			return damaged(err)
		}
		a.First, a.Steps = t.First, t.Steps
	}
	return reply(w, http.StatusOK, a)
}
