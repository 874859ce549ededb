// Package layering has no code: its tests check the order of the packages,
//
//	kernels ◄── compartments ◄── network ◄── sim ◄── protocols ◄── cmd
//
// and that the packages on which a run depends do not use what they must not.
package layering

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "plateau"

// arrows says which packages of this module a package may import. A name that
// ends in /... means all packages below it; if several entries cover a package, the
// first counts. Every package may import internal/..., within the limits below.
var arrows = []struct {
	from string
	to   string
}{
	{"kernels", ""},
	{"compartments", "kernels"},
	{"network", "kernels compartments"},
	{"network/rate", "network"},
	{"sim", "kernels compartments network"},
	{"sim/...", "kernels compartments network sim sim/..."},
	{"protocols/dataset", "kernels compartments network sim sim/record/npz"},
	{"protocols/training", "network"},
	{"protocols/rival", "network network/rate protocols/training"},
	{"protocols", "kernels compartments network network/rate sim sim/... protocols/training"},
	{"protocols/...", "kernels compartments network sim sim/... protocols protocols/..."},
	// The rooms of the program: terminal ◄ cli ◄ settings ◄ run ◄ train ◄ {trial, look, draw, view} ◄ main.
	{"cmd/plateau/terminal", "protocols/dataset"},
	{"cmd/plateau/cli", "protocols/dataset" + rooms("terminal")},
	{"cmd/plateau/settings", science + rooms("terminal cli")},
	{"cmd/plateau/run", science + rooms("terminal cli settings")},
	{"cmd/plateau/train", science + rooms("terminal cli settings run")},
	{"cmd/plateau/trial", science + rooms("terminal cli settings run train")},
	{"cmd/plateau/look", science + rooms("terminal cli settings run train")},
	{"cmd/plateau/draw", science + rooms("terminal cli settings run train")},
	{"cmd/plateau/view", science + rooms("terminal cli settings run train")},
	{"cmd/plateau/plateautest", ""},
	{"cmd/plateau/train/traintest", rooms("terminal train")},
	{"cmd/plateau", "protocols/dataset" + rooms("terminal cli settings run train trial look draw view")},
	{"internal/...", ""},
}

// science is every package below the program.
const science = "kernels compartments network network/... sim sim/... protocols protocols/..."

// rooms are packages of the program, by their names.
func rooms(names string) string {
	list := ""
	for name := range strings.FieldsSeq(names) {
		list += " cmd/plateau/" + name
	}
	return list
}

// unknown lists what a package must not import, from the standard library and other
// modules too; the first entry that covers the package counts.
var unknown = []struct {
	from string
	what string
	why  string
}{
	{"internal/elementary", "internal/... golang.org/... github.com/...", "it needs nothing"},
	{"kernels", world, "the model knows no clock, files or terminals"},
	{"compartments", world, "the model knows no clock, files or terminals"},
	{"network", world, "the model knows no clock, files or terminals"},
	{"network/...", world, "the model knows no clock, files or terminals"},
	{"sim", world, "the engine knows no clock, files or terminals"},
	{"sim/...", terminal, "terminals belong to cmd"},
	{"protocols", terminal + " time math/rand math/rand/v2 internal/atomicfile", "terminals belong to cmd, and a run must not depend on the clock"},
	{"protocols/training", terminal + " time math/rand math/rand/v2 internal/atomicfile", "terminals belong to cmd, and a run must not depend on the clock"},
	{"protocols/...", terminal + " math/rand math/rand/v2", "terminals belong to cmd, and chance comes from streams"},
	{"internal/figure", world, "it gets numbers and gives pictures"},
	{"internal/...", terminal, "terminals belong to cmd"},
}

const (
	terminal = "flag log log/... golang.org/x/term github.com/spf13/... charm.land/..."
	world    = terminal + " os os/... time net net/... syscall math/rand math/rand/v2 internal/atomicfile internal/regular"
)

// covers reports whether a pattern such as "sim" or "sim/..." includes name.
func covers(pattern, name string) bool {
	root, all := strings.CutSuffix(pattern, "/...")
	return name == root || all && strings.HasPrefix(name, root+"/")
}

func covered(patterns, name string) bool {
	return slices.ContainsFunc(strings.Fields(patterns), func(p string) bool { return covers(p, name) })
}

