package settings

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"plateau/cmd/plateau/terminal"
)

// byteOrderMark is at the beginning of UTF-8 files from some editors.
const byteOrderMark = "\ufeff"

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

// tomlText prints the field of a key.
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
	case *location:
		return quote(v.everywhere())
	case *[]string:
		var s []string
		for _, word := range *v {
			s = append(s, quote(word))
		}
		return "[" + strings.Join(s, ", ") + "]"
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

// valueText prints a value as TOML decodes it.
func valueText(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case float64:
		return terminal.Number(v)
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
