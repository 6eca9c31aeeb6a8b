package bench

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test's own binary plays the server when it is told to.
const role = "BENCH_TEST_SERVER"

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == serveWord {
		serveAlone(os.Args[2], os.Args[3])
		return
	}
	switch os.Getenv(role) {
	case "serve":
		play(os.Args[1])
	case "fail":
		fmt.Println("the disk is full")
		os.Exit(3)
	default:
		os.Exit(m.Run())
	}
}

func play(addr string) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	server := &http.Server{Addr: addr, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i, end := 0, time.Now().Add(time.Millisecond); time.Now().Before(end); i++ { // something to measure
			_ = fmt.Sprint(i)
		}
		io.WriteString(w, "fine")
	})}
	go server.ListenAndServe()
	<-stop
	server.Close()
}

func TestServerIsStartedMeasuredAndStopped(t *testing.T) {
	t.Setenv(role, "serve")
	addr, err := FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), addr, "/healthz", os.Args[0], addr)
	if err != nil {
		t.Fatal(err)
	}
	if s.Ready <= 0 || s.Ready > patience {
		t.Errorf("ready after %v", s.Ready)
	}
	load := Load{Addr: addr, Clients: 2, Duration: time.Minute, Requests: 200, Roots: []int{s.Pid()}}
	r, err := load.Run(t.Context(), get("/"))
	if err != nil || r.Errors > 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	// It works for a millisecond a request; the clock ticks every ten.
	if r.ServerCPU <= 0 || r.ServerCPU > 20 || r.Memory <= 0 {
		t.Errorf("server CPU %v ms a request, memory %d", r.ServerCPU, r.Memory)
	}
	if Postmaster(s.Pid()) != os.Getpid() {
		t.Errorf("the parent of the server is %d, not %d", Postmaster(s.Pid()), os.Getpid())
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}

func TestServerThatDoesNotStartSaysWhy(t *testing.T) {
	t.Setenv(role, "fail")
	_, err := Start(t.Context(), "127.0.0.1:1", "/", os.Args[0])
	if err == nil || !strings.Contains(err.Error(), "the disk is full") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("error: %v", err)
	}
	if _, err := Start(t.Context(), "127.0.0.1:1", "/", "/no/such/program"); err == nil {
		t.Error("a program that is not there was started")
	}
}
