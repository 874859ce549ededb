// Package run reads and writes the folder of a run: its plan, configuration, weights,
// metrics, checkpoints and recording. It knows nothing of how a run goes on.
//
// It is also the door to runs for programs of one's own: Config has the settings of a
// run, ReadMetrics how it went, LoadNetwork and LoadLearner what has learnt, ListCheckpoints
// its checkpoints, and OpenRecording its recording. The examples show them.
package run
