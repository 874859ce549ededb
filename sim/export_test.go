package sim

// Stepwise makes an engine take one step of all layers at a time, even if its
// network is a cascade.
func (e *Engine) Stepwise() {
	e.stepwise = true
	e.build()
}

// BlockSteps is the largest number of steps that are simulated at once.
const BlockSteps = blockSteps
