package main

import "errors"

// errLocked says that another process has a folder.
var errLocked = errors.New("another plateau train is at work in it right now")
