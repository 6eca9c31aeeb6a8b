package marketing

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Input is one thing that a form asks for: a field of the lead.
type Input struct {
	Field    string `json:"field"`
	Label    string `json:"label,omitempty"` // "" = the field's
	Required bool   `json:"required,omitempty"`
	// Was are names that the field had before, the last first: a website's own
	// page goes on sending them.
	Was []string `json:"was,omitempty"`
}

// Form is a form as visitors see it.
type Form struct {
	ID                                                         value.ID
	Name, Slug, Title, Intro, Button, Consent, Thanks, Address string
	Language, Sites                                            string
	Source                                                     value.ID
	Inputs                                                     []Input
	// Products are those that visitors may choose among, in the order of their
	// names; of a form that was found.
	Products []*record.Record
}

// longestLabel is how long a question may be, in letters.
const longestLabel = 200

// mostNames is how many former names of a field a form goes by.
const mostNames = 10

// mostInputs of a form keep it one that people fill in.
const mostInputs = 30

// withheld are fields of a lead that no visitor sets.
var withheld = []string{"owner", "stage", "status", "mode", "score", "source", "channel", "captured_at", "lost_reason", "tags", "external_id", "opted_out"}

// Askable are the fields of a lead that a form may ask for.
func Askable(s *schema.Schema) []*schema.FieldDef {
	return slices.DeleteFunc(slices.Clone(s.MustObject(sales.Leads.Name).Fields), func(f *schema.FieldDef) bool {
		return !askable(f)
	})
}

func askable(f *schema.FieldDef) bool {
	if Offers(f) {
		return !f.Hidden
	}
	switch f.Kind {
	case schema.KindText, schema.KindLongText, schema.KindEmail, schema.KindPhone, schema.KindURL, schema.KindChoice, schema.KindBool,
		schema.KindInt, schema.KindDate:
		return f.Writable() && !f.Hidden && !f.Many && !slices.Contains(withheld, f.Name)
	}
	return false
}

// Offers reports whether a question about the field offers the products of the form.
func Offers(f *schema.FieldDef) bool { return f.Builtin && f.Name == sales.LeadProduct.Name() }

