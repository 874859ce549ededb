package record

import "slices"

// A cache holds the values that were used most recently.
type cache[K comparable, V any] struct {
	most  int
	keys  []K // the most recently used last
	known map[K]V
}

func (c *cache[K, V]) get(key K) (V, bool) {
	v, ok := c.known[key]
	if n := len(c.keys); ok && c.keys[n-1] != key {
		k := slices.Index(c.keys, key)
		c.keys = append(append(c.keys[:k], c.keys[k+1:]...), key)
	}
	return v, ok
}

func (c *cache[K, V]) put(key K, v V) {
	if c.known == nil {
		c.known = map[K]V{}
	}
	if len(c.keys) == c.most {
		delete(c.known, c.keys[0])
		c.keys = slices.Delete(c.keys, 0, 1)
	}
	c.keys = append(c.keys, key)
	c.known[key] = v
}
