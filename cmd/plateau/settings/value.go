package settings

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"plateau/cmd/plateau/terminal"
)

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
	case *string:
		if v, err := decode(text); err == nil {
			if s, ok := v.(string); ok {
				return s
			}
		}
		return text
	case *[]int, *[]float64:
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

func decode(text string) (any, error) {
	var doc map[string]any
	if strings.ContainsAny(text, "\n\r") {
		return nil, errors.New("more than a line")
	}
	if err := toml.Unmarshal([]byte("v = "+text), &doc); err != nil {
		return nil, err
	}
	return doc["v"], nil
}

// Text returns the value of the key as TOML.
func (k Key) Text(c *Config) string { return tomlText(k.At(c)) }

func tomlText(v any) string {
	switch v := v.(type) {
	case *float64:
		return terminal.Number(*v)
	case *span:
		if math.IsInf(float64(*v), 1) {
			return `"unlimited"`
		}
		return terminal.Number(float64(*v))
	case *int:
		return strconv.Itoa(*v)
	case *int64:
		return strconv.FormatInt(*v, 10)
	case *Count:
		switch *v {
		case 0:
			return `"all"`
		case none:
			return "0"
		}
		return strconv.Itoa(int(*v))
	case *bool:
		return strconv.FormatBool(*v)
	case *string:
		return quote(*v)
	case *[]int:
		var s []string
		for _, n := range *v {
			s = append(s, strconv.Itoa(n))
		}
		return "[" + strings.Join(s, ", ") + "]"
	case *[]float64:
		var s []string
		for _, x := range *v {
			s = append(s, terminal.Number(x))
		}
		return "[" + strings.Join(s, ", ") + "]"
	}
	panic(fmt.Sprintf("plateau: cannot print a %T", v))
}

// quote writes a string of TOML, with escapes only if they are needed.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Allowed says in words which values the key may have. With a configuration, values of
// other keys that it depends on follow in parentheses.
func (k Key) Allowed(c *Config) string {
	if len(k.Choices) > 0 {
		var words []string
		for _, w := range k.Choices {
			words = append(words, quote(w))
		}
		last := len(words) - 1
		return strings.Join(words[:last], ", ") + " or " + words[last]
	}
	if k.limits != nil {
		return k.limits.String()
	}
	if _, isBool := k.At(Defaults()).(*bool); isBool {
		return "true or false"
	}
	return braces(k.wants, func(word string) string {
		if c == nil {
			if strings.HasPrefix(word, ":") {
				return ""
			}
			return word
		}
		if text, ok := c.term(word); ok {
			return text
		}
		return fmt.Sprintf("%s (%s)", word, Find(word).Text(c))
	})
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
	if k.limits != nil {
		return k.limits.holds(k.At(c))
	}
	if _, isBool := k.At(c).(*bool); isBool {
		return true
	}
	return k.ok(c)
}

// Find returns the key of that name, which must exist.
func Find(name string) Key {
	for _, k := range Keys() {
		if k.Name == name {
			return k
		}
	}
	panic("plateau: no key " + name)
}
