package bench

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// ticks is the number of clock ticks a second in /proc; Linux shows 100 to
// user programs whatever the kernel uses itself.
const ticks = 100

// process is what /proc/<pid>/stat tells of one process.
type process struct {
	parent int
	own    time.Duration // user and system time
	reaped time.Duration // the same of children that have ended and been waited for
}

// treeCPU is the CPU time of the root processes and all their descendants,
// those included that have ended: a PostgreSQL backend that closes hands its
// time to the postmaster.
func treeCPU(roots []int) time.Duration {
	if len(roots) == 0 {
		return 0
	}
	all := processes()
	var sum time.Duration
	for _, pid := range descendants(roots, all) {
		sum += all[pid].own + all[pid].reaped
	}
	return sum
}

// treeMemory is the proportional resident memory (PSS) of the process trees in
// bytes: pages that several processes share are counted once.
func treeMemory(roots []int) int64 {
	if len(roots) == 0 {
		return 0
	}
	var sum int64
	for _, pid := range descendants(roots, processes()) {
		sum += kilobytes(procFile(pid, "smaps_rollup"), "Pss:") << 10
	}
	return sum
}

// PeakMemory is the most memory that the process has had resident, in bytes.
func PeakMemory(pid int) int64 {
	return kilobytes(procFile(pid, "status"), "VmHWM:") << 10
}

// machineCPU is the CPU time that all programs together have used since boot.
func machineCPU() time.Duration {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	var sum int64
	for i, field := range strings.Fields(line) {
		switch i {
		case 1, 2, 3, 6, 7: // user, nice, system, irq, softirq; the rest is idle, stolen or counted twice
			n, _ := strconv.ParseInt(field, 10, 64)
			sum += n
		}
	}
	return fromTicks(sum)
}

func selfCPU() time.Duration {
	text, _ := os.ReadFile("/proc/self/stat")
	p, _ := parseStat(string(text))
	return p.own
}

// processes reads every process of the machine; one that ends meanwhile is
// left out.
func processes() map[int]process {
	all := map[int]process{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			continue
		}
		if p, ok := parseStat(string(text)); ok {
			all[pid] = p
		}
	}
	return all
}

// parseStat reads a line of /proc/<pid>/stat. The program's name stands in
// brackets and may hold spaces and brackets itself, so the fields are counted
// from the last bracket.
func parseStat(line string) (process, bool) {
	end := strings.LastIndexByte(line, ')')
	if end < 0 {
		return process{}, false
	}
	fields := strings.Fields(line[end+1:])
	if len(fields) < 15 {
		return process{}, false
	}
	var n [15]int64
	for _, i := range []int{1, 11, 12, 13, 14} {
		v, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return process{}, false
		}
		n[i] = v
	}
	return process{parent: int(n[1]), own: fromTicks(n[11] + n[12]), reaped: fromTicks(n[13] + n[14])}, true
}

// descendants lists the roots and everything below them.
func descendants(roots []int, all map[int]process) []int {
	children := map[int][]int{}
	for pid, p := range all {
		children[p.parent] = append(children[p.parent], pid)
	}
	seen := map[int]bool{}
	list := append([]int(nil), roots...)
	for i := 0; i < len(list); i++ {
		pid := list[i]
		if seen[pid] {
			continue
		}
		seen[pid] = true
		list = append(list, children[pid]...)
	}
	out := list[:0]
	for pid := range seen {
		out = append(out, pid)
	}
	return out
}

func fromTicks(n int64) time.Duration { return time.Duration(n) * (time.Second / ticks) }

func procFile(pid int, name string) string {
	text, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), name))
	return string(text)
}

// kilobytes finds "Name:   123 kB" in a file of /proc.
func kilobytes(text, name string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			fields := strings.Fields(rest)
			if len(fields) > 0 {
				n, _ := strconv.ParseInt(fields[0], 10, 64)
				return n
			}
		}
	}
	return 0
}

// Machine names what the figures were taken on.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int64  `json:"memory_bytes"`
	System string `json:"system"`
	Go     string `json:"go"`
}

// ThisMachine describes the machine that the bench runs on.
func ThisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	memory, _ := os.ReadFile("/proc/meminfo")
	m.Memory = kilobytes(string(memory), "MemTotal:") << 10
	return m
}
