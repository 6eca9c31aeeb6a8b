package store

import (
	"os"
	"syscall"

	"wellmet/internal/fault"
)

// fileLock keeps a second process out of a folder: the file is open without sharing, until the process
// ends however it ends.
type fileLock struct{ handle syscall.Handle }

func lockFile(path string) (*fileLock, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	const sharingViolation = syscall.Errno(32)
	if err == sharingViolation {
		return nil, fault.New(fault.Unavailable, keyInUse, fault.Args{"path": path, "process": ""})
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return &fileLock{h}, nil
}

func (l *fileLock) release() error { return syscall.CloseHandle(l.handle) }
