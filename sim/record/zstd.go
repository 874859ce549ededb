package record

import (
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// newCompressor returns an encoder for payloads. Bytes of spikes and potentials have no
// repetitions to search for, so the fastest level is right. By default that would store
// such bytes as they are, so it is told to entropy-code them.
func newCompressor() *zstd.Encoder {
	z, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithAllLitEntropyCompression(true),
		zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true),
		zstd.WithWindowSize(1<<17), zstd.WithSingleSegment(true))
	if err != nil {
		panic(err) // only for invalid options
	}
	return z
}

// appendRaw appends a frame that holds bytes as they are.
func appendRaw(dst, b []byte) []byte {
	const (
		magic   = 0xfd2fb528
		about   = 2<<6 | 1<<5 // flags: the length follows in four bytes, and nothing else
		longest = 1 << 17     // length of a block
	)
	dst = append(binary.LittleEndian.AppendUint32(dst, magic), about)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b)))
	for last := 0; last == 0; {
		n := min(longest, len(b))
		if n == len(b) {
			last = 1
		}
		head := n<<3 | last
		dst = append(dst, byte(head), byte(head>>8), byte(head>>16))
		dst = append(dst, b[:n]...)
		b = b[n:]
	}
	return dst
}

func newDecompressor() *zstd.Decoder {
	z, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(maxRaw), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(err)
	}
	return z
}

// decompress appends to dst what a frame holds. That must be exactly n bytes.
func decompress(z *zstd.Decoder, dst, frame []byte, n int) ([]byte, error) {
	if n < 0 || n > maxRaw {
		return nil, fmt.Errorf("%d bytes, want at most %d", n, maxRaw)
	}
	begin := len(dst)
	if cap(dst)-begin < n {
		dst = append(make([]byte, 0, begin+n), dst...)
	}
	out, err := z.DecodeAll(frame, dst[:begin:begin+n])
	if err != nil {
		return nil, err
	}
	if len(out) != begin+n {
		return nil, fmt.Errorf("%d bytes, want %d", len(out)-begin, n)
	}
	return out, nil
}

// maxRaw is the largest length of what a payload unpacks to.
const maxRaw = 1 << 24
