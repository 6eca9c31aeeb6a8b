package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is one line of "go test -json" (go doc test2json).
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build-output and build-fail
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// place names a test, or a package when test is empty.
type place struct{ pkg, test string }

type summary struct {
	out                     io.Writer
	passed, failed, skipped int
	output                  map[place][]string // of what has not finished yet
	builds                  map[string][]string
	ended                   map[string]bool // packages that have reported their end
	failures                map[string]int  // failed tests of a package
	parents                 map[place]bool  // tests with subtests
	skips                   []string
	packages, tests         []took
}

// took is how long a package or a test ran.
type took struct {
	name    string
	seconds float64
}

func newSummary(out io.Writer) *summary {
	return &summary{
		out: out, output: map[place][]string{}, builds: map[string][]string{},
		ended: map[string]bool{}, failures: map[string]int{}, parents: map[place]bool{},
	}
}

// line takes one line of input; one that is not an event (a message of the go
// command itself) is passed on as it is.
func (s *summary) line(b []byte) {
	var e event
	if json.Unmarshal(b, &e) != nil || e.Action == "" {
		fmt.Fprintf(s.out, "%s\n", b)
		return
	}
	at := place{e.Package, e.Test}
	switch e.Action {
	case "start":
		s.ended[e.Package] = false
	case "output":
		s.output[at] = append(s.output[at], e.Output)
	case "build-output":
		s.builds[e.ImportPath] = append(s.builds[e.ImportPath], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e)
		} else {
			s.endTest(at, e.Action, e.Elapsed)
		}
		delete(s.output, at)
	}
}

func (s *summary) endTest(at place, action string, seconds float64) {
	// A test waits for its subtests, which tell more.
	if i := strings.LastIndexByte(at.test, '/'); i >= 0 {
		s.parents[place{at.pkg, at.test[:i]}] = true
	}
	if !s.parents[at] {
		s.tests = append(s.tests, took{at.pkg + " " + at.test, seconds})
	}
	switch action {
	case "pass":
		s.passed++
	case "fail":
		s.failed++
		s.failures[at.pkg]++
		fmt.Fprintf(s.out, "--- FAIL %s %s\n%s", at.pkg, at.test, strings.Join(s.output[at], ""))
	case "skip":
		s.skipped++
		s.skips = append(s.skips, fmt.Sprintf("--- SKIP %s %s\n%s", at.pkg, at.test, reason(s.output[at])))
	}
}

// endPackage reports a package. One that failed without a failed test (it did
// not build, panicked or ran out of time) counts as one failure.
func (s *summary) endPackage(e event) {
	s.ended[e.Package] = true
	word := map[string]string{"pass": "ok", "fail": "FAIL", "skip": "no tests"}[e.Action]
	if e.Action == "fail" && s.failures[e.Package] == 0 {
		s.failed++
		fmt.Fprint(s.out, strings.Join(s.builds[e.FailedBuild], ""))
		s.printPackage(e.Package)
	}
	s.packages = append(s.packages, took{e.Package, e.Elapsed})
	fmt.Fprintf(s.out, "%-8s %s %.1fs\n", word, e.Package, e.Elapsed)
}

// printPackage prints what a package and its unfinished tests have said: the
// trace of a panic is with the test that was running.
func (s *summary) printPackage(pkg string) {
	for at, lines := range s.output {
		if at.pkg == pkg {
			fmt.Fprint(s.out, strings.Join(lines, ""))
		}
	}
}

// finish closes the report. A package that began and never ended means that
// the go command itself was stopped.
func (s *summary) finish() {
	for pkg, ended := range s.ended {
		if !ended {
			s.failed++
			fmt.Fprintf(s.out, "--- FAIL %s never finished\n", pkg)
			s.printPackage(pkg)
		}
	}
	for _, text := range s.skips {
		fmt.Fprint(s.out, text)
	}
	s.slowest("packages", s.packages)
	s.slowest("tests", s.tests)
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
}

// shown is how many of the slowest are named, and slow how long even the
// shortest of them ran.
const (
	shown = 10
	slow  = 1 // seconds
)

// slowest names what a shorter run would have to begin with.
func (s *summary) slowest(what string, all []took) {
	slices.SortStableFunc(all, func(a, b took) int { return cmp.Compare(b.seconds, a.seconds) })
	all = all[:min(len(all), shown)]
	if i := slices.IndexFunc(all, func(x took) bool { return x.seconds < slow }); i >= 0 {
		all = all[:i]
	}
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(s.out, "slowest %s\n", what)
	for _, x := range all {
		fmt.Fprintf(s.out, "%7.1fs %s\n", x.seconds, x.name)
	}
}

// reason keeps of a skipped test's output what the test itself said.
func reason(lines []string) string {
	var said strings.Builder
	for _, line := range lines {
		trimmed := strings.TrimSpace(line)
		if !strings.HasPrefix(trimmed, "===") && !strings.HasPrefix(trimmed, "---") {
			said.WriteString(line)
		}
	}
	return said.String()
}
