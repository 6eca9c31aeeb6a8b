package sales

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// RecordTypes are the kinds of business of a company, such as with companies
// and with people (R40).
var RecordTypes = schema.NewObject("record_type", "record_types", schema.Unowned, "Record type", "Record types")

// Fields of a record type: the pipeline of its deals, the cadence of its leads,
// which fields stand first on their pages, in a part of its own, and which are left
// out, by API names. What these hold stays.
var (
	TypeName      = schema.Text(RecordTypes, "name").Required().Unique()
	TypePipeline  = schema.Link(RecordTypes, "pipeline", "pipeline").OnDelete(schema.Clear)
	TypeCadence   = schema.Link(RecordTypes, "cadence", "cadence").OnDelete(schema.Clear)
	TypeDealHides = schema.LongText(RecordTypes, "deal_hides")
	TypeLeadHides = schema.LongText(RecordTypes, "lead_hides")
	TypeDealFirst = schema.LongText(RecordTypes, "deal_first")
	TypeLeadFirst = schema.LongText(RecordTypes, "lead_first")
	TypePosition  = schema.Int(RecordTypes, "position").Default("0")
	TypeActive    = schema.Bool(RecordTypes, "active").Default("true")
)

func typeRules() []record.Rule {
	return []record.Rule{
		{Name: "record type", Objects: []string{RecordTypes.Name}, Prepare: readHides, Check: checkHides, Applied: touchConfig},
		{Name: "type of a lead", Objects: []string{Leads.Name}, Check: checkTypes, Applied: cadenceOfType},
		{Name: "type of a deal", Objects: []string{Deals.Name}, Check: checkTypes},
	}
}

// fieldsOf are the fields of a type that name an object's: what its pages leave
// out, and what stands first.
var fieldsOf = map[string]struct{ hides, first schema.Field[string] }{"deal": {TypeDealHides, TypeDealFirst}, "lead": {TypeLeadHides, TypeLeadFirst}}

// Choice is what a record type chooses for what is of it: the pipeline of a
// deal, the cadence of a lead, 0 = none, the fields that pages leave out, and those
// that stand first under the name of the type.
type Choice struct {
	Type              value.ID
	Name              string
	Pipeline, Cadence value.ID
	Hides, First      []string
}

// Arranged reports whether the records of the type have a layout of their own.
func (x Choice) Arranged(o *schema.Object) bool { return o.Layouts[x.Type.String()] != nil }

// Layout is that of the type, or the object's.
func (x Choice) Layout(o *schema.Object) schema.Layout { return o.LayoutOf(x.Type.String()) }

// Groups is a layout with what stands first before the others. These fields keep
// the order of the object.
func (x Choice) Groups(o *schema.Object, language string) []schema.Group {
	groups := x.Layout(o).Groups
	if len(x.First) == 0 {
		return groups
	}
	own := schema.Group{Key: "type", Labels: map[string]string{language: x.Name}}
	for _, f := range o.Fields {
		if slices.Contains(x.First, f.Name) {
			own.Fields = append(own.Fields, f.Name)
		}
	}
	all := []schema.Group{own}
	for _, g := range groups {
		g.Fields = slices.DeleteFunc(slices.Clone(g.Fields), func(name string) bool { return slices.Contains(own.Fields, name) })
		all = append(all, g)
	}
	return all
}

// OfType is what a record type chooses for a deal or a lead; nothing where the
// type is gone.
func OfType(ctx context.Context, s *record.Session, object string, typ value.ID) (x Choice, err error) {
	names, typed := fieldsOf[object]
	if !typed {
		return x, nil
	}
	t, err := typeOf(ctx, s, typ)
	if t == nil || err != nil {
		return x, err
	}
	hides, _ := record.Get(t, names.hides)
	first, _ := record.Get(t, names.first)
	x.Type, x.Name, x.Hides, x.First = t.ID, t.Title(), FieldNames(hides), FieldNames(first)
	if object == Deals.Name {
		x.Pipeline, _ = record.Get(t, TypePipeline)
	} else {
		x.Cadence, _ = record.Get(t, TypeCadence)
	}
	return x, nil
}

// ChoiceOf is what the record type of a deal or a lead chooses for its page.
func ChoiceOf(ctx context.Context, s *record.Session, r *record.Record) (x Choice, err error) {
	id, has := r.Field(DealType.Name()).(value.ID)
	if !has {
		return x, nil
	}
	return OfType(ctx, s, r.Object.Name, id)
}

// CanHide reports whether a record type may leave a field of deals or leads out.
func CanHide(f *schema.FieldDef) bool {
	return !f.Required && f.Name != DealType.Name() && f.Name != DealStage.Name()
}

// Typed reports whether records of the object have a record type.
func Typed(o *schema.Object) bool { _, typed := fieldsOf[o.Name]; return typed }

// TypesInUse reports whether there is a record type to choose.
func TypesInUse(ctx context.Context, s *record.Session) (bool, error) {
	return record.Memo(s, typesKey{}, func() (bool, error) {
		var id value.ID
		return s.Tx().Row(ctx, `SELECT id FROM {record_type} WHERE deleted_at IS NULL AND (active IS NULL OR active) LIMIT 1`, nil, &id)
	})
}

