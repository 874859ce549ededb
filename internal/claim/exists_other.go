//go:build !unix && !windows

package claim

// exists cannot be known here, so a claim ends with its lease.
func exists(process int) bool { return true }