// check returns an error if a package must not import path, which is written as in
// the source.
func check(from, path string) error {
	to, ours := strings.CutPrefix(path, module+"/")
	if !ours {
		to = path
	}

	if from == "internal/vec" {
		if ours || strings.Contains(strings.Split(path, "/")[0], ".") && path != "golang.org/x/sys/cpu" {
			return fmt.Errorf("%s imports %s: want nothing but the standard library and golang.org/x/sys/cpu", from, path)
		}
		return nil
	}
	for _, u := range unknown {
		if covers(u.from, from) {
			if covered(u.what, to) {
				return fmt.Errorf("%s imports %s: %s", from, path, u.why)
			}
			break
		}
	}
	if !ours {
		return nil
	}
	for _, a := range arrows {
		if covers(a.from, from) {
			if !covered(a.to, to) && !covers("internal/...", to) {
				return fmt.Errorf("%s imports %s: a new arrow, want only %q", from, path, a.to)
			}
			return nil
		}
	}
	return fmt.Errorf("%s has no place in the order of the packages", from)
}

// A file is a Go source file that is not a test.
type file struct {
	pkg string // its folder, relative to the module's root
	ast *ast.File
	at  *token.FileSet
}

// files parses the module's sources, for every system and every build tag.
func files(t *testing.T) []file {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(root, "go.mod")); err != nil || !strings.HasPrefix(string(b), "module "+module+"\n") {
		t.Fatalf("%s is not the root of the module %s; error %v", root, module, err)
	}
	var all []file
	set := token.NewFileSet()
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name == root {
				return nil
			}
			if strings.HasPrefix(d.Name(), "_") || strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		all = append(all, file{filepath.ToSlash(rel), parsed, set})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(all, func(f file) bool { return f.pkg == "internal/elementary" }) {
		t.Fatal("the walk over the module misses internal/elementary")
	}
	return all
}

func TestImports(t *testing.T) {
	for _, f := range files(t) {
		if f.pkg == "." {
			t.Errorf("%s: want no Go files at the top level", f.at.Position(f.ast.Pos()).Filename)
			continue
		}
		for _, i := range f.ast.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err == nil {
				err = check(f.pkg, path)
			}
			if err != nil {
				t.Errorf("%v: %v", f.at.Position(i.Pos()), err)
			}
		}
	}
}

