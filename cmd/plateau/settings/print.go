package settings

import (
	"fmt"
	"strings"
)

// PrintConfig prints a configuration as TOML. With explain, each key has its meaning,
// unit, range, default and equation above it, and a key that follows others and was not
// set is commented out, so that it still follows them. Without explain, every key has
// its value.
func PrintConfig(c *Config, explain bool) string {
	var b strings.Builder
	base := Defaults()
	section := ""
	for _, k := range Keys() {
		if k.section() != section {
			section = k.section()
			fmt.Fprintf(&b, "\n[%s]\n", section)
		}
		name := strings.TrimPrefix(k.Name, section+".")
		if !explain {
			fmt.Fprintf(&b, "%s = %s\n", name, k.Text(c))
			continue
		}
		b.WriteString("\n")
		for _, line := range k.explain(base) {
			fmt.Fprintf(&b, "# %s\n", line)
		}
		if _, given := c.Given[k.Name]; k.derive != nil && !given {
			b.WriteString("# ")
		}
		fmt.Fprintf(&b, "%s = %s\n", name, k.Text(c))
	}
	return strings.TrimLeft(b.String(), "\n")
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

// Standard is the key's default in words.
func (k Key) Standard(base *Config) string {
	if k.Follows != "" {
		return k.Follows
	}
	return k.Text(base)
}
