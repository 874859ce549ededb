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

	"plateau/cmd/plateau/cli"
)

// No text of the program names a command as if it were on the PATH: command says how
// it was called. Help texts may, as they are put right where they are printed.
func TestHintsSayHowToCall(t *testing.T) {
	var files []string
	err := filepath.WalkDir(".", func(path string, _ os.DirEntry, err error) error {
		if filepath.Ext(path) == ".go" && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files of the program were found", len(files))
	}
	helps := []string{"Long", "Example", "Short"}
	flags := []string{"String", "StringVar", "IntVar", "Int", "BoolVar", "Float64Var", "StringArrayVar", "RecordFlag"}
	inFiles := []string{
		"# plateau run", // the first words of config.toml, by which it is known
		"%s of %s, %s%d settings.\n# The same once more: plateau train --config %s\n\n%s", // config.toml, which is read anywhere
		"plateau plot", // in a picture
		"another plateau train is at work in it right now",
	}
	for _, file := range files {
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
				if n.Kind == token.STRING && cli.OwnCommand.MatchString(text) && !slices.Contains(inFiles, text) && !strings.Contains(text, "(bench|") {
					t.Errorf("%s: %q names a command; want it from command", set.Position(n.Pos()), text)
				}
			}
			return true
		})
	}
}
