// Package record writes recordings of runs, and reads them.
//
// A recording is one file. A [Writer] observes a run and writes as it goes; a
// [Reader] finds any stretch of any trial without loading the rest. Spikes and
// weights decide every potential, so a recording of spikes is enough to
// recompute the others later; package protocols does that.
//
// The package knows nothing of data sets, learning and configurations: it keeps
// their names and text.
//
// # Time
//
// Trials follow one another in a recording without gaps, those that were not
// recorded left out, and its steps are counted from 0 through all of them. A
// spike of step s of a trial that begins with step f is at (f + s)·dt; a sample
// of a potential in step s is its value at the end of the step, at
// (f + s + 1)·dt.
//
// # Potentials from spikes
//
// Spikes do not act on both dendrites at the same time. Let rows of potentials be
// numbered by their steps. A spike of step k of the layer below acts on basal
// dendrites from row k on; a spike of step k of the layer that feedback comes from
// acts on apical dendrites from row k + 1 on, as that layer takes its step after
// the one that it feeds. In the first row in which it acts a spike counts κ(dt), in
// the next one κ(2 dt), and so on, times its weight:
//
//	basal  V_b[k] = b + Σ_j W_j Σ_{f ≤ k} κ((k − f + 1)·dt)
//	apical V_a[k] = c + Σ_j Y_j Σ_{f < k} κ((k − f)·dt)
//
// where f goes through the steps in which neuron j fired. A trial that is Rested
// has no spikes before its first step; in another one those of the trial before it
// at the same place go on acting. Where Forward or Feedback of the header are rates,
// the rates of the layer below, or of the layer that feeds back in the step before,
// take the place of the inner sums.
//
// # The file
//
// All numbers are little-endian. The file begins with 12 bytes, 89 50 4C 41 54 45
// 41 55 0D 0A 1A 0A, and the version of the format as uint32, which is 1. After
// that there are chunks, one after the other: a frame of 48 bytes and a payload.
//
//	offset  type    what
//	0       [4]byte C9 50 63 1A
//	4       uint8   kind of the chunk
//	5       uint8   1 if a chunk of kind 7 holds weights; else 0
//	6       uint16  stream: population, trace, hidden layer, state or part
//	8       uint32  length of the payload
//	12      uint32  length of what the payload unpacks to, for kinds 1, 2, 6 and 9
//	16      uint64  step of the recording with which the chunk's group begins
//	24      uint32  steps of the group
//	28      uint32  items: spikes, rows, trials begun, parts, number of a snapshot
//	32      uint64  trials that began before the group
//	40      uint32  CRC-32C (Castagnoli) of the payload
//	44      uint32  CRC-32C of the 44 bytes before
//
// The kinds are
//
//	1  header: what the run is, as JSON
//	2  events: what happened in a group
//	3  spikes of a population, its number in the header's Populations the stream
//	4  samples of a trace, its number in the header's Traces the stream
//	5  plateau values of a hidden layer, 0 for the first
//	6  the state with which a trial began
//	7  weights
//	8  index
//	9  end, as JSON
//
// and others may be passed over. The header is the first chunk; a copy of it
// stands before the last index.
//
// # Header
//
// The header is a JSON object. Who reads spikes and values needs of it
//
//	Dt           length of a step in ms
//	Populations  a list, from the input up to the output, of Name, Size in neurons and
//	             Spikes, true if they are recorded
//	Network      of which Hidden lists the sizes of the hidden layers
//	Plateaus     true if plateau values are recorded
//	Traces       a list of Population, its number in Populations; Variable, which is
//	             basal, apical, soma or rate; Neurons, a list in ascending order; and
//	             Interval, the number of steps from one sample to the next
//
// of which what is false, 0 or empty may not be there. Potentials are relative to
// rest and have no dimension; rates are in spikes/ms. The rest says what decided
// the run, for replay, and has the names and units of [Header] and its types: Config
// as TOML, Data and its Split, Seed as a decimal string, and parameters of neurons, network
// and rule.
//
// # Groups
//
// A group is what was recorded of some trials that follow one another, or of a
// part of a long trial. Its chunks stand together and have the same step, steps and
// trials in their frames: one of kind 2; for each state that it mentions
// one or more of kind 6, streams counting from 0; at least one of kind 3 for each
// population whose spikes are recorded, even if it was silent; at least one of
// kind 5 for each hidden layer, if plateaus are recorded; and at least one of
// kind 4 for each trace. Where there are several for one stream they follow one
// another. The next group begins with the step and the trial after. If a file ends
// without an end, its last group may be incomplete, and its last chunk cut off;
// frames are found again after damage by their first four bytes and their checksum.
//
// # Events
//
// The payload of kind 2 is a zstd frame. In it uint stands for an unsigned integer
// in groups of 7 bits, the lowest first, the highest bit of each byte set if more
// follow; int for a signed one, 2n for n ≥ 0 and −2n − 1 for n < 0; and string for
// its length as uint and its bytes in UTF-8. It begins with a uint, the
// steps that the trial under way has had before the group, and then tells as
// uints the number of spikes of each recorded population, of rows of plateaus
// of each hidden layer if these are recorded, and of rows of each trace. There
// follow events, each with its number as a byte:
//
//	1  a trial begins: a byte of flags (1: at rest, 2: its state is in the group,
//	   the next of the group's states); uint step of the group; uint purpose (5 training,
//	   6 test, 7 trial); uint number; int sample; int class; int place in its
//	   batch; uint number of the snapshot; uint trials learnt since
//	2  a phase begins: a byte of flags (1: taught, 2: plateaus at times of their own,
//	   4: intensities); string name; uint step of the trial; uint steps; uint first
//	   step of the window; int class taught; uint steps of the windows of plateaus;
//	   if flagged, a float32 intensity for each input; if flagged, for every
//	   neuron of every hidden layer an int, how many steps before the phase's last one
//	   its plateau began
//	3  a phase ends: a byte of flags (1: the next row of plateau values of each
//	   hidden layer is of this phase)
//	4  a class is read out: uint class
//	5  a trial ends: uint steps; uint number of losses; a float64 for each
//
// Events that come before any trial begins are of the trial that goes on from the
// last group.
//
// # Spikes
//
// A spike of neuron j in step s of the group is the number f = s·n + j, where n is
// the size of the population; a neuron that fired twice stands there twice. In
// ascending order of f a chunk holds the gap from each spike to the next, the
// first counted from 0. Gaps come in runs of 4096, the last one shorter. Of the
// gaps of a run the k lowest bits are stored as they are; h, what is above them,
// as one byte, 255 if it is 255 or more. The payload, which is empty if there is
// no spike, is
//
//	for each run its k, a byte, at most 56
//	the length in bytes of what comes next, a uint
//	for each h of 255 or more, the rest h − 255, a uint
//	for each run the low bits of its gaps: the first gap in the lowest bits of the
//	first byte, the next above them, filled up to whole bytes
//	a zstd frame of the bytes of all gaps
//
// # Rows
//
// Samples of a trace are rows of a float32 for each of its neurons, one row for every
// step of a trial that is a multiple of the interval. Plateau values are rows of
// one for each neuron of a layer. A payload, which is empty if there is no row, is
// a byte, the coding, and four times the length of a zstd frame as uint32 and
// the frame: of the lowest bytes of all 32-bit words, of the second, of the third
// and of the highest ones. With coding 0 the words are the float32 as they stand.
// With coding 1 they go column by column, each neuron's values in a row: the first as it
// is, of each other one d = o(v) − o(v before) modulo 2³², written as 2d for d below
// 2³¹ and as 2·(2³² − d) − 1 for others; o(v) takes the bits of v as a number, inverts
// all of them if the highest is set, and else sets that.
//
// # Weights and states
//
// A payload of kind 7 begins with the SHA-256 digest of all weights as
// network.Network.SHA256 defines it; its frame has the number of the snapshot as
// items and the part as stream. If weights are stored, the rest is words coded as
// above in one row, at most 2¹⁸ a part: all float32 in the order of
// network.Network.Arrays, then for each layer with silent synapses a bit for each,
// row by row, lowest bit first, filled up to whole words. A snapshot of a digest
// whose weights are stored already has the digest only.
//
// A state is what sim.Engine.AppendState gives, as a zstd frame; long ones in several
// chunks, whose number is their items.
//
// # Index and end
//
// A payload of kind 8 lists groups and snapshots since the one before: the numbers
// of both as uint32; for each group its offset, its length, its first step and the
// trials begun before as uint64, its steps and the trials begun in it as uint32;
// for each snapshot offset and length as uint64, its number and 1 if weights are
// stored as uint32, and the digest. The end is a JSON object: Steps and Trials, how
// many there are; Header, the offset of the header's copy; Index, a list of the
// offsets of all index chunks; and Failure, why the recording broke off, if it
// did. The last 16 bytes of the file are the offset of the end as
// uint64, C9 50 65 1A, and the CRC-32C of these 12 bytes. Where they or the index
// cannot be used, the chunks tell the same: a file without an end among them broke
// off; an end, or an index, tells how much there should be before it.
package record
