package train

import (
	"fmt"
	"strings"
	"testing"
)

// The confusion matrix of many classes would be too wide, so their mistakes are listed.
func TestMistakes(t *testing.T) {
	for _, classes := range []int{10, 26} {
		confusion, names := make([][]int, classes), make([]string, classes)
		for i := range confusion {
			confusion[i], names[i] = make([]int, classes), fmt.Sprintf("%c", 'a'+i)
		}
		copy(confusion[1], []int{1, 30, 3, 0, 2, 3, 1}) // b
		confusion[2][2] = 7
		table := confusionTable(confusion, names)
		if classes == 10 {
			if !strings.Contains(table, "predicted class") {
				t.Errorf("ten classes have room for the matrix:\n%s", table)
			}
			continue
		}
		for _, line := range []string{
			"       a │       –",
			"       b │  25.0 %   c 3, f 3, e 2, a 1, …",
			"       c │   0.0 %",
		} {
			if !strings.Contains(table+"\n", line+"\n") {
				t.Errorf("want the line %q in\n%s", line, table)
			}
		}
		for line := range strings.Lines(table) {
			if len([]rune(line)) > widestMatrix {
				t.Errorf("%q is too wide", line)
			}
		}
	}
}
