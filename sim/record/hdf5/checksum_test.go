package hdf5

import "testing"

// Vectors that Bob Jenkins gives beside the hash.
func TestChecksum(t *testing.T) {
	for _, c := range []struct {
		key  string
		want uint32
	}{
		{"", 0xdeadbeef},
		{"Four score and seven years ago", 0x17770551},
	} {
		if got := checksum([]byte(c.key)); got != c.want {
			t.Errorf("checksum(%q) = %#x, want %#x", c.key, got, c.want)
		}
	}
}
