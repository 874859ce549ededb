// Package draw has the command plot: it turns runs, trials and recordings into the figures
// of package internal/figure.
package draw
