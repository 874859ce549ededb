package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plateau/cmd/plateau/plateautest"
)

// pythonPages are the pages whose commands and blocks of Python are run, each in an
// empty folder. A block in an HTML comment, which readers do not see, can prepare it.
var pythonPages = []string{"data.md", "python.md", "stimuli.md", "trials.md", "weights.md"}

// A block is a part of a page between two lines of ```.
type block struct {
	language string // sh, python, go, or text, which is what the block above prints
	text     string
	line     int // of its first line, from 1
}

// pageBlocks lists the blocks of a page.
func pageBlocks(t *testing.T, path, page string) (blocks []block) {
	t.Helper()
	var open *block
	number := 0
	for line := range strings.Lines(page) {
		number++
		fence, language, ok := strings.Cut(strings.TrimRight(line, "\n"), "```")
		switch {
		case ok && fence == "" && open == nil:
			open = &block{language: language, line: number + 1}
		case ok && fence == "" && language == "":
			blocks, open = append(blocks, *open), nil
		case open != nil:
			open.text += line
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block does not end", path, open.line)
	}
	return blocks
}

// comparePage compares what blocks printed, by the number of the block, with the text
// below them, or writes it there.
func comparePage(t *testing.T, path, page string, blocks []block, printed map[int]string) {
	t.Helper()
	lines := strings.SplitAfter(page, "\n")
	for i := len(blocks) - 1; i > 0; i-- {
		b := blocks[i]
		if b.language != "text" {
			continue
		}
		got, ok := printed[i-1]
		if !ok {
			t.Errorf("%s:%d: there is nothing above that prints this", path, b.line)
			continue
		}
		var trimmed strings.Builder
		for line := range strings.Lines(got) {
			trimmed.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
		if got = trimmed.String(); got == b.text {
			continue
		}
		if !*plateautest.Update {
			t.Errorf("%s:%d: is\n%s\nbut the block above it prints\n%s", path, b.line, b.text, got)
			continue
		}
		end := b.line - 1 + strings.Count(b.text, "\n")
		lines = append(append(append([]string{}, lines[:b.line-1]...), got), lines[end:]...)
	}
	if now := strings.Join(lines, ""); now != page {
		if err := os.WriteFile(path, []byte(now), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// buildProgram builds the program and returns its path.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plateau")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// runShell runs the lines of a block in the folder that the test is in, until one fails.
func runShell(t *testing.T, path string, b block) (printed string) {
	t.Helper()
	shell := exec.Command("sh", "-e", "-u", "-c", b.text)
	var messages strings.Builder
	shell.Stderr = &messages
	out, err := shell.Output()
	if err != nil {
		t.Fatalf("%s:%d: %v\n%s\n%s", path, b.line, err, out, messages.String())
	}
	return string(out)
}

// A pythonShell runs blocks of Python.
type pythonShell struct {
	blocks  io.WriteCloser
	answers *bufio.Reader
}

// startPython starts an interpreter in the folder that the test is in.
func startPython(t *testing.T, python, script string) *pythonShell {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	cmd := exec.CommandContext(ctx, python, script)
	cmd.Env = append(os.Environ(), "MPLBACKEND=Agg", "PYTHONIOENCODING=utf-8")
	var messages strings.Builder
	cmd.Stderr = &messages
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		err := cmd.Wait()
		cancel()
		if err != nil || t.Failed() {
			t.Logf("the interpreter ended with %v\n%s", err, messages.String())
		}
	})
	return &pythonShell{in, bufio.NewReader(out)}
}

// run runs a block.
func (p *pythonShell) run(text string) (printed string, err error) {
	line, err := json.Marshal(text)
	if err != nil {
		return "", err
	}
	if _, err := p.blocks.Write(append(line, '\n')); err != nil {
		return "", err
	}
	if line, err = p.answers.ReadBytes('\n'); err != nil {
		return "", fmt.Errorf("the interpreter says nothing: %w", err)
	}
	var answer struct {
		Printed string `json:"printed"`
		Error   string `json:"error"`
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return "", err
	}
	if answer.Error != "" {
		return "", fmt.Errorf("%s", answer.Error)
	}
	return answer.Printed, nil
}

// Whoever types the commands of a page, and runs its blocks of Python in between, sees
// what the page shows; go test ./cmd/plateau -run TestPythonPages -update writes that
// anew. Needs the packages of .ci/python/requirements.txt, of which bmtk brings
// matplotlib.
func TestPythonPages(t *testing.T) {
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Skip("PLATEAU_PYTHON names no Python interpreter with the packages of .ci/python/requirements.txt")
	}
	program := buildProgram(t)
	for _, name := range pythonPages {
		t.Run(name, func(t *testing.T) {
			path, err := filepath.Abs("../../docs/" + name)
			if err != nil {
				t.Fatal(err)
			}
			script, err := filepath.Abs("../../.ci/python/run_blocks.py")
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			blocks := pageBlocks(t, path, string(text))
			plateautest.Empty(t)
			t.Setenv("PATH", filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
			if err := os.Symlink(program, "plateau"); err != nil { // pages say plateau or ./plateau
				t.Fatal(err)
			}
			shell := startPython(t, python, script)
			printed, ran := map[int]string{}, 0
			for i, b := range blocks {
				switch b.language {
				case "sh":
					printed[i] = runShell(t, path, b)
				case "python":
					ran++
					out, err := shell.run(b.text)
					if err != nil {
						t.Errorf("%s:%d: %v", path, b.line, err)
						continue
					}
					if out != "" && (i+1 == len(blocks) || blocks[i+1].language != "text") {
						t.Errorf("%s:%d: the page does not show that the block prints\n%s", path, b.line, out)
					}
					printed[i] = out
				case "text":
				default:
					t.Errorf("%s:%d: a block of %q, want sh, python, or text for what they print", path, b.line, b.language)
				}
			}
			if ran == 0 {
				t.Errorf("%s has no blocks of Python", path)
			}
			if !t.Failed() {
				comparePage(t, path, string(text), blocks, printed)
			}
		})
	}
}
