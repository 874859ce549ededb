package hdf5

// A heap keeps strings, in collections (III.E). A collection gets its place in
// the file when it is begun.
type heap struct {
	file    *File
	open    []byte // the collection being filled; nil if none
	size    int    // of it, when it is full
	address uint64
	count   uint32            // strings in it
	known   map[string]uint32 // those strings, as equal ones are kept once
}

const (
	heapHeader  = 16 // bytes before a collection's objects, and before each object's data
	heapMinimum = 4096
	heapMaximum = 64 << 10
)

// put returns where a string is: the address of its collection and its index.
// The empty string is nowhere.
func (h *heap) put(s string) (address uint64, index uint32) {
	if s == "" {
		return 0, 0
	}
	if i, ok := h.known[s]; ok {
		return h.address, i
	}
	need := heapHeader + (len(s)+7)&^7
	if heapHeader+need > heapMaximum {
		size := heapHeader + need
		return h.file.write(appendString(beginHeap(size), 1, s)), 1
	}
	if len(h.open)+need > h.size {
		h.flush()
		h.size = min(max(2*h.size, heapMinimum), heapMaximum)
		for heapHeader+need > h.size {
			h.size *= 2
		}
		h.open = beginHeap(h.size)
		h.address = h.file.write(make([]byte, h.size))
		h.count = 0
		h.known = map[string]uint32{}
	}
	h.count++
	h.open = appendString(h.open, h.count, s)
	h.known[s] = h.count
	return h.address, h.count
}

func beginHeap(size int) []byte {
	b := append([]byte("GCOL"), 1, 0, 0, 0) // version
	return le.AppendUint64(b, uint64(size))
}

func appendString(b []byte, index uint32, s string) []byte {
	b = le.AppendUint16(b, uint16(index))
	b = append(b, 0, 0, 0, 0, 0, 0) // references are not counted
	b = le.AppendUint64(b, uint64(len(s)))
	b = append(b, s...)
	return append(b, make([]byte, -len(s)&7)...)
}

// flush writes the collection. What is free of it is its object 0, whose size
// includes its own header.
func (h *heap) flush() {
	if h.open == nil {
		return
	}
	if free := h.size - len(h.open); free >= heapHeader {
		h.open = append(h.open, make([]byte, 8)...)
		h.open = le.AppendUint64(h.open, uint64(free))
	}
	h.file.fill(h.open, h.address)
	h.open = nil
}
