package figure

import (
	"cmp"
	"image/color"
	"maps"
	"slices"
)

// commonest picks colours for a palette: first the commonest ones, which fill areas,
// then others, except those that look almost like one picked before.
func commonest(count map[uint32]int, most int) color.Palette {
	colours := slices.SortedFunc(maps.Keys(count), func(a, b uint32) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	for near := 0; ; near += 6 {
		picked := make([]uint32, 0, most)
		for _, c := range colours {
			if len(picked) < most/4 || !slices.ContainsFunc(picked, func(p uint32) bool { return difference(p, c) < near }) {
				if picked = append(picked, c); len(picked) > most {
					break
				}
			}
		}
		if len(picked) <= most {
			palette := make(color.Palette, len(picked))
			for i, c := range picked {
				palette[i] = colourOf(c)
			}
			return palette
		}
	}
}

// difference returns the sum of the differences in red, green and blue.
func difference(a, b uint32) int {
	sum := 0
	for shift := 0; shift < 24; shift += 8 {
		d := int(a>>shift&0xff) - int(b>>shift&0xff)
		sum += max(d, -d)
	}
	return sum
}
