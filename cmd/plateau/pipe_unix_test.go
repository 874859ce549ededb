//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

// What is no file is refused where a file is needed, rather than waited for.
func TestPipes(t *testing.T) {
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "5", "--record", "--out", "none")
	pipes := []string{"pipe", "pipe.npz", filepath.Join("data", "train-images-idx3-ubyte")}
	if err := os.Mkdir("data", 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"} {
		plateautest.WriteFile(t, filepath.Join("data", name), "none")
	}
	for _, pipe := range pipes {
		if err := syscall.Mkfifo(pipe, 0o666); err != nil {
			t.Fatal(err)
		}
		// Whoever opens it reads nothing, so that this test fails rather than waits.
		go func() {
			if f, err := os.OpenFile(pipe, os.O_WRONLY, 0); err == nil {
				f.Close()
			}
		}()
		defer func() {
			if f, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
				f.Close()
			}
		}()
	}
	before := plateautest.Tree(t)
	for _, args := range []string{
		"inspect pipe", "inspect pipe --verify", "inspect " + os.DevNull,
		"replay pipe", "replay trial-0.plateau --out pipe.npz --force",
		"export pipe --to npz", "export trial-0.plateau --to npz --out pipe.npz --force",
		"plot pipe.npz", "trial --hidden 5 --out none --record pipe --force",
		"train --data mnist --data-dir data --out run", "train --examples 10 --record pipe --force --out run",
	} {
		mistake(t, args, 1, []string{"is not a regular file"}, before)
	}
	if _, err := os.Stat("pipe"); errors.Is(err, os.ErrNotExist) {
		t.Error("the pipe is gone")
	}
}
