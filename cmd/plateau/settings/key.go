package settings

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Key is one setting of a configuration: how it is read, printed, checked and
// explained. The list of keys is the source of plateau config, of the table in
// docs/options.md and of every message about a setting.
type Key struct {
	Name     string // section.name; the unit is its ending
	Meaning  string
	Unit     string
	Equation string
	Symbols  string // of the paper, by which people look for the key; see MeantKey
	Option   Option // the option that is short for --set with this key, if there is one

	written func(*Config) bool // whether a configuration has the key; nil if every one has
	rules   []string           // rules of learning that the key is for; nil if it is for all
	At      func(*Config) any  // pointer to the field
	steps   bool               // a time that is simulated in whole steps of neurons.dt_ms
	Range                      // the allowed values
	Follows string             // the default of a key that follows others, in words
	derive  func(*Config)      // sets that default
}

// Lookup returns the key of that name, if there is one.
func Lookup(name string) (Key, bool) { return lookup(Keys(), name) }

func lookup(keys []Key, name string) (Key, bool) {
	for _, k := range keys {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

// Find returns the key of that name, which must exist.
func Find(name string) Key {
	k, ok := Lookup(name)
	if !ok {
		panic("plateau: no key " + name)
	}
	return k
}

func keyNames() []string {
	var names []string
	for _, k := range Keys() {
		names = append(names, k.Name)
	}
	return names
}

func (k Key) section() string {
	section, _, ok := strings.Cut(k.Name, ".")
	if !ok {
		return ""
	}
	return section
}

// OfOwnData reports whether the key describes a data set of the user's own, which the
// program does itself.
func (k Key) OfOwnData() bool { return k.written != nil }

// isWritten reports whether a configuration has the key when it is printed.
func (k Key) isWritten(c *Config) bool { return k.written == nil || k.written(c) }

// isFor reports whether the key has an effect with a rule of learning.
func (k Key) isFor(rule string) bool { return k.rules == nil || slices.Contains(k.rules, rule) }

// forRules says of keys that they are for some rules of learning only.
func forRules(rules []string, keys []Key) []Key {
	for i := range keys {
		keys[i].rules = rules
	}
	return keys
}

func isSection(keys []Key, name string) bool {
	return slices.ContainsFunc(keys, func(k Key) bool { return k.section() == name })
}

// errNotAllowed is the error for a value of the wrong kind, if the key's range says the
// right kind.
var errNotAllowed = errors.New("")

// set sets the key to a value as TOML decodes it. The error says what kind of value is
// wanted.
func (k Key) set(c *Config, v any) error {
	switch k.At(c).(type) {
	case *int, *int64, *Count:
		v = wholeNumber(v)
	}
	number := func() (float64, error) {
		switch v := v.(type) {
		case float64:
			return v, nil
		case int64:
			return float64(v), nil
		}
		return 0, errors.New("a number")
	}
	switch p := k.At(c).(type) {
	case *float64:
		x, err := number()
		if err != nil {
			return err
		}
		*p = x
	case *span:
		if v == "unlimited" {
			*p = span(math.Inf(1))
			return nil
		}
		x, err := number()
		if err != nil || math.IsInf(x, 0) {
			return errNotAllowed
		}
		*p = span(x)
	case *int:
		n, ok := v.(int64)
		if !ok {
			return errors.New("a whole number")
		}
		*p = clamp(n)
	case *int64:
		n, ok := v.(int64)
		if !ok {
			return errors.New("a whole number")
		}
		*p = n
	case *Count:
		if v == "all" {
			*p = 0
			return nil
		}
		n, ok := v.(int64)
		if !ok {
			return errNotAllowed
		}
		*p = Count(clamp(n))
		if n == 0 {
			*p = none
		}
	case *bool:
		b, ok := v.(bool)
		if !ok {
			return errors.New("true or false")
		}
		*p = b
	case *string:
		s, ok := v.(string)
		if !ok {
			return errors.New("a word in quotation marks")
		}
		*p = s
	case *location:
		s, ok := v.(string)
		if !ok {
			return errors.New("a name in quotation marks")
		}
		*p = location(s)
	case *[]string:
		list, ok := asList(v)
		words := make([]string, len(list))
		for i, e := range list {
			s, isText := e.(string)
			words[i], ok = s, ok && isText
		}
		if !ok {
			return errors.New("a list of words in quotation marks")
		}
		*p = words
	case *[]int:
		list, ok := asList(v)
		if !ok {
			return errors.New("a list of whole numbers")
		}
		numbers := make([]int, len(list))
		for i, e := range list {
			n, ok := wholeNumber(e).(int64)
			if !ok {
				return errors.New("a list of whole numbers")
			}
			numbers[i] = clamp(n)
		}
		*p = numbers
	case *[]float64:
		list, ok := asList(v)
		if !ok {
			return errors.New("a list of numbers")
		}
		numbers := make([]float64, len(list))
		for i, e := range list {
			switch e := e.(type) {
			case int64:
				numbers[i] = float64(e)
			case float64:
				numbers[i] = e
			default:
				return errors.New("a list of numbers")
			}
		}
		*p = numbers
	default:
		panic(fmt.Sprintf("plateau: key %s holds a %T", k.Name, p))
	}
	return nil
}

// wholeNumber turns a float with a whole value, such as 1e3, into an integer. Other
// values stay as they are.
func wholeNumber(v any) any {
	if x, ok := v.(float64); ok && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return int64(x)
	}
	return v
}

// asList returns a list unchanged, and the word for an empty list as one.
func asList(v any) (list []any, ok bool) {
	if v == Nothing {
		return nil, true
	}
	list, ok = v.([]any)
	return list, ok
}

// clamp limits a number to the range of int, which depends on the machine.
func clamp(n int64) int { return int(max(math.MinInt, min(n, math.MaxInt))) }

// Parse reads the text of a --set or of an option into a value as TOML decodes
// it. Quotation marks and brackets may be left out.
func (k Key) Parse(c *Config, text string) any {
	text = strings.TrimSpace(text)
	switch k.At(c).(type) {
	case *string, *location:
		if v, err := decode(text); err == nil {
			if s, ok := v.(string); ok {
				return s
			}
		}
		return text
	case *[]int, *[]float64, *[]string:
		// In TOML a list may end with a comma; on a command line a number is missing.
		if text == "" || text == Nothing || strings.HasSuffix(strings.TrimRight(text, "] \t"), ",") {
			return text
		}
		if !strings.HasPrefix(text, "[") {
			text = "[" + text + "]"
		}
	}
	v, err := decode(text)
	if err != nil {
		return strings.Trim(text, "[]")
	}
	return v
}

// Text returns the value of the key as TOML.
func (k Key) Text(c *Config) string { return tomlText(k.At(c)) }

// Allowed says in words which values the key may have. With a configuration, values of
// other keys that it depends on follow in parentheses.
func (k Key) Allowed(c *Config) string {
	if len(k.Choices) > 0 {
		return orList(k.Choices)
	}
	return braces(k.wants, func(word string) string {
		forMessages := strings.HasPrefix(word, ":")
		if c == nil {
			if forMessages {
				return ""
			}
			return word
		}
		text, ok := k.terms[word]
		if !ok {
			text = Find(word).Text
		}
		if forMessages {
			return text(c)
		}
		return fmt.Sprintf("%s (%s)", word, text(c))
	})
}

// orList lists words of which one is to be chosen.
func orList(words []string) string {
	var quoted []string
	for _, w := range words {
		quoted = append(quoted, quote(w))
	}
	last := len(quoted) - 1
	if last == 0 {
		return quoted[0]
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

// braces replaces every {word} of s.
func braces(s string, replace func(word string) string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		word, after, _ := strings.Cut(rest, "}")
		b.WriteString(replace(word))
		s = after
	}
}

// valid reports whether the key's value is allowed.
func (k Key) valid(c *Config) bool {
	if len(k.Choices) > 0 {
		return slices.Contains(k.Choices, *k.At(c).(*string))
	}
	return (k.number == nil || k.number(k.float(c))) && (k.fits == nil || k.fits(c))
}

// float returns the value of a key that is a number.
func (k Key) float(c *Config) float64 {
	switch p := k.At(c).(type) {
	case *float64:
		return *p
	case *span:
		return float64(*p)
	case *int:
		return float64(*p)
	case *int64:
		return float64(*p)
	}
	panic("plateau: key " + k.Name + " is no number")
}

// followed reports whether a key has the value that follows from others.
func (k Key) followed(c *Config) bool {
	if k.derive == nil {
		return false
	}
	standard := *c
	k.derive(&standard)
	return k.Text(&standard) == k.Text(c)
}

// Standard is the key's default in words.
func (k Key) Standard(base *Config) string {
	if k.Follows != "" {
		return k.Follows
	}
	return k.Text(base)
}

// explain describes a key in a few lines.
func (k Key) explain(base *Config) []string {
	first := k.Meaning
	if k.Unit != "" {
		first += " (" + k.Unit + ")"
	}
	lines := []string{first}
	if k.Equation != "" {
		lines = append(lines, k.Equation)
	}
	return append(lines, fmt.Sprintf("%s; default %s", k.Allowed(nil), k.Standard(base)))
}
