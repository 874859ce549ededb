package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"plateau/protocols/dataset"
)

// options are the flags that make a configuration, the same ones for every
// command that needs one.
type options struct {
	cmd    *cobra.Command
	run    string // a run folder, whose configuration the options change; or ""
	preset string
	// standard is the preset that is used for digits if none is named; or "".
	standard string
	file     string
	sets     []string
	named    []named
	texts    []*string
}

// A named option is short for --set with a key.
type named struct {
	flag, key, hint, usage, standard string
}

func namedOptions() []named {
	return []named{
		{"data", "data.name", "NAME", "data set: " + strings.Join(dataset.Names(), ", "), "digits"},
		{"data-dir", "data.dir", "DIR", "the only folder to look for data in", "$PLATEAU_DATA, then the user's caches"},
		{"examples", "data.examples", "N", "number of training images used, from the first", "30000 for digits, otherwise all"},
		{"validation", "data.validation", "N", "of those, hold out the last N, and test on them after every epoch, not on the test set", "0"},
		{"test-examples", "data.test_examples", "N", "number of test images used, from the first", "2000 for digits, otherwise all"},
		{"hidden", "network.hidden", "N,N,…", "neurons of each hidden layer, or none", "500"},
		{"epochs", "learning.epochs", "N", "passes through the training images", "6 for digits, otherwise 10"},
		{"batch", "learning.batch", "N", "number of examples shown before the weights change", "1"},
		{"seed", "seed", "N", "root of every random number", "1"},
		{"measure", "measure.what", "LIST", "what to measure in training: all, or some words of measure.what, such as angle,norms", "none"},
	}
}

// configure adds the flags that make a configuration to a command: --config,
// --set, and those that are named.
func configure(cmd *cobra.Command, names ...string) *options {
	cmd.Flags().SortFlags = false
	o := &options{cmd: cmd, standard: digitsPreset}
	o.configure(func(n named) string { return n.standard }, true, names...)
	return o
}

func (o *options) configure(standard func(named) string, file bool, names ...string) {
	flags := o.cmd.Flags()
	for _, n := range namedOptions() {
		for _, name := range names {
			if n.flag == name {
				o.named = append(o.named, n)
				o.texts = append(o.texts, flags.String(n.flag, "", fmt.Sprintf("%s (default: %s)", n.usage, standard(n))))
				describe(flags, headWhat, n.flag, n.hint)
			}
		}
	}
	if file {
		flags.StringVar(&o.preset, "preset", "", "a named experiment whose settings to use, or none; plateau config presets lists them")
		describe(flags, headWhat, "preset", "NAME")
		flags.StringVar(&o.file, "config", "", "settings from a TOML file, such as plateau config prints")
		describe(flags, headWhat, "config", "FILE")
	}
	flags.StringArrayVar(&o.sets, "set", nil, "any key of the configuration; can be repeated")
	describe(flags, headWhat, "set", "KEY=VALUE")
}

// config puts the settings together.
func (o *options) config() (*config, error) {
	s := newSettings()
	if o.run != "" && o.file != "" {
		return nil, misuse("--config and --run do not go together: a run has its own configuration; --set changes parts of it")
	}
	if o.run != "" && o.preset != "" {
		return nil, misuse("--preset and --run do not go together: a run has its own configuration; --set changes parts of it")
	}
	switch {
	case o.cmd.Flags().Changed("preset"):
		if err := s.use("--preset", o.preset); err != nil {
			return nil, err
		}
	case o.standard != "" && o.file == "" && o.learnsDigits():
		if err := s.use("preset", o.standard); err != nil {
			return nil, err
		}
	}
	var data string
	switch {
	case o.run != "":
		if err := checkRun(o.run); err != nil {
			return nil, err
		}
		if err := s.readRun(filepath.Join(o.run, configName)); err != nil {
			return nil, err
		}
		data = s.config.data.name
	case o.file != "":
		if err := s.readFile(o.file); err != nil {
			return nil, err
		}
		if o.preset != "" && o.preset != nothing && !s.uses(o.preset) {
			return nil, misuse("--config %s sets everything that --preset %s does, so the preset would change nothing; leave one of them out", o.file, o.preset)
		}
	case o.cmd.Flags().Changed("config"):
		return nil, misuse(`--config "": want the name of a file`)
	case o.cmd.Flags().Changed("run"):
		return nil, misuse(`--run "": want the name of a folder`)
	}
	o.over(s)
	if c := s.config; data != "" && c.data.name != data {
		// How much of one data set a run used says nothing about another.
		for _, name := range []string{"data.examples", "data.test_examples"} {
			if strings.HasPrefix(c.given[name], filepath.Join(o.run, configName)+":") {
				delete(c.given, name)
			}
		}
	}
	return s.finish()
}

