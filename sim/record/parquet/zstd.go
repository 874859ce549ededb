package parquet

import (
	"github.com/klauspost/compress/zstd"
	codec "github.com/parquet-go/parquet-go/compress/zstd"
)

// dense is zstd that encodes the literals of every block. By default the encoder stores
// a block without matches as it is, and potentials have no matches.
type dense struct {
	codec.Codec
	encoder *zstd.Encoder
}

func newDense() *dense {
	z, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithAllLitEntropyCompression(true), zstd.WithEncoderConcurrency(1),
		zstd.WithZeroFrames(true), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // options that do not exist
	}
	return &dense{encoder: z}
}

// Encode implements compress.Codec.
func (d *dense) Encode(dst, src []byte) ([]byte, error) {
	return d.encoder.EncodeAll(src, dst[:0]), nil
}
