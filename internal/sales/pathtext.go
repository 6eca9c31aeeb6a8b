package sales

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// arrow stands between the stages of a path in words; the name of a stage that has
// one is written with plainArrow.
const arrow, plainArrow = " → ", "->"

// goOn adds a stage to the path in words: the names of stages as they were when
// the record came there, each once, in the order of the last coming.
func goOn(d *record.Draft, way schema.Field[string], stage string) {
	text, _ := record.Will(d, way)
	record.Put(d, way, onward(text, stage))
}

func onward(path, stage string) string {
	stage = strings.ReplaceAll(stage, strings.TrimSpace(arrow), plainArrow)
	if path == "" {
		return stage
	}
	names := slices.DeleteFunc(strings.Split(path, arrow), func(name string) bool { return name == stage })
	return strings.Join(append(names, stage), arrow)
}

// FillPaths is the work of filling them.
type FillPaths struct{}

// Kind implements jobs.Job.
func (FillPaths) Kind() string { return "sales.fill_paths" }

// WrittenPaths fills the paths of deals and leads that an older program made, and
// since when leads are in their stage.
var WrittenPaths = Filling{
	at:    store.Setting[*FilledTo]{Key: "written_paths"},
	job:   FillPaths{},
	deals: filler{`SELECT id FROM {deal} WHERE path IS NULL AND stage_id IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`, fillDealPaths},
	leads: filler{`SELECT id FROM {lead} WHERE (path IS NULL OR stage_since IS NULL) AND stage_id IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`, fillLeadPaths},
}

func fillDealPaths(ctx context.Context, s *record.Session, ids []value.ID) error {
	ways, err := wentThrough(ctx, s, Deals, ids)
	if err != nil || len(ways) == 0 {
		return err
	}
	rows := map[value.ID][]any{}
	for id, w := range ways {
		rows[id] = []any{w.path}
	}
	return setDerived(ctx, s, Deals, rows, DealWay.Name())
}

func fillLeadPaths(ctx context.Context, s *record.Session, ids []value.ID) error {
	ways, err := wentThrough(ctx, s, Leads, ids)
	if err != nil || len(ways) == 0 {
		return err
	}
	rows := map[value.ID][]any{}
	for id, w := range ways {
		rows[id] = []any{w.path, nil}
		if !w.brought {
			rows[id][1] = w.since
		}
	}
	return setDerived(ctx, s, Leads, rows, LeadWay.Name(), LeadStageSince.Name())
}

// went is what spans tell of a record's stages: their names as they are now, and
// since when it is in the last one, where no import brought it there.
type went struct {
	path    string
	since   time.Time
	brought bool
}

// wentThrough follows records through their stages, and keeps others from moving
// them meanwhile.
func wentThrough(ctx context.Context, s *record.Session, object *schema.Object, ids []value.ID) (map[value.ID]*went, error) {
	o := s.Schema().MustObject(object.Name)
	if err := lockRows(ctx, s, o.Table, ids); err != nil {
		return nil, err
	}
	book, err := pathsOf(ctx, s, o)
	if err != nil {
		return nil, err
	}
	of := map[value.ID]*went{}
	by, _ := placesOf(o)
	return of, s.AsSystem("the way of every record").EachComing(ctx, o.Name, by, ids, time.Time{}, func(id value.ID, x record.Coming) {
		stage, _ := x.State.(value.ID)
		w := of[id]
		if w == nil {
			w = &went{}
			of[id] = w
		}
		w.path, w.since, w.brought = onward(w.path, book.byID[stage].name), x.At, x.Brought
	})
}
