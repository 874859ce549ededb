package settings

import (
	"bytes"
	"cmp"
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

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
)

// Layers collects settings in layers, and a later one overrides earlier ones: defaults, a
// preset, a file, every --set in turn, and the named options. All mistakes are
// collected, so that a user sees them at once.
type Layers struct {
	Config   *Config
	Problems []string
	reported map[string]bool // keys with a problem
	keys     []Key           // all of them
}

// NewLayers has the defaults only.
func NewLayers() *Layers {
	return &Layers{Config: Defaults(), reported: map[string]bool{}, keys: Keys()}
}

// report adds a mistake about a key.
func (s *Layers) report(where, key, value, wants string) {
	s.reported[key] = true
	s.Problems = append(s.Problems, Prefix(where)+fmt.Sprintf("%s = %s: want %s", key, value, wants))
}

// Prefix puts a place in front of a message.
func Prefix(where string) string {
	if where == "" {
		return ""
	}
	return where + ": "
}

// set sets a key; where says in messages where the value comes from.
func (s *Layers) set(where, name string, v any, text string) {
	k, ok := lookup(s.keys, name)
	if !ok {
		s.Problems = append(s.Problems, Prefix(where)+unknownKey(name))
		return
	}
	if _, isTable := v.(map[string]any); isTable {
		s.report(where, name, text, k.Allowed(s.Config))
		return
	}
	before := s.Config.Data.Name
	if err := k.set(s.Config, v); err != nil {
		allowed := k.Allowed(nil)
		if kind := err.Error(); !strings.Contains(allowed, kind) {
			allowed = kind + ": " + allowed
		}
		s.report(where, name, text, allowed)
		return
	}
	s.Config.Given[name] = where
	if name == "data.name" && s.Config.Data.settle(before) {
		for _, k := range ownKeys() {
			delete(s.Config.Given, k.Name)
		}
	}
}

// maxConfig is the largest size of a configuration in bytes, more than anybody writes by
// hand.
const maxConfig = 1 << 20

// ReadFile adds the settings of a TOML file.
func (s *Layers) ReadFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		hint := ""
		if _, err := os.Stat(filepath.Join(path, cli.ConfigName)); err == nil {
			hint = ", perhaps " + filepath.Join(path, cli.ConfigName)
		}
		return fmt.Errorf("configuration %s is a folder; want a file%s", path, hint)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("configuration %s: %w", path, terminal.Cause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return fmt.Errorf("configuration %s: %w", path, terminal.Cause(err))
	}
	if len(text) > maxConfig {
		return fmt.Errorf("configuration %s is longer than %d bytes; want a TOML file such as %s prints", path, maxConfig, cli.Command("config"))
	}
	s.Read(path, text)
	return nil
}

// ReadRun adds the settings of the configuration that a run has written. It has all of
// them; if some are missing, it was damaged, and defaults must not fill the gaps.
func (s *Layers) ReadRun(path string) error {
	before := len(s.Problems)
	if err := s.ReadFile(path); err != nil {
		return err
	}
	first := strings.TrimPrefix(cli.FirstLine(path), byteOrderMark)
	want := 0
	if _, count, ok := strings.Cut(first, cli.ConfigCount); ok {
		fmt.Sscan(count, &want)
	}
	if len(s.Problems) > before {
		if known := len(Written(s.Config)); want > known {
			s.Problems = slices.Insert(s.Problems, before, fmt.Sprintf("%s: has %d settings, and this program knows %d: it was written by a later plateau", path, want, known))
		}
		return nil
	}
	have := 0
	var missing []string
	for _, k := range Written(s.Config) {
		if strings.HasPrefix(s.Config.Given[k.Name], path+":") {
			have++
		} else {
			missing = append(missing, k.Name)
		}
	}
	switch {
	case !strings.HasPrefix(first, cli.ConfigMark):
		s.Problems = append(s.Problems, fmt.Sprintf("%s: is not the configuration of a run, whose first line begins with %q: it is damaged", path, cli.ConfigMark))
	case have < want:
		s.Problems = append(s.Problems, fmt.Sprintf("%s: holds %d of its %d settings: it is damaged; there is no %s", path, have, want, strings.Join(missing, ", ")))
	}
	return nil
}

// Read adds the settings of a TOML text; path names it in messages.
func (s *Layers) Read(path string, text []byte) {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		s.Problems = append(s.Problems, path+": is UTF-16, as some shells write what is sent to a file; TOML is UTF-8: save it as that")
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
		s.Problems = append(s.Problems, fmt.Sprintf("%s: not TOML: %s", where, strings.TrimPrefix(err.Error(), "toml: ")))
		return
	}
	lines := lineNumbers(text)
	var walk func(prefix string, table map[string]any)
	walk = func(prefix string, table map[string]any) {
		// In the order of the file, as data.name makes the program forget what it knew of
		// another data set.
		names := slices.SortedFunc(maps.Keys(table), func(a, b string) int {
			return cmp.Or(cmp.Compare(lines.of(prefix+a), lines.of(prefix+b)), strings.Compare(a, b))
		})
		for _, name := range names {
			v := table[name]
			name = prefix + name
			if t, ok := v.(map[string]any); ok && isSection(s.keys, name) {
				walk(name+".", t)
				continue
			}
			s.set(fmt.Sprintf("%s:%d", path, lines.of(name)), name, v, valueText(v))
		}
	}
	before := len(s.Problems)
	walk("", doc)
	// Sections can be in several parts, so problems are sorted by their lines in the file.
	slices.SortStableFunc(s.Problems[before:], func(a, b string) int { return lineOf(a, path) - lineOf(b, path) })
}

func lineOf(problem, path string) (line int) {
	fmt.Sscanf(strings.TrimPrefix(problem, path), ":%d:", &line)
	return line
}

