// Package record writes recordings of runs, and reads them.
package record
