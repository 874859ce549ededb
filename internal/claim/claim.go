// Package claim lets one process at a time work in a folder, on any file system
// and from several machines:
//
//	c, err := claim.Take(folder)
//	if err != nil {
//		return err // a *claim.Held says who has it
//	}
//	defer c.Release()
//
// A claim is a file in the folder, created exclusively, that says who works
// there. Locks of the operating system end with their process, but on network file
// systems they are missing, or do nothing. So a claim is a lease: its process renews
// it every minute. Another process takes over if the claim has not been renewed for
// ten minutes, or if its process ran on this host and has ended. A process that was
// paused for longer than that learns from Renew or Err that it has lost its claim.
//
// Claims have numbers. A process takes over claim.4 by creating claim.5, which only
// one process can do, and then looks once more: if there is a claim that it had not
// seen before, it withdraws its own. Of any two processes, the one that looks later
// sees the other's claim, whatever has been removed meanwhile.
package claim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A claim is renewed at intervals of renewed. Without a sign of life it counts for as
// long as stale.
const (
	renewed = time.Minute
	stale   = 10 * time.Minute
)

const (
	prefix     = "claim."  // of a claim, before its number
	tempPrefix = ".claim." // of one that is still being written
	tempSuffix = ".tmp"
)

// Belongs reports whether a file of this name in a folder is part of a claim.
func Belongs(name string) bool {
	_, ok := number(name)
	return ok || isTemp(name)
}

func isTemp(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

func number(name string) (n int, ok bool) {
	digits, ok := strings.CutPrefix(name, prefix)
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0 && strconv.Itoa(n) == digits
}

func path(folder string, n int) string {
	return filepath.Join(folder, prefix+strconv.Itoa(n))
}

// A Claim is held by this process, until it is released or lost.
type Claim struct {
	folder string
	number int
	text   []byte

	mu   sync.Mutex
	lost error
	stop chan struct{}
}

// Held is the error of a folder in which another process works.
type Held struct {
	By Holder
}

func (h *Held) Error() string {
	at := func(t time.Time) string {
		if s := clock(t); !strings.HasPrefix(s, h.By.Since.Local().Format(time.DateOnly)) {
			return s
		}
		return t.Local().Format(time.TimeOnly) // on the day that was named before
	}
	return fmt.Sprintf("%s; its last sign of life was at %s, and without another it is free at %s",
		h.By, at(h.By.Seen), at(h.By.Seen.Add(stale)))
}

// errContended says that others are trying to get the folder at the same moment.
var errContended = errors.New("several processes try to get it at the same moment")

// Take claims a folder for this process. The error is a *Held if another process works
// there.
func Take(folder string) (*Claim, error) {
	me := self()
	me.Since, me.Token = time.Now().UTC().Truncate(time.Second), rand.Text()
	text, err := json.Marshal(me)
	if err != nil {
		return nil, err
	}
	text = append(text, '\n')
	for try := range 10 {
		if try > 0 {
			time.Sleep(mathrand.N(10 * time.Millisecond << try))
		}
		var n int
		if n, err = take(folder, me, text); err == nil {
			c := &Claim{folder: folder, number: n, text: text, stop: make(chan struct{})}
			go c.keep()
			return c, nil
		}
		if !errors.Is(err, errContended) {
			break
		}
	}
	return nil, err
}

// take tries once, and returns the number of the claim.
func take(folder string, me Holder, text []byte) (n int, err error) {
	temp := filepath.Join(folder, tempPrefix+me.Token+tempSuffix)
	now, err := create(temp, text)
	if err != nil {
		return 0, err
	}
	defer os.Remove(temp)
	seen, err := list(folder)
	if err != nil {
		return 0, err
	}
	n = 1
	for _, s := range seen {
		if s.live(me, now) {
			return 0, &Held{s.holder}
		}
		n = s.number + 1
	}
	mine := path(folder, n)
	if err := publish(temp, mine, text); errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return 0, errContended
	} else if err != nil {
		return 0, err
	}
	again, err := list(folder)
	if err != nil {
		os.Remove(mine)
		return 0, err
	}
	for _, s := range again {
		if s.number != n && !slices.ContainsFunc(seen, s.same) {
			os.Remove(mine)
			return 0, errContended
		}
	}
	for _, s := range seen {
		os.Remove(path(folder, s.number)) // one that stays is below this one
	}
	sweep(folder, me, now)
	return n, nil
}

// create makes a file that was not there, and returns the time at which the file
// system says that it was made: its clock is the one by which claims are dated.
func create(path string, text []byte) (now time.Time, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return now, err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(path)
		return now, err
	}
	return info.ModTime(), nil
}

// publish gives a claim its name. With a link it appears complete; without links it
// may be seen empty for a moment.
func publish(temp, path string, text []byte) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	made, look := os.Lstat(path)
	if look == nil {
		// A network file system may say that the file exists although we made it, if its
		// answer to the first try got lost.
		if own, err := os.Lstat(temp); err == nil && os.SameFile(own, made) {
			return nil
		}
		return fs.ErrExist
	}
	_, err = create(path, text)
	return err
}

