package wellmet

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// maxLines is where a file stops being one subject.
const maxLines = 700

// source is what the tests of the house want to know of one Go file.
type source struct {
	path    string // from the root of the tree, with slashes
	dir     string
	room    string // first folder under internal; "" elsewhere
	imports []string
	lines   int
	test    bool
	table   bool // generated, or nothing but a table of data
	doc     bool // has a package comment
}

func TestFilesStaySmall(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.lines > maxLines && !f.table {
			t.Errorf("%s has %d lines, more than %d: divide it by subject", f.path, f.lines, maxLines)
		}
	}
}

func TestEveryRoomSaysWhatItKnows(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for _, f := range sources(t) {
		top := strings.Count(f.dir, "/") == 1 // internal/room
		if f.test {
			continue
		}
		told[f.dir] = told[f.dir] || f.doc && (!top || strings.HasSuffix(f.path, "/doc.go"))
	}
	for dir, ok := range told {
		if !ok {
			t.Errorf("%s lacks doc.go with a package comment", dir)
		}
	}
}

// sources reads every Go file of the product once.
var sources = func() func(t *testing.T) []source {
	read := sync.OnceValues(func() ([]source, error) {
		var all []source
		err := filepath.WalkDir(".", func(at string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				return enter(at)
			}
			at = filepath.ToSlash(at)
			if !strings.HasSuffix(at, ".go") || !strings.HasPrefix(at, "internal/") && !strings.HasPrefix(at, "cmd/") {
				return nil
			}
			f, err := readSource(at)
			all = append(all, f)
			return err
		})
		return all, err
	})
	return func(t *testing.T) []source {
		t.Helper()
		all, err := read()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
}()

// enter skips the folders that hold no source of the product.
func enter(dir string) error {
	name := filepath.Base(dir)
	if dir != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "tools" || name == "build") {
		return fs.SkipDir
	}
	return nil
}

func readSource(at string) (source, error) {
	text, err := os.ReadFile(at)
	if err != nil {
		return source{}, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), at, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	dir, _ := filepath.Split(at)
	f := source{
		path: at, dir: strings.TrimSuffix(dir, "/"),
		lines: strings.Count(string(text), "\n"),
		test:  strings.HasSuffix(at, "_test.go"),
		table: ast.IsGenerated(file) || strings.HasSuffix(at, "_table.go"),
		doc:   file.Doc != nil,
	}
	if rest, ok := strings.CutPrefix(at, "internal/"); ok {
		f.room, _, _ = strings.Cut(rest, "/")
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		f.imports = append(f.imports, imported)
	}
	return f, nil
}