// The check itself lets some arrows pass and finds others.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		from, path string
		ok         bool
	}{
		{"kernels", "math", true},
		{"kernels", "plateau/internal/elementary", true},
		{"kernels", "plateau/compartments", false},
		{"kernels", "plateau/kernels/alpha", false},
		{"compartments", "plateau/kernels", true},
		{"compartments", "plateau/network", false},
		{"network", "plateau/compartments", true},
		{"network", "plateau/sim", false},
		{"network", "plateau/network/rate", false},
		{"network/rate", "plateau/network", true},
		{"network/rate", "time", false},
		{"protocols/rival", "plateau/network/rate", true},
		{"protocols/rival", "plateau/sim", false},
		{"network", "os", false},
		{"network", "plateau/internal/atomicfile", false},
		{"sim", "plateau/network", true},
		{"sim", "plateau/internal/vec", true},
		{"sim", "plateau/sim/record", false},
		{"sim", "plateau/protocols", false},
		{"sim", "time", false},
		{"sim", "math/rand/v2", false},
		{"sim", "math/bits", true},
		{"sim/record", "os", true},
		{"sim/record", "plateau/sim", true},
		{"sim/record", "plateau/sim/record/npz", true},
		{"sim/record/npz", "github.com/klauspost/compress/flate", true},
		{"sim/record/nwb", "plateau/protocols", false},
		{"protocols", "plateau/sim", true},
		{"protocols", "plateau/protocols/training", true},
		{"protocols", "plateau/protocols/dataset", false},
		{"protocols/training", "plateau/network", true},
		{"protocols/training", "plateau/sim/record", false},
		{"protocols/training", "plateau/protocols", false},
		{"protocols/replay", "plateau/protocols", true},
		{"protocols", "plateau/cmd/plateau", false},
		{"protocols", "flag", false},
		{"protocols", "github.com/spf13/cobra", false},
		{"protocols/dataset", "plateau/protocols", false},
		{"protocols/dataset", "plateau/internal/atomicfile", true},
		{"protocols/search", "plateau/protocols", true},
		{"protocols/search", "plateau/cmd/plateau", false},
		{"cmd/plateau", "github.com/spf13/cobra", true},
		{"cmd/plateau", "plateau/cmd/plateau/view", true},
		{"cmd/plateau", "plateau/network", false},
		{"cmd/plateau/view", "plateau/kernels", true},
		{"cmd/plateau/terminal", "plateau/cmd/plateau/cli", false},
		{"cmd/plateau/terminal", "plateau/network", false},
		{"cmd/plateau/cli", "plateau/cmd/plateau/terminal", true},
		{"cmd/plateau/cli", "plateau/cmd/plateau/settings", false},
		{"cmd/plateau/settings", "plateau/cmd/plateau/run", false},
		{"cmd/plateau/run", "plateau/cmd/plateau/settings", true},
		{"cmd/plateau/run", "plateau/cmd/plateau/train", false},
		{"cmd/plateau/train", "plateau/cmd/plateau/trial", false},
		{"cmd/plateau/trial", "plateau/cmd/plateau/train", true},
		{"cmd/plateau/train/traintest", "plateau/cmd/plateau/train", true},
		{"cmd/plateau/train/traintest", "plateau/cmd/plateau/draw", false},
		{"cmd/plateau/draw", "plateau/cmd/plateau/look", false},
		{"cmd/plateau/view", "plateau/cmd/plateau", false},
		{"cmd/plateau/elsewhere", "plateau/cmd/plateau/cli", false},
		{"internal/atomicfile", "os", true},
		{"internal/atomicfile", "plateau/internal/elementary", true},
		{"internal/atomicfile", "plateau/kernels", false},
		{"internal/elementary", "plateau/internal/vec", false},
		{"internal/figure", "gonum.org/v1/plot/vg", true},
		{"internal/figure", "plateau/protocols", false},
		{"internal/figure", "os", false},
		{"internal/vec", "unsafe", true},
		{"internal/vec", "golang.org/x/sys/cpu", true},
		{"internal/vec", "golang.org/x/sys/unix", false},
		{"internal/vec", "plateau/internal/elementary", false},
		{"util", "plateau/sim", false},
	} {
		if err := check(c.from, c.path); (err == nil) != c.ok {
			t.Errorf("check(%s, %s): error %v, want none: %v", c.from, c.path, err, c.ok)
		}
	}
}

// Packages on which a run depends use only those functions of package math that give
// the same bits on every machine; for the others there is internal/elementary.
func TestExactMath(t *testing.T) {
	const decides = "kernels compartments network network/rate sim protocols protocols/rival protocols/training protocols/replay protocols/dataset protocols/stimulus internal/elementary internal/vec"
	for _, f := range files(t) {
		if !covered(decides, f.pkg) {
			continue
		}
		name := ""
		for _, i := range f.ast.Imports {
			if i.Path.Value == `"math"` {
				name = "math"
				if i.Name != nil {
					name = i.Name.Name
				}
			}
		}
		if name == "" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name && !exact(s.Sel.Name) {
				t.Errorf("%v: %s uses math.%s, whose bits differ between machines", f.at.Position(s.Pos()), path.Base(f.pkg), s.Sel.Name)
			}
			return true
		})
	}
}

// exact reports whether a name of package math is a constant, or a function whose
// result is exact or rounded as IEEE 754 says.
func exact(name string) bool {
	switch name {
	case "Abs", "Ceil", "Copysign", "Dim", "FMA", "Float32bits", "Float32frombits", "Float64bits", "Float64frombits",
		"Floor", "Frexp", "Inf", "IsInf", "IsNaN", "Ldexp", "Max", "Min", "Mod", "Modf", "NaN", "Nextafter", "Nextafter32",
		"Remainder", "Round", "RoundToEven", "Signbit", "Sqrt", "Trunc",
		"E", "Pi", "Phi", "Sqrt2", "SqrtE", "SqrtPi", "SqrtPhi", "Ln2", "Log2E", "Ln10", "Log10E":
		return true
	}
	return strings.HasPrefix(name, "Max") || strings.HasPrefix(name, "Min") || strings.HasPrefix(name, "SmallestNonzero")
}
