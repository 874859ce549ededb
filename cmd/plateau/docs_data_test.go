package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

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
