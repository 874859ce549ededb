package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// A kind says what a chunk holds.
type kind byte

const (
	headerChunk  kind = 1 + iota // the Header as JSON
	eventsChunk                  // what happened in a group; the first chunk of the group
	spikesChunk                  // spikes of a population
	samplesChunk                 // samples of a probe
	plateauChunk                 // plateau values of a hidden layer
	stateChunk                   // the state with which a trial began
	weightsChunk                 // weights, or their digest
	indexChunk                   // where groups and snapshots are
	endChunk                     // where the indexes are
)

func (k kind) String() string {
	switch k {
	case headerChunk:
		return "header"
	case eventsChunk:
		return "events"
	case spikesChunk:
		return "spikes"
	case samplesChunk:
		return "samples"
	case plateauChunk:
		return "plateaus"
	case stateChunk:
		return "state"
	case weightsChunk:
		return "weights"
	case indexChunk:
		return "index"
	case endChunk:
		return "end"
	}
	return fmt.Sprintf("chunk of kind %d", byte(k))
}

// inGroup reports whether chunks of the kind belong to groups.
func (k kind) inGroup() bool {
	switch k {
	case eventsChunk, spikesChunk, samplesChunk, plateauChunk, stateChunk:
		return true
	}
	return false
}

// The file begins with fileMagic and the version of the format, which takes 4 bytes. A
// recording has the earliest version that can hold it, so that older programs read all
// that they can.
const (
	fileMagic    = "\x89PLATEAU\r\n\x1a\n"
	version      = 1
	ownPhases    = 2 // also holds phases with currents and with intensities that change, and lesions
	courses      = 3 // also holds courses of learning rates that do not simply decay
	optimisers   = 4 // also holds runs whose updates do not simply add up
	latest       = optimisers
	fileStart    = len(fileMagic) + 4
	chunkMagic   = "\xc9Pc\x1a"
	frameSize    = 48
	trailerMagic = "\xc9Pe\x1a"
	trailerSize  = 16
	// maxStored is the largest length of a payload. Bytes that cannot be compressed
	// become a little longer.
	maxStored = maxRaw + 1<<16
)

// A frame is the header of a chunk, before its payload.
type frame struct {
	kind   kind
	coding byte   // 1 if a weights chunk holds weights, not only their digest; else 0
	stream uint16 // number of the population, probe, hidden layer, state or part
	stored uint32 // length of the payload in bytes
	raw    uint32 // length of what it unpacks to, if it is compressed as a whole
	first  uint64 // first step of the group, counted through the recording
	steps  uint32 // number of steps of the group
	items  uint32 // number of spikes, rows or trials begun; see the package comment
	trial  uint64 // number of trials that began before the group
	check  uint32 // CRC-32C of the payload
}

var (
	errNoChunk = errors.New("no chunk begins here")
	errFrame   = errors.New("the frame of a chunk is damaged")
	errPayload = errors.New("checksum does not match")
	errTrailer = errors.New("the file does not end as a finished recording does")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// seal writes the frame of a chunk to the room that reserve made before its payload.
func (f frame) seal(chunk []byte) {
	payload := chunk[frameSize:]
	le := binary.LittleEndian
	copy(chunk, chunkMagic)
	chunk[4], chunk[5] = byte(f.kind), f.coding
	le.PutUint16(chunk[6:], f.stream)
	le.PutUint32(chunk[8:], uint32(len(payload)))
	le.PutUint32(chunk[12:], f.raw)
	le.PutUint64(chunk[16:], f.first)
	le.PutUint32(chunk[24:], f.steps)
	le.PutUint32(chunk[28:], f.items)
	le.PutUint64(chunk[32:], f.trial)
	le.PutUint32(chunk[40:], checksum(payload))
	le.PutUint32(chunk[44:], checksum(chunk[:44]))
}

// parseFrame reads a frame. b has frameSize bytes.
func parseFrame(b []byte) (frame, error) {
	le := binary.LittleEndian
	if string(b[:4]) != chunkMagic {
		return frame{}, errNoChunk
	}
	if checksum(b[:44]) != le.Uint32(b[44:]) {
		return frame{}, errFrame
	}
	f := frame{
		kind: kind(b[4]), coding: b[5], stream: le.Uint16(b[6:]),
		stored: le.Uint32(b[8:]), raw: le.Uint32(b[12:]),
		first: le.Uint64(b[16:]), steps: le.Uint32(b[24:]), items: le.Uint32(b[28:]),
		trial: le.Uint64(b[32:]), check: le.Uint32(b[40:]),
	}
	if f.stored > maxStored || f.raw > maxRaw || f.first > maxCount || f.trial > maxCount {
		return frame{}, errFrame
	}
	return f, nil
}

// maxCount is the largest number of steps or trials in a frame. Sums of such numbers do
// not overflow.
const maxCount = math.MaxInt64 / 4

// reserve appends room for the frame of a chunk to b.
func reserve(b []byte) []byte { return append(b, make([]byte, frameSize)...) }

// appendTrailer appends the last bytes of a finished recording, which say where its
// end chunk begins.
func appendTrailer(b []byte, end int64) []byte {
	n := len(b)
	b = binary.LittleEndian.AppendUint64(b, uint64(end))
	b = append(b, trailerMagic...)
	return binary.LittleEndian.AppendUint32(b, checksum(b[n:]))
}

func parseTrailer(b []byte) (end int64, err error) {
	if string(b[8:12]) != trailerMagic || checksum(b[:12]) != binary.LittleEndian.Uint32(b[12:]) {
		return 0, errTrailer
	}
	return int64(binary.LittleEndian.Uint64(b)), nil
}
