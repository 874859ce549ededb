package train

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	widestMatrix = 120 // characters; a wider confusion matrix wraps in most terminals
	likeliest    = 4   // wrong predictions that mistakesTable names for each class
)

// mistakesTable prints what the confusion matrix of many classes says: the error of each
// class, and what it was most often taken for.
func mistakesTable(confusion [][]int, names []string) string {
	var b strings.Builder
	long := len("class")
	for _, name := range names {
		long = max(long, utf8.RuneCountInString(name))
	}
	fmt.Fprintf(&b, "%*s │   error   predicted instead, and how often\n", long+3, "class")
	fmt.Fprintf(&b, "%s┼%s\n", strings.Repeat("─", long+4), strings.Repeat("─", 45))
	for i, row := range confusion {
		total := 0
		var wrong []int
		for k, n := range row {
			total += n
			if n > 0 && k != i {
				wrong = append(wrong, k)
			}
		}
		if total == 0 {
			fmt.Fprintf(&b, "%*s │       –\n", long+3, names[i])
			continue
		}
		slices.SortStableFunc(wrong, func(a, b int) int { return cmp.Compare(row[b], row[a]) })
		var words []string
		for _, k := range wrong[:min(likeliest, len(wrong))] {
			words = append(words, fmt.Sprintf("%s %d", names[k], row[k]))
		}
		if len(wrong) > likeliest {
			words = append(words, "…")
		}
		share := fmt.Sprintf("%.1f %%", 100*float64(total-row[i])/float64(total))
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("%*s │ %7s   %s", long+3, names[i], share, strings.Join(words, ", ")), " "))
	}
	return strings.TrimRight(b.String(), "\n")
}
