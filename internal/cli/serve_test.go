package cli

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var addressIn = regexp.MustCompile(`http://\S+/`)

func (at *place) get(address, path string) (int, string) {
	at.t.Helper()
	r, err := http.Get(address + path)
	if err != nil {
		at.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		at.t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

func TestServe(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, at *place) {
		lines, stop := at.begin("serve", "--listen", "127.0.0.1:0")
		address := addressIn.FindString(at.await(lines, "answers at"))
		if code := at.await(lines, "set-up code"); !regexp.MustCompile(`[A-Z0-9]{4}(-[A-Z0-9]{4})+`).MatchString(code) {
			t.Errorf("no code in %q", code)
		}
		if line := at.await(lines, "user add"); !strings.Contains(line, "wellmet user add --role admin --email ") || !strings.Contains(line, "--data ") {
			t.Errorf("printed %q", line)
		}
		if status, text := at.get(address, "healthz"); status != 200 {
			t.Errorf("healthz: %d %s", status, text)
		}
		// Another process works on it meanwhile.
		out, problems, status := at.runIn("seven quiet geese\n", "user", "add", "--role", "admin", "--email", "ann@example.org", "--name", "Ann", "--password-stdin")
		if status != 0 || !strings.Contains(out, "ann@example.org") {
			t.Fatalf("user add: %d %s%s", status, out, problems)
		}
		token := strings.TrimSpace(at.ok("token", "add", "--email", "ann@example.org"))
		if status, text := at.withToken(address+"api/v1/members", token); status != 200 || !strings.Contains(text, `"Ann"`) {
			t.Errorf("members with the token: %d %s", status, text)
		}
		if list := at.ok("user", "list"); !strings.Contains(list, "Ann") {
			t.Errorf("user list:\n%s", list)
		}
		if status := stop(); status != 0 {
			t.Errorf("ended with status %d", status)
		}
		if _, err := os.Stat(filepath.Join(at.dir, "data", doorName)); err == nil {
			t.Error("the door is still there")
		}
		again, _ := at.begin("serve", "--listen", "127.0.0.1:0")
		at.await(again, "answers at")
	})
}

func (at *place) withToken(address, token string) (int, string) {
	at.t.Helper()
	q, err := http.NewRequestWithContext(at.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		at.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		at.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		at.t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// A server that is not ours, or takes no commands, is named; a second server
// is refused.
func TestSecondServerIsRefused(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	lines, _ := at.begin("serve", "--listen", "127.0.0.1:0")
	at.await(lines, "answers at")
	if text := at.fails("serve", "--listen", "127.0.0.1:0"); !strings.Contains(text, "Stop it first") {
		t.Errorf("said %q", text)
	}
	if err := os.Remove(filepath.Join(at.dir, "data", doorName)); err != nil {
		t.Fatal(err)
	}
	if text := at.fails("team", "add", "North"); !strings.Contains(text, "takes no commands") {
		t.Errorf("said %q", text)
	}
	if text := at.fails("team", "add", "North", "--today", "2020-01-01"); text == "" {
		t.Error("said nothing")
	}
	at.ok("aggregate", "deals") // reading goes beside it
}

func TestBusyAddress(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	lines, _ := at.begin("serve", "--listen", "127.0.0.1:0")
	address := strings.Trim(strings.TrimPrefix(addressIn.FindString(at.await(lines, "answers at")), "http://"), "/")
	other := onSQLite(t)
	if text := other.fails("serve", "--listen", address); !strings.Contains(text, "cannot answer at "+address) {
		t.Errorf("said %q", text)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, at *place) {
		args := []string{"demo", "--keep", filepath.Join(at.dir, "demo"), "--listen", "127.0.0.1:0"}
		lines, stop := at.begin(args...)
		address := addressIn.FindString(at.await(lines, "answers at"))
		at.await(lines, "password")
		for _, role := range []string{"rep", "manager", "admin"} {
			at.await(lines, " "+role+" ")
		}
		if status, text := at.get(address, "healthz"); status != 200 {
			t.Errorf("healthz: %d %s", status, text)
		}
		at.flags[1] = filepath.Join(at.dir, "demo")
		if out := at.ok("aggregate", "deals"); !strings.Contains(out, "2000") {
			t.Errorf("deals:\n%s", out)
		}
		at.ok("team", "add", "Nobody's")
		stop()

		lines, stop = at.begin(args...)
		if first := <-lines; strings.Contains(first, "Making") {
			t.Error("a whole demo is made again")
		}
		stop()
		lines, stop = at.begin(append(args, "--reset")...)
		at.await(lines, "Making")
		at.await(lines, "admin")
		stop()
		if out := at.ok("team", "list"); strings.Contains(out, "Nobody's") {
			t.Error("a reset demo is the old one")
		}
	})
}

// A demo that cannot begin says why, and makes nothing first.
func TestDemoSaysWhatIsInItsWay(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := onSQLite(t)
	file := filepath.Join(at.dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(at.dir, "demo")
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--keep", folder, "--listen", taken.Addr().String()}, []string{"cannot answer at " + taken.Addr().String(), "address already in use"}},
		{[]string{"--keep", filepath.Join(file, "demo"), "--listen", "127.0.0.1:0"}, []string{file, "cannot be written", "not a directory"}},
		{[]string{"--keep", folder, "--listen", "127.0.0.1:0", "--database", "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"},
			[]string{"The database cannot be reached", "connection refused"}},
	} {
		text := at.fails(append([]string{"demo"}, c.args...)...)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%v said %q, without %q", c.args, text, want)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "control.db")); err == nil {
		t.Error("a demo was made that nobody could see")
	}
}

func TestDemoLeavesOtherWorkAlone(t *testing.T) {
	t.Parallel()
	at := onSQLite(t)
	at.ok("team", "add", "Ours")
	at.ok("user", "add", "--email", "ann@example.org")
	// The folder that --data names is the demo's too: it is never passed over.
	for _, more := range [][]string{{"--keep", at.flags[1]}, {"--keep", at.flags[1], "--reset"}, nil, {"--reset"}} {
		text := at.fails(append([]string{"demo", "--listen", "127.0.0.1:0"}, more...)...)
		if !strings.Contains(text, "something else than a demo") {
			t.Errorf("said %q", text)
		}
	}
	if out := at.ok("team", "list"); !strings.Contains(out, "Ours") {
		t.Error("our team is gone")
	}
}
