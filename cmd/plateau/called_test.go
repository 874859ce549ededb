package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
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
	writeFile(t, filepath.Join(root, "go.mod"), "module plateau\n")
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
		if got := unixWord(test.word); got != test.unix {
			t.Errorf("%q for Unix: %s, want %s", test.word, got, test.unix)
		}
		if got := windowsWord(test.word); got != test.windows {
			t.Errorf("%q for Windows: %s, want %s", test.word, got, test.windows)
		}
	}
}

// No text of the program names a command as if it were on the PATH: command says how
// it was called. Help texts may, as they are put right where they are printed.
func TestHintsSayHowToCall(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	helps := []string{"Long", "Example", "Short"}
	flags := []string{"String", "StringVar", "IntVar", "Int", "BoolVar", "Float64Var", "StringArrayVar", "recordFlag"}
	inFiles := []string{
		"# plateau run", // the first words of config.toml, by which it is known
		"%s of %s, %s%d settings.\n# The same once more: plateau train --config %s\n\n%s", // config.toml, which is read anywhere
		"plateau plot", // in a picture
		"another plateau train is at work in it right now",
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				key, ok := n.Key.(*ast.Ident)
				return !ok || !slices.Contains(helps, key.Name)
			case *ast.CallExpr:
				switch f := n.Fun.(type) {
				case *ast.SelectorExpr:
					return !slices.Contains(flags, f.Sel.Name)
				case *ast.Ident:
					return !slices.Contains(flags, f.Name)
				}
			case *ast.BasicLit:
				text, _ := strconv.Unquote(n.Value)
				if n.Kind == token.STRING && ownCommand.MatchString(text) && !slices.Contains(inFiles, text) && !strings.Contains(text, "(bench|") {
					t.Errorf("%s: %q names a command; want it from command", set.Position(n.Pos()), text)
				}
			}
			return true
		})
	}
}
