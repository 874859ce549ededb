package hdf5

// A heap stores strings in collections (III.E). A collection has an address from its
// beginning, and is written when it is full. Within a collection, equal strings are
// stored once.
type heap struct {
	file    *File
	open    []byte // the collection that is being filled; nil if there is none
	size    int    // its size when it is full
	address uint64
	count   uint32            // number of its strings
	known   map[string]uint32 // its strings with their indexes
}

const (
	heapHeader  = 16 // length of the header of a collection, and of that of an object in it
	heapMinimum = 4096
	heapMaximum = 64 << 10
)

// put stores a string. It returns the address of its collection and its index there,
// which are 0 for the empty string.
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
	b = append(b, 0, 0, 0, 0, 0, 0) // the number of references, which nobody counts
	b = le.AppendUint64(b, uint64(len(s)))
	b = append(b, s...)
	return append(b, make([]byte, -len(s)&7)...)
}

// flush writes the open collection. The free space in it is an object with the index 0,
// whose size includes its header.
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
