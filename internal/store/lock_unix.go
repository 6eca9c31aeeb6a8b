//go:build unix

package store

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"

	"wellmet/internal/fault"
)

// fileLock keeps a second process out of a folder. The kernel drops it with the process, however that
// ends; the file itself stays.
type fileLock struct{ file *os.File }

func lockFile(path string) (*fileLock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := os.ReadFile(path)
		file.Close()
		return nil, fault.New(fault.Unavailable, keyInUse, fault.Args{"path": path, "process": strings.TrimSpace(string(holder))})
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	// The number is for the message above only; nothing depends on it.
	if err := file.Truncate(0); err == nil {
		file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return &fileLock{file}, nil
}

func (l *fileLock) release() error { return l.file.Close() }
