package settings

import (
	"fmt"
	"slices"
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
	for _, k := range Written(c) {
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

// Written lists the settings that the configuration has when it is printed: all but those
// that describe a data set of the user's own, where it is none.
func Written(c *Config) []Key {
	return slices.DeleteFunc(Keys(), func(k Key) bool { return !k.isWritten(c) })
}
