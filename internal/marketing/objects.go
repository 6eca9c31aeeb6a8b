package marketing

import (
	"wellmet/internal/sales"
	"wellmet/internal/schema"
)

// The built-in objects of this room.
var (
	Forms       = schema.NewObject("form", "forms", schema.Unowned, "Web form", "Web forms")
	Submissions = schema.NewObject("submission", "submissions", schema.Unowned, "Form submission", "Form submissions").Indexed("-received_at")
)

// Fields of a form. Slug is its name in the address, Inputs what it asks for.
var (
	FormName      = schema.Text(Forms, "name").Required().Unique()
	FormSlug      = schema.Text(Forms, "slug").Unique()
	FormTitle     = schema.Text(Forms, "title")
	FormIntro     = schema.LongText(Forms, "intro")
	FormInputs    = schema.LongText(Forms, "inputs").On(func(f *schema.FieldDef) { f.Hidden = true })
	FormButton    = schema.Text(Forms, "button")
	FormConsent   = schema.LongText(Forms, "consent")
	FormThanks    = schema.LongText(Forms, "thanks")
	FormThanksURL = schema.URL(Forms, "thanks_url")
	FormSource    = schema.Link(Forms, "source", "lead_source")
	FormLanguage  = schema.Text(Forms, "language")
	// FormSites are the websites that may show the form; empty means all.
	FormSites = schema.Text(Forms, "sites")
	// FormProducts are those that visitors may choose among, where the form asks
	// which one they want; nobody sees others.
	FormProducts = schema.Links(Forms, "products", sales.Products.Name)
	FormActive   = schema.Bool(Forms, "active").Default("true")
)

// States of a submission.
const (
	Received = "received"
	MadeLead = "lead"
	Repeated = "repeated"
	Spam     = "spam"
	Failed   = "failed"
	Refused  = "refused" // not looked at: too long, or one too many
)

// Fields of a submission. Raw is everything that came, as JSON.
var (
	SubmissionName    = schema.Text(Submissions, "name").Fragments()
	SubmissionForm    = schema.Link(Submissions, "form", "form").Required().Inverse("submissions").OnDelete(schema.Cascade)
	SubmissionAt      = schema.Moment(Submissions, "received_at").ReadOnly()
	SubmissionState   = schema.Choice(Submissions, "state", Received, MadeLead, Repeated, Spam, Failed, Refused).ReadOnly()
	SubmissionReason  = schema.Text(Submissions, "reason").ReadOnly()
	SubmissionEmail   = schema.Text(Submissions, "email").ReadOnly()
	SubmissionLead    = schema.Link(Submissions, "lead", "lead").Inverse("submissions").ReadOnly().OnDelete(schema.Clear)
	SubmissionRaw     = schema.LongText(Submissions, "raw").ReadOnly()
	SubmissionConsent = schema.LongText(Submissions, "consent").ReadOnly()
	SubmissionFrom    = schema.Text(Submissions, "address").ReadOnly()
	SubmissionPage    = schema.Text(Submissions, "page").ReadOnly()
	SubmissionAgent   = schema.Text(Submissions, "agent").ReadOnly()
	// SubmissionBeyond counts the refused ones of the hour that came after this
	// one, of which nothing is kept.
	SubmissionBeyond = schema.Int(Submissions, "beyond").ReadOnly().On(func(f *schema.FieldDef) { f.Quiet = true })
	// SubmissionPrint tells equal submissions from others; SubmissionJudged says
	// that a person called it spam.
	SubmissionPrint  = schema.Text(Submissions, "fingerprint").ReadOnly().On(func(f *schema.FieldDef) { f.Hidden = true })
	SubmissionJudged = schema.Bool(Submissions, "judged").ReadOnly()
)

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{Forms, Submissions} }
