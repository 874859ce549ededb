package fetch

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"plateau/protocols/dataset"
)

// An archive is a gzipped tar file, with a known checksum, in which the makers
// publish a whole set.
type archive struct {
	name string
	md5  string // of the archive file
}

// archive downloads the archive a and unpacks it into folder.
func (j *job) archive(ctx context.Context, a archive, folder string, info dataset.Info) error {
	reports := dataset.VerifyFolder(folder, info)
	packed := filepath.Join(folder, a.name)
	if !slices.ContainsFunc(reports, func(r dataset.Report) bool { return !j.good(r, info) }) {
		discard(packed + partSuffix) // the files came from elsewhere
		return nil
	}
	official := true
	check := func(part string) error {
		sum, err := md5File(part)
		if err != nil {
			return err
		}
		if official = sum == a.md5; official {
			return nil
		}
		if j.AcceptMismatch {
			j.notice("%s: MD5 %s, want %s; accepted, as you asked", part, sum, a.md5)
			return nil
		}
		return &MismatchError{Got: fmt.Sprintf("MD5 %s, want %s", sum, a.md5), Looks: looks(part)}
	}
	var unpacked int64
	for _, file := range info.Files {
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
	record, err := j.unpack(ctx, packed+partSuffix, folder, info, official)
	if err != nil && ctx.Err() == nil && !local(err) {
		discard(packed + partSuffix) // it would fail again
	}
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", a.name, err)
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

// unpack writes the set's files from the archive into folder, and nothing else that
// the archive may hold. It returns their checksums as md5sum prints them. Files of
// an unofficial archive must at least be of the set's form.
func (j *job) unpack(ctx context.Context, packed, folder string, info dataset.Info, official bool) (sums string, err error) {
	f, err := os.Open(packed)
	if err != nil {
		return "", err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return "", err
	}
	wanted := make(map[string]bool)
	for _, file := range info.Files {
		wanted[file.Name] = true
	}
	members := tar.NewReader(io.LimitReader(unzipped, j.most))
	for len(wanted) > 0 {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		head, err := members.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
		// Only the last part of the name is used, and only if we know it, so no
		// path in an archive can lead out of the folder.
		name := path.Base(head.Name)
		if head.Typeflag != tar.TypeReg || !wanted[name] {
			continue
		}
		check := func(part string) error {
			if official {
				return nil
			}
			i := slices.IndexFunc(info.Files, func(file dataset.File) bool { return file.Name == name })
			return dataset.VerifyFile(part, info.Files[i]).Suits(info)
		}
		sum, err := j.member(ctx, members, name, folder, check)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		sums += sum + "  " + name + "\n"
		delete(wanted, name)
	}
	var missing []string
	for _, file := range info.Files {
		if wanted[file.Name] {
			missing = append(missing, file.Name)
		}
	}
	if len(missing) > 0 {
		return "", fmt.Errorf("the archive lacks %s", strings.Join(missing, ", "))
	}
	return sums, nil
}

// member writes one file of the archive, and gives it its name if it passes the
// check.
func (j *job) member(ctx context.Context, r io.Reader, name, folder string, check func(part string) error) (sum string, err error) {
	final := filepath.Join(folder, name)
	out, err := os.Create(final + partSuffix)
	if err != nil {
		return "", err
	}
	hash := md5.New()
	_, err = io.Copy(out, io.TeeReader(&interruptible{ctx, r}, hash))
	if closed := out.Close(); err == nil {
		err = closed
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
