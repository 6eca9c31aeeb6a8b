package app

import (
	"context"
	"iter"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/sample"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Demo tells of the sample company in a workspace.
type Demo struct {
	Company string
	Made    time.Time
	SignIns []SignIn // rep, manager, administrator
}

// SignIn is somebody who can sign in to a demo.
type SignIn struct {
	Role, Name, Email string
	Member            value.ID
}

// DemoPassword is the password of everybody who can sign in to a demo. It is
// no secret: a demo is for looking around.
const DemoPassword = "northern lights tonight"

// demoSeed makes every demo tell the same story.
const demoSeed = 20_240_229

// Whole reports whether the making of the demo came to its end.
func (d *Demo) Whole() bool { return len(d.SignIns) > 0 }

// demoSetting says that the workspace is a demo. It is written first, so that
// one whose making was interrupted can be told from somebody's own workspace,
// and again at the end.
var demoSetting = store.Setting[*Demo]{Key: "demo"}

// Demo is the demo that the workspace holds, nil if it holds none.
func (w *Workspace) Demo(ctx context.Context) (d *Demo, err error) {
	err = w.engine.DB().Read(ctx, func(tx *store.Tx) error {
		d, err = demoSetting.Get(ctx, tx)
		return err
	})
	return d, err
}

// LoadDemo fills a new workspace with the sample company, as it would stand
// there after eighteen months of work: every record was made, and every deal
// moved, at its own moment.
func (w *Workspace) LoadDemo(ctx context.Context) (*Demo, error) {
	settings := w.engine.Settings()
	now := w.engine.Now()
	c := sample.Generate(sample.Options{Seed: demoSeed, Now: now, Currency: settings.Currency})
	l := &loader{w: w, c: c}
	d := &Demo{Company: c.Name, Made: now}
	if err := w.rememberDemo(ctx, d); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{
		l.settings, l.teams, l.members, l.teamLeads, l.pipelines, l.products, l.accounts, l.contacts,
		l.process, l.prospects, l.campaigns, l.deals, l.judgements, l.lines, l.rivals, l.passages, l.contracts, l.activities, l.cases, l.tips, l.targets, l.sayings, l.monday, l.sums,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	var err error
	if d.SignIns, err = l.signIns(ctx); err != nil {
		return nil, err
	}
	return d, w.rememberDemo(ctx, d)
}

func (w *Workspace) rememberDemo(ctx context.Context, d *Demo) error {
	return w.engine.DB().Write(ctx, func(tx *store.Tx) error { return demoSetting.Set(ctx, tx, d) })
}

// loader writes a sample through the engine. Its lists of ids answer the
// sample's Refs: the first record of a list is at 0.
type loader struct {
	w *Workspace
	c *sample.Company

	teamIDs, memberIDs, productIDs, accountIDs, contactIDs, leadIDs, dealIDs []value.ID
	stageIDs                                                                 [][]value.ID // by pipeline
	pipelineIDs                                                              []value.ID
	typeIDs                                                                  []value.ID // of business with companies, and with people
}

// asDemo brings in what happened before the workspace was there.
var asDemo = record.AsSystem("sample company")

// at is the id behind a Ref; false for none.
func at(ids []value.ID, r sample.Ref) (value.ID, bool) {
	if r <= 0 || int(r) > len(ids) {
		return 0, false
	}
	return ids[r-1], true
}

// set adds a link to the values unless the Ref refers to nothing.
func set(v record.Values, name string, ids []value.ID, r sample.Ref) {
	if id, ok := at(ids, r); ok {
		v[name] = id
	}
}

// text adds a text unless it is empty.
func text(v record.Values, name, s string) {
	if s != "" {
		v[name] = s
	}
}

// then is a change that somebody made at a moment of the story.
func (l *loader) then(v record.Values, when time.Time, by sample.Ref) record.Change {
	who, _ := at(l.memberIDs, by)
	return record.Change{Values: v, At: when, By: who}
}

// save writes changes in batches and answers their ids, in order.
func (l *loader) save(ctx context.Context, object string, changes []record.Change) ([]value.ID, error) {
	return l.saveParts(ctx, object, slices.Chunk(changes, record.MaxBatch))
}

func (l *loader) saveParts(ctx context.Context, object string, parts iter.Seq[[]record.Change]) ([]value.ID, error) {
	var ids []value.ID
	for part := range parts {
		var out []record.Outcome
		err := l.w.Write(ctx, asDemo, func(s *record.Session) error {
			var err error
			out, err = s.Save(ctx, record.Batch{Object: object, Changes: part})
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, o := range out {
			ids = append(ids, o.ID)
		}
	}
	return ids, nil
}

// sums moves what the loading changed into the totals, so that the first page
// need not.
func (l *loader) sums(ctx context.Context) error {
	return l.w.engine.FoldAll(ctx)
}

func (l *loader) settings(ctx context.Context) error {
	return l.w.Write(ctx, asDemo, func(s *record.Session) error {
		return s.ChangeSettings(ctx, func(x *record.Settings) { x.Name = l.c.Name })
	})
}

// signIns lets the first of each role sign in. The others own records only.
func (l *loader) signIns(ctx context.Context) ([]SignIn, error) {
	var list []SignIn
	for _, role := range []sample.Role{sample.Rep, sample.Manager, sample.Admin} {
		for i, m := range l.c.Members {
			if m.Role != role {
				continue
			}
			who, err := l.w.AddMember(ctx, asDemo, NewMember{Name: m.Name, Email: m.Email, Password: DemoPassword, Role: roleKey(role)})
			if err != nil {
				return nil, err
			}
			list = append(list, SignIn{Role: string(role), Name: m.Name, Email: m.Email, Member: who.Member})
			if who.Member != l.memberIDs[i] {
				panic("demo: the sign-in of " + m.Email + " is another member")
			}
			break
		}
	}
	return list, nil
}

func roleKey(r sample.Role) string {
	switch r {
	case sample.Admin:
		return access.AdminRole
	case sample.Manager:
		return access.ManagerRole
	}
	return access.RepRole
}
