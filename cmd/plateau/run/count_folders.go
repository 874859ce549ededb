package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
)

// CountFolders counts the folders among paths, which must all exist.
func CountFolders(paths []string, wanted string) (folders int, err error) {
	var seen []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return 0, fmt.Errorf("%s: there is no such file or folder; want %s%s", path, wanted, cli.KnownRuns())
		case err != nil:
			return 0, fmt.Errorf("%s: %w", path, terminal.Cause(err))
		case slices.Contains(seen, filepath.Clean(path)):
			return 0, cli.Misuse("%s is given twice", path)
		case info.IsDir():
			folders++
		}
		seen = append(seen, filepath.Clean(path))
	}
	return folders, nil
}
