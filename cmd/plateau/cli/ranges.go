package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// ParseRanges reads numbers and ranges, such as "0:20,77". A range excludes its last
// number; either number can be left out for the least or the greatest. Numbers must be
// at least low and less than high. They are returned in ascending order, each once.
func ParseRanges(text string, low, high int) ([]int, error) {
	var numbers []int
	for part := range strings.SplitSeq(text, ",") {
		from, to, err := ParseRange(strings.TrimSpace(part), low, high)
		if err != nil {
			return nil, err
		}
		if len(numbers)+to-from > maxListed {
			return nil, fmt.Errorf("more than %d numbers", maxListed)
		}
		for n := from; n < to; n++ {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), nil
}

// maxListed is the largest number of numbers in a list.
const maxListed = 1 << 24

// ParseRange reads a number, or a range of at least one number.
func ParseRange(text string, low, high int) (from, to int, err error) {
	first, last, isRange := strings.Cut(text, ":")
	read := func(s string, missing int) int {
		if s == "" && isRange {
			return missing
		}
		n, failed := strconv.Atoi(s)
		if failed != nil {
			err = fmt.Errorf("%q is neither a number nor a range such as 0:20", text)
		}
		return n
	}
	if from = read(first, low); isRange {
		to = read(last, high)
	} else {
		to = from + 1
	}
	switch {
	case err != nil:
	case high <= low:
		err = errors.New("there are none")
	case from < low || from >= high || to > high:
		err = fmt.Errorf("%s: want numbers from %d to %d", text, low, high-1)
	case to <= from:
		err = fmt.Errorf("%s: want a range that goes up, such as 0:20, which is 0 to 19", text)
	}
	return from, to, err
}

// PrintRanges returns the shortest text that ParseRanges reads as the same numbers.
func PrintRanges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		k := i + 1
		for k < len(numbers) && numbers[k] == numbers[k-1]+1 {
			k++
		}
		if k-i == 1 {
			parts = append(parts, fmt.Sprint(numbers[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d:%d", numbers[i], numbers[k-1]+1))
		}
		i = k
	}
	return strings.Join(parts, ",")
}

// FileFlag adds an option for a file, whose name can be left out. A name that follows
// after a space is, to pflag, the command's only argument.
func FileFlag(flags *pflag.FlagSet, name, heading, usage string) *string {
	path := flags.String(name, "", usage)
	flags.Lookup(name).NoOptDefVal = StandardFile
	Describe(flags, heading, name, "[FILE]")
	return path
}

// StandardFile stands for a name that was left out.
const StandardFile = "\x00"
