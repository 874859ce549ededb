package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/sim/record/hdf5/hdf5test"
	"plateau/sim/record/table"
)

func formatsText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(formatsPage)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// section is the part of the page below a heading, without those that follow.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, text, ok := strings.Cut(page, "\n"+heading+"\n")
	if !ok {
		t.Fatalf("%s has no heading %q", formatsPage, heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	text, _, _ = strings.Cut(text, "\n### ")
	return text
}

// rowsOf lists the cells of the rows whose first one names something in the first table
// of a section.
func rowsOf(text string) (rows [][]string) {
	for _, m := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\|(.*)\\|$").FindAllStringSubmatch(text, -1) {
		row := []string{strings.Trim(m[1], "`")}
		for cell := range strings.SplitSeq(m[2], " | ") {
			row = append(row, strings.TrimSpace(cell))
		}
		rows = append(rows, row)
	}
	return rows
}

// agree compares what a table names with what is written.
func agree(t *testing.T, what string, table, written []string) {
	t.Helper()
	slices.Sort(table)
	slices.Sort(written)
	written = slices.Compact(written)
	if !slices.Equal(table, written) {
		for _, name := range written {
			if !slices.Contains(table, name) {
				t.Errorf("%s: %s does not tell of %s", formatsPage, what, name)
			}
		}
		for _, name := range table {
			if !slices.Contains(written, name) {
				t.Errorf("%s: %s tells of %s, which is not written", formatsPage, what, name)
			}
		}
	}
}

func firstCells(rows [][]string) (names []string) {
	for _, row := range rows {
		names = append(names, row[0])
	}
	return names
}

// The table of arrays is made from what archives say of themselves.
func TestDocsArrays(t *testing.T) {
	old, err := filepath.Abs(formatsPage)
	if err != nil {
		t.Fatal(err)
	}
	page, here := formatsText(t), ""
	if here, err = os.Getwd(); err != nil {
		t.Fatal(err)
	}
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "5,4", "--record")
	must(t, "export", "trial-0.plateau", "--to", "npz", "--out", "export.npz")
	must(t, "replay", "trial-0.plateau", "--vars", "all", "--out", "replay.npz")
	exported := aboutOf(t, "export.npz")
	for _, a := range append(exported, aboutOf(t, "replay.npz")...) {
		if !slices.Contains(aboutOf(t, "trial-0.npz"), a) {
			t.Errorf("the archive of a trial does not have %q", a)
		}
	}
	var b strings.Builder
	b.WriteString("| array | of | type, axes | meaning |\n|---|---|---|---|\n")
	type row struct{ name, of, kind, about string }
	var rows []row
	for _, a := range aboutOf(t, "trial-0.npz") {
		r := row{a[0], "", a[1], a[2]}
		if !slices.Contains(exported, a) {
			r.of = "*trial*"
		}
		if m := regexp.MustCompile(`^(trial_loss_|)(input|hidden\d|output)(_.*|)$`).FindStringSubmatch(r.name); m != nil {
			same := func(x row) bool {
				return regexp.MustCompile("^"+m[1]+`(input|hidden\d|output)`+m[3]+"$").MatchString(x.name) && x.kind == r.kind && x.about == r.about
			}
			if k := slices.IndexFunc(rows, same); k >= 0 {
				if m[2] == "hidden0" {
					rows[k].name = r.name
				}
				if m[2] != "hidden1" {
					rows[k].of += ", " + m[2]
				}
				continue
			}
			r.of = strings.TrimSpace(m[2] + " " + r.of)
		}
		rows = append(rows, r)
	}
	for _, r := range rows {
		if trial := strings.Contains(r.of, "*trial*"); trial {
			r.of = strings.TrimPrefix(strings.ReplaceAll(r.of, " *trial*", "")+"; *trial*", "*trial*; ")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.name, r.of, r.kind, strings.ReplaceAll(cell(r.about), "\\*", "*"))
	}
	t.Chdir(here)
	docsRegions(t, old, page, map[string]string{"npz": b.String()})
}

// aboutOf is what an archive says of each of its arrays: name, type and axes, meaning.
func aboutOf(t *testing.T, path string) (all [][3]string) {
	t.Helper()
	about, _, err := openNPZ(t, path).Strings("about")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(about[0], "\n\n")
	for line := range strings.Lines(list) {
		parts := strings.SplitN(strings.TrimSpace(line), ": ", 3)
		all = append(all, [3]string(parts))
	}
	return all
}

