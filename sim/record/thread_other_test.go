//go:build !linux

package record_test

import "time"

func threadTime() time.Duration { return 0 }
