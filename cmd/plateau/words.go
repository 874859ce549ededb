package main

import "fmt"

// percent prints a share.
func percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

// withAccuracy prints an error and what it leaves: "3.70 % (accuracy 96.30 %)".
func withAccuracy(share float64) string {
	return fmt.Sprintf("%s (accuracy %s)", percent(share), percent(1-share))
}

// plural prints a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// writing says which file could not be written, and why.
func writing(path string, err error) error {
	return fmt.Errorf("writing %s: %w", path, cause(err))
}
