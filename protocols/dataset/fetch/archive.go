package fetch

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"plateau/protocols/dataset"
)

// An archive is a file, with a known checksum, in which the makers publish a whole set
// or several.
type archive struct {
	name    string
	md5     string // of the archive file
	members func(path string, most int64) iter.Seq2[member, error]
}

// A member is one file in an archive.
type member struct {
	name string // the last part only
	open func() (io.ReadCloser, error)
}

// archive downloads the archive a of one set and unpacks it into folder.
func (j *job) archive(ctx context.Context, a archive, folder string, info dataset.Info) error {
	packed := filepath.Join(folder, a.name)
	if len(j.bad(folder, info)) == 0 {
		discard(packed + partSuffix) // the files came from elsewhere
		return nil
	}
	official := true
	check := func(part string) (err error) {
		official, err = j.official(a, part)
		return err
	}
	wanted, unpacked := make(map[string]dataset.File), int64(0)
	for _, file := range info.Files {
		wanted[file.Name] = file
		unpacked += file.Bytes
	}
	if err := j.download(ctx, a.name, packed, j.room(unpacked), check); err != nil {
		return err
	}
	// The checksums that were recorded for earlier files are no longer true.
	sums := filepath.Join(folder, dataset.Sums)
	if err := os.Remove(sums); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	// Files of an unofficial archive must at least be of the set's form.
	record, err := j.unpack(ctx, a, packed+partSuffix, folder, wanted, func(part string, file dataset.File) error {
		if official {
			return nil
		}
		return dataset.VerifyFile(part, file).Suits(info)
	})
	if err != nil {
		if ctx.Err() == nil && !local(err) {
			discard(packed + partSuffix) // it would fail again
		}
		return err
	}
	if official {
		if err := os.WriteFile(sums+partSuffix, []byte(record), 0o666); err != nil {
			return err
		}
		if err := install(sums+partSuffix, sums); err != nil {
			return err
		}
	}
	discard(packed + partSuffix)
	return nil
}

// shared takes the files of one set out of an archive that holds several, which are
// gzipped in it. The archive is downloaded only if it is not there, and stays.
func (j *job) shared(ctx context.Context, a archive, folder string, info dataset.Info) error {
	wanted := make(map[string]dataset.File)
	for _, file := range j.bad(folder, info) {
		wanted[file.Published()] = file
	}
	if len(wanted) == 0 {
		return nil
	}
	check := func(path string) error {
		_, err := j.official(a, path)
		return err
	}
	from := j.kept(a, folder, info, check)
	if from == "" {
		from = filepath.Join(folder, a.name)
		if err := j.download(ctx, a.name, from, j.most, check); err != nil {
			return err
		}
		if err := install(from+partSuffix, from); err != nil {
			return err
		}
		j.notice("%s is kept, because it holds other sets too; you can delete it if you do not want them", from)
	}
	_, err := j.unpack(ctx, a, from, folder, wanted, func(part string, file dataset.File) error {
		return j.compare(dataset.VerifyFile(part, file), info)
	})
	return err
}

// bad lists the files of a set that must be fetched.
func (j *job) bad(folder string, info dataset.Info) []dataset.File {
	var bad []dataset.File
	for _, r := range dataset.VerifyFolder(folder, info) {
		if !j.good(r, info) {
			bad = append(bad, r.File)
		}
	}
	return bad
}

// official reports whether the file at path is the archive that the makers publish. If
// it is not, that is an error unless the user accepts it.
func (j *job) official(a archive, path string) (bool, error) {
	sum, err := md5File(path)
	if err != nil || sum == a.md5 {
		return err == nil, err
	}
	if j.AcceptMismatch {
		j.notice("%s: MD5 %s, want %s; accepted, as you asked", path, sum, a.md5)
		return false, nil
	}
	return false, &MismatchError{Got: fmt.Sprintf("MD5 %s, want %s", sum, a.md5), Looks: looks(path)}
}

