package wellmet

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// floors lists the rooms under internal from the ground up. A room may import
// only rooms on lower floors; docs/floors.md says what each one knows.
var floors = [][]string{
	{"fault"}, {"value"}, {"i18n", "store"}, {"jobs"}, {"expr"}, {"schema"}, {"access"}, {"record"},
	{"notify", "report", "hours"}, {"process"}, {"activity", "ownership", "dedupe", "goal"},
	{"mail", "calendar", "exchange"}, {"customer"}, {"sales"}, {"commerce", "marketing", "support"},
	{"app", "wire"}, {"api", "web"}, {"cli"},
}

// public lists the sub-folders that rooms above may import beside the room
// itself. Every other sub-folder is private to its room.
var public = []string{
	"store/storetest", // tests of every room open databases through it
	"store/eventbus",  // app tells watching pages by it, over nodes
	"app/apptest",     // tests of doors and rooms with rules open whole installations through it
	"notify/smtp",     // mail sends by it
	"notify/smtp/smtptest",
}

// reserved says which rooms (or sub-folders) alone may import a package from
// outside, or anything below it: the seams that keep a choice in one place.
// The bench measures the bare drivers beside the product.
var reserved = map[string][]string{
	"database/sql":                     {"store", "jobs", "cli/bench"},
	"github.com/jackc/pgx/v5":          {"store", "jobs", "cli/bench"},
	"modernc.org/sqlite":               {"store", "jobs", "cli/bench"},
	"github.com/pressly/goose/v3":      {"store"},
	"github.com/riverqueue/river":      {"jobs"},
	"github.com/danielgtaylor/huma/v2": {"api"},
	"codeberg.org/go-pdf/fpdf":         {"commerce/paper"},
	"github.com/a-h/templ":             {"web"},
	"github.com/yuin/goldmark":         {"web/parts"},
	"github.com/alecthomas/kong":       {"cli"},
	"net/http/httptest":                {},
}

func TestImportsOnlyGoDown(t *testing.T) {
	t.Parallel()
	floor := floorOf()
	for _, f := range sources(t) {
		if f.test || strings.HasPrefix(f.dir, "cmd/") { // the roof
			continue
		}
		here, ok := floor[f.room]
		if !ok {
			t.Errorf("%s stands on no floor", f.path)
			continue
		}
		for _, imported := range f.imports {
			rest, ours := strings.CutPrefix(imported, "wellmet/internal/")
			if !ours {
				continue
			}
			to, _, _ := strings.Cut(rest, "/")
			if there, ok := floor[to]; to != f.room && (!ok || there >= here) {
				t.Errorf("%s: %s may not import %s", f.path, f.room, to)
			}
		}
	}
}

func TestSubfoldersArePrivateRooms(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		for _, imported := range f.imports {
			rest, ours := strings.CutPrefix(imported, "wellmet/internal/")
			room, sub, nested := strings.Cut(rest, "/")
			if ours && nested && room != f.room && !slices.Contains(public, room+"/"+sub) {
				t.Errorf("%s imports %s, a private room of %s", f.path, rest, room)
			}
		}
	}
}

func TestReservedPackages(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		for _, imported := range f.imports {
			for at := imported; at != "."; at = path.Dir(at) {
				rooms, found := reserved[at]
				may := func(room string) bool { return strings.HasPrefix(f.dir+"/", "internal/"+room+"/") }
				if found && !slices.ContainsFunc(rooms, may) {
					t.Errorf("%s: %s is for %v only", f.path, imported, rooms)
				}
			}
		}
	}
}

func TestFaultStandsOnNothing(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		for _, imported := range f.imports {
			first, _, _ := strings.Cut(imported, "/")
			if f.room == "fault" && !f.test && strings.Contains(first, ".") {
				t.Errorf("%s imports %s; fault uses the standard library only", f.path, imported)
			}
		}
	}
}

func floorOf() map[string]int {
	floor := map[string]int{}
	for n, names := range floors {
		for _, name := range names {
			floor[name] = n
		}
	}
	return floor
}
