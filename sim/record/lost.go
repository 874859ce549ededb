package record

import "fmt"

// findLost lists the trials that are lost; see Reader.Lost.
func findLost(r *Reader, watch func(done int64) error) ([]int, error) {
	bad := make([]bool, len(r.groups))
	for k, g := range r.groups {
		if watch != nil {
			if err := watch(g.offset); err != nil {
				return nil, err
			}
		}
		whole := k < len(r.groups)-1 || g.trial+uint64(g.begun) <= r.written
		bad[k] = whole && !sound(r, k)
	}
	lost := []int{}
	for i := range r.Trials() {
		t, err := r.trial(i)
		good := err == nil
		for k := 0; good && k <= t.last-t.group; k++ {
			good = !bad[t.group+k]
		}
		if !good {
			lost = append(lost, i)
		}
	}
	if err := r.unchanged(); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return lost, nil
}

// sound reports whether a group has all its chunks and their checksums are right.
func sound(r *Reader, k int) bool {
	c, err := r.group(k)
	if err != nil || len(c.lacks(&r.header)) > 0 {
		return false
	}
	for _, chunk := range c.chunks {
		if _, err := r.payload(chunk.offset, chunk.frame); err != nil {
			return false
		}
	}
	return true
}
