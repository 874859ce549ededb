package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// idx makes an IDX file from a magic number, dimensions and values.
func idx(magic uint32, shape []uint32, values ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, magic)
	for _, n := range shape {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return append(b, values...)
}

func ramp(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// write writes a file and returns its path.
func write(t testing.TB, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

// Three images of 2 rows and 4 columns.
var (
	goodImages = idx(idxImages, []uint32{3, 2, 4}, ramp(24)...)
	goodLabels = idx(idxLabels, []uint32{3}, 7, 0, 9)
)

func TestReadIDX(t *testing.T) {
	for name, pack := range map[string]func([]byte) []byte{"plain": bytes.Clone, "gzipped": zipped} {
		t.Run(name, func(t *testing.T) {
			// The names are wrong about the packing; only the content counts.
			dir := t.TempDir()
			set, err := ReadIDX(write(t, dir, "a.gz", pack(goodImages)), write(t, dir, "b", pack(goodLabels)), 10)
			if err != nil {
				t.Fatal(err)
			}
			if set.Len() != 3 || set.Width != 4 || set.Height != 2 || set.Channels != 1 || set.Size() != 8 || set.Classes != 10 {
				t.Errorf("got %v", set)
			}
			if got := set.Image(1); !bytes.Equal(got, ramp(24)[8:16]) || cap(got) != 8 {
				t.Errorf("image 1 is %v, capacity %d", got, cap(got))
			}
			if set.Label(0) != 7 || set.Label(1) != 0 || set.Label(2) != 9 {
				t.Errorf("labels %v", set.Labels)
			}
		})
	}
}

func TestReadIDXMalformed(t *testing.T) {
	bomb := idx(idxImages, []uint32{60000, 4096, 4096})
	for _, c := range []struct {
		name           string
		images, labels []byte
		want           []string // parts of the error
	}{
		{"empty", nil, goodLabels, []string{"images", "is empty"}},
		{"one byte", []byte{0}, goodLabels, []string{"images", "truncated", "magic number", "after 1"}},
		{"only a magic number", goodImages[:4], goodLabels, []string{"truncated", "header"}},
		{"labels for images", goodLabels, goodLabels, []string{"images", "0x00000801 (IDX labels)", "want 0x00000803 (IDX images)"}},
		{"images for labels", goodImages, goodImages, []string{"labels", "0x00000803 (IDX images)", "want 0x00000801 (IDX labels)"}},
		{"text", []byte("<html>hello"), goodLabels, []string{"images", "a web page (HTML)"}},
		{"text, gzipped", zipped([]byte("\n <!DOCTYPE HTML>hello")), goodLabels, []string{"images", "a web page (HTML)"}},
		{"pointer", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0"), goodLabels, []string{"images", "Git LFS", "git lfs pull"}},
		{"zip", []byte("PK\x03\x04 and so on"), goodLabels, []string{"images", "a zip archive"}},
		{"noise", []byte("hello there"), goodLabels, []string{"0x68656c6c", "want 0x00000803"}},
		{"truncated", goodImages[:39], goodLabels, []string{"images", "truncated", "3×2×4", "24 bytes", "has 23"}},
		{"trailing", append(bytes.Clone(goodImages), 0), goodLabels, []string{"trailing", "24 bytes", "has 25"}},
		{"no images", idx(idxImages, []uint32{0, 2, 4}), goodLabels, []string{"it is empty"}},
		{"no rows", idx(idxImages, []uint32{3, 0, 4}), goodLabels, []string{"side 0"}},
		{"absurd side", idx(idxImages, []uint32{3, 2, 1 << 31}), goodLabels, []string{"side 2147483648", "4096"}},
		{"absurd number", idx(idxImages, []uint32{1<<32 - 1, 4096, 4096}), goodLabels, []string{"truncated", "72057594021150720"}},
		{"absurd number, gzipped", zipped(idx(idxImages, []uint32{1<<32 - 1, 4096, 4096})), goodLabels, []string{"more than the file can hold"}},
		{"bomb that is not there", zipped(append(bomb, make([]byte, 1<<20)...)), goodLabels, []string{"more than the file can hold"}},
		{"gzipped, truncated inside", zipped(goodImages[:39]), goodLabels, []string{"truncated", "after 23"}},
		{"gzipped, trailing inside", zipped(append(bytes.Clone(goodImages), 0)), goodLabels, []string{"trailing"}},
		{"gzip cut", zipped(goodImages)[:30], goodLabels, []string{"images", "truncated"}},
		{"gzip cut in its header", zipped(goodImages)[:5], goodLabels, []string{"images", "damaged", "unexpected EOF"}},
		{"gzip without its end", zipped(goodImages)[:len(zipped(goodImages))-6], goodLabels, []string{"images", "unexpected EOF"}},
		{"gzip with a wrong checksum", flip(zipped(goodImages), -6), goodLabels, []string{"images", "checksum"}},
		{"fewer labels", goodImages, idx(idxLabels, []uint32{2}, 7, 0), []string{"3 images", "2 labels"}},
		{"more labels", goodImages, idx(idxLabels, []uint32{4}, 7, 0, 1, 1), []string{"3 images", "4 labels"}},
		{"label out of range", goodImages, idx(idxLabels, []uint32{3}, 7, 10, 9), []string{"labels", "label 10 of image 1", "0 to 9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := ReadIDX(write(t, dir, "images", c.images), write(t, dir, "labels", c.labels), 10)
			wantError(t, err, append(c.want, dir)...)
		})
	}
	_, err := ReadIDX(filepath.Join(t.TempDir(), "nowhere"), "", 10)
	wantError(t, err, "nowhere", "no such file")
	_, err = ReadIDX(t.TempDir(), "", 10)
	wantError(t, err, "not a regular file")
}

// flip changes a byte; at counts from the end.
func flip(b []byte, at int) []byte {
	b[len(b)+at] ^= 0x55
	return b
}

// However much a header claims, memory grows only with the data that is there.
func TestBombCostsLittle(t *testing.T) {
	// The header claims 150 MB, which a file of 200 KB could hold, but this one
	// does not.
	content := append(idx(idxImages, []uint32{9, 4096, 4096}), ramp(1000)...)
	file := zipped(content)
	file = append(file, make([]byte, 200000-len(file))...) // the file is long enough for the claim
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c, err := newContent(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := decodeIDX(c, idxImages); err == nil {
		t.Fatal("no error")
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
		t.Errorf("%d bytes were allocated for a file of %d, want at most 4 MB", got, len(file))
	}
}

// A large file that shrinks as images of digits do is read without taking its memory
// twice: the largest sets have half a gigabyte.
func TestLargeFileCostsItsSize(t *testing.T) {
	const images = 20000
	content := idx(idxImages, []uint32{images, 28, 28})
	for i := range images {
		image := make([]byte, 28*28)
		for k := range 160 {
			image[300+k] = byte(i * k * k >> 3)
		}
		content = append(content, image...)
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.HuffmanOnly)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(content)
	w.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c, err := newContent(&packed, int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := decodeIDX(c, idxImages); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(len(content)+len(content)/5); got > most {
		t.Errorf("%d bytes were allocated for %d bytes of content, want at most %d", got, len(content), most)
	}
}

// record makes one record of CIFAR-10, with one value for each colour plane.
func record(label, red, green, blue byte) []byte {
	b := []byte{label}
	for _, v := range []byte{red, green, blue} {
		b = append(b, bytes.Repeat([]byte{v}, 1024)...)
	}
	return b
}

func TestReadCIFAR10(t *testing.T) {
	dir := t.TempDir()
	one := write(t, dir, "one", append(record(3, 1, 2, 3), record(9, 4, 5, 6)...))
	two := write(t, dir, "two", zipped(record(0, 7, 8, 9)))
	set, err := ReadCIFAR10(one, two)
	if err != nil {
		t.Fatal(err)
	}
	if set.Len() != 3 || set.Size() != 3072 || set.Channels != 3 || !bytes.Equal(set.Labels, []byte{3, 9, 0}) {
		t.Errorf("got %v with labels %v", set, set.Labels)
	}
	if image := set.Image(1); image[0] != 4 || image[1023] != 4 || image[1024] != 5 || image[2048] != 6 || image[3071] != 6 {
		t.Errorf("the planes of image 1 differ from those in the file")
	}
	if image := set.Image(2); image[0] != 7 || image[3071] != 9 {
		t.Errorf("image 2 is not the second file's")
	}
}

func TestReadCIFAR10Malformed(t *testing.T) {
	good := record(1, 2, 3, 4)
	for _, c := range []struct {
		name    string
		content []byte
		want    []string
	}{
		{"empty", nil, []string{"is empty"}},
		{"empty, gzipped", zipped(nil), []string{"holds no image"}},
		{"truncated", good[:3000], []string{"truncated", "3000 bytes"}},
		{"trailing", append(bytes.Clone(good), 1), []string{"3074 bytes", "1 records of 3073 bytes and 1 bytes more"}},
		{"truncated, gzipped", zipped(append(bytes.Clone(good), 1, 2)), []string{"truncated", "image 1 has only 2"}},
		{"label out of range", append(bytes.Clone(good), record(10, 0, 0, 0)...), []string{"label 10 of image 1", "0 to 9"}},
		{"gzip with a wrong checksum", flip(zipped(good), -6), []string{"checksum"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := ReadCIFAR10(write(t, dir, "fine", good), write(t, dir, "batch", c.content))
			wantError(t, err, append(c.want, filepath.Join(dir, "batch"))...)
		})
	}
	_, err := ReadCIFAR10()
	wantError(t, err, "no CIFAR-10 batch")
}

func FuzzIDX(f *testing.F) {
	f.Add(goodImages)
	f.Add(goodLabels)
	f.Add(zipped(goodImages))
	f.Add(zipped(idx(idxImages, []uint32{1 << 31, 4096, 4096}, 1, 2)))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, want := range []uint32{idxImages, idxLabels} {
			c, err := newContent(bytes.NewReader(file), int64(len(file)))
			if err != nil {
				continue
			}
			shape, values, err := decodeIDX(c, want)
			if err != nil {
				continue
			}
			total := 1
			for _, n := range shape {
				total *= n
			}
			if total != len(values) || len(values) == 0 || len(values) > maxInflation*len(file) {
				t.Errorf("%d values of shape %v from %d bytes", len(values), shape, len(file))
			}
		}
	})
}

func FuzzCIFAR10(f *testing.F) {
	f.Add(record(1, 2, 3, 4))
	f.Add(zipped(record(1, 2, 3, 4)))
	f.Add(append(record(9, 2, 3, 4), 1))
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := newContent(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		var set Set
		if decodeCIFAR(c, &set) != nil {
			return
		}
		if set.Len() == 0 || len(set.Pixels) != set.Len()*cifarPixels || checkLabels(set.Labels, 0, cifarClasses) != nil {
			t.Errorf("%d labels, %d pixels", set.Len(), len(set.Pixels))
		}
	})
}