// The table of columns is made from the tables that are exported.
func TestDocsTablesOfExports(t *testing.T) {
	page := formatsText(t)
	path, err := filepath.Abs(formatsPage)
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "5", "--record", "--out", "none")
	r := openRecordingFile(t, "trial-0.plateau")
	var b strings.Builder
	b.WriteString("| table | column | type | meaning |\n|---|---|---|---|\n")
	for _, tab := range table.Of(r) {
		if strings.HasPrefix(tab.Name, "output_") {
			continue // as those of hidden0
		}
		first := "`" + tab.Name + "`"
		for _, c := range tab.Columns {
			if c.About == "" {
				t.Errorf("%s: nothing is said of %s", tab.Name, c.Name)
			}
			name := "`" + c.Name + "`"
			if regexp.MustCompile(`^n[1-9]`).MatchString(c.Name) {
				continue
			} else if c.Name == "n0" {
				name += ", …"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", first, name, c.Kind, cell(c.About))
			first = ""
		}
	}
	t.Chdir(here)
	docsRegions(t, path, page, map[string]string{"tables": b.String()})
}

// The page names every data set of a SONATA export.
func TestDocsSONATA(t *testing.T) {
	text := section(t, formatsText(t), "## SONATA")
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "5", "--record", "--out", "none")
	must(t, "export", "trial-0.plateau", "--to", "sonata", "--out", "x")
	var written []string
	for name, content := range contents(t, "x") {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("%s does not name %s", formatsPage, name)
		}
		if !strings.HasSuffix(name, ".h5") {
			continue
		}
		root, err := hdf5test.Read([]byte(content))
		if err != nil {
			t.Fatal(err)
		}
		var visit func(path string, o *hdf5test.Object)
		visit = func(path string, o *hdf5test.Object) {
			if o.Array != nil {
				written = append(written, regexp.MustCompile("/(input|output)/").ReplaceAllString(path, "/hidden0/"))
			}
			for _, l := range o.Links {
				visit(path+"/"+l.Name, l.To)
			}
		}
		visit("", root)
	}
	agree(t, "SONATA", firstCells(rowsOf(text)), written)
}

