package record

import (
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// found are the ids that a search of everything finds.
func (k *shop) found(text string) (ids []value.ID) {
	k.t.Helper()
	err := k.engine.Read(k.ctx(), Who{Member: k.admin}, func(s *Session) error {
		ids = nil
		r, err := s.Search(k.ctx(), SearchQuery{Text: text})
		if err == nil {
			for _, h := range r.Hits {
				ids = append(ids, h.ID)
			}
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return ids
}

// reindexing are the jobs that wait to write search text anew.
func (k *shop) reindexing() (jobs []Reindexing) {
	k.t.Helper()
	err := k.engine.DB().Read(k.ctx(), func(tx *store.Tx) error {
		jobs = nil
		rows, err := tx.Query(k.ctx(), `SELECT key, value FROM {setting} WHERE key LIKE $1`, behindKey+"%")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key, mark string
			if err := rows.Scan(&key, &mark); err != nil {
				return err
			}
			id, err := value.ParseID(mark)
			if err != nil {
				return err
			}
			jobs = append(jobs, Reindexing{Object: strings.TrimPrefix(key, behindKey), Mark: id})
		}
		return rows.Err()
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return jobs
}

func (k *shop) catchUp(want int) {
	k.t.Helper()
	jobs := k.reindexing()
	if len(jobs) != want {
		k.t.Errorf("%d objects are behind, want %d", len(jobs), want)
	}
	for _, j := range jobs {
		if err := k.engine.CatchUp(k.ctx(), j); err != nil {
			k.t.Fatal(err)
		}
	}
}

func TestSearchFollowsTheSchema(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(change(schema.AddField, "firm", "", `{"name":"motto","kind":"text"}`))
		k.catchUp(0)
		id := k.make(k.rep, "firm", Values{"name": "Quill", "motto": "zephyrine"})
		if got := k.found("zephyrine"); len(got) != 0 {
			t.Fatal(got)
		}
		k.apply(change(schema.ChangeField, "firm", "motto", `{"search":true}`))
		k.catchUp(1)
		if got := k.found("zephyrine"); len(got) != 1 || got[0] != id {
			t.Errorf("after searching was turned on: %v", got)
		}
		k.apply(change(schema.ChangeField, "firm", "motto", `{"fragments":true,"labels":{"en":"Motto"}}`))
		k.catchUp(1)
		if got := k.found("phyrin"); len(got) != 1 {
			t.Errorf("a piece of a word: %v", got)
		}
		k.apply(change(schema.ChangeField, "firm", "motto", `{"name":"saying","help":"What they say."}`))
		k.catchUp(0)
		k.apply(change(schema.ChangeField, "firm", "saying", `{"search":false,"fragments":false}`))
		k.catchUp(1)
		if got := k.found("zephyrine"); len(got) != 0 {
			t.Errorf("after searching was turned off: %v", got)
		}
		k.apply(change(schema.ChangeField, "firm", "saying", `{"search":true}`))
		k.catchUp(1)
		k.apply(change(schema.RemoveField, "firm", "saying", ""))
		k.catchUp(1)
		if got := k.found("zephyrine"); len(got) != 0 {
			t.Errorf("after the field was removed: %v", got)
		}
		k.apply(change(schema.RestoreField, "firm", "saying", ""))
		k.catchUp(1)
		if got := k.found("zephyrine"); len(got) != 1 {
			t.Errorf("after it was brought back: %v", got)
		}
	})
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		change := func(set func(*Settings)) error {
			return k.engine.Write(k.ctx(), Who{Member: k.admin}, func(s *Session) error { return s.ChangeSettings(k.ctx(), set) })
		}
		for field, set := range map[string]func(*Settings){
			"currency":     func(s *Settings) { s.Currency = "EURO" },
			"zone":         func(s *Settings) { s.Zone = "Europe/Atlantis" },
			"locale":       func(s *Settings) { s.Locale = "klingon language" },
			"region":       func(s *Settings) { s.Region = "XQX" },
			"collation":    func(s *Settings) { s.Collation = "?" },
			"fiscal_start": func(s *Settings) { s.FiscalStart = 13 },
		} {
			err := change(set)
			if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Path != field {
				t.Errorf("%s: %v%s", field, err, fields(err))
			}
		}
		for _, set := range []func(*Settings){
			func(s *Settings) { s.Zone = "" }, func(s *Settings) { s.Zone = "Local" }, func(s *Settings) { s.Locale = "" },
			func(s *Settings) { s.Region = "001" },
		} {
			if err := change(set); !fault.Is(err, fault.Invalid) {
				t.Errorf("taken: %v", err)
			}
		}
		if err := change(func(s *Settings) { s.Locale, s.Region, s.Currency, s.Zone = "de_at", "at", "eur", "Europe/Vienna" }); err != nil {
			t.Fatal(err, fields(err))
		}
		k.do(k.admin, func(s *Session) error {
			if got := s.Settings(); got.Locale != "de-AT" || got.Region != "AT" || got.Currency != "EUR" {
				t.Errorf("%+v", got)
			}
			return nil
		})
	})
}
