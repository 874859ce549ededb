package record

import (
	"encoding/binary"
	"errors"
)

// An index says where groups and snapshots are.
type index struct {
	groups  []groupEntry
	weights []weightsEntry
}

// A groupEntry says where a group is in the file, and what it holds.
type groupEntry struct {
	offset, length int64
	first          int64
	steps          int
	trial          uint64
	begun          int
}

const groupEntrySize = 40

// holds reports whether a chunk belongs to the group.
func (g *groupEntry) holds(f frame) bool {
	return int64(f.first) == g.first && int(f.steps) == g.steps && f.trial == g.trial
}

// A weightsEntry says where a snapshot of the weights is.
type weightsEntry struct {
	offset, length int64
	number         int
	digest         digest
	stored         bool // whether it holds the weights, not only their digest
}

const weightsEntrySize = 56

// append appends the index as the payload of a chunk.
func (x *index) append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(len(x.groups)))
	b = le.AppendUint32(b, uint32(len(x.weights)))
	for _, g := range x.groups {
		b = le.AppendUint64(b, uint64(g.offset))
		b = le.AppendUint64(b, uint64(g.length))
		b = le.AppendUint64(b, uint64(g.first))
		b = le.AppendUint64(b, g.trial)
		b = le.AppendUint32(b, uint32(g.steps))
		b = le.AppendUint32(b, uint32(g.begun))
	}
	for _, w := range x.weights {
		b = le.AppendUint64(b, uint64(w.offset))
		b = le.AppendUint64(b, uint64(w.length))
		stored := uint32(0)
		if w.stored {
			stored = 1
		}
		b = le.AppendUint32(b, uint32(w.number))
		b = le.AppendUint32(b, stored)
		b = append(b, w.digest[:]...)
	}
	return b
}

var errIndex = errors.New("it is malformed")

// parse adds the entries in the payload of a chunk.
func (x *index) parse(b []byte) error {
	le := binary.LittleEndian
	if len(b) < 8 {
		return errIndex
	}
	groups, weights := int(le.Uint32(b)), int(le.Uint32(b[4:]))
	b = b[8:]
	if groups > len(b)/groupEntrySize || weights > len(b)/weightsEntrySize || len(b) != groups*groupEntrySize+weights*weightsEntrySize {
		return errIndex
	}
	for range groups {
		x.groups = append(x.groups, groupEntry{
			offset: int64(le.Uint64(b)), length: int64(le.Uint64(b[8:])),
			first: int64(le.Uint64(b[16:])), trial: le.Uint64(b[24:]),
			steps: int(le.Uint32(b[32:])), begun: int(le.Uint32(b[36:])),
		})
		b = b[groupEntrySize:]
	}
	for range weights {
		w := weightsEntry{
			offset: int64(le.Uint64(b)), length: int64(le.Uint64(b[8:])),
			number: int(le.Uint32(b[16:])), stored: le.Uint32(b[20:]) == 1,
		}
		copy(w.digest[:], b[24:])
		x.weights = append(x.weights, w)
		b = b[weightsEntrySize:]
	}
	return nil
}

// An ending is what the end chunk holds, as JSON.
type ending struct {
	Steps   int64
	Trials  uint64
	Header  int64   // offset of the second header; 0 if there is none
	Index   []int64 // offsets of the index chunks
	Failure string  `json:",omitempty"` // why the recording ended before the run
}

// written returns the number of trials that are known to have been written whole.
func (e *ending) written() uint64 {
	if e.Failure != "" {
		return butLast(e.Trials)
	}
	return e.Trials
}

// butLast leaves out the last of some trials, because it may not have been over yet.
func butLast(trials uint64) uint64 { return trials - min(trials, 1) }
