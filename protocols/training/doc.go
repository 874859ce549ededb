// Package training shows examples to anything that learns: batch by batch and epoch by
// epoch, with schedules, tests, witnesses and checkpoints.
//
// What learns is a Learner, such as protocols.Model.Learner and rival.Backprop.Learner
// make. The package knows neither spikes nor learning rules, and a
// new rule gets all of this for nothing: it says how it learns from a batch, how it reads
// an example, what its weights are, and what else it carries from one batch to the next.
//
//	trainer, err := training.NewTrainer(learner, training.Schedule{Batch: 1, Course: network.Course{Decay: 1}, Seed: 1})
//	…
//	epoch, err := trainer.Epoch(ctx, examples, nil)
//
// The order in which examples are shown is a function of the seed and the number of the
// epoch, so training that was interrupted goes on as if it had not been; see
// Trainer.WriteState.
package training
