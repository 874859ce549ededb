package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// A header that claims more than these is refused. The largest official file
// unpacks to 547 MB.
const (
	maxContent   = 1 << 30 // bytes that one file may unpack to
	maxInflation = 1032    // deflate cannot compress by more than this factor

	gzipMagic = "\x1f\x8b" // how a gzipped file begins
)

// content is what a file holds, unpacked if it is gzipped. Its first bytes tell
// whether it is, because people rename files.
type content struct {
	io.Reader
	most   int64 // the content cannot be longer than this
	exact  bool  // whether it is exactly this long
	likely int64 // where it is not: about so long it will be at most
}

func newContent(r io.Reader, length int64) (content, error) {
	if length == 0 {
		return content{}, errors.New("the file is empty")
	}
	buffered := bufio.NewReaderSize(r, 1<<16)
	// If there are fewer bytes, the decoder says what is wrong.
	head, _ := buffered.Peek(sniffed)
	if !bytes.HasPrefix(head, []byte(gzipMagic)) {
		return content{Reader: buffered, most: length, exact: true}, foreign(head)
	}
	unzipped, err := gzip.NewReader(buffered)
	if err != nil {
		return content{}, fmt.Errorf("looks gzipped, but is damaged: %w", unexpected(err))
	}
	most := int64(maxContent)
	if length < maxContent/maxInflation {
		most = length * maxInflation
	}
	unpacked := bufio.NewReaderSize(unzipped, 1<<16)
	head, _ = unpacked.Peek(sniffed) // the decoder meets the same error
	// Images of digits shrink to about a fifth.
	return content{Reader: unpacked, most: most, likely: 8 * length}, foreign(head)
}

// foreign returns an error if a file begins like something that is no data file.
func foreign(head []byte) error {
	if what := LooksLike(head); what != "" {
		return fmt.Errorf("is %s, not data", what)
	}
	return nil
}

// next reads the next n bytes; what names them in errors. Memory grows with the
// bytes that are there, not with n, because n may come from a damaged header.
func (c content) next(n int64, what string) ([]byte, error) {
	if n > maxContent {
		return nil, fmt.Errorf("%s would take %d bytes, want at most %d", what, n, int64(maxContent))
	}
	start := min(n, c.most)
	if !c.exact {
		start = min(n, max(c.likely, 1)) // memory that the bytes of the file are worth
	}
	buf := make([]byte, 0, start)
	for int64(len(buf)) < n {
		if len(buf) == cap(buf) {
			grown := make([]byte, len(buf), min(n, 2*int64(cap(buf))))
			copy(grown, buf)
			buf = grown
		}
		got, err := io.ReadFull(c, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+got]
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("truncated: %s should be %d bytes, but the file ends after %d of them", what, n, len(buf))
		}
		if err != nil {
			return nil, fmt.Errorf("damaged in %s, after %d of %d bytes: %w", what, len(buf), n, err)
		}
	}
	return buf, nil
}

// end returns an error if anything follows what was read. Reading to the end also
// makes gzip compare its checksum.
func (c content) end(what string) error {
	var one [1]byte
	switch _, err := io.ReadFull(c, one[:]); {
	case err == nil:
		return fmt.Errorf("trailing bytes: the file goes on after %s", what)
	case errors.Is(err, io.EOF):
		return nil
	default:
		return fmt.Errorf("damaged after %s: %w", what, unexpected(err))
	}
}

// unexpected turns io.EOF into io.ErrUnexpectedEOF, for files that end too early.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
