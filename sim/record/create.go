package record

import (
	"fmt"
	"io"
	"os"

	"plateau/internal/atomicfile"
	"plateau/network"
)

// Create begins a recording of a run of net in a new file. It fails if the file
// exists.
func Create(path string, h Header, net *network.Network) (*Writer, error) {
	return create(path, atomicfile.Create, h, net)
}

// Replace is like Create, but overwrites a file that exists.
func Replace(path string, h Header, net *network.Network) (*Writer, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
		w, err := NewWriter(f, h, net)
		if err != nil {
			f.Close()
		}
		return w, err
	}
	return create(path, atomicfile.Replace, h, net)
}

// create gives the file its name only when the header is in it, so that there is
// never a file that cannot be read. Everything else is then appended to it.
func create(path string, begin func(string) (*atomicfile.File, error), h Header, net *network.Network) (*Writer, error) {
	w, err := newWriter(h, net)
	if err != nil {
		return nil, err
	}
	head, err := begin(path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	defer head.Abort()
	e, err := newEncoder(head, w.header)
	if err != nil {
		return nil, err
	}
	if err := head.Commit(); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		if _, err = f.Seek(e.size, io.SeekStart); err != nil {
			f.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	e.to = f
	go w.pipe.drain(e)
	return w, nil
}

// NewWriter records to any writer. If that is a file, Close closes it.
func NewWriter(to io.Writer, h Header, net *network.Network) (*Writer, error) {
	w, err := newWriter(h, net)
	if err != nil {
		return nil, err
	}
	e, err := newEncoder(to, w.header)
	if err != nil {
		return nil, err
	}
	go w.pipe.drain(e)
	return w, nil
}
