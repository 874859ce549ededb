package dataset

import (
	"fmt"
	"path/filepath"
	"strings"
)

// A digest identifies the content of a file, to compare it with what the makers
// published.
type digest struct {
	md5    string // of the whole content, unpacked
	packed string // MD5 of the file itself, if it is gzipped or an .npz; else ""
	labels string // MD5 of the labels, for a file with labels and images; else ""
	bytes  int64  // length of the content, unpacked
}

// official reports whether the content is that of the official file, as far as
// known checksums can tell.
func (d digest) official(file File) bool {
	switch {
	case file.MD5 != "":
		return d.md5 == file.MD5
	case file.PackedMD5 != "" && d.packed != "":
		return d.packed == file.PackedMD5
	case file.PackedMD5 != "":
		return d.bytes == file.Bytes // more is not known of what somebody unpacked
	}
	return d.labels == file.Labels
}

// owner finds the official file with this content. No two batches have the same
// 10,000 labels, so labels identify a batch.
func (d digest) owner() (info Info, file File, ok bool) {
	for _, info := range List() {
		for _, file := range info.Files {
			if d.md5 != "" && d.md5 == file.MD5 || d.packed != "" && d.packed == file.PackedMD5 || d.labels != "" && d.labels == file.Labels {
				return info, file, true
			}
		}
	}
	return info, file, false
}

// judge compares the digests of the files that were read, by their plain names,
// with the official ones. A file that is known to be another official one is an
// error: nobody wants to train on Fashion-MNIST's images with MNIST's labels, or to
// test on the training images. An unknown file may be there on purpose, so it only
// gets a notice.
func judge(p place, info Info, digests map[string]digest) (notices []string, err error) {
	var strange, wrong []string
	others := make(map[string]bool)
	for _, want := range info.Files {
		d, ok := digests[want.Name]
		if !ok || d.official(want) {
			continue
		}
		other, file, known := d.owner()
		switch {
		case known && other.Name != info.Name:
			others[other.Name] = true
			wrong = append(wrong, fmt.Sprintf("%s is %s of %s", p.found[want.Name].base(), file.Name, other.Name))
		case known && file.Name != want.Name:
			others[info.Name] = true
			wrong = append(wrong, fmt.Sprintf("%s is %s", p.found[want.Name].base(), file.Name))
		default:
			strange = append(strange, p.found[want.Name].base())
		}
	}
	switch {
	case len(others) == 1 && len(wrong) == len(digests) && !others[info.Name]:
		for other := range others {
			return nil, fmt.Errorf("dataset: %s holds the files of %s, not of %s; use --data %s, or move them", p.dir, other, info.Name, other)
		}
	case len(wrong) > 0:
		return nil, fmt.Errorf("dataset: files are mixed up in %s: %s; put %s's own files there", p.dir, list(wrong, "and"), info.Name)
	case len(strange) == len(digests):
		notices = append(notices, fmt.Sprintf("%s: none of the files in %s is an official one, so results are not comparable with those on %s",
			info.Name, filepath.Clean(p.dir), info.Name))
	case len(strange) == 1:
		notices = append(notices, fmt.Sprintf("%s: %s in %s is not the official file, so results are not comparable with those on %s",
			info.Name, strange[0], filepath.Clean(p.dir), info.Name))
	case len(strange) > 1:
		notices = append(notices, fmt.Sprintf("%s: %s in %s are not the official files, so results are not comparable with those on %s",
			info.Name, list(strange, "and"), filepath.Clean(p.dir), info.Name))
	}
	return notices, nil
}

// another returns the error for files that hold another data set than their names
// say.
func another(info Info, format string, args ...any) error {
	var read []string
	for _, known := range List() {
		if len(known.Files) > 0 {
			read = append(read, known.Name)
		}
	}
	return fmt.Errorf("dataset: %s. This is another data set under the file names of %s: plateau reads %s, but cannot read a data set of your own yet",
		fmt.Sprintf(format, args...), info.Name, list(read, "and"))
}

// unlabelled says which classes have no training image; "" if all have some.
func unlabelled(set *Set, info Info) string {
	var seen [256]bool
	for _, label := range set.Labels {
		seen[label] = true
	}
	var missing []string
	for class := range info.Classes {
		if !seen[class] {
			missing = append(missing, fmt.Sprint(info.FirstLabel+class))
		}
	}
	if missing == nil {
		return ""
	}
	return fmt.Sprintf("%s: no training image has the label %s, but the network has outputs for all %d classes", info.Name, list(missing, "or"), len(info.Classes))
}

// list joins words as in a sentence: "a, b and c".
func list(words []string, and string) string {
	n := len(words) - 1
	if n < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n], ", ") + " " + and + " " + words[n]
}
