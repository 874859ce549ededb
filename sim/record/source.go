package record

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
)

// source is the bytes of a recording.
type source struct {
	at   io.ReaderAt
	size int64
	tail []byte // its last bytes when it was opened
}

// ErrChanged is the error of reading a file that has changed since it was opened.
var ErrChanged = errors.New("the file was changed while it was read: perhaps its run was resumed, which cuts it")

// remember keeps the last bytes of the file for unchanged.
func (s *source) remember() (err error) {
	n := min(s.size, trailerSize)
	s.tail, err = s.read(s.size-n, n)
	return err
}

// unchanged returns ErrChanged if the last bytes of the file have changed. A
// resumed run cuts the file and writes other chunks, so the change shows even if
// the file has its old length again.
func (s source) unchanged() error {
	b, err := s.read(s.size-int64(len(s.tail)), int64(len(s.tail)))
	if err == nil && !bytes.Equal(b, s.tail) {
		err = ErrChanged
	}
	return err
}

// read returns n bytes from an offset.
func (s source) read(offset, n int64) ([]byte, error) {
	if offset < 0 || n < 0 || n > s.size || offset > s.size-n {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, n)
	if k, err := s.at.ReadAt(b, offset); k < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = ErrChanged
		}
		return nil, err
	}
	return b, nil
}

// frame returns the frame of the chunk at an offset. The payload must be within the
// file.
func (s source) frame(offset int64) (frame, error) {
	b, err := s.read(offset, frameSize)
	if err != nil {
		return frame{}, err
	}
	f, err := parseFrame(b)
	if err == nil && int64(f.stored) > s.size-offset-frameSize {
		err = io.ErrUnexpectedEOF
	}
	return f, err
}

// payload returns the payload of the chunk at an offset, if its checksum is right.
func (s source) payload(offset int64, f frame) ([]byte, error) {
	b, err := s.read(offset+frameSize, int64(f.stored))
	if err != nil {
		return nil, err
	}
	if checksum(b) != f.check {
		return nil, cmp.Or(s.unchanged(), errPayload)
	}
	return b, nil
}

// walk calls visit for each chunk in from ≤ offset < to, and damaged for bytes that are
// not a chunk. After those it goes on at the next valid frame.
func (s source) walk(from, to int64, visit func(offset int64, f frame), damaged func(offset, length int64, err error)) {
	s.walkOn(from, to, to, visit, damaged)
}

// walkOn is like walk, but stops after the first chunk with which it has covered most
// bytes. It returns the offset after that.
func (s source) walkOn(from, to, most int64, visit func(offset int64, f frame), damaged func(offset, length int64, err error)) int64 {
	for begin := from; from < to && from-begin < most; {
		f, err := s.frame(from)
		next := from + frameSize + int64(f.stored)
		if err == nil && next > to {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			visit(from, f)
			from = next
			continue
		}
		next = s.search(from+1, to)
		damaged(from, next-from, err)
		from = next
	}
	return from
}

// search returns the offset of the next valid frame before to, or else to.
func (s source) search(from, to int64) int64 {
	const window = 1 << 16
	for from < to {
		b, err := s.read(from, min(window, s.size-from))
		if err != nil {
			return to
		}
		for i := 0; ; {
			k := bytes.Index(b[i:], []byte(chunkMagic))
			if k < 0 {
				break
			}
			i += k
			if at := from + int64(i); at < to {
				if f, err := s.frame(at); err == nil && at+frameSize+int64(f.stored) <= to {
					return at
				}
			}
			i++
		}
		if int64(len(b)) < window {
			return to
		}
		from += int64(len(b) - len(chunkMagic) + 1)
	}
	return to
}

// expect returns the payload and the frame of the chunk at an offset. It fails if the
// chunk is of another kind.
func (s source) expect(offset int64, k kind) ([]byte, frame, error) {
	f, err := s.frame(offset)
	if err != nil {
		return nil, f, err
	}
	if f.kind != k {
		return nil, f, fmt.Errorf("%v where %v should be", f.kind, k)
	}
	b, err := s.payload(offset, f)
	return b, f, err
}

// endsWithTrailer reports whether the file ends as a finished recording does.
func (s source) endsWithTrailer() bool {
	if len(s.tail) < trailerSize {
		return false
	}
	_, err := parseTrailer(s.tail)
	return err == nil
}

// nameGap says what is known about bytes that are not a chunk.
func (s source) nameGap(at, length int64, err error) (string, error) {
	if errors.Is(err, io.ErrUnexpectedEOF) && at+length == s.size {
		return "the part that was being written when the recording broke off", errors.New("it is incomplete")
	}
	return "unknown", err
}
