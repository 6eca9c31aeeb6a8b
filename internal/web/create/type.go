package create

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/parts"
)

// ofType lets the form follow the record type that is chosen: what the type
// hides is left out unless it holds something already, and where the record will
// begin is said below the choice. Without types there is nothing to choose.
func (f *form) ofType(ctx context.Context) error {
	if !sales.Typed(f.Object) {
		return nil
	}
	has, err := sales.TypesInUse(ctx, f.session)
	if err != nil {
		return err
	}
	if !has {
		f.fields = slices.DeleteFunc(slices.Clone(f.fields), func(x *schema.FieldDef) bool { return x.Name == sales.DealType.Name() })
		return nil
	}
	id, ok := f.chosenType()
	if !ok {
		return nil
	}
	x, err := sales.OfType(ctx, f.session, f.Object.Name, id)
	if err != nil {
		return err
	}
	f.fields = slices.DeleteFunc(slices.Clone(f.fields), func(field *schema.FieldDef) bool {
		return slices.Contains(x.Hides, field.Name) && !f.holds(field)
	})
	f.is = x
	f.told = map[string]string{}
	if err := f.tell(ctx, "web.create.type_pipeline", sales.Pipelines.Name, x.Pipeline); err != nil {
		return err
	}
	return f.tell(ctx, "web.create.type_cadence", sales.Cadences.Name, x.Cadence)
}

// chosenType is the record type of the form.
func (f *form) chosenType() (value.ID, bool) {
	chosen := f.values[sales.DealType.Name()]
	if field, ok := f.Object.Field(sales.DealType.Name()); ok && f.sent != nil {
		chosen, _ = parts.Read(f.view, f.session, field, f.sent, field.Name)
	}
	id, ok := chosen.(value.ID)
	return id, ok
}

// holds reports whether somebody has filled a field.
func (f *form) holds(field *schema.FieldDef) bool {
	if f.sent == nil {
		return f.ahead[field.Name]
	}
	v, err := parts.Read(f.view, f.session, field, f.sent, field.Name)
	return err != nil || given(f.session, field, v)
}

// tell says what the type chooses, where the actor may know it.
func (f *form) tell(ctx context.Context, key, object string, id value.ID) error {
	if id == 0 {
		return nil
	}
	r, err := f.session.Get(ctx, object, id)
	if _, refused := fault.As(err); refused {
		return nil
	}
	if err == nil {
		f.told[sales.DealType.Name()] = f.view.T(key, "name", r.Title())
	}
	return err
}
