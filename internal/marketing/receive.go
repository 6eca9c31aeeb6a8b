package marketing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Trap is the input that people do not see and programs fill in. Agreed is the
// box beside the consent.
const (
	Trap   = "_homepage"
	Agreed = "_consent"
)

// The longest answers that a form takes, in letters.
const (
	longestLine = 500
	longestText = 10_000
)

// repeats is how long the same post again is no other one.
const repeats = 24 * time.Hour

// Post is what a visitor sent.
type Post struct {
	Form                 string // its slug
	Values               url.Values
	Address, Agent, Page string
}

// Answer is what the visitor is told.
type Answer struct {
	Form       Form
	Submission value.ID
	State      string
	// Refused is what he has to mend; nil when he is thanked.
	Refused *fault.Error
}

// Workspace is where a desk writes: each call is an act of its own.
type Workspace interface {
	Read(ctx context.Context, who record.Who, fn func(*record.Session) error, class ...store.Class) error
	Write(ctx context.Context, who record.Who, fn func(*record.Session) error, class ...store.Class) error
}

// Desk takes submissions of all workspaces. It is safe for concurrent use.
type Desk struct {
	now     func() time.Time
	posts   *access.Limiter
	refused refusals
}

// NewDesk makes a desk that counts posts by the clock.
func NewDesk(clock func() time.Time) *Desk {
	return &Desk{now: clock, posts: access.NewLimiter(clock, mostPosts, postWindow)}
}

func visitor(cause string) record.Who {
	return record.Who{System: "web form", Door: "form", Cause: cause}
}

// Receive keeps what a visitor sent and makes a lead of it, unless too much
// comes from his address: that is kept within bounds. He is told what to
// mend; what only we can mend is kept for us and he is thanked.
func (d *Desk) Receive(ctx context.Context, w Workspace, p Post) (Answer, error) {
	if err := d.count(p.Address); err != nil {
		return Answer{}, d.refuse(ctx, w, p, err)
	}
	var a Answer
	var values record.Values
	err := w.Write(ctx, visitor("forms.post"), func(s *record.Session) (err error) {
		a = Answer{}
		if a.Form, err = Find(ctx, s, p.Form); err != nil {
			return err
		}
		values, a.Refused = a.Form.take(s, p.Values)
		a.State = Received
		switch {
		case p.Values.Get(Trap) != "":
			a.State, a.Refused = Spam, nil
		case a.Refused != nil:
			a.State = Failed
		}
		if a.State == Received {
			spam, err := listed(ctx, s, emailOf(p.Values))
			if err != nil {
				return err
			}
			if spam {
				a.State = Spam
			}
		}
		a.Submission, err = keep(ctx, s, p, a)
		return err
	})
	if err != nil || a.State != Received {
		return a, err
	}
	a.State, err = d.follow(ctx, w, a.Form, a.Submission, values, p)
	return a, err
}

// follow makes the lead in an act of its own; what a rule refuses is written on
// the submission.
func (d *Desk) follow(ctx context.Context, w Workspace, f Form, submission value.ID, values record.Values, p Post) (state string, err error) {
	err = w.Write(ctx, visitor("forms.lead"), func(s *record.Session) (err error) {
		state, err = become(ctx, s, f, submission, values, p)
		return err
	})
	e, ok := fault.As(err)
	if !ok || e.Kind == fault.Unavailable {
		return state, err
	}
	return Failed, w.Write(ctx, visitor("forms.failed"), func(s *record.Session) error {
		return judge(ctx, s, submission, Failed, words(s, e), 0)
	})
}

// become makes a lead of a submission, or finds the one that it made already.
func become(ctx context.Context, s *record.Session, f Form, submission value.ID, values record.Values, p Post) (string, error) {
	lead, err := earlier(ctx, s, submission)
	if err != nil {
		return "", err
	}
	state := Repeated
	if lead == 0 {
		state = MadeLead
		c, err := sales.Capture(ctx, s, sales.Arrival{Values: values, Mark: "form " + printOf(f.ID, p.Values),
			Touch: sales.Touch{Source: f.Source, Way: "form", Channel: f.Name, Campaign: campaignOf(p), Via: clip(p.Page, longestLine)}})
		if err != nil {
			return "", err
		}
		lead = c.Lead
	}
	return state, judge(ctx, s, submission, state, "", lead)
}

// campaignOf is the campaign that brought a visitor: the form says it, or the
// address of the page that it stood on.
func campaignOf(p Post) string {
	const name = "utm_campaign"
	text := p.Values.Get(name)
	if page, err := url.Parse(p.Page); text == "" && err == nil {
		text = page.Query().Get(name)
	}
	text, _ = value.Clean(clip(strings.TrimSpace(text), longestLine))
	return text
}

// earlier is the lead of an equal submission of the last day, 0 for none.
func earlier(ctx context.Context, s *record.Session, submission value.ID) (lead value.ID, err error) {
	_, err = s.Tx().Row(ctx, `SELECT o.lead_id FROM {submission} n JOIN {submission} o ON o.fingerprint = n.fingerprint AND o.form_id = n.form_id
		AND o.lead_id IS NOT NULL AND o.id <> n.id AND o.deleted_at IS NULL AND o.received_at >= $2
		WHERE n.id = $1 ORDER BY o.received_at DESC LIMIT 1`, []any{submission, s.Now().Add(-repeats)}, &lead)
	return lead, err
}

