package bench

import (
	"context"
	"fmt"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// filler writes a plan into a new workspace, through the engine like any
// import: with rules, history, spans, sums and search.
type filler struct {
	w    *app.Workspace
	plan Plan
	say  func(format string, args ...any)

	teams, members, accounts, contacts []value.ID
	stages                             map[string]value.ID
}

// asBench comes by a door of its own: behind that of the program rules do not
// follow, and a dry run would find nothing to look at.
var asBench = record.Who{System: "bench", Door: "bench"}

// fill writes everything and answers how fast the deals came in.
func (f *filler) fill(ctx context.Context) (perSecond, cpuBatch float64, err error) {
	for _, step := range []func(context.Context) error{f.makeStages, f.makeTeams, f.makeMembers, f.close, f.makeAccounts, f.makeContacts} {
		if err := step(ctx); err != nil {
			return 0, 0, err
		}
	}
	began, cpu := time.Now(), selfCPU()
	if err := f.makeDeals(ctx); err != nil {
		return 0, 0, err
	}
	perSecond = float64(f.plan.Deals) / time.Since(began).Seconds()
	cpuBatch = millis(selfCPU()-cpu) * record.MaxBatch / float64(f.plan.Deals)
	return perSecond, cpuBatch, f.fold(ctx)
}

// fold adds what was written up to the sums, as the server does in time.
func (f *filler) fold(ctx context.Context) error { return f.w.Engine().FoldAll(ctx) }

// save writes n records of one object in batches and answers their ids.
func (f *filler) save(ctx context.Context, object string, n int, values func(i int) record.Values) ([]value.ID, error) {
	ids := make([]value.ID, 0, n)
	err := f.saveEach(ctx, object, n, func(i int) record.Change { return record.Change{Values: values(i)} },
		func(_ context.Context, _ *record.Session, from int, out []record.Outcome) error {
			ids = ids[:from-1] // the batch may run twice
			for _, o := range out {
				ids = append(ids, o.ID)
			}
			return nil
		})
	return ids, err
}

// saveEach writes n records of one object in batches; then is told of each, the
// first of which has number from, in its transaction.
func (f *filler) saveEach(ctx context.Context, object string, n int, change func(i int) record.Change,
	then func(ctx context.Context, s *record.Session, from int, out []record.Outcome) error) error {
	said := time.Now()
	for from := 1; from <= n; from += record.MaxBatch {
		b := record.Batch{Object: object}
		for i := from; i <= min(n, from+record.MaxBatch-1); i++ {
			b.Changes = append(b.Changes, change(i))
		}
		if err := f.w.Write(ctx, asBench, func(s *record.Session) error {
			out, err := s.Save(ctx, b)
			if err != nil {
				return err
			}
			return then(ctx, s, from, out)
		}); err != nil {
			return fmt.Errorf("make %ss from %d: %w", object, from, err)
		}
		if time.Since(said) > 10*time.Second {
			f.say("%d of %d %ss", from+len(b.Changes)-1, n, object)
			said = time.Now()
		}
	}
	return nil
}

// stageName tells a stage of the plan from those that every workspace begins
// with.
func stageName(key string) string { return "bench " + key }

// makeStages puts a pipeline with the plan's stages before the usual one.
func (f *filler) makeStages(ctx context.Context) error {
	f.stages = map[string]value.ID{}
	kinds := map[string]string{"won": sales.Won, "lost": sales.Lost}
	return f.w.Write(ctx, asBench, func(s *record.Session) error {
		p, err := s.Create(ctx, sales.Pipelines.Name, record.Values{"name": "Bench", "position": int64(0)})
		if err != nil {
			return err
		}
		for i, name := range Stages {
			v := record.Values{"name": stageName(name), "pipeline": p.ID, "position": int64(i + 1)}
			if kind, ok := kinds[name]; ok {
				v["kind"] = kind
			}
			out, err := s.Create(ctx, sales.Stages.Name, v)
			if err != nil {
				return err
			}
			f.stages[name] = out.ID
		}
		return nil
	})
}

// makeTeams makes them level by level, so that every parent is there.
func (f *filler) makeTeams(ctx context.Context) error {
	for from := 1; from <= f.plan.Teams; {
		to := from
		for to <= f.plan.Teams && f.plan.Level(to) == f.plan.Level(from) {
			to++
		}
		ids, err := f.save(ctx, access.Teams.Name, to-from, func(i int) record.Values {
			t := f.plan.Team(from + i - 1)
			v := record.Values{"name": t.Name}
			if t.Parent > 0 {
				v["parent"] = f.teams[t.Parent-1]
			}
			return v
		})
		if err != nil {
			return err
		}
		f.teams, from = append(f.teams, ids...), to
	}
	return nil
}

func (f *filler) makeMembers(ctx context.Context) error {
	var rep value.ID
	err := f.w.Read(ctx, asBench, func(s *record.Session) error {
		rep, _ = s.Roster().Role(access.RepRole)
		return nil
	})
	if err != nil {
		return err
	}
	f.members, err = f.save(ctx, access.Members.Name, f.plan.Members, func(i int) record.Values {
		m := f.plan.Member(i)
		return record.Values{"name": m.Name, "email": m.Email, "team": f.teams[m.Team-1], "role": rep}
	})
	return err
}

// close lets a rep read what his team owns, no more: open objects would not
// measure permission.
func (f *filler) close(ctx context.Context) error {
	return f.w.Write(ctx, asBench, func(s *record.Session) error {
		for _, name := range []string{sales.Deals.Name, customer.Accounts.Name, customer.Contacts.Name} {
			o, err := s.Object(name)
			if err != nil {
				return err
			}
			if err := access.SetOpenness(ctx, s.Tx(), o, access.TeamOnly); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *filler) makeAccounts(ctx context.Context) (err error) {
	f.accounts, err = f.save(ctx, customer.Accounts.Name, f.plan.Accounts, func(i int) record.Values {
		a := f.plan.Account(i)
		return record.Values{"name": a.Name, "industry": a.Industry, "phone": a.Phone, "website": a.Website,
			"billing_address": value.Address{City: a.City}, "owner": f.members[a.Owner-1]}
	})
	return err
}

func (f *filler) makeContacts(ctx context.Context) (err error) {
	f.contacts, err = f.save(ctx, customer.Contacts.Name, f.plan.Contacts, func(i int) record.Values {
		c := f.plan.Contact(i)
		return record.Values{"first_name": c.First, "last_name": c.Last, "email": c.Email, "phone": c.Phone, "job_title": c.Role,
			"account": f.accounts[c.Account-1], "owner": f.members[f.plan.Account(c.Account).Owner-1]}
	})
	return err
}

func (f *filler) makeDeals(ctx context.Context) error {
	_, err := f.save(ctx, sales.Deals.Name, f.plan.Deals, f.deal)
	return err
}

// more writes further deals after the first n.
func (f *filler) more(ctx context.Context, n, deals int) error {
	_, err := f.save(ctx, sales.Deals.Name, deals, func(i int) record.Values { return f.deal(n + i) })
	return err
}

func (f *filler) deal(n int) record.Values {
	d := f.plan.Deal(n)
	v := d.values()
	v["stage"], v["owner"] = f.stages[d.Stage], f.members[d.Owner-1]
	v["account"], v["contact"] = f.accounts[d.Account-1], f.contacts[d.Contact-1]
	return v
}

// values are the deal's own fields, without links. A won deal is closed in the
// past, whenever the bench runs.
func (d Deal) values() record.Values {
	if d.Stage == "won" {
		d.Close -= closeDays
	}
	return record.Values{"name": d.Name, "amount": d.Amount, "probability": int64(d.Probability), "close_date": d.Close,
		"source": d.Source, "kind": d.Kind, "next_step": d.NextStep, "description": d.Description, "campaign": d.Campaign,
		"region": d.Region, "score": int64(d.Score), "external_id": d.External}
}
