package protocols

import "plateau/sim/record"

// RecordingHeader returns the header for recording a model's run, with the spikes of
// all populations and nothing else. If learning rates change, set EpochTrials too,
// to the number of examples in an epoch.
func RecordingHeader(m Model) record.Header {
	m = m.OnGrid()
	rule := m.Rule()
	h := record.Header{
		Neurons: m.Neurons, Network: m.Network, Seed: m.Seed,
		Rule: &rule, MeanUpdate: m.MeanUpdate,
		Populations: record.Populations(m.Network),
	}
	if !m.Course.Constant() {
		h.Course = m.Course
	}
	h.Optimiser = m.Optimiser.Name
	return h
}
