package look

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/sim"
	"plateau/sim/record"
)

type inspectedTrial struct {
	Event    string             `json:"event"` // trial
	Trial    int                `json:"trial"`
	Error    string             `json:"error,omitempty"`
	Purpose  string             `json:"purpose"`
	Number   uint64             `json:"number"`
	Example  int                `json:"example"`
	Class    int                `json:"class"`
	Read     int                `json:"read"` // −1 if not known
	Begin    float64            `json:"begin_ms"`
	Whole    bool               `json:"whole"`
	Phases   []inspectedPhase   `json:"phases"`
	Spikes   []*int64           `json:"spikes"`  // number of spikes of each population; null if not recorded or damaged
	RateHz   []*float64         `json:"rate_hz"` // mean rate of a neuron, in each population
	Plateaus []inspectedPlateau `json:"plateaus"`
	Losses   []float64          `json:"losses,omitempty"`
	Weights  string             `json:"weights_sha256"`
	Updates  int                `json:"updates"` // number of updates since the weights were these

	trial *record.Trial
}

type inspectedPhase struct {
	Name         string  `json:"name"`
	Begin        float64 `json:"begin_ms"` // from the start of the trial
	Milliseconds float64 `json:"length_ms"`
	Taught       bool    `json:"taught"`
}

type inspectedPlateau struct {
	Layer string    `json:"layer"`
	Mean  []float64 `json:"mean"` // mean plateau in each phase
}

// look describes one trial, with its plateaus if details is set.
func (i *inspection) look(n int, details bool) inspectedTrial {
	e := inspectedTrial{Event: "trial", Trial: n, Read: -1, Phases: []inspectedPhase{}, Spikes: []*int64{}, RateHz: []*float64{}, Plateaus: []inspectedPlateau{}}
	t, err := i.r.Trial(n)
	if err != nil {
		e.Error = cli.Plain(err)
		return e
	}
	at := i.h.Clock().At
	e.trial = t
	e.Purpose, e.Number, e.Example, e.Class, e.Read = t.Purpose.String(), t.Number, t.Example, t.Class, t.Predicted
	e.Begin, e.Whole, e.Losses = at(t.First), t.Whole, t.Losses
	e.Weights, e.Updates = t.Weights, t.Updates
	for _, p := range t.Phases {
		e.Phases = append(e.Phases, inspectedPhase{p.Name, at(int64(p.First)), at(int64(p.Steps)), p.Taught})
	}
	var errs []error
	for k, p := range i.h.Populations {
		e.Spikes, e.RateHz = append(e.Spikes, nil), append(e.RateHz, nil)
		if !p.Spikes {
			continue
		}
		var count int64
		s := i.r.Spikes(n, k, 0, record.End)
		for s.Scan() {
			count += int64(len(s.Spikes()))
		}
		if err := s.Err(); err != nil {
			errs = append(errs, err)
			continue
		}
		e.Spikes[k] = &count
		if t.Steps > 0 {
			rate := 1000 * float64(count) / at(int64(t.Steps)) / float64(p.Size)
			e.RateHz[k] = &rate
		}
	}
	if details && i.h.Plateaus {
		for m := range i.h.Network.Hidden {
			layer := inspectedPlateau{Layer: i.h.Populations[m+1].Name, Mean: []float64{}}
			for k := range t.Phases {
				p, err := i.r.Plateaus(n, k, m)
				if err != nil {
					if t.Whole {
						errs = append(errs, err)
					}
					break
				}
				sum := 0.0
				for _, v := range p.Value {
					sum += float64(v)
				}
				layer.Mean = append(layer.Mean, sum/float64(max(1, len(p.Value))))
			}
			e.Plateaus = append(e.Plateaus, layer)
		}
	}
	if err := errors.Join(errs...); err != nil {
		e.Error = strings.ReplaceAll(cli.Plain(err), "\n", "; ")
	}
	return e
}

type totalEvent struct {
	Event         string    `json:"event"` // total
	Trials        int       `json:"trials"`
	Damaged       int       `json:"damaged_trials"`
	Misread       int       `json:"misread"`
	Milliseconds  float64   `json:"length_ms"`
	Spikes        []int64   `json:"spikes"`
	RateHz        []float64 `json:"rate_hz"`
	Bytes         int64     `json:"bytes"`
	BytesPerSpike float64   `json:"bytes_per_spike"` // size of the whole file divided by the number of spikes
}

// shownTrials is the number of trials that are listed for a person by default.
const shownTrials = 20

