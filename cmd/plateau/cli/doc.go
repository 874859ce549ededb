// Package cli has what every command needs: mistakes and how they are told, hints at other
// commands, help, signals, output files, and how the folder of a run is recognised. It
// knows nothing of what the commands do.
package cli
