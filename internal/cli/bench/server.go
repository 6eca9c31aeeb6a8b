package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Server is a program under measurement, in a process of its own: sharing one
// with the generator would count the generator's memory and garbage too.
type Server struct {
	Addr string
	// Ready is the time from the start of the process to its first good answer.
	Ready time.Duration

	cmd    *exec.Cmd
	output *tail
	exited chan struct{} // closed once the process has ended
	err    error         // how it ended; read after exited
}

// patience bounds the wait for the first answer and for the end.
const patience = time.Minute

// Start runs a command that listens on addr and waits until GET probe answers
// 200 there. The end of ctx kills it.
func Start(ctx context.Context, addr, probe, program string, args ...string) (*Server, error) {
	s := &Server{Addr: addr, output: &tail{}, exited: make(chan struct{})}
	s.cmd = exec.CommandContext(ctx, program, args...)
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.exited)
	}()
	if err := s.await(probe); err != nil {
		s.cmd.Process.Kill()
		<-s.exited
		return nil, fmt.Errorf("start %s: %w\n%s", program, err, s.output.String())
	}
	s.Ready = time.Since(began)
	return s, nil
}

// await asks until the answer is good. The pause is far below what a start
// takes, so it hardly adds to the measured time.
func (s *Server) await(probe string) error {
	pause := time.NewTicker(2 * time.Millisecond)
	defer pause.Stop()
	deadline := time.After(patience)
	for {
		c := connection{addr: s.Addr}
		status, _, err := c.do(&Request{Method: http.MethodGet, Path: probe})
		c.close()
		if err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("it ended: %w", errors.Join(s.err, errEnded))
		case <-deadline:
			return fmt.Errorf("no good answer within %v", patience)
		case <-pause.C:
		}
	}
}

var errEnded = errors.New("before it answered")

// Pid is the process to measure.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Stop asks the server to end, as an operator would, and waits for it.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.cmd.Process.Kill()
		<-s.exited
		return fmt.Errorf("the server did not stop within %v", patience)
	}
	if s.err != nil {
		return fmt.Errorf("the server ended badly: %w\n%s", s.err, s.output.String())
	}
	return nil
}

// FreeAddr is an address of the loopback that nobody listened on just now.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Postmaster is the process above a PostgreSQL backend, whose tree holds all
// backends; 0 when the server is on another machine. The backend's id is what
// pg_backend_pid() answers.
func Postmaster(backend int) int {
	p, ok := parseStat(procFile(backend, "stat"))
	if !ok || p.parent <= 1 {
		return 0
	}
	return p.parent
}

// tail keeps the last of what a program has printed, for an error to show.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const tailSize = 8 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(b)
	if over := t.text.Len() - tailSize; over > 0 {
		t.text.Next(over)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
