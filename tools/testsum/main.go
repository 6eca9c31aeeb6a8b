// Command testsum reads the output of "go test -json" on its standard input,
// prints one line for each package, the full output of what failed and the
// reason of what was skipped, and closes with the slowest packages and tests and
//
//	12 passed, 0 failed, 0 skipped
//
// It exits 1 when anything failed or nothing ran, and with -no-skips also when
// anything was skipped: a test that quietly skips proves nothing.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	noSkips := flag.Bool("no-skips", false, "fail when a test was skipped")
	flag.Parse()
	if !run(os.Stdin, os.Stdout, *noSkips) {
		os.Exit(1)
	}
}

// run copies a readable form of the events to out and says whether all is well.
func run(in io.Reader, out io.Writer, noSkips bool) bool {
	sum := newSummary(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20) // one event may carry a long line of output
	for lines.Scan() {
		sum.line(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(out, "testsum:", err)
		return false
	}
	sum.finish()
	switch {
	case sum.failed > 0:
		return false
	case sum.passed == 0:
		fmt.Fprintln(out, "testsum: no test ran")
		return false
	case noSkips && sum.skipped > 0:
		fmt.Fprintln(out, "testsum: skipped tests count as failure here")
		return false
	}
	return true
}
