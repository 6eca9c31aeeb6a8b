package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	t.Parallel()
	const (
		start = `{"Action":"start","Package":"p"}` + "\n"
		pass  = `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n"
		done  = `{"Action":"pass","Package":"p","Elapsed":1}` + "\n"
		skip  = `{"Action":"output","Package":"p","Test":"TestS","Output":"    a_test.go:7: no database\n"}` + "\n" +
			`{"Action":"skip","Package":"p","Test":"TestS"}` + "\n"
		fail = `{"Action":"output","Package":"p","Test":"TestF","Output":"    a_test.go:9: got 1\n"}` + "\n" +
			`{"Action":"fail","Package":"p","Test":"TestF"}` + "\n" + `{"Action":"fail","Package":"p"}` + "\n"
		build = `{"Action":"build-output","ImportPath":"q [q.test]","Output":"q.go:1: undefined: x\n"}` + "\n" +
			`{"Action":"start","Package":"q"}` + "\n" +
			`{"Action":"fail","Package":"q","FailedBuild":"q [q.test]"}` + "\n"
		timed = start + `{"Action":"pass","Package":"p","Test":"TestT","Elapsed":9.5}` + "\n" + `{"Action":"pass","Package":"p","Elapsed":12}` + "\n" +
			`{"Action":"pass","Package":"q","Test":"TestS/sqlite","Elapsed":80}` + "\n" + `{"Action":"pass","Package":"q","Test":"TestS/postgres","Elapsed":0.2}` + "\n" +
			`{"Action":"pass","Package":"q","Test":"TestS","Elapsed":80.1}` + "\n" + `{"Action":"pass","Package":"q","Elapsed":90}` + "\n"
		panicked = start + `{"Action":"output","Package":"p","Test":"TestP","Output":"panic: boom\n"}` + "\n" +
			`{"Action":"fail","Package":"p"}` + "\n"
	)
	for _, c := range []struct {
		name, in string
		noSkips  bool
		ok       bool
		want     []string
	}{
		{"all pass", start + pass + done, true, true, []string{"1 passed, 0 failed, 0 skipped"}},
		{"a skip is told", start + pass + skip + done, false, true, []string{"no database", "1 passed, 0 failed, 1 skipped"}},
		{"a skip fails when asked", start + pass + skip + done, true, false, []string{"count as failure"}},
		{"a failure shows its output", start + pass + fail, false, false, []string{"got 1", "1 passed, 1 failed, 0 skipped"}},
		{"a broken build is a failure", start + pass + done + build, false, false, []string{"undefined: x", "1 passed, 1 failed"}},
		{"a panic shows its trace", panicked, false, false, []string{"panic: boom", "0 passed, 1 failed"}},
		{"a package cut short", start + pass, false, false, []string{"never finished", "1 passed, 1 failed"}},
		{"nothing ran", "", false, false, []string{"no test ran"}},
		{"what took longest is told, the longest first", timed, true, true, []string{
			"slowest packages\n   90.0s q\n   12.0s p\nslowest tests\n   80.0s q TestS/sqlite\n    9.5s p TestT\n4 passed"}},
		{"other lines pass through", "go: downloading x\n" + start + pass + done, true, true, []string{"go: downloading x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if ok := run(strings.NewReader(c.in), &out, c.noSkips); ok != c.ok {
				t.Errorf("run = %v, want %v\n%s", ok, c.ok, out.String())
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("output lacks %q:\n%s", want, out.String())
				}
			}
		})
	}
}
