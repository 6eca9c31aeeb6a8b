package api

import (
	"net/http"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// bulkBody is what 100,000 ids and some values take.
const bulkBody = 4 << 20

// bulkJSON is a bulk change as the caller has it.
type bulkJSON struct {
	ID        value.ID      `json:"id,omitempty"`
	Object    string        `json:"object"`
	Do        record.Doing  `json:"do"`
	State     string        `json:"state"`
	Changes   record.Values `json:"changes,omitempty"`
	Total     int           `json:"total"`
	Done      int           `json:"done"`
	Changed   int           `json:"changed"`
	Unchanged int           `json:"unchanged"`
	Failed    int           `json:"failed"`
	Failures  []bulkFailure `json:"failures"`
	Warned    int           `json:"warned,omitempty"`
	Odd       []bulkFailure `json:"odd,omitempty"`
	Act       value.ID      `json:"act,omitempty"`
	UndoneBy  value.ID      `json:"undone_by,omitempty"`
	Begun     time.Time     `json:"created_at"`
	Finished  *time.Time    `json:"finished_at,omitempty"`
	Error     string        `json:"error,omitempty"`
}

// bulkFailure is why some records stayed as they were.
type bulkFailure struct {
	Key     string     `json:"key"`
	Message string     `json:"message"`
	Field   string     `json:"field,omitempty"`
	Count   int        `json:"count"`
	Records []value.ID `json:"records"`
}

// bulk does one thing to many records: at once, or by a job that the answer
// names (202).
func (c *call) bulk() error {
	b, err := c.bulkAsked()
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		o, err := c.object(s)
		if err != nil {
			return err
		}
		q, err := c.throughView(s, o, record.Query{Filter: c.textOf("filter")})
		if err != nil {
			return err
		}
		b.Object, b.Filter = o.Name, q.Filter
		do := s.ChangeMany
		if c.yes("dry_run") {
			do = s.TryMany
		}
		run, err := do(c.ctx, b)
		if err != nil {
			return err
		}
		if run.State == record.BulkRunning {
			c.status = http.StatusAccepted
			c.w.Header().Set("Location", base+"/jobs/"+run.ID.String())
		}
		return c.marshal(c.showBulk(s, run))
	})
}

// bulkAsked reads what is to be done. To mean all records, one says so with an
// empty filter.
func (c *call) bulkAsked() (record.Bulk, error) {
	b := record.Bulk{Do: record.Doing(c.textOf("do")), Text: c.textOf("q"), Into: c.idOf(replaceWith)}
	if b.Do == "" {
		b.Do = record.Updating
	}
	if b.Into != 0 && b.Do != record.Deleting {
		return b, badMember(replaceWith, "api.replace_of_delete")
	}
	b.Values, _ = c.fields["changes"].(map[string]any)
	for _, text := range c.textsOf("ids") {
		id, err := value.ParseID(text)
		if err != nil {
			return b, badMember("ids", "api.wants.id")
		}
		b.IDs = append(b.IDs, id)
	}
	_, filtered := c.fields["filter"]
	matching := filtered || b.Text != "" || c.arg("view") != ""
	if matching == (len(b.IDs) > 0) {
		return b, badMember("ids", "api.ids_or_filter")
	}
	return b, nil
}

func badMember(name, key string) error {
	return fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: name, Key: key})
}

// showBulk hides values of fields that the caller may not read any more.
func (c *call) showBulk(s *record.Session, run *record.BulkRun) bulkJSON {
	out := bulkJSON{ID: run.ID, Object: run.Object, Do: run.Do, State: string(run.State), Total: run.Total, Done: run.Done(), Changed: run.Changed,
		Unchanged: run.Unchanged, Failed: run.Failed, Failures: []bulkFailure{}, Act: run.Act, UndoneBy: run.Undone, Begun: run.Begun,
		Finished: run.Finished, Error: run.Error}
	o, known := s.Schema().Object(run.Object)
	for name, v := range run.Values {
		if f, ok := fieldOf(o, known, name); ok && s.Sees(f) {
			if out.Changes == nil {
				out.Changes = record.Values{}
			}
			out.Changes[name] = v
		}
	}
	out.Failures = append(out.Failures, c.reasons(run.Reasons)...)
	out.Warned, out.Odd = run.Warned, c.reasons(run.Warnings)
	return out
}

func (c *call) reasons(list []record.BulkReason) (out []bulkFailure) {
	for _, r := range list {
		out = append(out, bulkFailure{Key: r.Key, Message: i18n.Text(c.lang(), r.Key, r.Args), Field: r.Field, Count: r.Count, Records: r.Records})
	}
	return out
}

// fieldOf is the field of a name, or the address that the name is a part of.
func fieldOf(o *schema.Object, known bool, name string) (*schema.FieldDef, bool) {
	if !known {
		return nil, false
	}
	if f, ok := o.Field(name); ok {
		return f, true
	}
	f, _, ok := o.AddressPart(name)
	return f, ok
}

// listJobs answers the caller's bulk changes; administrators see all.
func (c *call) listJobs() error {
	limit, err := c.limit(usualLimit, mostLimit)
	if err != nil {
		return err
	}
	before := value.ID(0)
	if text := c.arg("cursor"); text != "" {
		if before, err = value.ParseID(text); err != nil {
			return fault.New(fault.Invalid, "query.bad_cursor", nil).With(fault.Field{Path: "cursor", Key: "query.bad_cursor"})
		}
	}
	return c.read(func(s *record.Session) error {
		runs, err := s.Bulks(c.ctx, before, limit+1)
		if err != nil {
			return err
		}
		answer := map[string]any{}
		if len(runs) > limit {
			runs = runs[:limit]
			answer["next"] = runs[limit-1].ID.String()
		}
		items := make([]bulkJSON, len(runs))
		for i, run := range runs {
			items[i] = c.showBulk(s, run)
		}
		answer["items"] = items
		return c.marshal(answer)
	})
}

// getJob answers how a bulk change stands.
func (c *call) getJob() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		run, err := s.Bulk(c.ctx, id)
		if err != nil {
			return err
		}
		return c.marshal(c.showBulk(s, run))
	})
}

// stopJob ends a bulk change.
func (c *call) stopJob() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		run, err := s.StopBulk(c.ctx, id)
		if err != nil {
			return err
		}
		return c.marshal(c.showBulk(s, run))
	})
}
