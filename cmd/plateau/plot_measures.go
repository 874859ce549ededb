package main

// A measureEvent is a line of metrics.jsonl of what was measured since the last
// one, as a picture needs it. What was not measured is nil.
type measureEvent struct {
	Examples        int       `json:"examples"` // shown since the run began
	UpdateAngles    []float64 `json:"update_angles_deg"`
	Eigenvalue      *float64  `json:"largest_eigenvalue"`
	WeightNorms     []float64 `json:"weight_norms"`
	WeightChanges   []float64 `json:"weight_changes"`
	GradientChanges []float64 `json:"gradient_changes"`
	AlignmentAngle  *float64  `json:"alignment_angle_deg"`
	LossCorrelation []float64 `json:"loss_correlation"`
	Rates           []float64 `json:"rates_hz"`
}
