package sim

// Stepwise makes an engine take one step of all layers at a time, whatever its
// network allows.
func (e *Engine) Stepwise() { e.stepwise = true }

// BlockSteps is the number of steps that are simulated at once.
const BlockSteps = blockSteps