type typesKey struct{}

type typeKey struct{ id value.ID }

// typeOf is a record type, nil for one that is gone.
func typeOf(ctx context.Context, s *record.Session, id value.ID) (*record.Record, error) {
	return record.Memo(s, typeKey{id}, func() (*record.Record, error) {
		t, err := s.AsSystem("how a company works").Get(ctx, RecordTypes.Name, id)
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		return t, err
	})
}

// FieldNames are the names of fields in a text, in one order.
func FieldNames(text string) []string {
	list := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' })
	slices.Sort(list)
	return slices.Compact(list)
}

// readHides writes the names in one way, however they were typed.
func readHides(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		for _, names := range fieldsOf {
			for _, f := range []schema.Field[string]{names.hides, names.first} {
				if text, ok := record.Will(d, f); ok && d.Changed(f.Name()) {
					record.Put(d, f, strings.Join(FieldNames(text), ", "))
				}
			}
		}
	}
	return nil
}

// checkHides refuses names of no field, and to leave out one that every record
// needs.
func checkHides(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		for object, names := range fieldsOf {
			o := s.Schema().MustObject(object)
			checkNames(d, o, names.hides, CanHide)
			checkNames(d, o, names.first, func(*schema.FieldDef) bool { return true })
		}
	}
	return nil
}

func checkNames(d *record.Draft, o *schema.Object, f schema.Field[string], can func(*schema.FieldDef) bool) {
	text, _ := record.Will(d, f)
	for _, name := range FieldNames(text) {
		of, ok := o.Field(name)
		switch {
		case !d.Changed(f.Name()):
		case !ok || of.Hidden:
			d.Refuse(f.Name(), "type.no_field", fault.Args{"field": value.Printable(name)})
		case !can(of):
			d.Refuse(f.Name(), "type.needed_field", fault.Args{"field": name})
		}
	}
}

// checkTypes refuses a type that is no longer in use.
func checkTypes(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		id, has := record.Will(d, DealType)
		if !has || !d.Changed(DealType.Name()) || s.Undoing() {
			continue
		}
		t, err := typeOf(ctx, s, id)
		if err != nil {
			return err
		}
		if t == nil {
			continue // checkLinks tells
		}
		if active, said := record.Get(t, TypeActive); said && !active {
			d.Refuse(DealType.Name(), "type.retired", fault.Args{"type": t.Title()})
		}
	}
	return nil
}

// typed lets a deal go into the pipeline of its type, where nobody says
// otherwise. A closed deal stays where it ended.
func typed(ctx context.Context, s *record.Session, d *record.Draft) error {
	id, has := record.Will(d, DealType)
	status, _ := record.Was(d, DealStatus)
	if !has || !d.Changed(DealType.Name()) || d.Given(DealPipeline.Name()) || d.Given(DealStage.Name()) || status == Won || status == Lost || s.Undoing() {
		return nil
	}
	t, err := typeOf(ctx, s, id)
	if t == nil || err != nil {
		return err
	}
	if pipeline, ok := record.Get(t, TypePipeline); ok {
		record.Put(d, DealPipeline, pipeline)
	}
	return nil
}

// cadenceOfType lets leads into the cadence of their type, and out of that of
// the type that they had. Who is in another already, or wants none, stays out.
func cadenceOfType(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing == record.Deleting || d.Doing == record.Restoring || !d.Changed(DealType.Name()) || s.Undoing() {
			continue
		}
		if was, ok := record.Was(d, DealType); ok {
			if err := leaveCadence(ctx, s, d.ID, was); err != nil {
				return err
			}
		}
		id, ok := record.Will(d, DealType)
		if status, _ := record.Will(d, LeadStatus); !ok || status == Converted || status == Disqualified {
			continue
		}
		t, err := typeOf(ctx, s, id)
		if err != nil {
			return err
		}
		if t == nil {
			continue
		}
		if cadence, ok := record.Get(t, TypeCadence); ok {
			err := s.Try(ctx, func() error { return Enroll(ctx, s, cadence, d.ID) })
			if _, refused := fault.As(err); err != nil && !refused {
				return err
			}
		}
	}
	return nil
}

// leaveCadence ends the enrollment of a lead in the cadence of a type.
func leaveCadence(ctx context.Context, s *record.Session, lead, typ value.ID) error {
	t, err := typeOf(ctx, s, typ)
	if t == nil || err != nil {
		return err
	}
	cadence, ok := record.Get(t, TypeCadence)
	if !ok {
		return nil
	}
	page, err := s.AsSystem("a cadence ends").Query(ctx, record.Query{Object: Enrollments.Name, Limit: 10,
		Filter: `lead = "` + lead.String() + `" and cadence = "` + cadence.String() + `" and state in ("` + Going + `", "` + Paused + `")`})
	if err != nil {
		return err
	}
	found, ids := map[value.ID]*record.Record{}, []value.ID{}
	for _, r := range page.Records {
		found[r.ID], ids = r, append(ids, r.ID)
	}
	return end(ctx, s, ids, found, Stopped, byHandStop)
}
