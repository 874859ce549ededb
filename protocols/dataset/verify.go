package dataset

import (
	"bufio"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plateau/internal/regular"
)

// A State says what Verify found out about a file.
type State int

const (
	Missing   State = iota
	OK              // the content is what the makers published
	Differs         // it is not, but Load may still be able to read it
	Unchecked       // it may be, as far as it can be compared: nobody published a checksum of it
	Damaged         // it cannot be read or unpacked
)

func (s State) String() string {
	return [...]string{"missing", "ok", "differs from the official file", "no official checksum", "damaged"}[s]
}

// A Report is what Verify found out about one file of a data set.
type Report struct {
	File  File
	Path  string // where it is, or where it should be
	Array string // its name in the archive at Path, if it is in one
	State State
	Bytes int64  // length of the content
	MD5   string // of the content, unpacked; of the file itself where File has only that
	Is    string // if it Differs: which other official file it is; "" if none is known
	Err   error  // why it is Damaged
}

// String returns the report as one line.
func (r Report) String() string {
	where := source{r.Path, r.Array}.String()
	switch {
	case r.State == Differs && r.Is != "":
		return fmt.Sprintf("%s: %v: it is %s", where, r.State, r.Is)
	case r.State == Differs && r.Bytes != r.File.Bytes:
		return fmt.Sprintf("%s: %v: %d bytes, want %d", where, r.State, r.Bytes, r.File.Bytes)
	case r.State == Differs && r.File.PackedMD5 != "":
		return fmt.Sprintf("%s: %v: MD5 of the file %s, want %s", where, r.State, r.MD5, r.File.PackedMD5)
	case r.State == Differs && r.File.MD5 == "":
		return fmt.Sprintf("%s: %v: it has other labels", where, r.State)
	case r.State == Differs:
		return fmt.Sprintf("%s: %v: MD5 %s, want %s", where, r.State, r.MD5, r.File.MD5)
	case r.State == Damaged:
		err := r.Err
		if format, ok := errors.AsType[*FormatError](err); ok {
			err = format.Err // without the name of the file, which is already in the line
		}
		return fmt.Sprintf("%s: %v: %v", where, r.State, err)
	case r.State == Unchecked && r.File.Labels != "":
		return fmt.Sprintf("%s: the labels are the official ones; there is no official checksum of the images", where)
	case r.State == Unchecked && r.File.PackedMD5 != "":
		return fmt.Sprintf("%s: the numbers of images and classes are right; an official checksum is published of %s only", where, r.File.Published())
	}
	return fmt.Sprintf("%s: %v", where, r.State)
}

// Sums is the name of the file in which Fetch records the MD5 and the name of each
// file that it unpacked from an archive whose checksum was right, one per line.
// Verify uses these where the makers published a checksum of the archive only.
const Sums = "MD5SUMS"

// Verify compares the files that Load would read, or those of them that are there,
// with what the makers published. A file that differs is no error, because Load
// reads it as long as it is well-formed. A set that is drawn has no files.
func Verify(name string, o Options) ([]Report, error) {
	info, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	if info.Drawn() {
		return nil, nil
	}
	p, missing := locate(o.Dir, info)
	if len(p.found) == 0 {
		return nil, missing
	}
	return VerifyFolder(p.dir, info), nil
}

// VerifyFolder compares the files of a set in this folder, not in folders below it.
func VerifyFolder(dir string, info Info) []Report {
	p := look(dir, info)
	var reports []Report
	for _, file := range summed(dir, info) {
		src, ok := p.found[file.Name]
		if !ok {
			reports = append(reports, Report{File: file, Path: filepath.Join(dir, file.Name)})
			continue
		}
		r := src.verify(file)
		if r.State == Unchecked && file.PackedMD5 != "" {
			if err := r.Suits(info); err != nil {
				r.State, r.Err = Damaged, err
			}
		}
		reports = append(reports, r)
	}
	return reports
}

// summed lists the files of a set. Where the makers published no checksum, it fills
// in the one that Fetch recorded.
func summed(dir string, info Info) []File {
	files := slices.Clone(info.Files)
	sums := readSums(filepath.Join(dir, Sums))
	for i := range files {
		if files[i].MD5 == "" {
			files[i].MD5 = sums[files[i].Name]
		}
	}
	return files
}

// VerifyFile compares the content of one file, plain or gzipped, with the official
// one.
func VerifyFile(path string, want File) Report { return source{path: path}.verify(want) }

func (s source) verify(want File) Report {
	r := Report{File: want, Path: s.path, Array: s.array}
	var d digest
	if want.MD5 == "" && want.PackedMD5 != "" {
		if d.packed, _ = s.packedMD5(); d.packed == want.PackedMD5 {
			r.State, r.Bytes, r.MD5 = OK, want.Bytes, d.packed
			return r
		}
	}
	err := s.read(func(c content) error {
		hash, labels := md5.New(), &everyLabel{hash: md5.New()}
		n, err := io.Copy(io.MultiWriter(hash, labels), io.LimitReader(c, maxContent))
		d.md5 = hex.EncodeToString(hash.Sum(nil))
		if want.Labels != "" {
			d.labels = hex.EncodeToString(labels.hash.Sum(nil))
		}
		d.bytes = n
		return err
	})
	r.Bytes, r.MD5 = d.bytes, d.md5
	if d.packed != "" {
		r.MD5 = d.packed
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		r.State = Missing
	case err != nil:
		r.State, r.Err = Damaged, err
	case r.Bytes != want.Bytes || !d.official(want):
		r.State = Differs
		if d.packed == "" {
			d.packed, _ = s.packedMD5() // it may be another official file, of which only that is known
		}
		if info, file, ok := d.owner(); ok && (file.Name != want.Name || file.MD5 != "" && file.MD5 != want.MD5 || file.PackedMD5 != want.PackedMD5) {
			r.Is = file.Name + " of " + info.Name
		}
	case want.MD5 == "":
		r.State = Unchecked
	default:
		r.State = OK
	}
	return r
}

// Suits returns an error if Load could not use the file in place of the official
// one, because it holds something else or cannot be read.
func (r Report) Suits(info Info) error {
	src := source{r.Path, r.Array}
	if r.Is != "" {
		return fmt.Errorf("dataset: %s is %s", src, r.Is)
	}
	if info.Name == "cifar10" {
		_, err := readBatch(src, r.File, newCIFAR10())
		return err
	}
	f, err := readIDX(src, r.File.kind())
	if err != nil {
		return err
	}
	return f.suits(info)
}

// everyLabel is a writer that hashes the labels in a batch of CIFAR-10.
type everyLabel struct {
	hash hash.Hash
	at   int // position in the record of the next byte
}

func (e *everyLabel) Write(b []byte) (int, error) {
	for i := (cifarRecord - e.at) % cifarRecord; i < len(b); i += cifarRecord {
		e.hash.Write(b[i : i+1])
	}
	e.at = (e.at + len(b)) % cifarRecord
	return len(b), nil
}

// readSums reads a file of checksums as md5sum writes it. It returns nil if there
// is none.
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
