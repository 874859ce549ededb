package look

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
)

// A comparedRun is a row of the table of runs.
type comparedRun struct {
	runEvent
	config *settings.Config
}

// compareRuns prints a table of run folders, a line for each.
func compareRuns(ctx context.Context, con *terminal.Console, paths []string, o inspectOptions) error {
	if o.trials != "" {
		return cli.Misuse("--trials is for a single recording")
	}
	if _, err := run.CountFolders(paths, "the folders of runs"); err != nil {
		return err
	}
	for _, path := range paths {
		if !cli.IsFolder(path) {
			return cli.Misuse("%s is a file; for a table want the folders of runs%s", path, run.TakenBy(path))
		}
	}
	var runs []comparedRun
	var configs []*settings.Config
	var damaged []error
	for _, path := range paths {
		if ctx.Err() != nil {
			return cli.Interrupted("")
		}
		e, c, spoilt, err := lookAtRun(path)
		if err != nil {
			return err
		}
		run.NoteChanges(con, path, weightsOf(c, path))
		if spoilt != nil && o.verify {
			damaged = append(damaged, spoilt)
		} else if spoilt != nil {
			con.Note("note: %v", spoilt)
		}
		damaged = append(damaged, e.damaged(ctx, con, o.verify))
		runs, configs = append(runs, comparedRun{e, c}), append(configs, c)
	}
	// Keys that have columns of their own.
	telling := slices.DeleteFunc(settings.Distinguishing(configs), func(k settings.Key) bool {
		return slices.Contains([]string{"data.name", "network.hidden", "learning.epochs"}, k.Name)
	})
	for _, r := range runs {
		con.Event(r.runEvent)
	}
	if o.csv {
		con.Line("%s", csvOfRuns(runs, telling))
	} else {
		con.Line("%s", tableOfRuns(runs, telling))
	}
	return errors.Join(damaged...)
}

// csvOfRuns prints the table for programs: plain numbers, errors as fractions.
func csvOfRuns(runs []comparedRun, telling []settings.Key) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	head := []string{"run", "state", "data", "network", "seed", "epochs", "epochs_asked_for", "examples",
		"train_error", "validation_error", "test_error", "seconds", "weights_sha256"}
	for _, k := range telling {
		head = append(head, k.Name)
	}
	w.Write(head)
	share := func(p *float64) string {
		if p == nil {
			return ""
		}
		return strconv.FormatFloat(*p, 'g', -1, 64)
	}
	for _, r := range runs {
		row := []string{r.Run, r.State, r.config.Data.Short(), r.network(), strconv.FormatInt(r.config.Seed, 10),
			strconv.Itoa(len(r.Epochs)), strconv.Itoa(r.Asked), strconv.Itoa(r.config.Data.Shown()),
			share(r.trainError()), share(r.Validated), share(r.TestError), "", r.Weights}
		if r.Seconds > 0 {
			row[11] = share(&r.Seconds)
		}
		for _, k := range telling {
			row = append(row, r.setting(k))
		}
		w.Write(row)
	}
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// tableOfRuns prints the table for people.
func tableOfRuns(runs []comparedRun, telling []settings.Key) string {
	held := slices.ContainsFunc(runs, func(r comparedRun) bool { return r.Validated != nil })
	head := []string{"run", "state", "data", "network", "seed", "epochs"}
	for _, k := range telling {
		head = append(head, k.Name)
	}
	head = append(head, "train error")
	if held {
		head = append(head, "validation error")
	}
	rows := [][]string{append(head, "test error", "time")}
	share := func(p *float64) string {
		if p == nil {
			return "–"
		}
		return terminal.Percent(*p)
	}
	for _, r := range runs {
		epochs := strconv.Itoa(r.Asked)
		if n := len(r.Epochs); n != r.Asked {
			epochs = fmt.Sprintf("%d of %d", n, r.Asked)
		}
		row := []string{terminal.Printable(r.Run), r.State, r.config.Data.Short(), r.network(), strconv.FormatInt(r.config.Seed, 10), epochs}
		for _, k := range telling {
			row = append(row, r.setting(k))
		}
		row = append(row, share(r.trainError()))
		if held {
			row = append(row, share(r.Validated))
		}
		took := "–"
		if r.Seconds > 0 {
			took = terminal.Clock(time.Duration(r.Seconds * float64(time.Second)))
		}
		rows = append(rows, append(row, share(r.TestError), took))
	}
	return aligned(rows, 4)
}

// aligned pads the cells of a table. The given number of columns at the left are words
// and aligned left; the others are numbers and aligned right.
func aligned(rows [][]string, words int) string {
	var lines []string
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			width := 0
			for _, other := range rows {
				width = max(width, len([]rune(other[i])))
			}
			space := strings.Repeat(" ", width-len([]rune(cell)))
			if i > 0 {
				b.WriteString("  ")
			}
			if i < words {
				b.WriteString(cell + space)
			} else {
				b.WriteString(space + cell)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return strings.Join(lines, "\n")
}

// network returns the sizes of the layers, such as "784-500-10".
func (r *comparedRun) network() string {
	network, _, _ := strings.Cut(r.Title, " on ")
	return network
}

func (r *comparedRun) trainError() *float64 {
	if n := len(r.Epochs); n > 0 {
		return &r.Epochs[n-1].TrainError
	}
	return nil
}

// setting returns the value of a key, without quotation marks around words.
func (r *comparedRun) setting(k settings.Key) string { return strings.Trim(k.Text(r.config), `"`) }
