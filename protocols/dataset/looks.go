package dataset

import "bytes"

// sniffed is how many bytes of a file LooksLike wants to see.
const sniffed = 512

const (
	zipArchive = "a zip archive"
	webPage    = "a web page (HTML), as of a login, a proxy or a download that needs a click"
)

// LooksLike says what a file is that was saved under the name of a data file,
// from how it begins; "" if it is none of the things that often are.
func LooksLike(head []byte) string {
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	for _, kind := range []struct{ begins, what string }{
		{"<!doctype html", webPage},
		{"<html", webPage},
		{"<head", webPage},
		{"<!--", webPage},
		{"<?xml", "an XML text, as servers send instead of a file"},
		{"version https://git-lfs.github.com/", "a pointer of Git LFS, which stands for a file that was not fetched (git lfs pull gets it)"},
	} {
		if bytes.HasPrefix(text, []byte(kind.begins)) {
			return kind.what
		}
	}
	for _, kind := range []struct{ begins, what string }{
		{"PK\x03\x04", zipArchive},
		{"BZh", "a bzip2 archive"},
		{"\xfd7zXZ\x00", "an xz archive"},
		{"\x28\xb5\x2f\xfd", "a zstd archive"},
		{"\x89HDF\r\n\x1a\n", "an HDF5 file"},
		{"\x93NUMPY", "a NumPy array (.npy)"},
		{"\x80", "a pickle of Python"},
	} {
		if bytes.HasPrefix(head, []byte(kind.begins)) {
			return kind.what
		}
	}
	return ""
}
