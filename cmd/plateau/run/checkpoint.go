package run

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/sealed"
	"plateau/sim/record"
)

// A Checkpoint is the state of a run at some moment, from which the run can go on. Its
// file is the same on every machine:
//
//	magic    "plateau run checkpoint 1\n"
//	header   the fields below as a JSON object on one line, ended by "\n"
//	parts    one after another, with the lengths that the header gives
//	digest   SHA-256 of everything before, 32 bytes
type Checkpoint struct {
	Examples      int            `json:"examples"`                 // number shown since the run began
	Epochs        int            `json:"epochs"`                   // number of epochs learnt and tested
	Seconds       float64        `json:"seconds"`                  // time that the run has taken
	EpochSeconds  float64        `json:"epoch_seconds"`            // part of it that was spent training in the current epoch
	Metrics       int64          `json:"metrics_bytes"`            // size of metrics.jsonl without its first line
	MetricsSHA256 string         `json:"metrics_sha256,omitempty"` // digest of these bytes
	Data          string         `json:"data_sha256"`
	Weights       string         `json:"weights_sha256"`
	Origin        *record.Origin `json:"initial_weights,omitempty"` // of the weights with which the run began
	Tested        []EpochEvent   `json:"tested,omitempty"`          // the epochs, as metrics.jsonl has them
	Recording     *RecordingMark `json:"recording,omitempty"`
	Parts         []*KeptPart    `json:"parts"`

	file *os.File // the file from which parts are read
}

// A KeptPart is the state of a part of the run, such as the trainer.
type KeptPart struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes"`

	write   func(io.Writer) error
	Content *io.SectionReader `json:"-"` // set in a checkpoint that was read
}

// Names of parts that every checkpoint has.
const (
	PartSettings = "settings" // as config.toml has them
	PartTrainer  = "trainer"  // see training.Trainer.WriteState
)

const (
	checkpointMagic  = "plateau run checkpoint 1\n"
	checkpointFamily = "plateau run checkpoint " // of all versions
)

// Add adds a part of size bytes, which write writes.
func (c *Checkpoint) Add(name string, size int, write func(io.Writer) error) {
	c.Parts = append(c.Parts, &KeptPart{Name: name, Bytes: size, write: write})
}

// AddText adds a part that is a text.
func (c *Checkpoint) AddText(name, text string) {
	c.Add(name, len(text), func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// Part returns a part of a checkpoint that was read.
func (c *Checkpoint) Part(name string) (content *io.SectionReader, ok bool) {
	for _, p := range c.Parts {
		if p.Name == name {
			return p.Content, true
		}
	}
	return nil, false
}

// Close closes the file; parts cannot be read after it.
func (c *Checkpoint) Close() {
	if c != nil && c.file != nil {
		c.file.Close()
	}
}

// counter counts the bytes that are written through it.
type counter struct {
	to io.Writer
	n  int
}

// Write implements io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.n += n
	return n, err
}

// encode writes the contents of the file. Parts are made one after another, so it
// needs no more memory than the largest of them.
func (c *Checkpoint) encode(to io.Writer) error {
	header, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sum := sha256.New()
	w := &counter{to: io.MultiWriter(to, sum)}
	if _, err := fmt.Fprintf(w, "%s%s\n", checkpointMagic, header); err != nil {
		return err
	}
	for _, p := range c.Parts {
		w.n = 0
		if err := p.write(w); err != nil {
			return err
		}
		if w.n != p.Bytes {
			return fmt.Errorf("the part %s of a checkpoint has %d bytes, want %d", p.Name, w.n, p.Bytes)
		}
	}
	_, err = to.Write(sum.Sum(nil))
	return err
}

// decodeCheckpoint verifies a file of the given size and reads its header. Parts are
// read when they are needed.
func decodeCheckpoint(from io.ReaderAt, size int64) (*Checkpoint, error) {
	inside, err := sealed.Contents(from, size, checkpointMagic)
	var later *sealed.LaterError
	switch {
	case err == nil:
	case errors.As(err, &later):
		return nil, fmt.Errorf("has version %d, and this program knows versions up to %d: it was written by a later plateau", later.Version, later.Known)
	case errors.Is(err, sealed.ErrForeign):
		return nil, errors.New("is damaged: it does not begin as a checkpoint does")
	case errors.Is(err, sealed.ErrShort), errors.Is(err, sealed.ErrDamaged):
		return nil, fmt.Errorf("is damaged: %w", err)
	default:
		return nil, fmt.Errorf("cannot be read: %w", terminal.Cause(err))
	}
	// The checksum is right, so the rest can only be wrong if another program wrote it.
	wrong := func(what string) error { return fmt.Errorf("is not a checkpoint of this program: %s", what) }
	n := inside.Size()
	header, err := bufio.NewReader(io.NewSectionReader(inside, 0, n)).ReadBytes('\n')
	c := &Checkpoint{}
	if err != nil {
		return nil, wrong("its header has no end")
	}
	if err := json.Unmarshal(header, c); err != nil {
		return nil, wrong("its header: " + err.Error())
	}
	at := int64(len(header))
	for _, p := range c.Parts {
		if p == nil || p.Bytes < 0 || int64(p.Bytes) > n-at {
			return nil, wrong("its parts are longer than the file")
		}
		content := io.NewSectionReader(inside, at, int64(p.Bytes))
		p.Content, p.write = content, func(w io.Writer) error {
			_, err := io.Copy(w, io.NewSectionReader(content, 0, content.Size()))
			return err
		}
		at += int64(p.Bytes)
	}
	if at < n {
		return nil, wrong("there is something after its parts")
	}
	return c, nil
}

// CheckEpochs refuses fewer epochs than the run has already learnt.
func (c *Checkpoint) CheckEpochs(now *settings.Config) error {
	if now.Learning.Epochs < c.Epochs {
		return &settings.Error{Problems: []string{fmt.Sprintf("%slearning.epochs = %d: the run has learnt %s already; want at least that number",
			settings.Prefix(now.Given["learning.epochs"]), now.Learning.Epochs, terminal.Plural(c.Epochs, "epoch"))}}
	}
	return nil
}

// Finished returns the end of the run if tail, the metrics after the checkpoint, holds
// it. Then nothing is left to do with these settings.
func (c *Checkpoint) Finished(now *settings.Config, tail []byte) (end EndEvent, ok bool) {
	if c.Epochs != now.Learning.Epochs && !Stalled(c.Tested, now.Learning.Patience) || json.Unmarshal(tail, &end) != nil {
		return end, false
	}
	return end, end.Event == "done" && end.Epochs == c.Epochs && end.TestError != nil
}
