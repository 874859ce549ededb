// Package plateautest has what tests of the program need. It is imported by tests only.
package plateautest
