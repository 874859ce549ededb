package main

import (
	"fmt"
	"strings"
)

// printConfig prints a configuration as TOML. With explain, each key has its meaning,
// unit, range, default and equation above it, and a key that follows others and was not
// set is commented out, so that it still follows them. Without explain, every key has
// its value.
func printConfig(c *config, explain bool) string {
	var b strings.Builder
	base := defaults()
	section := ""
	for _, k := range keys() {
		if k.section() != section {
			section = k.section()
			fmt.Fprintf(&b, "\n[%s]\n", section)
		}
		name := strings.TrimPrefix(k.name, section+".")
		if !explain {
			fmt.Fprintf(&b, "%s = %s\n", name, k.text(c))
			continue
		}
		b.WriteString("\n")
		for _, line := range k.explain(base) {
			fmt.Fprintf(&b, "# %s\n", line)
		}
		if _, given := c.given[k.name]; k.derive != nil && !given {
			b.WriteString("# ")
		}
		fmt.Fprintf(&b, "%s = %s\n", name, k.text(c))
	}
	return strings.TrimLeft(b.String(), "\n")
}

// explain describes a key in a few lines.
func (k key) explain(base *config) []string {
	first := k.meaning
	if k.unit != "" {
		first += " (" + k.unit + ")"
	}
	lines := []string{first}
	if k.equation != "" {
		lines = append(lines, k.equation)
	}
	return append(lines, fmt.Sprintf("%s; default %s", k.allowed(nil), k.standard(base)))
}

// standard is the key's default in words.
func (k key) standard(base *config) string {
	if k.follows != "" {
		return k.follows
	}
	return k.text(base)
}
