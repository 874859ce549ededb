// Package terminal prints: lines and events, progress, drawings made of characters,
// pictures. It finds out what it prints to, and never lets a name or a value act as an
// escape sequence. It knows nothing of settings and runs.
package terminal
