package settings

import (
	"slices"
	"strings"
)

// Differing lists the keys whose values differ, without the seed, the folder of the
// data, and keys that change nothing in a run.
func Differing(a, b *Config) (names []string) {
	for _, k := range Keys() {
		switch {
		case k.Name == "seed" || k.Name == "data.dir" || k.section() == "record" || k.section() == "measure":
		case k.Name == "data.name" && a.Data.Same(b.Data):
		case k.Text(a) != k.Text(b):
			names = append(names, k.Name)
		}
	}
	return names
}

// CourseName lists the settings in which a configuration differs from the others,
// without those that follow from the listed ones.
func CourseName(c *Config, all []*Config) string {
	var parts []string
	for _, k := range Distinguishing(all) {
		parts = append(parts, k.Name+" = "+k.Text(c))
	}
	return strings.Join(parts, ", ")
}

// Distinguishing lists the keys in which configurations differ, without those that
// follow from others in all of them.
func Distinguishing(all []*Config) (telling []Key) {
	for _, k := range Keys() {
		differs := func(other *Config) bool { return slices.Contains(Differing(all[0], other), k.Name) }
		chosen := func(c *Config) bool { return !k.followed(c) }
		if slices.ContainsFunc(all, differs) && slices.ContainsFunc(all, chosen) {
			telling = append(telling, k)
		}
	}
	return telling
}
