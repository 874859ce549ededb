package main

import "errors"

// errLocked says that another process has a folder.
var errLocked = errors.New("another plateau train is at work in it right now")

// lockName is the file that is a lock where folders themselves cannot be locked.
const lockName = ".lock"
