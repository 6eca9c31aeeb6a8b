package report

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// Rules check reports, dashboards and schedules when they are saved, with the
// eyes of who saves them.
func (b *Book) Rules() []record.Rule {
	return []record.Rule{
		{Name: "reports", Objects: []string{Saved.Name}, Prepare: prepare},
		{Name: "dashboards", Objects: []string{Dashboards.Name}, Check: checkDashboards},
		{Name: "schedules", Objects: []string{Schedules.Name}, Prepare: prepareSchedules, Check: b.checkSchedules},
	}
}

// Rename lets reports and the tiles of dashboards follow fields and objects that
// are called otherwise from now on.
func (b *Book) Rename(ctx context.Context, s *record.Session, p *schema.Plan) error {
	about, err := b.tileObjects(ctx, s)
	if err != nil {
		return err
	}
	type texts = map[string]func(*record.Renaming, string) string
	groups := func(r *record.Renaming, text string) string { return mapped(record.SplitList(text), r.Group) }
	return record.RenameTexts(ctx, s, p, []record.NamingTexts{
		{Object: Dashboards, Of: "'" + Dashboards.Name + "'", Texts: texts{
			DashboardLayout.Name(): func(r *record.Renaming, text string) string { return renameLayout(r, text, about) }}},
		{Object: Saved, Of: "x.object", Texts: texts{
			SavedObject.Name(): (*record.Renaming).Self, SavedFilter.Name(): (*record.Renaming).Expression, SavedGroup.Name(): groups,
			SavedPeriod.Name(): (*record.Renaming).Expression, SavedMeasures.Name(): renameColumns,
			SavedSort.Name(): func(r *record.Renaming, text string) string {
				return mapped(record.SplitList(text), func(part string) string { return renameOrder(r, part) })
			}}}})
}

func mapped(parts []string, by func(string) string) string {
	for i := range parts {
		parts[i] = by(parts[i])
	}
	return strings.Join(parts, ", ")
}

func renameColumns(r *record.Renaming, text string) string {
	list := ParseColumns(text)
	for i := range list {
		list[i].Measure = r.Measure(list[i].Measure)
	}
	return ColumnsText(list)
}

func renameOrder(r *record.Renaming, part string) string {
	stem, down := strings.CutPrefix(part, "-")
	if _, ok := record.ReadMeasure(stem); ok {
		stem = r.Measure(stem)
	} else {
		stem = r.Group(stem)
	}
	if down {
		return "-" + stem
	}
	return stem
}

// asks are the fields of a report that name fields of its object.
var asks = []schema.Field[string]{SavedObject, SavedFilter, SavedGroup, SavedMeasures, SavedSort, SavedPeriod}

func prepare(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		touched := slices.ContainsFunc(asks, func(f schema.Field[string]) bool { return d.Changed(f.Name()) })
		if touched || d.Changed(SavedCompare.Name()) || d.Changed(SavedSpan.Name()) {
			if err := prepareOne(ctx, s, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepareOne checks part by part, so that the fault stands at the field that it
// is about.
func prepareOne(ctx context.Context, s *record.Session, d *record.Draft) error {
	name, _ := record.Will(d, SavedObject)
	if name == "" {
		return nil // required
	}
	o, err := s.Object(name)
	if err != nil {
		return refuse(d, SavedObject, err)
	}
	record.Put(d, SavedObject, o.Name)
	will := func(f schema.Field[string]) string { text, _ := record.Will(d, f); return text }
	whole := Spec{Object: o.Name, Filter: will(SavedFilter), Group: record.SplitList(will(SavedGroup)), Columns: ParseColumns(will(SavedMeasures)),
		Sort: will(SavedSort), Period: will(SavedPeriod)}
	span, compare := will(SavedSpan), will(SavedCompare)
	if whole.Period == "" && (compare != "" || span != "" && span != AllTime) {
		d.Refuse(SavedPeriod.Name(), "report.no_period", nil)
		return nil
	}
	for _, part := range []struct {
		at   schema.Field[string]
		spec Spec
	}{
		{SavedFilter, Spec{Filter: whole.Filter}}, {SavedGroup, Spec{Group: whole.Group}}, {SavedMeasures, Spec{Columns: whole.Columns}},
		{SavedPeriod, Spec{Period: whole.Period}}, {SavedSort, Spec{Group: whole.Group, Columns: whole.Columns, Sort: whole.Sort}},
	} {
		part.spec.Object = o.Name
		if err := part.spec.check(ctx, s); err != nil {
			return refuse(d, part.at, err)
		}
	}
	return nil
}

func refuse(d *record.Draft, at schema.Field[string], err error) error {
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	d.Refuse(at.Name(), e.Key, e.Args)
	return nil
}

// mostGroups is by how many keys a report groups: more nobody reads.
const mostGroups = 2

// check says why the report would be refused to the actor.
func (spec Spec) check(ctx context.Context, s *record.Session) error {
	if len(spec.Group) > mostGroups {
		return fault.New(fault.Invalid, "report.groups", fault.Args{"max": mostGroups})
	}
	a := record.Aggregate{Object: spec.Object, Filter: spec.Filter, Group: spec.Group, Sort: spec.Sort}
	for _, c := range spec.Columns {
		a.Measures = append(a.Measures, c.Measure)
	}
	if err := s.CheckAggregate(ctx, a); err != nil || spec.Period == "" {
		return err
	}
	o, err := s.Object(spec.Object)
	if err != nil {
		return err
	}
	e, err := s.Check(o, spec.Period, expr.Empty)
	if err != nil {
		return err
	}
	if k := e.Type().Kind; k != expr.Date && k != expr.Moment {
		return fault.New(fault.Invalid, "report.bad_period_field", fault.Args{"field": spec.Period})
	}
	return e.Refusal()
}
