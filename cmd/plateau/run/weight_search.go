package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/network"
	"plateau/sim/record"
)

// A WeightSearch looks for weights that a recording does not hold.
type WeightSearch struct {
	Header *record.Header
	Run    string
	File   string
}

// Find returns the weights with the given digest from one of the places where they may
// be.
func (s *WeightSearch) Find(digest string) (*network.Network, error) {
	var tried []string
	if net, err := s.Initial(); err == nil {
		if net.Weights().SHA256() == digest {
			return net, nil
		}
		tried = append(tried, "those at the start of the run")
	}
	for _, place := range []struct{ option, path string }{
		{"--run " + s.Run, filepath.Join(s.Run, cli.WeightsName)}, {"--weights " + s.File, s.File},
	} {
		if strings.HasSuffix(place.option, " ") {
			continue
		}
		if _, err := os.Stat(place.path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is no file %s", place.option, place.path)
		}
		net := network.New(s.Header.Network)
		if err := loadWeights(place.path, net); err != nil {
			return nil, fmt.Errorf("%s: %w", place.option, err)
		}
		if net.Weights().SHA256() == digest {
			return net, nil
		}
		tried = append(tried, fmt.Sprintf("those of %s (%.12s)", place.option, net.Weights().SHA256()))
	}
	message := fmt.Sprintf("the weights %.12s are needed, and are not in the recording", digest)
	if tried != nil {
		message += "; they differ from " + strings.Join(tried, ", ")
	}
	if s.Run == "" && s.File == "" {
		message += "; say with --run DIR or --weights FILE where they are"
	}
	return nil, errors.New(message)
}

// Initial returns the weights with which the recorded run began: drawn, or from where it
// took them.
func (s *WeightSearch) Initial() (*network.Network, error) {
	settings := settings.NewLayers()
	settings.Read("the recording's configuration", []byte(s.Header.Config))
	c, err := settings.Finish()
	if err != nil {
		return nil, err
	}
	net, _, err := InitialNetwork(c, c.Model(c.Data.Info()))
	return net, err
}
