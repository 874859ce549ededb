package claim

import (
	"fmt"
	"os"
	"time"
)

// A Holder is a process that works in a folder. Fields that are not known are empty.
type Holder struct {
	Host    string    `json:"host"`
	Machine string    `json:"machine,omitempty"` // which of the hosts of this name
	Boot    string    `json:"boot,omitempty"`    // which start of the machine
	Space   string    `json:"space,omitempty"`   // within which processes are numbered
	Process int       `json:"process"`
	Began   string    `json:"began,omitempty"` // when the process began; a later process with the same number differs
	Job     string    `json:"job,omitempty"`   // number of the cluster's job
	Since   time.Time `json:"since"`
	Token   string    `json:"token"` // tells claims of one process apart

	Seen time.Time `json:"-"` // its last sign of life
}

// self is this process.
func self() Holder {
	h := Holder{Process: os.Getpid(), Job: os.Getenv("SLURM_JOB_ID")}
	h.Host, _ = os.Hostname()
	h.Machine, h.Boot, h.Space = system()
	h.Began = began(h.Process)
	return h
}

// here reports whether the process me can tell if this one has ended.
func (h Holder) here(me Holder) bool {
	return h.Host != "" && h.Host == me.Host && h.Machine == me.Machine && h.Boot == me.Boot && h.Space == me.Space
}

// gone reports whether me can tell that the process has ended.
func (h Holder) gone(me Holder) bool {
	switch {
	case h.Host == "" || h.Host != me.Host || h.Machine != me.Machine:
		return false // somewhere else
	case h.Boot != me.Boot:
		return h.Boot != "" && me.Boot != "" && h.Machine != ""
	case h.Space != me.Space:
		return false
	case !exists(h.Process) || ended(h.Process):
		return true
	}
	now := began(h.Process)
	return h.Began != "" && now != "" && h.Began != now
}

// String says who it is, and since when.
func (h Holder) String() string {
	if h.Host == "" {
		return "a process that does not say who it is has it"
	}
	job := ""
	if h.Job != "" {
		job = ", job " + h.Job + ","
	}
	since := ""
	if !h.Since.IsZero() {
		since = " since " + clock(h.Since)
	}
	return fmt.Sprintf("process %d on %s%s has it%s", h.Process, h.Host, job, since)
}

func clock(t time.Time) string { return t.Local().Format(time.DateTime) }
