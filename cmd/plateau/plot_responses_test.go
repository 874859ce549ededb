package main

import (
	"os"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

// Each picture of responses is drawn from the recordings that its page names; what a
// recording cannot show is an error that says what would.
func TestResponsePictures(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--hidden", "12,8")...)
	must(t, strings.Fields("trial --run run --examples 0:6 --repeats 4 --record many.plateau")...)
	must(t, strings.Fields("trial --run run --stimulus none --current hidden0:0:4=-3:3:1 --record fi.plateau --out none")...)
	for _, c := range []struct{ args, title string }{
		{"many.plateau --what tuning", "Tuning of hidden0"},
		{"many.plateau --what tuning --populations output --neurons 3", "output, neuron 3"},
		{"many.plateau --what variability --populations hidden1", "6 images shown repeatedly"},
		{"fi.plateau --what fi", "f–I curve"},
	} {
		must(t, append([]string{"plot"}, strings.Fields(c.args+" --out picture.svg --force")...)...)
		if text, err := os.ReadFile("picture.svg"); err != nil || !strings.Contains(string(text), c.title) {
			t.Errorf("plot %s: no %q in the picture, %v", c.args, c.title, err)
		}
	}
	must(t, strings.Fields("plot many.plateau --what tuning --out picture.png")...)
	before := plateautest.Tree(t)
	mistake(t, "plot many.plateau --what fi --out x.svg", statusFailed, []string{"no phase has a constant current", "trial --current"}, before)
	mistake(t, "plot fi.plateau --what variability --out x.svg", statusFailed, []string{"nothing was shown more than once with the same weights", "trial --repeats"}, before)
	mistake(t, "plot many.plateau --what tuning --neurons 12 --out x.svg", statusMisuse, []string{"0 to 11"}, before)
	mistake(t, "plot many.plateau --what tuning --populations input,output --out x.svg", statusMisuse, []string{"one population"}, before)
}