// list prints trials, and the totals of all of them.
func (i *inspection) list(ctx context.Context, trials string) error {
	from, to := 0, i.r.Trials()
	if trials != "" {
		var err error
		if from, to, err = cli.ParseRange(trials, 0, i.r.Trials()); err != nil {
			return cli.Misuse("--trials %v", err)
		}
	} else if !i.con.JSON {
		to = min(to, shownTrials)
	}
	i.con.Event(i.event())
	if !i.con.JSON {
		i.head()
		i.con.Line("%s", i.row("trial", "what", "number", "image", "class", "predicted", "phases (ms)", i.names(), "plateaus"))
	}
	total := totalEvent{Event: "total", Trials: i.r.Trials(), Bytes: i.size, Spikes: make([]int64, len(i.h.Populations)), RateHz: make([]float64, len(i.h.Populations))}
	var all int64                                // steps
	steps := make([]int64, len(i.h.Populations)) // of the trials whose spikes can be read
	at := i.h.Clock().At
	bar := i.con.Progress("reading", int64(i.r.Trials()), func(done int64, elapsed time.Duration) string {
		return fmt.Sprintf("%d of %d trials, %s left", done, i.r.Trials(), terminal.Clock(terminal.Left(done, int64(i.r.Trials()), elapsed)))
	})
	defer bar.End()
	cut := 0 // number of trials at the end that cannot be read, perhaps because the recording broke off
	for n := range i.r.Trials() {
		if ctx.Err() != nil {
			return cli.Interrupted("")
		}
		shown := n >= from && n < to
		e := i.look(n, shown)
		if shown {
			i.con.Event(e)
			i.con.Line("%s", i.trialRow(e))
		}
		switch {
		case e.Error != "" && n >= i.r.Written():
			cut++
		case e.Error != "":
			total.Damaged++
		default:
			total.Damaged, cut = total.Damaged+cut, 0
		}
		if e.trial != nil {
			if e.trial.Wrong() {
				total.Misread++
			}
			all += int64(e.trial.Steps)
			for k, s := range e.Spikes {
				if s != nil {
					total.Spikes[k] += *s
					steps[k] += int64(e.trial.Steps)
				}
			}
		}
		bar.At(int64(n))
	}
	total.Milliseconds = at(all)
	var spikes int64
	for k, p := range i.h.Populations {
		spikes += total.Spikes[k]
		if steps[k] > 0 {
			total.RateHz[k] = 1000 * float64(total.Spikes[k]) / at(steps[k]) / float64(p.Size)
		}
	}
	if spikes > 0 {
		total.BytesPerSpike = float64(i.size) / float64(spikes)
	}
	i.con.Event(total)
	if !i.con.JSON {
		i.total(total, to-from)
	}
	if total.Damaged > 0 {
		return fmt.Errorf("%s is damaged: part of %s cannot be read; %s says which", i.path, terminal.Plural(total.Damaged, "trial"), cli.Command("inspect", cli.Argument(i.path), "--verify"))
	}
	return nil
}

func (i *inspection) names() []string {
	var names []string
	for _, p := range i.h.Populations {
		names = append(names, p.Name)
	}
	return names
}

// row lays out a line of the table of trials.
func (i *inspection) row(trial, what, number, image, class, predicted, phases string, populations []string, plateaus string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%6s  %-8s %8s %6s %6s %10s  %-16s", trial, what, number, image, class, predicted, phases)
	for _, s := range populations {
		fmt.Fprintf(&b, " %9s", s)
	}
	return strings.TrimRight(b.String()+"  "+plateaus, " ")
}

func (i *inspection) trialRow(e inspectedTrial) string {
	if e.trial == nil {
		return fmt.Sprintf("%6d  damaged: %s", e.Trial, e.Error)
	}
	var phases, spikes, plateaus []string
	for _, p := range e.Phases {
		phases = append(phases, p.Name+" "+terminal.Number(p.Milliseconds))
	}
	for k, s := range e.Spikes {
		switch {
		case s != nil:
			spikes = append(spikes, fmt.Sprint(*s))
		case i.h.Populations[k].Spikes:
			spikes = append(spikes, "damaged")
		default:
			spikes = append(spikes, "–")
		}
	}
	for _, p := range e.Plateaus {
		var means []string
		for k, m := range p.Mean {
			const most = 4 // to be listed
			switch {
			case len(p.Mean) <= most || k < most-2 || k == len(p.Mean)-1:
				means = append(means, fmt.Sprintf("%.3f", m))
			case k == most-2:
				means = append(means, "…")
			}
		}
		plateaus = append(plateaus, strings.Join(means, " → "))
	}
	last := strings.Join(plateaus, ", ")
	if !e.Whole {
		last += " (broke off)"
	}
	return i.row(fmt.Sprint(e.Trial), e.Purpose, presented(e.Number), known(e.Example), known(e.Class), known(e.Read),
		strings.Join(runs(phases), ", "), spikes, last)
}

// presented prints the number of a presentation, and which repeat it is.
func presented(number uint64) string {
	if r := sim.Repeat(number); r > 0 {
		return fmt.Sprintf("%d (%d)", number-sim.RepeatNumber(0, r), r)
	}
	return fmt.Sprint(number)
}

// known prints a number that is −1 if there is none.
func known(n int) string {
	if n < 0 {
		return "–"
	}
	return fmt.Sprint(n)
}

// runs writes words that follow each other several times only once.
func runs(words []string) []string {
	var list []string
	for i := 0; i < len(words); {
		k := i + 1
		for k < len(words) && words[k] == words[i] {
			k++
		}
		word := words[i]
		if k-i > 1 {
			word = fmt.Sprintf("%d × %s", k-i, word)
		}
		list = append(list, word)
		i = k
	}
	return list
}

func (i *inspection) total(t totalEvent, listed int) {
	if rest := t.Trials - listed; rest > 0 {
		i.con.Line("%6s  and %d more: --trials A:B lists others", "…", rest)
	}
	var all int64
	var spikes, rates []string
	for k := range t.Spikes {
		all += t.Spikes[k]
		if i.h.Populations[k].Spikes {
			spikes, rates = append(spikes, fmt.Sprint(t.Spikes[k])), append(rates, fmt.Sprintf("%.1f Hz", t.RateHz[k]))
		} else {
			spikes, rates = append(spikes, "–"), append(rates, "")
		}
	}
	i.con.Line("%s", i.row("", "spikes", "", "", "", "", "", spikes, ""))
	i.con.Line("%s", i.row("", "mean rate", "", "", "", "", "", rates, ""))
	i.con.Line("")
	i.con.Line("%s, %d with a wrong prediction, %s; %s: %.2f bytes of the file per spike",
		terminal.Plural(t.Trials, "trial"), t.Misread, terminal.Clock(time.Duration(t.Milliseconds*float64(time.Millisecond)))+" simulated", terminal.Plural(int(all), "spike"), t.BytesPerSpike)
}
