package hdf5

// fanout is the number of children that a node of a B-tree of version 1 (III.A.1) has
// room for.
const fanout = 64

const chunkNode = 1 // the type of nodes that find chunks

// writeIndex writes a B-tree that finds the chunks of a data set, level by level from the
// chunks up. It returns the address of the root.
func (f *File) writeIndex(chunks []stored, shape []int64) uint64 {
	type child struct {
		number  int64 // of the first chunk below it
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

	// There is a key before each child, which gives the position of its first element, and
	// one after the last, which lies beyond it.
	appendKey := func(b []byte, c child) []byte {
		b = le.AppendUint32(b, c.size)
		b = le.AppendUint32(b, 0) // all filters were applied
		b = le.AppendUint64(b, uint64(c.number*shape[0]))
		return append(b, make([]byte, 8*len(shape))...) // the first element has index 0 on all other axes
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