// SetText adds a setting from the command line, from --set or a named option.
func (s *Layers) SetText(where, name, text string) {
	k, ok := lookup(s.keys, name)
	if !ok {
		s.set(where, name, text, text)
		return
	}
	v := k.Parse(s.Config, text)
	s.set(where, name, v, valueText(v))
}

// New returns the configuration that key=value pairs make, as --set does from the
// defaults.
func New(pairs ...string) (*Config, error) {
	s := NewLayers()
	for _, pair := range pairs {
		s.setPair(pair)
	}
	return s.Finish()
}

// setPair adds a key=value.
func (s *Layers) setPair(pair string) {
	name, text, ok := strings.Cut(pair, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		s.Problems = append(s.Problems, fmt.Sprintf("--set %s: want key=value, as in --set phases.forward_ms=60", pair))
		return
	}
	s.SetText("--set", name, text)
}

// Use adds the settings of a preset. how says in messages where they come from.
func (s *Layers) Use(how, name string) error {
	if name == "" {
		return cli.Misuse(`--preset "": want the name of a preset; %s lists them`, cli.Command("config", "presets"))
	}
	if name == Nothing {
		return nil
	}
	all := Presets()
	i := slices.IndexFunc(all, func(p preset) bool { return p.Name == name })
	if i < 0 {
		return cli.Misuse("--preset %s: there is no such preset; there are\n%s", name, strings.Join(presetLines(), "\n"))
	}
	for _, pair := range all[i].Settings {
		key, text, _ := strings.Cut(pair, "=")
		s.SetText(how+" "+name, key, text)
	}
	return nil
}

// uses reports whether any setting still comes from a preset.
func (s *Layers) uses(preset string) bool {
	for _, where := range s.Config.Given {
		if where == "--preset "+preset {
			return true
		}
	}
	return false
}

// Finish derives what was not set, rounds times to whole steps and checks everything.
func (s *Layers) Finish() (*Config, error) {
	c := s.Config
	if err := s.describe(); err != nil {
		return nil, err
	}
	c.Derive()
	c.rounded = onGrid(c)
	for _, k := range s.keys {
		if where, given := c.Given[k.Name]; given && !s.reported[k.Name] && !k.valid(c) {
			s.report(where, k.Name, s.valueOf(k), k.Allowed(c))
		}
	}
	// A wrong setting can make a default wrong, which is then not reported. If no setting
	// is wrong, a default may still not go with what was set.
	for _, k := range s.keys {
		if len(s.Problems) > 0 || k.valid(c) {
			continue
		}
		if cause := s.cause(k); cause != nil {
			s.reportCause(*cause, k)
		} else {
			s.report("", k.Name, s.valueOf(k), k.Allowed(c))
		}
	}
	if len(s.Problems) > 0 {
		return nil, &Error{s.Problems}
	}
	if err := c.validateRule(); err != nil {
		return nil, &Error{Problems: []string{"these settings do not go together: " + cli.Plain(err)}}
	}
	return c, nil
}

// describe reads a data set of the user's own. If that is impossible, nothing else can be
// checked.
func (s *Layers) describe() error {
	c := s.Config
	if !c.Data.isOwn() {
		return nil
	}
	if where := c.Given["data.dir"]; where == "" {
		c.Data.Dir = ""
	} else if c.Data.Dir != "" {
		s.Problems = append(s.Problems, fmt.Sprintf("%sdata.dir = %s is for the data sets by name; the path of your own is data.name = %s", Prefix(where), quote(c.Data.Dir), quote(c.Data.Name)))
		return &Error{s.Problems}
	}
	if err := c.Data.describe(); err != nil {
		s.Problems = append(s.Problems, Prefix(c.Given["data.name"])+cli.Plain(err))
		return &Error{s.Problems}
	}
	return nil
}

// valueOf describes the value of a key, and says so if it was rounded or is the default.
func (s *Layers) valueOf(k Key) string {
	value := k.Text(s.Config)
	for _, r := range s.Config.rounded {
		if r.key.Name == k.Name {
			value = fmt.Sprintf("%s, which is %s in whole steps of neurons.dt_ms (%s)", r.from, r.to, r.dt)
		}
	}
	if _, given := s.Config.Given[k.Name]; !given {
		value += " (the default)"
	}
	return value
}

// cause returns the setting that makes a default wrong: without it the default would be
// right. It returns nil if there is none.
func (s *Layers) cause(wrong Key) *Key {
	for _, k := range s.keys {
		if _, given := s.Config.Given[k.Name]; !given {
			continue
		}
		without := *s.Config
		without.Given = maps.Clone(s.Config.Given)
		delete(without.Given, k.Name)
		reflect.ValueOf(k.At(&without)).Elem().Set(reflect.ValueOf(k.At(Defaults())).Elem())
		without.Derive()
		onGrid(&without)
		if wrong.valid(&without) {
			return &k
		}
	}
	return nil
}

// reportCause adds the mistake of a setting that does not go with another key's default.
func (s *Layers) reportCause(cause, wrong Key) {
	c := s.Config
	s.reported[cause.Name] = true
	s.Problems = append(s.Problems, Prefix(c.Given[cause.Name])+fmt.Sprintf("%s = %s does not go with %s = %s: for %s want %s",
		cause.Name, s.valueOf(cause), wrong.Name, s.valueOf(wrong), wrong.Name, wrong.Allowed(c)))
}

// An Error lists everything that is wrong with a configuration.
type Error struct{ Problems []string }

func (e *Error) Error() string {
	if len(e.Problems) == 1 {
		return e.Problems[0]
	}
	return fmt.Sprintf("%d settings are wrong:\n  %s", len(e.Problems), strings.Join(e.Problems, "\n  "))
}
