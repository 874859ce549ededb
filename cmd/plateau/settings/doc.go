// Package settings has the settings of a run: their keys, ranges and defaults, the layers in
// which they are collected (presets, files, --set, named options), how they are printed,
// and what learns with them. It knows nothing of run folders.
//
// Each section of the settings is a file: a struct, its defaults, its keys with their ranges,
// and what the section is in the model. A new setting is a field and a key there; a new
// section is a file, and a line in Config, Keys and Defaults.
package settings
