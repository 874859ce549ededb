package dataset

import (
	"os"
	"path"
	"path/filepath"
	"strings"
)

// SearchPath lists the folders that may hold data sets, in the order in which Load
// searches them. If dir is not empty, the user named it and it is the only one.
// Otherwise they are $PLATEAU_DATA, if set, CacheDir, the folder where Keras keeps its
// data sets, and LocalDir, if it is there. The package reads no other part of the
// environment.
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
	if keras := os.Getenv("KERAS_HOME"); keras != "" {
		path = append(path, filepath.Join(keras, "datasets"))
	} else if home, err := os.UserHomeDir(); err == nil {
		path = append(path, filepath.Join(home, ".keras", "datasets"))
	}
	if info, err := os.Stat(LocalDir); err == nil && info.IsDir() {
		path = append(path, LocalDir)
	}
	return path
}

// LocalDir is the folder, in the working folder, into which those who use torchvision
// mostly put data sets. It is only read.
const LocalDir = "data"

// CacheDir returns the folder for downloaded data sets: plateau in the user's cache
// folder. It need not exist.
func CacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "plateau"), nil
}

// OwnDir returns the folder for new data sets: dir if the user named it, else
// $PLATEAU_DATA, else CacheDir.
func OwnDir(dir string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	if env := os.Getenv("PLATEAU_DATA"); env != "" {
		return env, nil
	}
	return CacheDir()
}

// Folder returns the folder below dir where Fetch puts the files of a set. Load
// looks there first.
func Folder(dir string, info Info) string { return folders(dir, info)[0] }

// folders lists the folders below dir in which the files of a set may be.
func folders(dir string, info Info) []string {
	var all []string
	for _, sub := range subfolders(info) {
		all = append(all, filepath.Join(dir, filepath.FromSlash(sub)))
	}
	return all
}

// subfolders lists the folders in which the files of a set may be: one named for
// the set, where Fetch puts them, the one where torchvision puts them, or directly
// here. The archives of CIFAR-10 and EMNIST unpack to a folder of their own, which may
// still be there.
func subfolders(info Info) []string {
	switch {
	case info.Name == "cifar10":
		return []string{info.Name + "/" + cifarFolder, info.Name, cifarFolder, "."}
	case info.Shared != "":
		return []string{info.Shared, info.Shared + "/gzip", info.Raw, ".", path.Base(info.Raw), "gzip"}
	case info.Raw != "":
		return []string{info.Name, info.Raw, ".", path.Base(info.Raw)}
	}
	return []string{info.Name, "."}
}

// A place is a folder and the files of a set that were found there.
type place struct {
	dir     string
	found   map[string]source // by the plain names of the files
	missing []string          // plain names of the files that were not found, Optional or not
	usable  bool              // whether there is enough to train and to test
}

// look finds the files of a set in one folder.
func look(dir string, info Info) place {
	p := place{dir: dir, found: make(map[string]source)}
	required, optional, training := true, false, false
	for _, file := range info.Files {
		src, ok := seek(dir, info, file)
		switch {
		case ok:
			p.found[file.Name] = src
			training = training || file.Optional
		default:
			p.missing = append(p.missing, file.Name)
			required = required && file.Optional
		}
		optional = optional || file.Optional
	}
	// Where files are optional, they are batches of training images: one will do.
	p.usable = required && (training || !optional)
	return p
}

// seek finds a file of a set in a folder.
func seek(dir string, info Info, file File) (src source, ok bool) {
	if file.inArray() {
		path := filepath.Join(dir, file.Name)
		return source{path, file.Array}, exists(path)
	}
	for _, name := range []string{
		file.Name + ".gz", // the name that Fetch gives it; first, so that a file that Fetch replaced wins
		file.Name,
		older(file.Name) + ".gz",
		older(file.Name),
	} {
		if path := filepath.Join(dir, name); exists(path) {
			return source{path: path}, true
		}
	}
	if path := filepath.Join(dir, info.Archive); info.Archive != "" && exists(path) {
		return source{path, file.Array}, true
	}
	return source{}, false
}

// older returns the name that some mirrors give an IDX file:
// train-images.idx3-ubyte.
func older(name string) string { return strings.Replace(name, "-idx", ".idx", 1) }

// locate finds the first folder, in the order of SearchPath, that holds enough of
// the set. If none does, it returns the folder that holds most of it, and an error
// for callers that need a usable set.
func locate(dir string, info Info) (best place, err *MissingError) {
	roots := SearchPath(dir)
	for _, root := range roots {
		for _, folder := range folders(root, info) {
			p := look(folder, info)
			if p.usable {
				return p, nil
			}
			if best.found == nil || len(p.found) > len(best.found) {
				best = p
			}
		}
	}
	err = &MissingError{Name: info.Name, Looked: roots, Exact: dir}
	if own, ownErr := OwnDir(dir); ownErr == nil {
		err.Put = Folder(own, info)
	}
	if info.Name == "cifar10" {
		for _, root := range roots {
			for _, folder := range []string{filepath.Join(root, cifarPython), filepath.Join(root, info.Name, cifarPython)} {
				if stat, statErr := os.Stat(folder); statErr == nil && stat.IsDir() && err.Python == "" {
					err.Python = folder
				}
			}
		}
	}
	if len(best.found) > 0 {
		err.Near, err.Put, err.Files = best.dir, best.dir, best.missing
		return best, err
	}
	for _, file := range info.Files {
		err.Files = append(err.Files, file.Name)
	}
	return best, err
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
