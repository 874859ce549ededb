package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

// completed is what a line may become, without explanations.
func completed(t *testing.T, line ...string) (words []string) {
	t.Helper()
	for word := range strings.Lines(must(t, append([]string{"__complete"}, line...)...)) {
		word, _, _ = strings.Cut(strings.TrimSuffix(word, "\n"), "\t")
		words = append(words, word)
	}
	return words
}

func TestCompletion(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--epochs", "1")...)
	must(t, tiny("--epochs", "1", "--out", "other/two")...)
	must(t, tiny("--epochs", "1", "--out", "here")...)
	must(t, tiny("--epochs", "1", "--out", "runs/\x1b[2J")...)
	for _, folder := range []string{"runs/empty", "runs/foreign"} {
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	plateautest.WriteFile(t, "runs/foreign/config.toml", "seed = 3\n")
	const (
		anything = ":0"
		noFiles  = ":4"
		noSpace  = ":6"
		endings  = ":8"
		folders  = ":16"
	)
	sets := strings.Fields("digits mnist fashion-mnist kmnist qmnist emnist-balanced emnist-byclass emnist-bymerge emnist-digits emnist-letters emnist-mnist kuzushiji-49 cifar10")
	for _, test := range []struct {
		line []string
		want []string // among others, where the last is …
	}{
		{[]string{"tra"}, []string{"train", noFiles}},
		{[]string{"data", ""}, []string{"describe", "fetch", "list", "verify", noFiles}},
		{[]string{"data", "fetch", ""}, slices.Concat(sets[1:], []string{noFiles})},
		{[]string{"data", "list", ""}, []string{noFiles}},
		{[]string{"help", "data", ""}, []string{"describe", "fetch", "list", "verify", noFiles}},
		{[]string{"completion", ""}, []string{"bash", "zsh", "fish", "powershell", noFiles}},
		{[]string{"train", "--data", ""}, slices.Concat(sets, []string{anything})},
		{[]string{"train", "--data=d"}, slices.Concat(sets, []string{anything})},
		{[]string{"data", "describe", ""}, slices.Concat(sets, []string{anything})},
		{[]string{"train", "--preset", ""}, []string{"paper-0-hidden", "best", "…"}},
		{[]string{"train", "--set", ""}, []string{"seed=", "phases.forward_ms=", noSpace, "…"}},
		{[]string{"train", "--set", "neurons.integration="}, []string{"neurons.integration=euler", "neurons.integration=exponential", "neurons.integration=steady", noFiles}},
		{[]string{"trial", "--set", "network.symmetric=t"}, []string{"network.symmetric=true", "network.symmetric=false", noFiles}},
		{[]string{"train", "--set", "measure.what=norms,"}, []string{"measure.what=norms,angle", noSpace, "…"}},
		{[]string{"train", "--set", "nothing="}, []string{noFiles}},
		{[]string{"train", "--set", "phases.forward_ms="}, []string{noFiles}},
		{[]string{"train", "--measure", "angle,"}, []string{"angle,norms", noSpace, "…"}},
		{[]string{"train", "--seed", ""}, []string{noFiles}},
		{[]string{"train", "--config", ""}, []string{"toml", endings}},
		{[]string{"train", "--data-dir", ""}, []string{folders}},
		{[]string{"train", "--out", ""}, []string{folders}},
		{[]string{"train", ""}, []string{noFiles}},
		{[]string{"train", "--resume", ""}, []string{"here", "runs/digits-1", noFiles}},
		{[]string{"train", "--resume=ru"}, []string{"runs/digits-1", noFiles}},
		{[]string{"test", "--run", "other/"}, []string{"other/two", noFiles}},
		{[]string{"test", "--run", "zzz"}, []string{folders}},
		{[]string{"train", "--weights", "ru"}, []string{"runs/digits-1", anything}},
		{[]string{"trial", "--split", ""}, []string{"test", "train", noFiles}},
		{[]string{"trial", "--out", ""}, []string{anything}},
		{[]string{"export", "runs/digits-1", "--to", ""}, []string{"nwb", "sonata", "npz", "parquet", "csv", noFiles}},
		{[]string{"plot", "--what", ""}, []string{"trial", "raster", "learning", noFiles, "…"}},
		{[]string{"inspect", "run"}, []string{"runs/digits-1", anything}},
		{[]string{"view", "none"}, []string{anything}},
		{[]string{"replay", "--vars", ""}, []string{"basal", "apical", "soma", "rate", "all", noSpace}},
		{[]string{"config", "check", ""}, []string{"toml", endings}},
	} {
		got := completed(t, test.line...)
		if want, open := test.want, test.want[len(test.want)-1] == "…"; open {
			for _, w := range want[:len(want)-1] {
				if !slices.Contains(got, w) {
					t.Errorf("%q becomes %q, want %q among them", test.line, got, w)
				}
			}
		} else if !slices.Equal(got, want) {
			t.Errorf("%q becomes %q, want %q", test.line, got, want)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := must(t, "completion", shell); !strings.Contains(out, "__complete") || !strings.Contains(out, "plateau") {
			t.Errorf("the script for %s is\n%s", shell, out)
		}
	}
	if status, _, messages := plateau("completion", "bahs"); status != 2 || !strings.Contains(messages, "did you mean bash?") {
		t.Errorf("status %d: %s", status, messages)
	}
}

// What bash puts in place of the word it is at: of key=value, what stands behind =.
func TestCompletionInBash(t *testing.T) {
	shell, self := programInBash(t)
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(folder, "plateau")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	// What the package bash-completion does of a line, and bash's own words of it.
	const stage = `
_get_comp_words_by_ref() {
    words=("${LINE[@]}"); cword=$(( ${#words[@]} - 1 )); cur=${words[cword]}; prev=${words[cword-1]}
}
source <(plateau completion bash) || exit 1
complete -p plateau | grep -q __plateau_values || exit 1
COMP_WORDBREAKS=$' \t\n"=:'
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
COMP_TYPE=9
compopt() { :; }
__plateau_values plateau
printf '%s\n' "${COMPREPLY[@]}"
`
	for _, test := range []struct{ line, broken, want string }{
		{"plateau tri", "plateau tri", "trial\n"},
		{"plateau train --data fa", "plateau train --data fa", "fashion-mnist\n"},
		{"plateau train --data=fa", "plateau train --data = fa", "fashion-mnist\n"},
		{"plateau train --set neurons.integration=eu", "plateau train --set neurons.integration = eu", "euler\n"},
		{"plateau train --set network.symmetric=", "plateau train --set network.symmetric =", "true\nfalse\n"},
		{"plateau train --set phases.forward", "plateau train --set phases.forward", "phases.forward_ms=\n"},
	} {
		out, err := exec.Command(shell, "-c", "LINE=("+test.line+")\nCOMP_WORDS=("+test.broken+")\n"+stage).CombinedOutput()
		if err != nil || string(out) != test.want {
			t.Errorf("%s<Tab> offers %q, %v, want %q", test.line, out, err, test.want)
		}
	}
}