// learnsDigits reports whether the command line leaves the data set at its default.
func (o *options) learnsDigits() bool {
	s := newSettings()
	o.over(s)
	return s.config.data.name == defaults().data.name
}

// change adds all that the command line says to the settings of a run.
func (o *options) change(s *settings) error {
	if o.cmd.Flags().Changed("preset") {
		if err := s.use("--preset", o.preset); err != nil {
			return err
		}
	}
	if o.file != "" {
		if err := s.readFile(o.file); err != nil {
			return err
		}
	}
	o.over(s)
	return nil
}

// over adds what the command line says to settings.
func (o *options) over(s *settings) {
	for _, pair := range o.sets {
		s.setPair(pair)
	}
	for i, n := range o.named {
		switch text := *o.texts[i]; {
		case !o.cmd.Flags().Changed(n.flag):
		case strings.TrimSpace(text) == "":
			// It may come from a shell variable that is not set, and is certainly a mistake.
			s.report("--"+n.flag, n.key, quote(text), find(n.key).allowed(nil))
		default:
			s.setText("--"+n.flag, n.key, text)
		}
	}
}

// workersFlag adds --workers to a command.
func workersFlag(cmd *cobra.Command) *int {
	cores := givenCores(os.Getenv)
	n := cmd.Flags().Int("workers", cores, fmt.Sprintf("examples of a test, or of a batch, to run at the same time (default: all cores of the job, %d)", cores))
	describe(cmd.Flags(), headWhat, "workers", "N")
	return n
}

// givenCores returns the number of cores that this process may use. GOMAXPROCS takes
// into account the cores that the process may run on (set by taskset or by Slurm's
// cgroups), its own variable, and the quota of a cgroup, which it rounds up to 2. If
// Slurm does not bind processes to cores, only its variables say how many there are.
func givenCores(env func(string) string) int {
	cores := runtime.GOMAXPROCS(0)
	for _, name := range []string{"SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"} {
		if n, err := strconv.Atoi(env(name)); err == nil && n > 0 {
			return min(cores, n)
		}
	}
	return cores
}

// maxWorkers is more than the number of cores of any machine.
const maxWorkers = 4096

func checkWorkers(n int) error {
	if n < 1 || n > maxWorkers {
		return misuse("--workers %d: want 1 to %d; without it, all cores of the job work (%d)", n, maxWorkers, givenCores(os.Getenv))
	}
	return nil
}

// noteData prints notes about the data set of a configuration.
func noteData(c *console, of *config, d *dataset.Data) {
	for _, line := range d.Notices {
		c.note("note: %s", line)
	}
	if len(d.Missing) > 0 {
		c.note("to download the rest: %s", fetchCommand(d.Name, of.data.dir))
	}
}

// title describes a model in short: "784-500-10 on digits".
func (c *config) title() string {
	info, _ := dataset.Lookup(c.data.name)
	return fmt.Sprintf("%s on %s", join(c.sizes(info), "-"), c.data.name)
}

// sizes lists the neurons of every population, from the input up.
func (c *config) sizes(info dataset.Info) []int {
	sizes := append([]int{inputs(info)}, c.network.hidden...)
	return append(sizes, len(info.Classes)*c.network.perClass)
}

func join(numbers []int, by string) string {
	var s []string
	for _, n := range numbers {
		s = append(s, fmt.Sprint(n))
	}
	return strings.Join(s, by)
}

// configureRun adds the flags of commands that use the weights of a run. With fresh,
// the run may be left out, and the weights are then drawn.
func configureRun(cmd *cobra.Command, usage string, fresh bool) *options {
	flags := cmd.Flags()
	flags.SortFlags = false
	o := &options{cmd: cmd}
	flags.StringVar(&o.run, "run", "", usage)
	describe(flags, headWhat, "run", "DIR")
	if fresh {
		o.configure(func(n named) string { return "the run's, or " + n.standard }, true, "data", "data-dir", "hidden", "seed")
		return o
	}
	o.configure(func(named) string { return "the run's" }, false, "data", "data-dir", "test-examples", "seed")
	return o
}
