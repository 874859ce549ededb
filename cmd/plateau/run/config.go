package run

import (
	"fmt"
	"os"
	"path/filepath"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
)

// ConfigText returns the configuration of a run as it is stored in its folder.
func ConfigText(c *settings.Config) string {
	return fmt.Sprintf("%s of %s, %s%d settings.\n# The same once more: plateau train --config %s\n\n%s",
		cli.ConfigMark, c.Title(), cli.ConfigCount, len(settings.Written(c)), cli.ConfigName, settings.PrintConfig(c, false))
}

// Config reads the configuration of a run.
func Config(folder string) (*settings.Config, error) {
	path := filepath.Join(folder, cli.ConfigName)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s: is not the folder of a run: there is no %s in it%s%s", folder, cli.ConfigName, TakenBy(folder), cli.KnownRuns())
	}
	s := settings.NewLayers()
	if err := s.ReadRun(path); err != nil {
		return nil, err
	}
	return s.Finish()
}
