package cli

import (
	"fmt"
	"os"
	"runtime"
	"strconv"

	"github.com/spf13/cobra"
)

// WorkersFlag adds --workers to a command.
func WorkersFlag(cmd *cobra.Command) *int {
	cores := givenCores(os.Getenv)
	n := cmd.Flags().Int("workers", cores, fmt.Sprintf("cores that share examples, or one example learnt at a time (default: all cores of the job, %d)", cores))
	Describe(cmd.Flags(), HeadWhat, "workers", "N")
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

// CheckWorkers returns an error if --workers is out of range.
func CheckWorkers(n int) error {
	if n < 1 || n > maxWorkers {
		return Misuse("--workers %d: want 1 to %d; without it, all cores of the job work (%d)", n, maxWorkers, givenCores(os.Getenv))
	}
	return nil
}
