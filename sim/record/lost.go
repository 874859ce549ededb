package record

import "fmt"

// Lost returns the trials of which something is damaged or missing, in ascending
// order. Trials that are incomplete only because the recording broke off are not
// listed. On its first call, Lost reads the whole file and compares checksums.
// Meanwhile it calls watch, if not nil, with the number of bytes that are done; an
// error from watch ends the work and is returned. The only other error is that the
// file has changed.
func (r *Reader) Lost(watch func(done int64) error) ([]int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost != nil {
		return r.lost, nil
	}
	bad := make([]bool, len(r.groups))
	for k, g := range r.groups {
		if watch != nil {
			if err := watch(g.offset); err != nil {
				return nil, err
			}
		}
		whole := k < len(r.groups)-1 || g.trial+uint64(g.begun) <= r.written
		bad[k] = whole && !r.sound(k)
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
	r.lost = lost
	return lost, nil
}

// sound reports whether a group has all its chunks and their checksums are right.
func (r *Reader) sound(k int) bool {
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