// The page tells of every field in the lines of a run which lines have it, of every
// array of weights and measurements, and of every field of run.json and of
// checkpoints.
func TestDocsRunFolder(t *testing.T) {
	page := formatsText(t)
	plateautest.Empty(t)
	network := []string{"--hidden", "5,4", "--set", "network.silent=0.2", "--set", "network.feedback_bias=true"}
	must(t, tiny(append(network, "--out", "first")...)...)
	out := must(t, tiny(append(network, "--json", "--out", "run", "--record", "--weights", "first")...)...)
	out += must(t, tiny("--json", "--out", "held", "--validation", "10")...)
	out += must(t, tiny("--json", "--out", "long", "--examples", "1001", "--epochs", "1", "--hidden", "3")...)
	out += must(t, held("--json", "--out", "patient", "--epochs", "40", "--patience", "2", "--keep", "best")...)
	out += must(t, tiny("--json", "--out", "measured", "--measure", "all", "--set", "measure.every=10")...)
	out += must(t, "train", "--resume", "measured", "--epochs", "3", "--json")
	out += must(t, "test", "--run", "run", "--json")
	out += must(t, "trial", "--run", "run", "--record", "--json")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	broken := &hook{word: `"epoch":1`, do: cancel}
	if status := execute(ctx, tiny("--json", "--out", "broken", "--record", "--validation", "10"), broken, io.Discard); status != statusInterrupted {
		t.Fatalf("status %d", status)
	}
	out += plateautest.ReadFile(t, "broken/metrics.jsonl")
	fields := map[string]map[string]bool{} // of each kind of line
	for _, e := range plateautest.JSONLines(t, out) {
		event := e["event"].(string)
		if fields[event] == nil {
			fields[event] = map[string]bool{}
		}
		for name := range e {
			fields[event][name] = true
		}
	}

	metrics := rowsOf(section(t, page, "## metrics.jsonl"))
	said := map[string]map[string]bool{}
	for event := range fields {
		said[event] = map[string]bool{}
	}
	for _, row := range metrics {
		in := row[1]
		if rest, ok := strings.CutPrefix(in, "all"); ok {
			without := strings.Split(strings.TrimPrefix(rest, " but "), ", ")
			in = strings.Join(slices.DeleteFunc(slices.Collect(maps.Keys(fields)), func(e string) bool { return slices.Contains(without, e) }), ", ")
		}
		for event := range strings.SplitSeq(in, ", ") {
			if said[event] == nil {
				t.Fatalf("%s: %s is in lines of %q, which do not exist", formatsPage, row[0], event)
			}
			said[event][row[0]] = true
		}
	}
	measured := firstCells(rowsOf(section(t, page, "### Measurements")))
	for event := range fields {
		names := slices.Collect(maps.Keys(said[event]))
		if event == "measure" {
			names = append(names, slices.DeleteFunc(slices.Clone(measured), func(name string) bool { return name == "confusion" })...)
		}
		agree(t, "lines of "+event, slices.Compact(slices.Sorted(slices.Values(names))), slices.Collect(maps.Keys(fields[event])))
	}

	arrays := func(path string) (names []string) {
		for _, name := range openNPZ(t, path).Names() {
			names = append(names, regexp.MustCompile(`^([WbYc])[12]`).ReplaceAllString(name, "${1}0"))
		}
		return names
	}
	agree(t, "weights.npz", firstCells(rowsOf(section(t, page, "## weights.npz"))), arrays("run/weights.npz"))
	agree(t, "measurements.npz", append(measured, "epoch", "examples"), arrays("measured/measurements.npz"))

	var asked map[string]any
	if err := json.Unmarshal([]byte(plateautest.ReadFile(t, "run/run.json")), &asked); err != nil {
		t.Fatal(err)
	}
	agree(t, "run.json", firstCells(rowsOf(section(t, page, "## run.json"))), slices.Collect(maps.Keys(asked)))

	files, err := filepath.Glob("run/checkpoints/*.checkpoint")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d checkpoints, %v", len(files), err)
	}
	lines := bytes.SplitN([]byte(plateautest.ReadFile(t, files[0])), []byte("\n"), 3)
	var head map[string]any
	if err := json.Unmarshal(lines[1], &head); err != nil {
		t.Fatal(err)
	}
	agree(t, "checkpoints", firstCells(rowsOf(section(t, page, "## Checkpoints"))), slices.Collect(maps.Keys(head)))
	for _, part := range head["parts"].([]any) {
		if name := part.(map[string]any)["name"].(string); !strings.Contains(page, "part `"+name+"`") {
			t.Errorf("%s does not tell of the part %s of checkpoints", formatsPage, name)
		}
	}
}

// Who computes potentials from spikes and weights as the page says finds those of
// the trial; with a step less on the way back they are others.
func TestPythonRecomputes(t *testing.T) {
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Skip("PLATEAU_PYTHON names no Python interpreter with NumPy")
	}
	_, code, _ := strings.Cut(formatsText(t), "<!-- recompute: run by the tests -->\n")
	code, _, ok := strings.Cut(code, "<!-- end of recompute -->")
	if !ok || strings.Count(code, "\n") > 14 {
		t.Fatalf("%s has no lines of Python", formatsPage)
	}
	code = regexp.MustCompile("(?m)^    ").ReplaceAllString(code, "")
	plateautest.Empty(t)
	for _, dt := range []string{"1", "0.5"} {
		settings := []string{"--set", "neurons.dt_ms=" + dt, "--set", "neurons.feedback_signal=spikes", "--set", "neurons.forward_signal=spikes"}
		must(t, tiny(append(settings, "--out", "runs/digits-1", "--hidden", "12,8", "--force")...)...)
		must(t, "trial", "--run", "runs/digits-1", "--example", "7", "--force")
		code += `
for name, found in ("basal", basal), ("apical", apical):
    print(name, abs(found - t["hidden0_" + name]).max(), abs(found).max())
print("early", abs(potential("output", w["Y0"], 0) - t["hidden0_apical"]).max())
`
		out, err := exec.Command(python, "-c", code).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var basal, mostBasal, apical, mostApical, early float64
		if n, err := fmt.Sscanf(string(out), "basal %g %g\napical %g %g\nearly %g", &basal, &mostBasal, &apical, &mostApical, &early); n != 5 {
			t.Fatalf("%v\n%s", err, out)
		}
		// Potentials are sums of hundreds of float32.
		if basal > 1e-4 || apical > 1e-4 || mostBasal < 0.5 || mostApical < 0.1 || early < 0.05 {
			t.Errorf("dt %s: potentials differ by %v of %v and %v of %v, and by %v if the delay is left out", dt, basal, mostBasal, apical, mostApical, early)
		}
	}
}
