package dataset

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Options say where a data set is and how much of it is wanted.
type Options struct {
	Dir   string // the only folder to look in; "" for SearchPath's
	Seed  uint64 // of digits, which are drawn; files do not care
	Train int    // at most so many images to train on, the first ones; 0 for all
	Test  int    // likewise, to test on
}

// Validate reports all the fields outside their domain.
func (o Options) Validate() error {
	var errs []error
	if o.Train < 0 {
		errs = append(errs, fmt.Errorf("dataset: Options.Train = %d images, want ≥ 0", o.Train))
	}
	if o.Test < 0 {
		errs = append(errs, fmt.Errorf("dataset: Options.Test = %d images, want ≥ 0", o.Test))
	}
	return errors.Join(errs...)
}

// maxDrawn images take 784 MB, which is as much as may be asked for by mistake.
const maxDrawn = 1000000

// Load reads, or draws, the data set of that name. It does not check the
// files' checksums: Verify does, and takes longer. A set that lacks batches
// but can be used is no error; Data.Notices says what is missing.
func Load(name string, o Options) (*Data, error) {
	info, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if len(info.Files) == 0 {
		if n := max(o.Train, o.Test); n > maxDrawn {
			return nil, fmt.Errorf("dataset: %d images of %s, want at most %d", n, name, maxDrawn)
		}
		return Digits(o.Seed, or(o.Train, info.Train), or(o.Test, info.Test)), nil
	}
	p, looked := locate(SearchPath(o.Dir), info)
	if !p.usable {
		return nil, &MissingError{Name: name, Files: p.missing, Looked: looked, Exact: o.Dir != ""}
	}
	data := &Data{Name: name, Dir: p.dir}
	if name == "cifar10" {
		err = loadCIFAR(data, p, info)
	} else {
		err = loadIDX(data, p, info)
	}
	if err != nil {
		return nil, err
	}
	data.Train.Name, data.Test.Name = name, name
	if o.Train > 0 {
		data.Train = data.Train.First(o.Train)
	}
	if o.Test > 0 {
		data.Test = data.Test.First(o.Test)
	}
	return data, nil
}

func loadIDX(data *Data, p place, info Info) (err error) {
	classes := len(info.Classes)
	data.Train, err = ReadIDX(p.found[trainImages], p.found[trainLabels], classes)
	if err != nil {
		return err
	}
	data.Test, err = ReadIDX(p.found[testImages], p.found[testLabels], classes)
	if err != nil {
		return err
	}
	if a, b := data.Train, data.Test; a.Width != b.Width || a.Height != b.Height {
		return fmt.Errorf("dataset: %s holds images of %d×%d, but %s of %d×%d",
			p.found[trainImages], a.Width, a.Height, p.found[testImages], b.Width, b.Height)
	}
	if other := impostor(data.Test, info); other != "" {
		return fmt.Errorf("dataset: %s holds the files of %s, not of %s; ask for --data %s, or move them",
			p.dir, other, info.Name, other)
	}
	return nil
}

// impostor is the name of the other set whose test labels these are, or "".
// MNIST and Fashion-MNIST have the same file names, and a folder that holds
// either can be given for both.
func impostor(test *Set, info Info) string {
	head := binary.BigEndian.AppendUint32(nil, idxLabels)
	head = binary.BigEndian.AppendUint32(head, uint32(test.Len()))
	sum := md5.Sum(bytes.Join([][]byte{head, test.Labels}, nil))
	digest := hex.EncodeToString(sum[:])
	for _, other := range List() {
		for _, file := range other.Files {
			if file.Name == testLabels && file.MD5 == digest && other.Name != info.Name {
				return other.Name
			}
		}
	}
	return ""
}

func loadCIFAR(data *Data, p place, info Info) (err error) {
	var batches []string
	for _, file := range info.Files {
		if path, ok := p.found[file.Name]; ok && file.Name != cifarTest {
			batches = append(batches, path)
		}
	}
	data.Train, err = ReadCIFAR10(batches...)
	if err != nil {
		return err
	}
	data.Test, err = ReadCIFAR10(p.found[cifarTest])
	if err != nil {
		return err
	}
	if len(p.missing) > 0 {
		data.Notices = append(data.Notices, fmt.Sprintf(
			"%s: %s not found in %s: training images are %d of %d (plateau data fetch %s gets the rest)",
			info.Name, strings.Join(p.missing, ", "), filepath.Clean(p.dir), data.Train.Len(), info.Train, info.Name))
	}
	return nil
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
