package sales

import (
	"context"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// The record types that a company begins with, and their ready processes.
const (
	typeB2B, typeB2C       = "B2B", "B2C"
	processB2B, processB2C = "b2b", "b2c"
)

// SeedPeople gives a new workspace a pipeline of its own for selling to people,
// behind the one that it has.
func SeedPeople(ctx context.Context, s *record.Session) error {
	_, err := NewPipeline(ctx, s, i18n.Text(i18n.FormatFor(s.Settings().Locale).Language(), "sales.seed.pipeline_people", nil), processB2C)
	return err
}

// seedTypes gives a workspace without record types the two that most companies
// tell apart: companies, and people, of whom less is asked, who are called at once
// and whose deals go through the second pipeline, where there is one.
func seedTypes(ctx context.Context, s *record.Session) error {
	page, err := s.Query(ctx, record.Query{Object: Pipelines.Name, Sort: "position,id", Limit: 2})
	if err != nil {
		return err
	}
	var cadence value.ID
	if _, err := s.Tx().Row(ctx, `SELECT id FROM {cadence} WHERE deleted_at IS NULL ORDER BY id LIMIT 1`, nil, &cadence); err != nil {
		return err
	}
	return seedList(ctx, s, RecordTypes.Name, func(func(string) string) []record.Values {
		companies, people := record.Values{"name": typeB2B}, record.Values{"name": typeB2C, "deal_hides": "competitor", "lead_hides": "company, job_title, mode, website"}
		if n := len(page.Records); n > 0 {
			record.With(companies, TypePipeline, page.Records[0].ID)
			record.With(people, TypePipeline, page.Records[n-1].ID)
		}
		if cadence != 0 {
			record.With(people, TypeCadence, cadence)
		}
		return []record.Values{companies, people}
	})
}

// shippedTypes are the record types that a company begins with, as far as they are
// still called so, by name.
func shippedTypes(ctx context.Context, s *record.Session) (map[string]*record.Record, error) {
	page, err := s.Query(ctx, record.Query{Object: RecordTypes.Name, Filter: `name in ("` + typeB2B + `", "` + typeB2C + `")`, Limit: 2})
	found := map[string]*record.Record{}
	if err == nil {
		for _, r := range page.Records {
			found[r.Title()] = r
		}
	}
	return found, err
}

// connect lets the type of a ready process choose the pipeline that follows it,
// where it has none yet; people get one of their own where they shared that of
// companies.
func connect(ctx context.Context, s *record.Session, process string, pipeline value.ID) error {
	types, err := shippedTypes(ctx, s)
	if err != nil {
		return err
	}
	typ, companies := types[map[string]string{processB2B: typeB2B, processB2C: typeB2C}[process]], types[typeB2B]
	if typ == nil {
		return nil
	}
	if has, chosen := record.Get(typ, TypePipeline); chosen {
		if process != processB2C || companies == nil || companies.Field(TypePipeline.Name()) != has {
			return nil
		}
	}
	_, err = s.Update(ctx, RecordTypes.Name, typ.ID, 0, record.With(record.Values{}, TypePipeline, pipeline))
	return err
}

// startsWith is the pipeline of a workspace without deals that a ready process is
// for: the only one, or the one of its record type where both shipped ones are
// there; false where the company has made its own.
func startsWith(ctx context.Context, s *record.Session, process string) (value.ID, bool, error) {
	page, err := s.Query(ctx, record.Query{Object: Pipelines.Name, Sort: "position,id", Limit: 3})
	if err != nil || len(page.Records) == 0 || len(page.Records) > 2 {
		return 0, false, err
	}
	if len(page.Records) == 1 {
		return page.Records[0].ID, true, nil
	}
	types, err := shippedTypes(ctx, s)
	if err != nil || len(types) < 2 {
		return 0, false, err
	}
	companies, one := record.Get(types[typeB2B], TypePipeline)
	people, two := record.Get(types[typeB2C], TypePipeline)
	if process == processB2C {
		return people, one && two && people != companies, nil
	}
	return companies, one && two && people != companies, nil
}

// putFirst lets a pipeline be the one that a company's deals begin in.
func putFirst(ctx context.Context, s *record.Session, pipeline value.ID) error {
	page, err := s.Query(ctx, record.Query{Object: Pipelines.Name, Sort: "position,id", Limit: 2})
	if err != nil || page.Records[0].ID == pipeline {
		return err
	}
	b := record.Batch{Object: Pipelines.Name}
	for i, p := range page.Records {
		b.Changes = append(b.Changes, record.Change{ID: p.ID, Values: record.With(record.Values{}, PipelinePosition, int64(len(page.Records)-i))})
	}
	_, err = s.Save(ctx, b)
	return err
}
