package view

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
)

// A packet is an answer with large arrays of numbers; see the package comment.
type packet struct {
	Arrays []array `json:"arrays"`
	bulk   []byte
}

type array struct {
	Name   string `json:"name"`
	Type   string `json:"type"` // u8, u16, u32 or f32
	Length int    `json:"length"`
}

// pad begins every array at a multiple of four bytes.
func (p *packet) pad() {
	for len(p.bulk)%4 != 0 {
		p.bulk = append(p.bulk, 0)
	}
}

func (p *packet) add(name, kind string, n int) {
	p.pad()
	p.Arrays = append(p.Arrays, array{name, kind, n})
}

// counts adds an array with one byte for each count if that is enough for the largest,
// otherwise two.
func (p *packet) counts(name string, values []uint16, largest int) {
	if largest <= math.MaxUint8 {
		p.add(name, "u8", len(values))
		for _, v := range values {
			p.bulk = append(p.bulk, byte(v))
		}
		return
	}
	p.add(name, "u16", len(values))
	for _, v := range values {
		p.bulk = binary.LittleEndian.AppendUint16(p.bulk, v)
	}
}

func (p *packet) uint32s(name string, values []uint32) {
	p.add(name, "u32", len(values))
	for _, v := range values {
		p.bulk = binary.LittleEndian.AppendUint32(p.bulk, v)
	}
}

func (p *packet) floats(name string, values []float32) {
	p.add(name, "f32", len(values))
	for _, v := range values {
		p.bulk = binary.LittleEndian.AppendUint32(p.bulk, math.Float32bits(v))
	}
}

// send sends a head, which contains the packet, and the arrays.
func (p *packet) send(w http.ResponseWriter, head any) error {
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	for len(text)%4 != 0 {
		text = append(text, ' ')
	}
	p.pad()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(4+len(text)+len(p.bulk)))
	w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(text))))
	w.Write(text)
	w.Write(p.bulk)
	return nil
}
