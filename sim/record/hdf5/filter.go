package hdf5

import (
	"bytes"

	"github.com/klauspost/compress/zlib"
)

// Numbers of filters (IV.A.2.l).
const (
	filterDeflate = 1
	filterShuffle = 2
)

const deflateLevel = 4

// pipeline returns the message that lists the filters for elements of a size in bytes.
// Single bytes need no shuffling.
func pipeline(size int) []byte {
	if size == 1 {
		return appendFilter([]byte{2, 1}, filterDeflate, deflateLevel) // version, number of filters
	}
	return appendFilter(appendFilter([]byte{2, 2}, filterShuffle, size), filterDeflate, deflateLevel)
}

func appendFilter(b []byte, filter uint16, parameter int) []byte {
	b = le.AppendUint16(b, filter)
	b = append(b, 0, 0, 1, 0) // flags; one parameter
	return le.AppendUint32(b, uint32(parameter))
}

// A packer applies the filters to chunks.
type packer struct {
	shuffled []byte
	out      bytes.Buffer
	deflate  *zlib.Writer
}

// pack returns the filtered bytes of a chunk. They are valid until the next call.
func (p *packer) pack(data []byte, size int) []byte {
	if size > 1 {
		if cap(p.shuffled) < len(data) {
			p.shuffled = make([]byte, len(data))
		}
		data = shuffle(p.shuffled[:len(data)], data, size)
	}
	p.out.Reset()
	if p.deflate == nil {
		p.deflate, _ = zlib.NewWriterLevel(&p.out, deflateLevel) // the only error is that there is no such level
	} else {
		p.deflate.Reset(&p.out)
	}
	p.deflate.Write(data) // writing to memory does not fail
	p.deflate.Close()
	return p.out.Bytes()
}

// shuffle copies the first bytes of all elements, then the second ones, and so on.
func shuffle(to, from []byte, size int) []byte {
	n := len(from) / size
	for i := range size {
		plane := to[i*n : (i+1)*n]
		for j := range plane {
			plane[j] = from[j*size+i]
		}
	}
	return to
}