// judge writes down what became of a submission.
func judge(ctx context.Context, s *record.Session, id value.ID, state, reason string, lead value.ID) error {
	v := record.With(record.Values{}, SubmissionState, state)
	v[SubmissionReason.Name()] = nil
	if reason != "" {
		record.With(v, SubmissionReason, clip(reason, longestLine))
	}
	if lead != 0 {
		record.With(v, SubmissionLead, lead)
	}
	_, err := s.AsSystem("what became of a submission").Update(ctx, Submissions.Name, id, 0, v)
	return err
}

// keep writes down a submission as it came.
func keep(ctx context.Context, s *record.Session, p Post, a Answer) (value.ID, error) {
	raw, err := json.Marshal(p.Values)
	if err != nil {
		return 0, err
	}
	clean, _ := value.Clean(string(raw))
	v := record.With(record.With(record.With(record.Values{}, SubmissionForm, a.Form.ID), SubmissionAt, s.Now()), SubmissionState, a.State)
	record.With(v, SubmissionRaw, clean)
	record.With(v, SubmissionPrint, printOf(a.Form.ID, p.Values))
	email := emailOf(p.Values)
	name := cmp.Or(p.Values.Get(sales.LeadName.Name()), p.Values.Get(sales.LeadCompany.Name()), email, a.Form.Name)
	texts := map[schema.Field[string]]string{SubmissionName: name, SubmissionEmail: email, SubmissionFrom: p.Address, SubmissionPage: p.Page, SubmissionAgent: p.Agent}
	if a.Refused != nil {
		texts[SubmissionReason] = words(s, a.Refused)
	}
	if p.Values.Get(Agreed) != "" {
		texts[SubmissionConsent] = a.Form.Consent
	}
	for f, text := range texts {
		if text, _ = value.Clean(clip(strings.TrimSpace(text), longestLine)); text != "" {
			record.With(v, f, text)
		}
	}
	out, err := s.Create(ctx, Submissions.Name, v)
	return out.ID, err
}

// take reads the answers to the form's questions.
func (f Form) take(s *record.Session, sent url.Values) (record.Values, *fault.Error) {
	v := record.Values{}
	bad := fault.New(fault.Invalid, "form.mend", nil)
	lead := s.Schema().MustObject(sales.Leads.Name)
	for _, x := range f.Inputs {
		field, ok := lead.Field(x.Field)
		if !ok || Offers(field) && len(f.Products) == 0 { // gone since, or nothing to choose
			continue
		}
		text := strings.TrimSpace(sent.Get(f.sentAs(x, sent)))
		label := cmp.Or(x.Label, field.Label(cmp.Or(f.Language, "en")))
		switch {
		case text == "" && x.Required:
			bad = bad.With(fault.Field{Path: x.Field, Key: "field.required", Args: fault.Args{"field": label}})
		case utf8.RuneCountInString(text) > longest(field):
			bad = bad.With(fault.Field{Path: x.Field, Key: "form.too_long", Args: fault.Args{"max": longest(field)}})
		case text != "":
			read, err := f.answer(s, field, text)
			if e, wrong := fault.As(err); wrong {
				key, args := e.Key, e.Args
				if len(e.Fields) > 0 {
					key, args = e.Fields[0].Key, e.Fields[0].Args
				}
				bad = bad.With(fault.Field{Path: x.Field, Key: key, Args: args})
			}
			v[x.Field] = read
		}
	}
	if f.Consent != "" && sent.Get(Agreed) == "" {
		bad = bad.With(fault.Field{Path: Agreed, Key: "form.needs_consent"})
	}
	if len(bad.Fields) > 0 {
		return v, bad
	}
	return v, nil
}

// sentAs is the name under which a question was answered: its field's, or one
// that the field had when the visitor's page was made, unless another question
// has it now.
func (f Form) sentAs(x Input, sent url.Values) string {
	if sent.Has(x.Field) {
		return x.Field
	}
	for _, was := range x.Was {
		if sent.Has(was) && !slices.ContainsFunc(f.Inputs, func(y Input) bool { return y.Field == was }) {
			return was
		}
	}
	return x.Field
}

// answer reads one answer as its field spells it, and a product by its name, if the
// form offers it.
func (f Form) answer(s *record.Session, field *schema.FieldDef, text string) (any, error) {
	switch {
	case Offers(field):
		for _, p := range f.Products {
			if p.Title() == text {
				return p.ID, nil
			}
		}
		return nil, fault.New(fault.Invalid, "form.not_offered", nil)
	case field.Kind == schema.KindBool:
		return true, nil
	}
	return field.Parse(text, s.StoreEnv())
}

func longest(f *schema.FieldDef) int {
	if f.Kind == schema.KindLongText {
		return longestText
	}
	return longestLine
}

// words are what a fault says in the company's language.
func words(s *record.Session, e *fault.Error) string {
	language := i18n.FormatFor(s.Settings().Locale).Language()
	text := i18n.Text(language, e.Key, e.Args)
	for _, x := range e.Fields {
		text += " " + i18n.Text(language, x.Key, x.Args)
	}
	return text
}

func emailOf(v url.Values) string {
	return strings.ToLower(strings.TrimSpace(v.Get(sales.LeadEmail.Name())))
}

func clip(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}

// printOf is the same for equal answers to a form, wherever it stood.
func printOf(form value.ID, v url.Values) string {
	said := url.Values{}
	for name, texts := range v {
		if !strings.HasPrefix(name, "_") {
			said[name] = texts
		}
	}
	sum := sha256.Sum256([]byte(form.String() + " " + said.Encode()))
	return hex.EncodeToString(sum[:16])
}
