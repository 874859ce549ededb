package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/protocols/dataset"
	"plateau/protocols/dataset/fetch"
)

const dataPage = "../../docs/data.md"

// The table of data sets is made from the catalogue.
func TestDocsDataSets(t *testing.T) {
	old, err := os.ReadFile(dataPage)
	if err != nil {
		t.Fatal(err)
	}
	docsRegions(t, dataPage, string(old), map[string]string{"sets": setsTable()})
}

func setsTable() string {
	var b strings.Builder
	b.WriteString("| name | what it shows | images for training + test | size | classes | made by | licence | fetched from |\n|---|---|---|---|---|---|---|---|\n")
	for _, info := range dataset.List() {
		licence, from := info.Licence, "–"
		if licence == "" {
			licence = "none stated"
		}
		if len(info.Files) == 0 {
			licence = "–"
		}
		if places := fetch.Places(info.Name); len(places) > 0 {
			from = "<" + places[0] + info.Packed + ">"
		}
		size := fmt.Sprintf("%d×%d", info.Width, info.Height)
		if info.Channels > 1 {
			size += ", colour"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %d + %d | %s | %d | %s | %s | %s |\n",
			info.Name, cell(info.Title), info.Train, info.Test, size, len(info.Classes), cell(info.Source), licence, from)
	}
	return b.String()
}

// The blocks of Python on the page write one data set in three forms, and all of them are
// read.
func TestPythonOwnData(t *testing.T) {
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Skip("PLATEAU_PYTHON names no Python interpreter with NumPy and Pillow")
	}
	page := plateautest.ReadFile(t, dataPage)
	plateautest.Empty(t)
	blocks := regexp.MustCompile("(?s)```python\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d blocks, want 3", len(blocks))
	}
	script := ""
	for _, block := range blocks {
		script += block[1]
	}
	if out, err := exec.Command(python, "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for path, classes := range map[string]string{"shapes.npz": "[no top no middle no bottom]", "pictures": "[bottom middle top]", "idx": "[0 1 2]"} {
		event := plateautest.JSONLines(t, must(t, "data", "describe", path, "--json"))[0]
		var names []any
		for _, c := range event["classes"].([]any) {
			names = append(names, c.(map[string]any)["name"])
		}
		if event["train"] != 250. || event["test"] != 50. || event["width"] != 20. || fmt.Sprint(names) != classes || len(event["doubts"].([]any)) != 0 {
			t.Errorf("%s: %v", path, event)
		}
	}
}
