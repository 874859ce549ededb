package hdf5

// A B-tree of version 1 finds chunks (III.A.1). Its nodes are of one size, with
// room for fanout children.
const fanout = 64

const chunkNode = 1 // node type

// writeIndex writes the index of a data set's chunks and returns its address.
func (f *File) writeIndex(chunks []stored, shape []int64) uint64 {
	// A level of the tree: nodes by the number of the first chunk below them.
	type child struct {
		number  int64
		size    uint32
		address uint64
	}
	var below []child
	for i, c := range chunks {
		if c.size > 0 {
			below = append(below, child{int64(i), c.size, c.address})
		}
	}
	if below == nil {
		return undefined
	}

	// A key names a chunk by its first element; the last of a node lies beyond its
	// chunks.
	appendKey := func(b []byte, c child) []byte {
		b = le.AppendUint32(b, c.size)
		b = le.AppendUint32(b, 0) // no filter was left out
		b = le.AppendUint64(b, uint64(c.number*shape[0]))
		return append(b, make([]byte, 8*len(shape))...) // the other axes, and the bytes of an element
	}
	key := 8 + 8*(len(shape)+1)
	node := 24 + fanout*(key+8) + key
	beyond := child{number: below[len(below)-1].number + 1}

	for level := byte(0); ; level++ {
		nodes := (len(below) + fanout - 1) / fanout
		start := f.end()
		address := func(i int) uint64 {
			if i < 0 || i >= nodes {
				return undefined
			}
			return start + uint64(i*node)
		}
		var above []child
		for i := range nodes {
			children := below[i*fanout : min((i+1)*fanout, len(below))]
			b := append([]byte("TREE"), chunkNode, level)
			b = le.AppendUint16(b, uint16(len(children)))
			b = le.AppendUint64(b, address(i-1))
			b = le.AppendUint64(b, address(i+1))
			for _, c := range children {
				b = appendKey(b, c)
				b = le.AppendUint64(b, c.address)
			}
			next := beyond
			if i+1 < nodes {
				next = below[(i+1)*fanout]
			}
			b = appendKey(b, next)
			first := children[0]
			first.address = f.write(append(b, make([]byte, node-len(b))...))
			above = append(above, first)
		}
		if nodes == 1 {
			return above[0].address
		}
		below = above
	}
}
