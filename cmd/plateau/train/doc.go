// Package train has the commands that make a network learn, and that test it: train, with
// its checkpoints and its live view, test and bench.
package train
