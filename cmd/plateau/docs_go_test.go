package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// cloneBeside makes a folder plateau that has what is in a clone of the repository, and
// the program that is built there.
func cloneBeside(t *testing.T, folder string) {
	t.Helper()
	clone := filepath.Join(folder, "plateau")
	if err := os.Mkdir(clone, 0o777); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if name := e.Name(); name != "plateau" && name[0] != '.' {
			if err := os.Symlink(filepath.Join(root, name), filepath.Join(clone, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Rename(buildProgram(t), filepath.Join(clone, "plateau")); err != nil {
		t.Fatal(err)
	}
}

// Whoever does what docs/go.md says, beside a clone, has a module that imports Plateau,
// and programs that print what the page shows; go test ./cmd/plateau -run TestGoPage
// -update writes that anew. Needs no network: whoever can build Plateau has its modules.
func TestGoPage(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	path, err := filepath.Abs("../../docs/go.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cloneBeside(t, folder)
	study := filepath.Join(folder, "study")
	if err := os.Mkdir(study, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Chdir(study)
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOSUMDB", "off") // its answers need the network
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
	blocks, printed := pageBlocks(t, path, string(text)), map[int]string{}
	programs := 0
	for i, b := range blocks {
		switch b.language {
		case "sh":
			printed[i] = runShell(t, path, b)
		case "go":
			name := regexp.MustCompile(`^// (\w+/main\.go): `).FindStringSubmatch(b.text)
			if name == nil {
				t.Fatalf("%s:%d: a program whose first line does not say in which file it is, as in // learn/main.go: what it does", path, b.line)
			}
			if err := os.MkdirAll(filepath.Dir(name[1]), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name[1], []byte(b.text), 0o666); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("gofmt", "-l", name[1]).CombinedOutput()
			if err != nil || len(out) > 0 {
				t.Errorf("%s:%d: the program is not formatted: %v %s", path, b.line, err, out)
			}
			programs++
		case "text":
		default:
			t.Errorf("%s:%d: a block of %q, want sh, go, or text for what they print", path, b.line, b.language)
		}
	}
	if all := strings.Count(string(text), "package main\n"); programs != all || all == 0 {
		t.Errorf("ran %d of the %d programs of %s", programs, all, path)
	}
	comparePage(t, path, string(text), blocks, printed)
}
