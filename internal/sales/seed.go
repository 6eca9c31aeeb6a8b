package sales

import (
	"context"
	"slices"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// SeedLeads gives a workspace what it needs to work on leads, where it has none
// of it: stages, sources, the checklist, a cadence and rules of scoring, called
// in the workspace's language. Leads from before there were stages get theirs.
func SeedLeads(ctx context.Context, s *record.Session) error {
	for _, seed := range []struct {
		object string
		rows   func(word func(string) string) []record.Values
	}{
		{LeadStages.Name, seededStages}, {LeadSources.Name, seededSources}, {LeadQuestions.Name, seededQuestions},
	} {
		if err := seedList(ctx, s, seed.object, seed.rows); err != nil {
			return err
		}
	}
	if err := seedCadence(ctx, s); err != nil {
		return err
	}
	if err := seedTypes(ctx, s); err != nil {
		return err
	}
	return placeOldLeads(ctx, s)
}

// NeedsLeadSeed reports whether a workspace comes from before leads had stages.
func NeedsLeadSeed(ctx context.Context, tx *store.Tx) (bool, error) {
	var id value.ID
	found, err := tx.Row(ctx, `SELECT id FROM {lead_stage} LIMIT 1`, nil, &id)
	return !found, err
}

// seedList writes the records of a list that has none, and had none.
func seedList(ctx context.Context, s *record.Session, object string, rows func(word func(string) string) []record.Values) error {
	var id value.ID
	if found, err := s.Tx().Row(ctx, `SELECT id FROM {`+object+`} LIMIT 1`, nil, &id); err != nil || found {
		return err
	}
	language := i18n.FormatFor(s.Settings().Locale).Language()
	b := record.Batch{Object: object}
	for i, v := range rows(func(key string) string { return i18n.Text(language, "sales.seed."+key, nil) }) {
		if v["position"] == nil {
			v["position"] = int64(i + 1)
		}
		b.Changes = append(b.Changes, record.Change{Values: v})
	}
	_, err := s.Save(ctx, b)
	return err
}

func seededStages(word func(string) string) []record.Values {
	var rows []record.Values
	colors := map[string]string{Fresh: "slate", Working: "blue", Qualified: "violet", Disqualified: "red", Converted: "green"}
	days := map[string]int64{Fresh: 1, Working: 14, Qualified: 14}
	for _, kind := range leadStatuses {
		v := record.Values{"name": word("stage." + kind), "kind": kind, "color": colors[kind]}
		if days[kind] > 0 {
			v["usual_days"] = days[kind]
		}
		rows = append(rows, v)
	}
	return rows
}

func seededSources(word func(string) string) []record.Values {
	var rows []record.Values
	for _, way := range sources {
		rows = append(rows, record.Values{"name": word("source." + way), "way": way})
	}
	return rows
}

// seededQuestions are the three questions by which a lead is qualified (R24),
// and budget, authority, need and timing.
func seededQuestions(word func(string) string) []record.Values {
	var rows []record.Values
	for _, q := range []string{"prepare", "interested", "fits", "budget", "authority", "need", "timing"} {
		topic := word("question.fit")
		if slices.Contains([]string{"budget", "authority", "need", "timing"}, q) {
			topic = "BANT"
		}
		rows = append(rows, record.Values{"name": word("question." + q), "topic": topic})
	}
	return rows
}

// placeOldLeads puts leads that have a status and no stage into the first stage
// of its kind.
func placeOldLeads(ctx context.Context, s *record.Session) error {
	book, err := leadBookOf(ctx, s)
	if err != nil {
		return err
	}
	for {
		rows, err := s.Tx().Query(ctx, `SELECT id, status FROM {lead} WHERE stage_id IS NULL AND status IS NOT NULL ORDER BY id LIMIT 1000`)
		if err != nil {
			return err
		}
		derive := map[value.ID][]any{}
		for rows.Next() {
			id, _ := rows.ID(0)
			status, _ := rows.Text(1)
			if st, ok := book.first(status); ok {
				derive[id] = []any{st.id}
			}
		}
		if err := rows.Close(); err != nil || len(derive) == 0 {
			return err
		}
		if err := setDerived(ctx, s, Leads, derive, LeadStage.Name()); err != nil {
			return err
		}
	}
}

// seedCadence gives a workspace without cadences one of eight calls in a week
// (R27); leads enter it by hand until somebody says otherwise.
func seedCadence(ctx context.Context, s *record.Session) error {
	var id value.ID
	if found, err := s.Tx().Row(ctx, `SELECT id FROM {cadence} LIMIT 1`, nil, &id); err != nil || found {
		return err
	}
	language := i18n.FormatFor(s.Settings().Locale).Language()
	_, err := NewCadence(ctx, s, i18n.Text(language, "sales.seed.cadence", nil), true)
	return err
}
