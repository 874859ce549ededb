package dataset

import "bytes"

// sniffed is the number of bytes at the beginning of a file that LooksLike needs.
const sniffed = 512

const (
	zipArchive = "a zip archive"
	webPage    = "a web page (HTML), such as a login, a proxy's message or a download that needs a click"
)

// LooksLike tells from its first bytes what was saved under the name of a data
// file, such as a web page. It returns "" if it does not recognise them.
func LooksLike(head []byte) string {
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	for _, kind := range []struct{ begins, what string }{
		{"<!doctype html", webPage},
		{"<html", webPage},
		{"<head", webPage},
		{"<!--", webPage},
		{"<?xml", "an XML text, such as a server's error message"},
		{"version https://git-lfs.github.com/", "a Git LFS pointer in place of the file (run git lfs pull to get the file)"},
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
		{"\x80", "a Python pickle"},
	} {
		if bytes.HasPrefix(head, []byte(kind.begins)) {
			return kind.what
		}
	}
	return ""
}
