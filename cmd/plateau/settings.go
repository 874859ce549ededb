package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Settings are collected in layers, and a later one overrides earlier ones: defaults, a
// preset, a file, every --set in turn, and the named options. All mistakes are
// collected, so that a user sees them at once.
type settings struct {
	config   *config
	problems []string
	reported map[string]bool // keys with a problem
}

func newSettings() *settings { return &settings{config: defaults(), reported: map[string]bool{}} }

// report adds a mistake about a key.
func (s *settings) report(where, key, value, wants string) {
	s.reported[key] = true
	s.problems = append(s.problems, prefix(where)+fmt.Sprintf("%s = %s: want %s", key, value, wants))
}

func prefix(where string) string {
	if where == "" {
		return ""
	}
	return where + ": "
}

// set sets a key; where says in messages where the value comes from.
func (s *settings) set(where, name string, v any, text string) {
	k, ok := lookup(name)
	if !ok {
		s.problems = append(s.problems, prefix(where)+unknownKey(name))
		return
	}
	if _, isTable := v.(map[string]any); isTable {
		s.report(where, name, text, k.allowed(s.config))
		return
	}
	if err := k.set(s.config, v); err != nil {
		allowed := k.allowed(nil)
		if kind := err.Error(); !strings.Contains(allowed, kind) {
			allowed = kind + ": " + allowed
		}
		s.report(where, name, text, allowed)
		return
	}
	s.config.given[name] = where
}

