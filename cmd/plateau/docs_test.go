package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/sim/record/hdf5/hdf5test"
)

const (
	optionsPage = "../../docs/options.md"
	formatsPage = "../../docs/formats.md"
)

// The tables of the page are made from the commands and keys that exist;
// go test ./cmd/plateau -run Docs -update writes them.
func TestDocsTables(t *testing.T) {
	old, err := os.ReadFile(optionsPage)
	if err != nil {
		t.Fatal(err)
	}
	docsRegions(t, optionsPage, string(old), map[string]string{"options": optionsTable(), "keys": keysTable(), "presets": presetsTable()})
}

// The page shows what plateau trial prints of a network that has learnt a little;
// the commands stand above it.
func TestDocsTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("trains")
	}
	old, err := os.ReadFile(optionsPage)
	if err != nil {
		t.Fatal(err)
	}
	here := emptyTerminal(t)
	text := ""
	for _, command := range []string{"train --examples 3000 --test-examples 100 --epochs 2 --out runs/short", "trial --run runs/short --example 4"} {
		if !strings.Contains(string(old), "plateau "+command+"\n") {
			t.Errorf("%s does not name the command: plateau %s", optionsPage, command)
		}
		text = must(t, strings.Fields(command)...)
	}
	t.Chdir(here)
	var quoted strings.Builder
	for line := range strings.Lines(text) {
		quoted.WriteString(strings.TrimRight("    "+line, " \n") + "\n")
	}
	docsRegions(t, optionsPage, string(old), map[string]string{"trial": quoted.String()})
}

// docsRegions compares parts of the page with what they must be, or writes them.
func docsRegions(t *testing.T, path, old string, regions map[string]string) {
	t.Helper()
	page := old
	for name, table := range regions {
		begin, end := "<!-- "+name+": made by the tests -->\n", "<!-- end of "+name+" -->"
		before, rest, ok := strings.Cut(page, begin)
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Fatalf("%s has no place for the %s", path, name)
		}
		page = before + begin + "\n" + table + "\n" + end + after
	}
	if page == old {
		return
	}
	if *plateautest.Update {
		if err := os.WriteFile(path, []byte(page), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is not up to date: go test ./cmd/plateau -run Docs -update", path)
}

// optionsTable lists every option of every command.
func optionsTable() string {
	var b strings.Builder
	b.WriteString("| command | option | meaning |\n|---|---|---|\n")
	root := newRoot(&terminal.Console{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, c := range cli.InOrder(cmd.Commands()) {
			if c.Hidden {
				continue
			}
			first := "`" + strings.ReplaceAll(cli.CommandName(c)+strings.TrimPrefix(c.Use, c.Name()), "|", "\\|") + "`"
			flags := false
			c.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if f.Name == "help" {
					return
				}
				usage := f.Usage
				if f.Name == "workers" { // the same page on every machine
					usage = regexp.MustCompile(`cores of the job, \d+\)`).ReplaceAllString(usage, "cores of the job)")
				}
				option := strings.ReplaceAll(strings.TrimSpace("--"+f.Name+" "+cli.Annotation(f, cli.HintOf)), "|", "\\|")
				fmt.Fprintf(&b, "| %s | `%s` | %s |\n", first, option, cell(usage))
				first, flags = "", true
			})
			if !flags && !c.HasSubCommands() {
				fmt.Fprintf(&b, "| %s | | |\n", first)
			}
			visit(c)
		}
	}
	visit(root)
	return b.String()
}

// keysTable lists every key.
func keysTable() string {
	var b strings.Builder
	b.WriteString("| key | meaning | unit | range | default | equation |\n|---|---|---|---|---|---|\n")
	base := settings.Defaults()
	for _, k := range settings.Keys() {
		standard := k.Standard(base)
		if k.Follows == "" {
			standard = "`" + standard + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n",
			k.Name, cell(k.Meaning), k.Unit, cell(k.Allowed(nil)), standard, cell(k.Equation))
	}
	return b.String()
}

// presetsTable lists every preset, with those of its settings that are not the
// defaults.
func presetsTable() string {
	var b strings.Builder
	base := settings.Defaults()
	b.WriteString("| preset | what it is | settings |\n|---|---|---|\n")
	for _, p := range settings.Presets() {
		var list []string
		for _, pair := range p.Settings {
			key, value, _ := strings.Cut(pair, "=")
			if k := settings.Find(key); fmt.Sprint(k.Parse(base, value)) != fmt.Sprint(k.Parse(base, k.Text(base))) {
				list = append(list, "`"+pair+"`")
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p.Name, cell(p.Meaning), strings.Join(list, ", "))
	}
	return b.String()
}

func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "_", "\\_", "*", "\\*", "<", "&lt;").Replace(s)
}

// The page names every table, column and series of an NWB file.
func TestDocsNameNWB(t *testing.T) {
	text, err := os.ReadFile(formatsPage)
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(text), "\n## NWB\n")
	page, _, _ = strings.Cut(page, "\n## ")
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1", "--set", "record.variables=soma", "--set", "phases.window_ms=3", "--set", "phases.plateau_spread_ms=2")...)
	must(t, "export", "run/recording.plateau", "--to", "nwb")
	root, err := hdf5test.Read([]byte(plateautest.ReadFile(t, "recording.nwb")))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"units", "intervals/trials", "intervals/forward_phases"} {
		for _, column := range root.Find(path).Attrs["colnames"].Values {
			if name := column.(string); name != "start_time" && name != "stop_time" && !strings.Contains(page, "`"+name+"`") {
				t.Errorf("%s does not name the column `%s` of %s", formatsPage, name, path)
			}
		}
	}
	for _, path := range []string{"intervals", "acquisition", "stimulus/presentation"} {
		for _, l := range root.Find(path).Links {
			if name := l.Name; !strings.Contains(page, "/"+name+"`") && !strings.Contains(page, "`"+name+"`") && l.Name != "output_soma" {
				t.Errorf("%s does not name %s/%s", formatsPage, path, name)
			}
		}
	}
}

// Every link from one page to another, or to a part of one, leads somewhere, and README.md
// lists every page.
func TestDocsLinks(t *testing.T) {
	const root = "../.."
	pages, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, root+"/README.md", root+"/CONTRIBUTING.md", root+"/CHANGELOG.md")
	texts, parts := map[string]string{}, map[string]bool{}
	for _, path := range pages {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Clean(path)
		texts[path] = string(text)
		for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(string(text), -1) {
			parts[path+"#"+anchor(m[1])] = true
		}
	}
	links := 0
	for path, text := range texts {
		if dir, name := filepath.Split(path); filepath.Base(dir) == "docs" && !strings.Contains(texts[filepath.Clean(root+"/README.md")], "\n| [docs/"+name) {
			t.Errorf("README.md has no line for docs/%s in its table of pages", name)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			file, part, _ := strings.Cut(m[1], "#")
			if strings.Contains(file, "://") {
				continue
			}
			links++
			to := path
			if file != "" {
				to = filepath.Join(filepath.Dir(path), file)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			}
			if part != "" && !parts[to+"#"+part] {
				t.Errorf("%s links to %s, and there is no such heading", path, m[1])
			}
		}
	}
	if links < 10 {
		t.Errorf("found %d links, want more", links)
	}
}

// anchor is what a heading is called in links: small letters and digits, and a
// hyphen for every space.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