// Offered are the products of a form that are still sold.
func Offered(ctx context.Context, s *record.Session, r *record.Record) (list []*record.Record, err error) {
	ids, _ := record.Get(r, FormProducts)
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := s.AsSystem("what a form on the website offers").GetMany(ctx, sales.Products.Name, ids)
	for _, p := range found {
		if active, said := record.Get(p, sales.ProductActive); active || !said {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *record.Record) int {
		return cmp.Or(strings.Compare(a.Title(), b.Title()), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// ParseInputs reads what a form asks for.
func ParseInputs(text string) ([]Input, error) {
	var list []Input
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, fault.New(fault.Invalid, "form.bad_inputs", nil)
	}
	return list, nil
}

// RenamedInputs are questions under the names of today.
func RenamedInputs(r *record.Renaming, text string) string {
	list, err := ParseInputs(text)
	if err != nil {
		return text
	}
	changed := false
	for i := range list {
		x := &list[i]
		if now := r.Field(x.Field); now != x.Field {
			x.Was = append([]string{x.Field}, x.Was[:min(len(x.Was), mostNames-1)]...)
			x.Field, changed = now, true
		}
	}
	if now, err := json.Marshal(list); err == nil && changed {
		return string(now)
	}
	return text
}

// usualInputs are asked for where nobody chose others.
func usualInputs() []Input {
	return []Input{{Field: sales.LeadName.Name(), Required: true}, {Field: sales.LeadEmail.Name(), Required: true},
		{Field: sales.LeadPhone.Name()}, {Field: sales.LeadText.Name()}}
}

// Rules are what this room demands of forms.
func Rules() []record.Rule {
	return []record.Rule{{Name: "web form", Objects: []string{Forms.Name}, Prepare: addressForms, Check: checkForms}}
}

// addressForms gives a form its place in the address and its first inputs.
func addressForms(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		name, _ := record.Will(d, FormName)
		slug, ok := record.Will(d, FormSlug)
		if !ok {
			slug = name
		}
		if slug = slugOf(slug); slug == "" {
			slug = d.ID.String()
		}
		record.Put(d, FormSlug, slug)
		if d.Doing == record.Creating && d.Field(FormInputs.Name()) == nil {
			text, err := json.Marshal(usualInputs())
			if err != nil {
				return err
			}
			record.Put(d, FormInputs, string(text))
		}
	}
	return nil
}

// slugOf writes a name so that it can stand in an address.
func slugOf(name string) string {
	var b strings.Builder
	for _, r := range i18n.Fold(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	text := strings.Trim(b.String(), "-")
	return text[:min(len(text), 60)]
}

// checkForms refuses inputs that no lead has, and websites that are none.
func checkForms(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if text, ok := record.Will(d, FormInputs); ok && d.Changed(FormInputs.Name()) {
			before, _ := record.Was(d, FormInputs)
			if err := checkInputs(s.Schema(), text, before); err != nil {
				f, _ := fault.As(err)
				d.Refuse(FormInputs.Name(), f.Key, f.Args)
			}
		}
		sites, _ := record.Will(d, FormSites)
		for _, site := range strings.Fields(sites) {
			if u, err := url.Parse(site); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" {
				d.Refuse(FormSites.Name(), "form.bad_site", fault.Args{"site": value.Printable(site)})
			}
		}
	}
	return nil
}

// checkInputs lets a form keep what it asked for before: a question whose field
// is gone hinders no other.
func checkInputs(s *schema.Schema, text, before string) error {
	list, err := ParseInputs(text)
	if err != nil {
		return err
	}
	kept, _ := ParseInputs(before) // what cannot be read keeps nothing
	lead := s.MustObject(sales.Leads.Name)
	known := map[string]bool{}
	reachable := false
	for _, x := range list {
		f, ok := lead.Field(x.Field)
		old := slices.ContainsFunc(kept, func(k Input) bool { return k.Field == x.Field })
		if !old && (!ok || !askable(f)) || known[x.Field] || len(x.Was) > mostNames {
			return fault.New(fault.Invalid, "form.bad_input", fault.Args{"field": value.Printable(x.Field)})
		}
		if utf8.RuneCountInString(x.Label) > longestLabel {
			return fault.New(fault.Invalid, "form.too_long", fault.Args{"max": longestLabel})
		}
		known[x.Field] = true
		reachable = reachable || slices.Contains([]string{sales.LeadName.Name(), sales.LeadEmail.Name(), sales.LeadPhone.Name(), sales.LeadCompany.Name()}, x.Field)
	}
	if len(list) > mostInputs || !reachable {
		return fault.New(fault.Invalid, "form.needs_reach", fault.Args{"most": mostInputs})
	}
	return nil
}

// Find is the form of an address.
func Find(ctx context.Context, s *record.Session, slug string) (Form, error) {
	o := s.Schema().MustObject(Forms.Name)
	f, _ := o.Field(FormSlug.Name())
	found, err := s.AsSystem("a form on the website").FindBy(ctx, o, f, []string{slug})
	if err != nil {
		return Form{}, err
	}
	for _, id := range found[slug] {
		return read(ctx, s, id)
	}
	return Form{}, fault.New(fault.NotFound, "form.absent", nil)
}

func read(ctx context.Context, s *record.Session, id value.ID) (Form, error) {
	r, err := s.AsSystem("a form on the website").Get(ctx, Forms.Name, id)
	if err != nil {
		return Form{}, err
	}
	if active, said := record.Get(r, FormActive); said && !active {
		return Form{}, fault.New(fault.NotFound, "form.absent", nil)
	}
	x, err := FormOf(r)
	if err != nil {
		return x, err
	}
	x.Products, err = Offered(ctx, s, r)
	return x, err
}

// FormOf is a form as its record says it.
func FormOf(r *record.Record) (Form, error) {
	x := Form{ID: r.ID}
	for f, to := range map[schema.Field[string]]*string{FormName: &x.Name, FormSlug: &x.Slug, FormTitle: &x.Title, FormIntro: &x.Intro, FormButton: &x.Button,
		FormConsent: &x.Consent, FormThanks: &x.Thanks, FormThanksURL: &x.Address, FormLanguage: &x.Language, FormSites: &x.Sites} {
		*to, _ = record.Get(r, f)
	}
	x.Source, _ = record.Get(r, FormSource)
	text, _ := record.Get(r, FormInputs)
	inputs, err := ParseInputs(text)
	x.Inputs = inputs
	return x, err
}

// SetInputs changes what a form asks for: fn gets its questions and answers
// them as they are to be.
func SetInputs(ctx context.Context, s *record.Session, id value.ID, fn func([]Input) ([]Input, error)) error {
	if err := s.Hold(ctx, Forms.Name, []value.ID{id}); err != nil { // two who change it go one after the other
		return err
	}
	r, err := s.Get(ctx, Forms.Name, id)
	if err != nil {
		return err
	}
	x, err := FormOf(r)
	if err != nil {
		return err
	}
	list, err := fn(x.Inputs)
	if err != nil {
		return err
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	_, err = s.Update(ctx, Forms.Name, id, 0, record.With(record.Values{}, FormInputs, string(text)))
	return err
}

// Answers reads what somebody sent, as it was kept; false where it cannot be
// read.
func Answers(raw string) (url.Values, bool) {
	sent := url.Values{}
	err := json.Unmarshal([]byte(raw), &sent)
	return sent, err == nil
}
