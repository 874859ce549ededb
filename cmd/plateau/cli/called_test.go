package cli

import (
	"os"
	"path/filepath"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

func TestCalledAs(t *testing.T) {
	root := t.TempDir()
	inside := filepath.Join(root, "network")
	outside := t.TempDir()
	for _, folder := range []string{inside, filepath.Join(root, "cmd", "plateau")} {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	plateautest.WriteFile(t, filepath.Join(root, "go.mod"), "module plateau\n")
	const (
		fresh = "/tmp/go-build784165858/b001/exe/plateau"
		kept  = "/root/.cache/go-build/52/52784a82b6e1547cb97cce95dc7a10d0fecf2335395f252ef8141c12d52fdcef-d/plateau"
	)
	for _, test := range []struct{ name, here, shell, want string }{
		{"plateau", root, root, "plateau"},
		{"./plateau", root, root, "./plateau"},
		{"/opt/plateau/bin/plateau", root, root, "/opt/plateau/bin/plateau"},
		{"../my tools/plateau", root, root, "'../my tools/plateau'"},
		{"/home/go-build/plateau", root, root, "/home/go-build/plateau"},
		{fresh, root, root, "go run ./cmd/plateau"},
		{kept, root, root, "go run ./cmd/plateau"},
		{kept, root, "", "go run ./cmd/plateau"},
		{kept, inside, inside, "go run plateau/cmd/plateau"},
		{kept, root, outside, "go -C " + root + " run ./cmd/plateau"},
		{kept, outside, outside, kept},
	} {
		if got := calledAs(test.name, "plateau/cmd/plateau", test.here, test.shell); got != test.want {
			t.Errorf("%s in %s, called from %s: %s, want %s", test.name, test.here, test.shell, got, test.want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for _, test := range []struct{ word, unix, windows string }{
		{"runs/digits-1", "runs/digits-1", "runs/digits-1"},
		{"record.trials=every=7", "record.trials=every=7", "record.trials=every=7"},
		{"größer", "größer", "größer"},
		{"", "''", `""`},
		{"a b", "'a b'", `"a b"`},
		{"it's", `'it'\''s'`, `"it's"`},
		{"$HOME", "'$HOME'", `"$HOME"`},
		{"~", "'~'", `"~"`},
		{"=ls", "'=ls'", `"=ls"`},
		{`C:\runs\1`, `'C:\runs\1'`, `C:\runs\1`},
		{"--run", "--run", "--run"},
		{"a\x1b[31m'\\\xff\u202e\n", `$'a\033[31m\'\\\377\342\200\256\012'`, "\"a\x1b[31m'\\\xff\u202e\n\""},
	} {
		if got := UnixWord(test.word); got != test.unix {
			t.Errorf("%q for Unix: %s, want %s", test.word, got, test.unix)
		}
		if got := windowsWord(test.word); got != test.windows {
			t.Errorf("%q for Windows: %s, want %s", test.word, got, test.windows)
		}
	}
}
