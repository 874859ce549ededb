// Package look has the commands that say what is there: inspect for runs and recordings,
// export for other programs, data for data sets.
package look
