// Package stimulus has stimuli and currents of the user's own, as phases take them: it
// reads images, rates and spike times that other programs wrote, and draws the usual
// waveforms of an electrode.
package stimulus
