package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// SHA256 returns the digest of all training and test images and labels, and of their
// numbers. A run that is resumed must be shown the same data.
func (d *Data) SHA256() string {
	sum := sha256.New()
	for _, set := range []*Set{d.Train, d.Test} {
		sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(set.Len())))
		sum.Write(set.Pixels)
		sum.Write(set.Labels)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