// sweep removes files of processes that were killed before they had a claim. A process
// whose half-written file is removed tries again.
func sweep(folder string, me Holder, now time.Time) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if !isTemp(e.Name()) {
			continue
		}
		path := filepath.Join(folder, e.Name())
		if s, err := read(path); err == nil && (s.holder.Host == "" || !s.live(me, now)) {
			os.Remove(path)
		}
	}
}

// found is a claim that was found in a folder.
type found struct {
	number int
	text   []byte
	time   time.Time // of the last sign of life
	holder Holder
}

func (f found) same(as found) bool {
	return f.number == as.number && f.time.Equal(as.time) && bytes.Equal(f.text, as.text)
}

// live reports whether a claim counts.
func (f found) live(me Holder, now time.Time) bool {
	return now.Sub(f.time) < stale && !f.holder.gone(me)
}

// list finds all claims of a folder, in order.
func list(folder string) ([]found, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []found
	for _, e := range entries {
		n, ok := number(e.Name())
		if !ok {
			continue
		}
		f, err := read(path(folder, n))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.number = n
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.number, b.number) })
	return all, nil
}

// longest is more than any claim says.
const longest = 1 << 16

func read(path string) (f found, err error) {
	file, err := os.Open(path)
	if err != nil {
		return f, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return f, err
	}
	if f.text, err = io.ReadAll(io.LimitReader(file, longest)); err != nil {
		return f, err
	}
	f.time = info.ModTime()
	// If the claim is incomplete, or of another version, it names nobody.
	if json.Unmarshal(f.text, &f.holder) != nil {
		f.holder = Holder{}
	}
	f.holder.Seen = f.time
	return f, nil
}

// Look says who works in a folder, without touching it: nil if nobody does.
func Look(folder string) (*Holder, error) {
	all, err := list(folder)
	return newest(all, time.Now()), err
}

// newest is the holder of the last claim that is live, nil if none is.
func newest(all []found, now time.Time) *Holder {
	for _, f := range slices.Backward(all) {
		if f.live(self(), now) {
			return &f.holder
		}
	}
	return nil
}

// lookAsTake is as Look is, by the clock that Take goes by.
func lookAsTake(folder string) (*Holder, error) {
	all, err := list(folder)
	if len(all) == 0 || err != nil {
		return nil, err
	}
	temp := filepath.Join(folder, tempPrefix+rand.Text()+tempSuffix)
	now, err := create(temp, nil)
	if err != nil {
		return nil, err
	}
	os.Remove(temp)
	return newest(all, now), nil
}

// Wait waits as long as it is not known whether another process still works in a
// folder, because it is on another host and has given no sign of life since Wait
// began. It calls tell first. A process that lives gives a sign within about a minute;
// one that does not loses its claim after ten.
func Wait(ctx context.Context, folder string, tell func(Held)) error {
	by, err := lookAsTake(folder)
	if err != nil || by == nil || by.here(self()) {
		return err
	}
	tell(Held{*by})
	for seen := by.Seen; ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
		by, err = lookAsTake(folder)
		if err != nil || by == nil || !by.Seen.Equal(seen) {
			return err
		}
	}
}

// keep renews the claim until it is released. It uses the wall clock, which goes on
// while the machine sleeps.
func (c *Claim) keep() {
	last := time.Now().Round(0)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-tick.C:
		}
		if passed := time.Now().Round(0).Sub(last); passed < renewed && passed >= 0 {
			continue
		}
		last = time.Now().Round(0)
		if c.Renew(); c.Err() != nil {
			return
		}
	}
}

// Renew gives a sign of life. It returns an error if the claim is lost, which Err then
// returns too, or if the claim cannot be renewed at the moment.
func (c *Claim) Renew() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost != nil {
		return c.lost
	}
	err := c.renew()
	if errors.Is(err, errLost) {
		c.lost = err
	}
	return err
}

var errLost = errors.New("its claim is lost")

func (c *Claim) renew() error {
	path := path(c.folder, c.number)
	wrote := rewrite(path, c.text)
	if wrote != nil && !errors.Is(wrote, fs.ErrNotExist) && !errors.Is(wrote, errLost) {
		return wrote
	}
	// This must come after the renewal: a process that takes over either sees the
	// renewal, or is seen here.
	all, err := list(c.folder)
	if n := len(all); n > 0 && all[n-1].number > c.number {
		return fmt.Errorf("%w: it gave no sign of life for too long, and %s", errLost, all[n-1].holder)
	}
	if errors.Is(wrote, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s was removed", errLost, path)
	}
	return cmp.Or(wrote, err)
}

// rewrite renews a claim, if it has this text.
func rewrite(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	now, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return err
	}
	if !bytes.Equal(now, text) {
		return fmt.Errorf("%w: %s is another's", errLost, path)
	}
	_, err = f.WriteAt(text, 0)
	return err
}

// Err returns nil unless the claim is known to be lost. It is cheap.
func (c *Claim) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// Release ends the claim, if it is not lost. It must be called once.
func (c *Claim) Release() error {
	close(c.stop)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost != nil {
		return nil
	}
	c.lost = errors.New("it was released")
	f, err := read(path(c.folder, c.number))
	if err == nil && bytes.Equal(f.text, c.text) {
		err = os.Remove(path(c.folder, c.number))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
