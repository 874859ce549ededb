package trial

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
)

// protocolFile is the content of a protocol file.
type protocolFile struct {
	Phases []phaseSpec `toml:"phase"`
}

// maxPhases is the largest number of phases of a protocol.
const maxPhases = 10000

// readProtocol reads a protocol file. Its text is returned too.
func readProtocol(path string) (specs []phaseSpec, text string, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("--phases %s: %w; want a TOML file, or the word %s", path, terminal.Cause(err), forwardAlone)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	var file protocolFile
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&file); err != nil {
		return nil, "", fmt.Errorf("%s", where(path, err))
	}
	if n := len(file.Phases); n < 1 || n > maxPhases {
		return nil, "", fmt.Errorf("%s: there are %d tables [[phase]], want 1 to %d", path, n, maxPhases)
	}
	return file.Phases, string(b), nil
}

// where says what is wrong in a TOML file, and in which line.
func where(path string, err error) string {
	if unknown, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		var lines []string
		for _, e := range unknown.Errors {
			line, _ := e.Position()
			lines = append(lines, fmt.Sprintf("%s:%d: there is no key %s here; a phase has name, length_ms, settle_ms, stimulus, class and current; a current has neurons, into, constant, ramp, levels, noise, file, from_ms and to_ms",
				path, line, strings.Join(e.Key(), ".")))
		}
		return strings.Join(lines, "\n")
	}
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := at.Position()
		if key := strings.Join(at.Key(), "."); key != "" && strings.Contains(err.Error(), "struct field") {
			return fmt.Sprintf("%s:%d: the value of %s is of the wrong type; lengths, times and currents are numbers, the rest are texts in quotes", path, line, key)
		}
		return fmt.Sprintf("%s:%d: %s", path, line, strings.TrimPrefix(err.Error(), "toml: "))
	}
	return fmt.Sprintf("%s: %v", path, err)
}

// fromSpecs makes the protocol that a file describes.
func (b *builder) fromSpecs(path string, specs []phaseSpec, text string) (*protocol, error) {
	b.folder = filepath.Dir(path)
	p := &protocol{Presentation: b.presentation(), specs: specs, text: text}
	for k, spec := range specs {
		phase, err := b.phase(k, spec)
		if err != nil {
			return nil, fmt.Errorf("%s: phase %d: %s", path, k+1, cli.Plain(err))
		}
		p.phases = append(p.phases, phase)
		if phase.Taught && p.Class < 0 {
			p.Class = phase.Class
		}
	}
	return p, nil
}

// shows reports whether a protocol file shows the example that the options name.
func shows(specs []phaseSpec) bool {
	for _, s := range specs {
		if s.Stimulus == theExample {
			return true
		}
	}
	return false
}

// printProtocol prints phases as a protocol file.
func printProtocol(specs []phaseSpec) (string, error) {
	b, err := toml.Marshal(protocolFile{specs})
	return string(b), err
}
