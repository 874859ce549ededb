// Package record writes and reads recordings of runs.
//
// A recording is one file. A [Writer] observes a run and writes as it goes. A
// [Reader] finds any part of any trial without loading the rest. Weights and spikes
// determine all potentials, so a recording of spikes is enough to recompute the
// potentials later; package protocols/replay does that.
//
// The package does not know data sets, learning or configurations: it only stores
// their names and text.
//
// # Time
//
// Trials follow one another in a recording without gaps; trials that were not
// recorded take no time. The steps of a recording count from 0 through all its
// trials. A spike in step s of a trial that begins with step f is at (f + s)·dt. A
// sample of a potential is its value at the end of its step, so one in step s is at
// (f + s + 1)·dt.
//
// # Potentials from spikes
//
// Spikes do not act on both dendrites at the same time. Number the rows of
// potentials by their steps. A spike in step k of the layer below acts on basal
// dendrites from row k on. A spike in step k of the layer that feedback comes from
// acts on apical dendrites from row k + 1 on, because that layer takes its step
// after the layer that it feeds. In the first row in which it acts, a spike counts
// κ(dt) times its weight, in the next row κ(2 dt), and so on:
//
//	basal  V_b[k] = b + Σ_j W_j Σ_{f ≤ k} κ((k − f + 1)·dt)
//	apical V_a[k] = c + Σ_j Y_j Σ_{f < k} κ((k − f)·dt)
//
// where f goes through the steps in which neuron j fired. If a trial is Rested,
// there are no spikes before its first step; otherwise those of the trial before it
// in the same slot of the batch go on acting. If Forward or Feedback of the header
// is rates, the inner sums are replaced by the rates of the layer below, or by
// those that the layer that feeds back had in the step before.
//
// # The file
//
// All numbers are little-endian. The file begins with 12 bytes, 89 50 4C 41 54 45
// 41 55 0D 0A 1A 0A, and the version of the format as uint32: 1, or 2 to 4 if
// the recording holds what earlier versions cannot. Then come chunks, one after
// another: each has a frame of 48 bytes and a payload.
//
//	offset  type    what
//	0       [4]byte C9 50 63 1A
//	4       uint8   kind of the chunk
//	5       uint8   1 if a chunk of kind 7 holds weights; else 0
//	6       uint16  stream: population, probe, hidden layer, state or part
//	8       uint32  length of the payload
//	12      uint32  length of what the payload unpacks to, for kinds 1, 2, 6 and 9
//	16      uint64  first step of the chunk's group, in the recording
//	24      uint32  number of steps of the group
//	28      uint32  items: how many spikes, rows, trials begun or parts; number of a snapshot
//	32      uint64  number of trials that began before the group
//	40      uint32  CRC-32C (Castagnoli) of the payload
//	44      uint32  CRC-32C of the 44 bytes before
//
// The kinds are
//
//	1  header: what the run is, as JSON
//	2  events: what happened in a group
//	3  spikes of a population; the stream is its number in the header's Populations
//	4  samples of a probe; the stream is its number in the header's Traces
//	5  plateau values of a hidden layer; the stream is its number
//	6  the state with which a trial began
//	7  weights
//	8  index
//	9  end, as JSON
//
// and a reader may skip others. Populations, layers, neurons, probes, trials, steps
// and snapshots all count from 0. The header is the first chunk; a copy of it
// stands before the last index.
//
// # Header
//
// The header is a JSON object. To read spikes and values, you need these of its
// fields:
//
//	Dt           length of a step in ms
//	Populations  a list, from the input up to the output, of Name, Size in neurons and
//	             Spikes, true if they are recorded
//	Network      of which Hidden lists the sizes of the hidden layers, and Lesions
//	             neurons that never fire: Layer 0 is the input, From ≤ neuron < To
//	Plateaus     true if plateau values are recorded
//	Traces       a list of Population, its number in Populations; Variable, which is
//	             basal, apical, soma or rate; Neurons, a list in ascending order; and
//	             Interval, the number of steps from one sample to the next
//	Repeats      how many times each example was shown, if trials were repeated. The
//	             number of a trial is then its example + 2³² times how many times the
//	             example had been shown before
//
// A field that is false, 0 or empty may be left out. Potentials are relative to
// rest and have no dimension; rates are in spikes/ms. The other fields say what
// decided the run, so that it can be replayed. They have the names and units of
// [Header] and its types: Config as TOML, Data and its Split, Seed as a decimal
// string, and the parameters of neurons, network and rule.
//
// # Groups
//
// A group is what was recorded of some consecutive trials, or of a part of a long
// trial. Its chunks stand together and have the same step, steps and trials in
// their frames. They are: one of kind 2; for each state that the group mentions,
// one or more of kind 6, with streams counting from 0; for each population whose
// spikes are recorded, one or more of kind 3, even if it was silent; for each
// hidden layer, if plateaus are recorded, one or more of kind 5; and for each probe
// one or more of kind 4. Several chunks of one stream stand together. The next
// group begins with the step and the trial after this one. If a file has no end,
// its last group may be incomplete and its last chunk cut off. After damage, the
// next frame is found by its first four bytes and its checksum.
//
// # Events
//
// The payload of kind 2 is a zstd frame. In what follows, uint is an unsigned
// integer in groups of 7 bits, the lowest first, where the highest bit of each byte
// is set if more follow; int is a signed integer, written as the uint 2n for n ≥ 0
// and −2n − 1 for n < 0; string is its length as uint and its bytes in UTF-8. The
// frame begins with these uints: the number of steps that the trial under way has
// had before the group; the number of spikes of each recorded population; the
// number of rows of plateaus of each hidden layer, if these are recorded; and the
// number of rows of each probe. Then come events, each of which begins with its
// number as a byte:
//
//	1  a trial begins: a byte of flags (1: at rest, 2: its state is in the group,
//	   the next of the group's states); uint step of the group; uint purpose (5 training,
//	   6 test, 7 trial, 9 protocol); uint number; int example; int class, both −1 for
//	   a stimulus of the user's own; int slot of the batch; uint number of the snapshot; uint number of trials learnt since then
//	2  a phase begins: a byte of flags (1: taught, 2: plateaus at times of their own,
//	   4: intensities, 8: which change, 16: currents); string name; uint step of the trial; uint number of steps;
//	   uint first step of the window of its averages; int class taught; uint number of
//	   steps of the plateaus' windows; if flagged, a float32 intensity for each input,
//	   or a row of them for each step, if they change; if flagged, for every neuron of
//	   every hidden layer an int, the number of steps from the beginning of its
//	   plateau to the last step of the phase; if flagged, the number of currents as
//	   uint and for each: uint population; a byte, 0 soma, 1 basal, 2 apical; the
//	   number of its neurons as uint, and for each a uint, how many neurons were left
//	   out before it; the number of its values as uint, which is 1, one for each step,
//	   or one for each step and neuron; the values as float32
//	3  a phase ends: a byte of flags (1: the next row of plateau values of each
//	   hidden layer belongs to this phase)
//	4  a class is read out: uint predicted class
//	5  a trial ends: uint number of steps; uint number of losses; a float64 for each
//
// Events before the first beginning of a trial belong to the trial that goes on from
// the group before.
//
// # Spikes
//
// A spike of neuron j in step s of the group is the number f = s·n + j, where n is
// the size of the population. A neuron that fired twice in a step appears twice. A
// chunk holds the gaps from each f to the next, in ascending order; the first counts
// from 0. Gaps are stored in runs of 4096; the last run may be shorter. The lowest k
// bits of each gap of a run are stored as they are. The rest of it, h, is stored as
// one byte, which is 255 if h is 255 or more. Without spikes the payload is empty.
// Otherwise it is
//
//	for each run its k, a byte, at most 56
//	the length in bytes of the next part, a uint
//	for each h of 255 or more, h − 255 as a uint
//	for each run the low bits of its gaps: the first gap in the lowest bits of the
//	first byte, the next above them, with zeros to fill up the last byte
//	a zstd frame of the bytes for h of all gaps
//
// # Rows
//
// Each sample of a probe is a row with a float32 for each of its neurons. There is a
// row for every step of a trial that is a multiple of the interval. Plateau values
// are rows with a float32 for each neuron of the layer. Without rows the payload is
// empty. Otherwise it begins with a byte, the coding. Four zstd frames follow, each
// after its length as uint32: of the lowest bytes of all 32-bit words, of the second
// bytes, of the third, and of the highest. With coding 0 the words are the float32 as
// they are, row by row. With coding 1 they stand column by column, so that the values
// of a neuron follow one another. The first word of a column is its float32 as it
// is. For each further value v, let d = o(v) − o(the value before) modulo 2³²; the
// word is 2d if d < 2³¹, and 2·(2³² − d) − 1 otherwise. Here o(v) takes the bits of v
// as an integer; if the highest bit is set it inverts all bits, otherwise it sets
// the highest.
//
// # Weights and states
//
// A payload of kind 7 begins with the SHA-256 digest of all weights, as
// network.Weights.SHA256 defines it. In its frame, items is the number of the
// snapshot and stream is the part. If the weights are stored, the rest is their
// words in one row, coded as above, at most 2¹⁸ in a part: all float32 in the order
// of network.Network.Arrays, then for each layer with silent synapses one bit for
// each synapse, row by row, lowest bit first, with zeros to fill up the last word. If
// weights with the same digest are stored already, a snapshot has only the digest.
//
// A state is what sim.Engine.AppendState returns, as a zstd frame. A long state
// takes several chunks; the items of each are their number.
//
// # Index and end
//
// A payload of kind 8 lists the groups and snapshots since the index before: the
// numbers of both as uint32; for each group its offset, its length, its first step
// and the number of trials that began before it as uint64, and its number of steps
// and of trials that began in it as uint32; for each snapshot its offset and length
// as uint64, its number and 1 if its weights are stored as uint32, and the digest.
// The end is a JSON object: Steps and Trials, the numbers of both; Header, the offset
// of the second header; Index, a list of the offsets of all index chunks; and
// Failure, the reason if the recording broke off. The last 16 bytes of the file are
// the offset of the end as uint64, C9 50 65 1A, and the CRC-32C of these 12 bytes. If
// they or the index cannot be used, the chunks themselves tell the same: if there is
// no end among them, the recording broke off; an end or an index says how much there
// should be before it.
package record
