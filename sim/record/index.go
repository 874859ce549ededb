package record

import (
	"encoding/binary"
	"errors"
)

// groupEntry says where a group is.
type groupEntry struct {
	offset, length int64
	first          int64
	steps          int
	trial          uint64
	begun          int
}

const groupEntrySize = 40

// weightsEntry says where a snapshot is.
type weightsEntry struct {
	offset, length int64
	number         int
	digest         digest
	stored         bool // whether it holds the weights, not only their digest
}

const weightsEntrySize = 56

// indexEvery is the number of groups and snapshots after which an index is written,
// so that memory does not grow with the recording.
const indexEvery = 1024

// addIndex adds a chunk that says where the groups and snapshots since the last
// index are.
func (e *encoder) addIndex() {
	e.indexes = append(e.indexes, e.size+int64(len(e.out)))
	at := len(e.out)
	le := binary.LittleEndian
	b := reserve(e.out)
	b = le.AppendUint32(b, uint32(len(e.groups)))
	b = le.AppendUint32(b, uint32(len(e.weights)))
	for _, g := range e.groups {
		b = le.AppendUint64(b, uint64(g.offset))
		b = le.AppendUint64(b, uint64(g.length))
		b = le.AppendUint64(b, uint64(g.first))
		b = le.AppendUint64(b, g.trial)
		b = le.AppendUint32(b, uint32(g.steps))
		b = le.AppendUint32(b, uint32(g.begun))
	}
	for _, w := range e.weights {
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
	e.out = b
	frame{kind: indexChunk, items: uint32(len(e.groups) + len(e.weights))}.seal(e.out[at:])
	e.groups, e.weights = e.groups[:0], e.weights[:0]
}

var errIndex = errors.New("it is malformed")

func (l *layout) addIndex(b []byte) error {
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
		l.groups = append(l.groups, groupEntry{
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
		l.weights = append(l.weights, w)
		b = b[weightsEntrySize:]
	}
	return nil
}

// ending is the content of the end chunk, as JSON.
type ending struct {
	Steps   int64
	Trials  uint64
	Header  int64   // offset of a second copy of the header, 0 if there is none
	Index   []int64 // offsets of the index chunks
	Failure string  `json:",omitempty"` // why the recording ended before the run
}
