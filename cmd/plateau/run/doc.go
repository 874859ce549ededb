// Package run reads and writes the folder of a run: its plan, configuration, weights,
// metrics, checkpoints and recording. It knows nothing of how a run goes on.
package run
