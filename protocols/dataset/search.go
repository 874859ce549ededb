package dataset

import (
	"os"
	"path/filepath"
)

// SearchPath lists the folders that may hold data sets, in the order in which
// they are searched. A dir that is not empty was named by the user and is the
// only one. Otherwise they are $PLATEAU_DATA, if set, and CacheDir. This and
// CacheDir are all that the package reads of the environment.
func SearchPath(dir string) []string {
	if dir != "" {
		return []string{dir}
	}
	var path []string
	if env := os.Getenv("PLATEAU_DATA"); env != "" {
		path = append(path, env)
	}
	if cache, err := CacheDir(); err == nil {
		path = append(path, cache)
	}
	return path
}

// CacheDir is the folder for downloaded data sets: plateau in the user's
// cache folder. It need not exist.
func CacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "plateau"), nil
}

// Folder is where Fetch puts the files of a set below dir, and the first place
// where Load looks.
func Folder(dir string, info Info) string { return folders(dir, info)[0] }

// folders lists where the files of a set may be below dir: in a folder of the
// set's name, as Fetch leaves them, or in dir itself. The archive of CIFAR-10
// has a folder of its own, which may still be there.
func folders(dir string, info Info) []string {
	if info.Name == "cifar10" {
		return []string{
			filepath.Join(dir, info.Name, cifarFolder),
			filepath.Join(dir, info.Name),
			filepath.Join(dir, cifarFolder),
			dir,
		}
	}
	return []string{filepath.Join(dir, info.Name), dir}
}

// A place is a folder and the files of a set that were found there.
type place struct {
	dir     string
	found   map[string]string // path of each file, by its plain name
	missing []string          // plain names of the files that are not there, Optional or not
	usable  bool              // enough is there to train and to test
}

// look finds the files of a set in one folder.
func look(dir string, info Info) place {
	p := place{dir: dir, found: make(map[string]string)}
	required, training := true, false
	for _, file := range info.Files {
		// Fetch leaves gzipped files, so what it repaired wins over what lay there.
		path := filepath.Join(dir, file.Name+".gz")
		if !exists(path) {
			path = filepath.Join(dir, file.Name)
		}
		switch {
		case exists(path):
			p.found[file.Name] = path
			training = training || file.Name != testImages && file.Name != testLabels && file.Name != cifarTest
		default:
			p.missing = append(p.missing, file.Name)
			required = required && file.Optional
		}
	}
	p.usable = required && training
	return p
}

// locate finds the first folder on the path that holds enough of the set. If
// none does, it returns the one that holds most, and all that were looked at.
func locate(path []string, info Info) (best place, looked []string) {
	for _, dir := range path {
		for _, folder := range folders(dir, info) {
			p := look(folder, info)
			if p.usable {
				return p, nil
			}
			looked = append(looked, folder)
			if best.found == nil || len(p.found) > len(best.found) {
				best = p
			}
		}
	}
	if best.found == nil {
		best = look("", Info{}) // no folder at all
		for _, file := range info.Files {
			best.missing = append(best.missing, file.Name)
		}
	}
	return best, looked
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
