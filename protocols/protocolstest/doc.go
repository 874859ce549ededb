// Package protocolstest has what tests of training need: made-up examples, and a model
// and its training in one. It is imported by tests only.
package protocolstest
