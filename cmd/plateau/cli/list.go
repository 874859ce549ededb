package cli

import (
	"strings"
)

// SplitList splits names that are joined with commas.
func SplitList(text string) (names []string) {
	for part := range strings.SplitSeq(text, ",") {
		names = append(names, strings.TrimSpace(part))
	}
	return names
}
