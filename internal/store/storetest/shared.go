package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// SharedVariable names the environment variable with a folder in which the test programs of one run, made of
// the same source, leave what they prepared for each other. It goes when the run ends, and the PostgreSQL of
// that run with it.
const SharedVariable = "WELLMET_TEST_PREPARED"

// Shared lets other test programs of the run copy what this one made: all of the same name are equal.
func (p *Prepared) Shared(name string) *Prepared {
	p.name = name
	return p
}

// kept reports whether what p makes outlives this process.
func (p *Prepared) kept() bool { return p.name != "" && os.Getenv(SharedVariable) != "" }

// shared is what another program of the run made already, or what this one makes and leaves there. Two that
// begin at once both make it, and the one that is done first is believed: to wait would take as long.
func (p *Prepared) shared(kind string, fresh func(context.Context) (template, error)) (template, error) {
	if !p.kept() {
		return fresh(context.Background())
	}
	at := filepath.Join(os.Getenv(SharedVariable), p.name+"."+kind)
	if x, err := readTemplate(at); !errors.Is(err, fs.ErrNotExist) {
		return x, err
	}
	x, err := fresh(context.Background())
	if err != nil {
		return x, err
	}
	return x, leave(at, x)
}

func readTemplate(at string) (x template, err error) {
	text, err := os.ReadFile(at)
	if err != nil {
		return x, err
	}
	return x, json.Unmarshal(text, &x)
}

// leave writes all of the file or nothing, and leaves one that is there.
func leave(at string, x template) error {
	text, err := json.Marshal(x)
	if err != nil {
		return err
	}
	half := x.Dir + ".json"
	if err := os.WriteFile(half, text, 0o600); err != nil {
		return err
	}
	if err := os.Link(half, at); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
