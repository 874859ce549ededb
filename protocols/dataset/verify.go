package dataset

import (
	"bufio"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"plateau/internal/regular"
)

// A State is what Verify found out about a file.
type State int

const (
	Missing   State = iota
	OK              // the content is what the makers published
	Differs         // it is not; it may still be of use
	Unchecked       // of the right length, but nobody published a checksum
	Damaged         // cannot be read or unpacked
)

func (s State) String() string {
	return [...]string{"missing", "ok", "differs from the official file", "no official checksum", "damaged"}[s]
}

// A Report is what Verify found out about one file of a data set.
type Report struct {
	File  File
	Path  string // where it is, or where it was looked for
	State State
	Bytes int64  // length of the content
	MD5   string // of the content, unpacked
	Err   error  // why it is Damaged
}

// String is the report in a line.
func (r Report) String() string {
	switch {
	case r.State == Differs && r.Bytes != r.File.Bytes:
		return fmt.Sprintf("%s: %v: %d bytes, want %d", r.Path, r.State, r.Bytes, r.File.Bytes)
	case r.State == Differs:
		return fmt.Sprintf("%s: %v: MD5 %s, want %s", r.Path, r.State, r.MD5, r.File.MD5)
	case r.State == Damaged:
		return fmt.Sprintf("%s: %v: %v", r.Path, r.State, r.Err)
	}
	return fmt.Sprintf("%s: %v", r.Path, r.State)
}

// Sums is the name of a file that Fetch leaves beside files it unpacked from
// an archive whose checksum was right: the MD5 and name of each, a line each.
// It stands in where the makers published a checksum of the archive only.
const Sums = "MD5SUMS"

// Verify compares the files that Load would read, or as many as there are,
// with what the makers published. A file that differs is no error: Load reads
// it all the same, if it is well-formed. A set that is drawn has no files.
func Verify(name string, o Options) ([]Report, error) {
	info, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	if len(info.Files) == 0 {
		return nil, nil
	}
	p, looked := locate(SearchPath(o.Dir), info)
	if len(p.found) == 0 {
		return nil, &MissingError{Name: name, Files: p.missing, Looked: looked, Exact: o.Dir != ""}
	}
	return VerifyFolder(p.dir, info), nil
}

// VerifyFolder compares the files of a set that are right in this folder.
func VerifyFolder(dir string, info Info) []Report {
	p := look(dir, info)
	sums := readSums(filepath.Join(dir, Sums))
	var reports []Report
	for _, file := range info.Files {
		if file.MD5 == "" {
			file.MD5 = sums[file.Name]
		}
		path, ok := p.found[file.Name]
		if !ok {
			reports = append(reports, Report{File: file, Path: filepath.Join(dir, file.Name)})
			continue
		}
		reports = append(reports, VerifyFile(path, file))
	}
	return reports
}

// VerifyFile compares the content of one file, plain or gzipped, with what it
// should be.
func VerifyFile(path string, want File) Report {
	r := Report{File: want, Path: path}
	err := readContent(path, func(c content) error {
		hash := md5.New()
		n, err := io.Copy(hash, io.LimitReader(c, maxContent))
		r.Bytes, r.MD5 = n, hex.EncodeToString(hash.Sum(nil))
		return err
	})
	switch {
	case errors.Is(err, os.ErrNotExist):
		r.State = Missing
	case err != nil:
		r.State, r.Err = Damaged, err
	case r.Bytes != want.Bytes || want.MD5 != "" && r.MD5 != want.MD5:
		r.State = Differs
	case want.MD5 == "":
		r.State = Unchecked
	default:
		r.State = OK
	}
	return r
}

// readSums reads a file of checksums as md5sum writes it. Without one, nothing
// is known.
func readSums(path string) map[string]string {
	f, err := regular.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	sums := make(map[string]string)
	lines := bufio.NewScanner(io.LimitReader(f, 1<<16))
	for lines.Scan() {
		if sum, name, ok := strings.Cut(lines.Text(), "  "); ok && len(sum) == 2*md5.Size {
			sums[name] = sum
		}
	}
	return sums
}
