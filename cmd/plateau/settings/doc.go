// Package settings has the settings of a run: their keys, ranges and defaults, the layers in
// which they are collected (presets, files, --set, named options), how they are printed,
// and what learns with them. It knows nothing of run folders.
package settings
