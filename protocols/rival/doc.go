// Package rival has the rivals of the plateau rule as Learners: networks without time, from
// package network/rate, that learn from the same examples in the same loop. Each rule is a
// file.
package rival
