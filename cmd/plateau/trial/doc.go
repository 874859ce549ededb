// Package trial has the commands that look into single trials: trial simulates one, replay
// computes the potentials of a recorded one.
package trial
