package cli

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"

	"wellmet/internal/app"
	"wellmet/internal/fault"
)

// doorName is the socket at which a server on SQLite takes commands. It lies
// in the data folder and is for the folder's owner alone: whoever can open it
// could open the databases.
const doorName = "wellmet.sock"

// maxDoorPath is what systems take for the path of a socket.
const maxDoorPath = 100

// call is what comes through the door first, as one line of JSON; standard
// input follows. Back come frames: a sign, four bytes of length, and content.
type call struct {
	Args     []string `json:"args"`
	Dir      string   `json:"dir"`
	Version  string   `json:"version"`
	Terminal bool     `json:"terminal"`
	Input    bool     `json:"input"` // standard input follows
}

const (
	frameOut  = 'o'
	frameErr  = 'e'
	frameExit = 'x'
)

const maxFrame = 1 << 20

// openDoor lets other processes run commands in this one until the returned
// function is called. On PostgreSQL they need no door.
func (sh *shell) openDoor(ctx context.Context, a *app.App) (stop func()) {
	path := filepath.Join(a.Config().Dir, doorName)
	if a.Config().Database != "" || len(path) > maxDoorPath {
		return func() {}
	}
	os.Remove(path) // of a server that was killed; the folder's lock is ours
	l, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		a.Log().Warn("no door for commands", "error", err)
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { sh.answerDoor(ctx, a, conn) })
		}
	})
	return func() {
		cancel()
		l.Close()
		running.Wait()
	}
}

// answerDoor runs one command for another process.
func (sh *shell) answerDoor(ctx context.Context, a *app.App, conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	in := bufio.NewReaderSize(conn, 64<<10)
	head, err := in.ReadSlice('\n')
	var c call
	if err != nil || json.Unmarshal(head, &c) != nil {
		return
	}
	frames := &frames{w: conn, gone: cancel}
	p := Program{Version: sh.Version, In: io.Reader(in), Out: frames.to(frameOut), Err: frames.to(frameErr), Terminal: c.Terminal,
		Dir: c.Dir, now: sh.now, cost: sh.cost, prefix: sh.prefix, inside: a}
	if !c.Input {
		p.In = eof{}
	}
	status := 1
	if c.Version != sh.Version {
		(&shell{Program: p}).tell("cli.other_version", fault.Args{"here": c.Version, "there": sh.Version})
	} else {
		status = p.Run(ctx, c.Args)
	}
	frames.write(frameExit, []byte{byte(status)})
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// frames writes both outputs of a command to one connection. When nobody
// listens any more the command ends.
type frames struct {
	mu   sync.Mutex
	w    io.Writer
	gone func()
}

func (f *frames) to(sign byte) io.Writer { return frameWriter{f, sign} }

func (f *frames) write(sign byte, b []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	frame := append(binary.BigEndian.AppendUint32([]byte{sign}, uint32(len(b))), b...)
	if _, err := f.w.Write(frame); err != nil {
		f.gone()
		return err
	}
	return nil
}

type frameWriter struct {
	frames *frames
	sign   byte
}

// Write implements io.Writer.
func (w frameWriter) Write(b []byte) (int, error) {
	for begin := 0; begin < len(b); begin += maxFrame {
		if err := w.frames.write(w.sign, b[begin:min(begin+maxFrame, len(b))]); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// knocking is a command that asks the person something before it is handed to
// the server, and says what goes along.
type knocking interface {
	beforeKnocking(sh *shell) (args []string, in io.Reader, err error)
}

// knock hands the command to the server that holds the folder.
func (sh *shell) knock(ctx context.Context, command any) int {
	held := fault.New(fault.Unavailable, "cli.no_door", fault.Args{"path": sh.flags.Data})
	path := filepath.Join(sh.path(sh.flags.Data), doorName)
	conn, err := net.Dial("unix", path)
	if err != nil {
		return sh.finish(ctx, held.Because(err))
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if sh.flags.Today != "" {
		return sh.finish(ctx, fault.New(fault.Invalid, "cli.today_running", nil))
	}
	c := call{Args: sh.args, Dir: sh.Dir, Version: sh.Version, Terminal: sh.Terminal}
	in, err := sh.along(command, &c)
	if err != nil {
		return sh.finish(ctx, err)
	}
	head, _ := json.Marshal(c)
	if _, err := conn.Write(append(head, '\n')); err != nil {
		return sh.finish(ctx, held.Because(err))
	}
	if in != nil {
		go func() {
			_, _ = io.Copy(conn, in)
			if half, ok := conn.(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite()
			}
		}()
	}
	status, err := sh.hear(conn)
	if err != nil {
		return sh.finish(ctx, errors.Join(ctx.Err(), held.Because(err)))
	}
	return status
}

// along says what goes with a command: its folder, and input where it reads
// some. The flags come first, since a later one of the same name would win.
func (sh *shell) along(command any, c *call) (io.Reader, error) {
	if c.Dir == "" {
		var err error
		if c.Dir, err = os.Getwd(); err != nil {
			return nil, err
		}
	}
	switch x := command.(type) {
	case knocking:
		args, in, err := x.beforeKnocking(sh)
		c.Args, c.Input, c.Terminal = append(append([]string{}, c.Args...), args...), true, false
		return in, err
	case *importCmd:
		c.Input = x.File == "-" || x.Map == "-"
	case *schemaApplyCmd:
		c.Input = x.File == "-"
	case *roleSetCmd:
		c.Input = x.File == "-"
	}
	if c.Input {
		return sh.In, nil
	}
	return nil, nil
}

// hear passes the answer on and tells the exit status.
func (sh *shell) hear(conn io.Reader) (int, error) {
	in := bufio.NewReader(conn)
	var head [5]byte
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return 0, err
		}
		n := binary.BigEndian.Uint32(head[1:])
		if n > maxFrame {
			return 0, errors.New("cli: frame too long")
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(in, b); err != nil {
			return 0, err
		}
		switch head[0] {
		case frameOut:
			_, _ = sh.Out.Write(b)
		case frameErr:
			_, _ = sh.Err.Write(b)
		case frameExit:
			return int(b[0]), nil
		}
	}
}
