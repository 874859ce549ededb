// Package responses sums up what neurons did in the trials of a recording: how fast they
// fired for each class, how much their responses vary from trial to trial, how fast they
// fire with an injected current, and what their plateaus were for each class.
//
// Definitions are those of Dayan & Abbott, Theoretical Neuroscience (2001), chapter 1:
// the Fano factor is the variance of spike counts over their mean, across trials with
// the same stimulus; the coefficient of variation of intervals is their standard
// deviation over their mean. Both are 1 for a Poisson process.
package responses