// kept returns the path of a shared archive that is there already, from an earlier
// download, or put there by hand or by torchvision; "" if there is none that passes the
// check.
func (j *job) kept(a archive, folder string, info dataset.Info, check func(path string) error) string {
	for _, place := range []string{folder, filepath.Join(filepath.Dir(folder), filepath.FromSlash(info.Raw))} {
		path := filepath.Join(place, a.name)
		if length(path) == 0 {
			continue
		}
		err := check(path)
		if err == nil {
			j.notice("%s is there already, so nothing is downloaded", path)
			return path
		}
		if mismatch, ok := errors.AsType[*MismatchError](err); ok {
			mismatch.URL = path
		}
		j.notice("%v; it is not used", err)
	}
	return ""
}

// unpack writes the wanted files, by their names in the archive, into folder, and nothing
// else that the archive may hold. Each must pass the check. It returns their checksums as
// md5sum prints them.
func (j *job) unpack(ctx context.Context, a archive, from, folder string, wanted map[string]dataset.File, check func(part string, file dataset.File) error) (sums string, err error) {
	for m, err := range a.members(from, j.most) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", fmt.Errorf("unpacking %s: %w", a.name, err)
		}
		file, ok := wanted[m.name]
		if !ok {
			continue
		}
		sum, err := j.member(ctx, m, j.room(file.Bytes), folder, func(part string) error { return check(part, file) })
		if err != nil {
			return "", fmt.Errorf("unpacking %s: %s: %w", a.name, m.name, err)
		}
		sums += sum + "  " + m.name + "\n"
		if delete(wanted, m.name); len(wanted) == 0 {
			return sums, nil
		}
	}
	return "", fmt.Errorf("unpacking %s: the archive lacks %s", a.name, strings.Join(slices.Sorted(maps.Keys(wanted)), ", "))
}

// tarMembers lists the files of a gzipped tar file that unpacks to at most that many
// bytes. Each must be read before the next. Only the last part of a name is used, so no
// path in an archive can lead out of the folder.
func tarMembers(from string, most int64) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		f, err := os.Open(from)
		if err != nil {
			yield(member{}, err)
			return
		}
		defer f.Close()
		unzipped, err := gzip.NewReader(f)
		if err != nil {
			yield(member{}, err)
			return
		}
		members := tar.NewReader(io.LimitReader(unzipped, most))
		for {
			head, err := members.Next()
			if err == io.EOF {
				return
			}
			if err == nil && head.Typeflag != tar.TypeReg {
				continue
			}
			m := member{open: func() (io.ReadCloser, error) { return io.NopCloser(members), nil }}
			if err == nil {
				m.name = path.Base(head.Name)
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// zipMembers lists the files of a zip file, like tarMembers.
func zipMembers(from string, _ int64) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		r, err := zip.OpenReader(from)
		if err != nil {
			yield(member{}, err)
			return
		}
		defer r.Close()
		for _, f := range r.File {
			if f.Mode().IsRegular() && !yield(member{path.Base(f.Name), f.Open}, nil) {
				return
			}
		}
	}
}

// member writes one file of the archive, of at most that many bytes, and gives it its
// name if it passes the check.
func (j *job) member(ctx context.Context, m member, most int64, folder string, check func(part string) error) (sum string, err error) {
	in, err := m.open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	final := filepath.Join(folder, m.name)
	out, err := os.Create(final + partSuffix)
	if err != nil {
		return "", err
	}
	hash := md5.New()
	n, err := io.Copy(out, io.TeeReader(&interruptible{ctx, io.LimitReader(in, most+1)}, hash))
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil && n > most {
		err = fmt.Errorf("more than %d bytes", most)
	}
	if err == nil {
		err = check(final + partSuffix)
	}
	if err != nil {
		os.Remove(final + partSuffix)
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), install(final+partSuffix, final)
}

// interruptible stops reading when ctx ends.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i *interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}

func md5File(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := md5.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