func lookup(name string) (key, bool) {
	for _, k := range keys() {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

func keyNames() []string {
	var names []string
	for _, k := range keys() {
		names = append(names, k.name)
	}
	return names
}

func unknownKey(name string) string {
	s := fmt.Sprintf("there is no key %s", name)
	if n := meantKey(name); n != "" {
		return s + "; did you mean " + n + "?"
	}
	if near := nearest(name, keyNames()); near != "" {
		return s + "; did you mean " + near + "?"
	}
	return s + "; " + command("config") + " lists all"
}

// meantKey returns the key that a word stands for without doubt: a name without its
// section or unit, or a symbol of the paper, in any spelling; "" if there is none.
func meantKey(word string) string {
	for _, k := range keys() {
		_, last, ok := strings.Cut(k.name, ".")
		if word == k.name || ok && (word == last || word == withoutUnit(last) || word == withoutUnit(k.name)) {
			return k.name
		}
	}
	if _, last, ok := strings.Cut(word, "."); ok {
		word = last
	}
	for _, k := range keys() {
		for symbol := range strings.FieldsSeq(k.symbols) {
			if strings.EqualFold(plainSymbol(symbol), plainSymbol(word)) {
				return k.name
			}
		}
	}
	return ""
}

func withoutUnit(name string) string {
	for _, unit := range []string{"_per_ms", "_ms", "_hz"} {
		if short, ok := strings.CutSuffix(name, unit); ok {
			return short
		}
	}
	return name
}

// plainSymbol returns the same text for g_a, $g_{a}$ and ga, and for \tau_s, tau_s and
// τ_s.
func plainSymbol(s string) string {
	return strings.NewReplacer("_", "", "{", "", "}", "", "$", "", `\`, "",
		"delta", "Δ", "Delta", "Δ", "eta", "η", "kappa", "κ", "lambda", "λ", "mu", "μ", "phi", "φ", "tau", "τ").Replace(s)
}

// maxConfig is the largest size of a configuration in bytes, more than anybody writes by
// hand.
const maxConfig = 1 << 20

// readFile adds the settings of a TOML file.
func (s *settings) readFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		hint := ""
		if _, err := os.Stat(filepath.Join(path, configName)); err == nil {
			hint = ", perhaps " + filepath.Join(path, configName)
		}
		return fmt.Errorf("configuration %s is a folder; want a file%s", path, hint)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("configuration %s: %w", path, cause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return fmt.Errorf("configuration %s: %w", path, cause(err))
	}
	if len(text) > maxConfig {
		return fmt.Errorf("configuration %s is longer than %d bytes; want a TOML file such as %s prints", path, maxConfig, command("config"))
	}
	s.read(path, text)
	return nil
}

// readRun adds the settings of the configuration that a run has written. It has all of
// them; if some are missing, it was damaged, and defaults must not fill the gaps.
func (s *settings) readRun(path string) error {
	before := len(s.problems)
	if err := s.readFile(path); err != nil {
		return err
	}
	first := strings.TrimPrefix(firstLine(path), byteOrderMark)
	want := 0
	if _, count, ok := strings.Cut(first, configCount); ok {
		fmt.Sscan(count, &want)
	}
	if len(s.problems) > before {
		if known := len(keys()); want > known {
			s.problems = slices.Insert(s.problems, before, fmt.Sprintf("%s: has %d settings, and this program knows %d: it was written by a later plateau", path, want, known))
		}
		return nil
	}
	have := 0
	var missing []string
	for _, k := range keys() {
		if strings.HasPrefix(s.config.given[k.name], path+":") {
			have++
		} else {
			missing = append(missing, k.name)
		}
	}
	switch {
	case !strings.HasPrefix(first, configMark):
		s.problems = append(s.problems, fmt.Sprintf("%s: is not the configuration of a run, whose first line begins with %q: it is damaged", path, configMark))
	case have < want:
		s.problems = append(s.problems, fmt.Sprintf("%s: holds %d of its %d settings: it is damaged; there is no %s", path, have, want, strings.Join(missing, ", ")))
	}
	return nil
}

// byteOrderMark is at the beginning of UTF-8 files from some editors.
const byteOrderMark = "\ufeff"

// read adds the settings of a TOML text; path names it in messages.
func (s *settings) read(path string, text []byte) {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		s.problems = append(s.problems, path+": is UTF-16, as some shells write what is sent to a file; TOML is UTF-8: save it as that")
		return
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	var doc map[string]any
	if err := toml.Unmarshal(text, &doc); err != nil {
		where := path
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, _ := at.Position()
			where = fmt.Sprintf("%s:%d", path, line)
		}
		s.problems = append(s.problems, fmt.Sprintf("%s: not TOML: %s", where, strings.TrimPrefix(err.Error(), "toml: ")))
		return
	}
	lines := lineNumbers(text)
	var walk func(prefix string, table map[string]any)
	walk = func(prefix string, table map[string]any) {
		for name, v := range table {
			name = prefix + name
			if t, ok := v.(map[string]any); ok && isSection(name) {
				walk(name+".", t)
				continue
			}
			s.set(fmt.Sprintf("%s:%d", path, lines.of(name)), name, v, valueText(v))
		}
	}
	before := len(s.problems)
	walk("", doc)
	// The map has no order, so problems are sorted by their lines in the file.
	slices.SortStableFunc(s.problems[before:], func(a, b string) int { return lineOf(a, path) - lineOf(b, path) })
}

func lineOf(problem, path string) (line int) {
	fmt.Sscanf(strings.TrimPrefix(problem, path), ":%d:", &line)
	return line
}

func isSection(name string) bool {
	return slices.ContainsFunc(keys(), func(k key) bool { return k.section() == name })
}

// valueText prints a value as TOML decodes it.
func valueText(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case float64:
		return number(v)
	case []any:
		var s []string
		for _, e := range v {
			s = append(s, valueText(e))
		}
		return "[" + strings.Join(s, ", ") + "]"
	case map[string]any:
		return "{…}"
	}
	return fmt.Sprint(v)
}

// lines holds the line of every key of a TOML text.
type lines map[string]int

// of returns the line of a key, or of the table that holds it.
func (l lines) of(name string) int {
	for {
		if n, ok := l[name]; ok {
			return n
		}
		i := strings.LastIndex(name, ".")
		if i < 0 {
			return 1
		}
		name = name[:i]
	}
}

// lineNumbers walks a text that is known to be TOML.
func lineNumbers(text []byte) lines {
	found := lines{}
	var parser unstable.Parser
	parser.Reset(text)
	table := ""
	for parser.NextExpression() {
		e := parser.Expression()
		var parts []string
		line := 0
		for k := e.Key(); k.Next(); {
			parts = append(parts, string(k.Node().Data))
			if line == 0 {
				line = parser.Shape(k.Node().Raw).Start.Line
			}
		}
		name := strings.Join(parts, ".")
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = name + "."
			found[name] = line
		case unstable.KeyValue:
			found[table+name] = line
		}
	}
	return found
}

// setText adds a setting from the command line, from --set or a named option.
func (s *settings) setText(where, name, text string) {
	k, ok := lookup(name)
	if !ok {
		s.set(where, name, text, text)
		return
	}
	v := k.parse(s.config, text)
	s.set(where, name, v, valueText(v))
}

// configOf returns the configuration that key=value pairs make, as --set does from the
// defaults.
func configOf(pairs ...string) (*config, error) {
	s := newSettings()
	for _, pair := range pairs {
		s.setPair(pair)
	}
	return s.finish()
}

// setPair adds a key=value.
func (s *settings) setPair(pair string) {
	name, text, ok := strings.Cut(pair, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		s.problems = append(s.problems, fmt.Sprintf("--set %s: want key=value, as in --set phases.forward_ms=60", pair))
		return
	}
	s.setText("--set", name, text)
}

// finish derives what was not set, rounds times to whole steps and checks everything.
func (s *settings) finish() (*config, error) {
	c := s.config
	c.derive()
	c.rounded = c.onGrid()
	for _, k := range keys() {
		if where, given := c.given[k.name]; given && !s.reported[k.name] && !k.valid(c) {
			s.report(where, k.name, s.valueOf(k), k.allowed(c))
		}
	}
	// A wrong setting can make a default wrong, which is then not reported. If no setting
	// is wrong, a default may still not go with what was set.
	for _, k := range keys() {
		if len(s.problems) > 0 || k.valid(c) {
			continue
		}
		if cause := s.cause(k); cause != nil {
			s.reportCause(*cause, k)
		} else {
			s.report("", k.name, s.valueOf(k), k.allowed(c))
		}
	}
	if len(s.problems) > 0 {
		return nil, &configError{s.problems}
	}
	if err := c.model(c.images()).Validate(); err != nil {
		return nil, &configError{[]string{"these settings do not go together: " + plain(err)}}
	}
	return c, nil
}

// valueOf describes the value of a key, and says so if it was rounded or is the default.
func (s *settings) valueOf(k key) string {
	value := k.text(s.config)
	for _, r := range s.config.rounded {
		if r.key.name == k.name {
			value = fmt.Sprintf("%s, which is %s in whole steps of neurons.dt_ms (%s)", r.from, r.to, r.dt)
		}
	}
	if _, given := s.config.given[k.name]; !given {
		value += " (the default)"
	}
	return value
}

// cause returns the setting that makes a default wrong: without it the default would be
// right. It returns nil if there is none.
func (s *settings) cause(wrong key) *key {
	for _, k := range keys() {
		if _, given := s.config.given[k.name]; !given {
			continue
		}
		without := *s.config
		without.given = maps.Clone(s.config.given)
		delete(without.given, k.name)
		reflect.ValueOf(k.at(&without)).Elem().Set(reflect.ValueOf(k.at(defaults())).Elem())
		without.derive()
		without.onGrid()
		if wrong.valid(&without) {
			return &k
		}
	}
	return nil
}

// reportCause adds the mistake of a setting that does not go with another key's default.
func (s *settings) reportCause(cause, wrong key) {
	c := s.config
	s.reported[cause.name] = true
	s.problems = append(s.problems, prefix(c.given[cause.name])+fmt.Sprintf("%s = %s does not go with %s = %s: for %s want %s",
		cause.name, s.valueOf(cause), wrong.name, s.valueOf(wrong), wrong.name, wrong.allowed(c)))
}

// A configError lists everything that is wrong with a configuration.
type configError struct{ problems []string }

func (e *configError) Error() string {
	if len(e.problems) == 1 {
		return e.problems[0]
	}
	return fmt.Sprintf("%d settings are wrong:\n  %s", len(e.problems), strings.Join(e.problems, "\n  "))
}
