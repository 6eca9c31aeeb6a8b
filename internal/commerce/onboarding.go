package commerce

import (
	"context"

	"wellmet/internal/activity"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Onboarding are the steps that begin when a contract is signed (R41): delivery,
// training, the service that follows. A company begins with a few and lists its own.
var Onboarding = schema.NewObject("onboarding_step", "onboarding_steps", schema.Unowned, "Step after signing", "Steps after signing")

// StepCase is the kind of a step that opens a case; the others are those of
// activities.
const StepCase = "case"

// Fields of a step. It is of the contracts of one pipeline or record type, or of
// all where none is named, and falls to the owner of the contract where no
// colleague is. Days are business days after the signing.
var (
	StepName     = schema.Text(Onboarding, "name").Required()
	StepKind     = schema.Choice(Onboarding, "kind", activity.Task, activity.Call, activity.Meeting, StepCase).Required().Default(activity.Task)
	StepDays     = schema.Int(Onboarding, "days").Between(0, 2500).Default("0").On(called("Business days after signing"))
	StepPipeline = schema.Link(Onboarding, "pipeline", sales.Pipelines.Name).OnDelete(schema.Cascade)
	StepType     = schema.Link(Onboarding, "record_type", sales.RecordTypes.Name).OnDelete(schema.Cascade)
	StepMember   = schema.Person(Onboarding, "member").OnDelete(schema.Clear).On(called("Done by"))
	StepText     = schema.LongText(Onboarding, "description")
	StepPosition = schema.Int(Onboarding, "position").Default("0")
	StepActive   = schema.Bool(Onboarding, "active").Default("true")
)

// Service is what is to be kept of a customer after signing, for the room that
// keeps it.
type Service struct {
	Subject, Text                 string
	Account, Contact, Deal, Owner value.ID
	Due                           value.Date
}

// signedNow are the drafts that leave draft for good with this act. What an
// import or the system brings was signed elsewhere, and begins nothing.
func signedNow(s *record.Session, drafts []*record.Draft) (list []*record.Draft) {
	for _, d := range drafts {
		was, had := record.Was(d, ContractState)
		is, _ := record.Will(d, ContractState)
		if at, _ := d.Deed(); !at.IsZero() || s.Who().Imports() || s.Undoing() || !writes(d) {
			continue
		}
		if (is == Signed || is == Active) && (!had || was == Draft) {
			list = append(list, d)
		}
	}
	return list
}

// begin makes the tasks and cases of contracts that have been signed, in the same
// act, so that undoing it takes them back.
func (n Needs) begin(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	signed := signedNow(s, drafts)
	if len(signed) == 0 {
		return nil
	}
	sys := s.AsSystem("what comes after signing")
	page, err := sys.Query(ctx, record.Query{Object: Onboarding.Name, Filter: "not active = false", Sort: "position,id", Limit: 500})
	if err != nil || len(page.Records) == 0 {
		return err
	}
	deals, err := sys.GetMany(ctx, sales.Deals.Name, linkedBy(signed, ContractDeal))
	if err != nil {
		return err
	}
	tasks, services := record.Batch{Object: activity.Activities.Name}, []Service(nil)
	for _, d := range signed {
		deal, _ := record.Will(d, ContractDeal)
		for _, step := range page.Records {
			if !concerns(step, deals[deal]) {
				continue
			}
			x, err := serviceOf(ctx, s, d, step)
			if err != nil {
				return err
			}
			if kind, _ := record.Get(step, StepKind); kind == StepCase {
				services = append(services, x.Service)
			} else {
				tasks.Changes = append(tasks.Changes, record.Change{Values: x.task(d.ID, kind)})
			}
		}
	}
	if len(tasks.Changes) > 0 {
		if _, err := sys.Save(ctx, tasks); err != nil {
			return err
		}
	}
	if len(services) == 0 {
		return nil
	}
	return n.Serve(ctx, sys, services)
}

// concerns reports whether a step is one of a deal's contract; a contract without
// a deal has the steps that name neither pipeline nor type.
func concerns(step, deal *record.Record) bool {
	for of, link := range map[schema.Field[value.ID]]schema.Field[value.ID]{StepPipeline: sales.DealPipeline, StepType: sales.DealType} {
		want, named := record.Get(step, of)
		if !named {
			continue
		}
		if deal == nil {
			return false
		}
		if has, _ := record.Get(deal, link); has != want {
			return false
		}
	}
	return true
}

// beginning is a step of one contract.
type beginning struct {
	Service
	cal *hours.Calendar
	s   *record.Session
}

func serviceOf(ctx context.Context, s *record.Session, d *record.Draft, step *record.Record) (x beginning, err error) {
	x.s = s
	x.Subject, _ = record.Get(step, StepName)
	x.Text, _ = record.Get(step, StepText)
	x.Account, _ = record.Will(d, ContractAccount)
	x.Contact, _ = record.Will(d, ContractSigner)
	x.Deal, _ = record.Will(d, ContractDeal)
	x.Owner = d.Record().Owner()
	if member, ok := record.Get(step, StepMember); ok && s.Roster().Active(member) {
		x.Owner = member
	}
	if x.cal, err = hours.Whose(ctx, s, x.Owner); err != nil {
		return x, err
	}
	days, _ := record.Get(step, StepDays)
	at := x.cal.Add(s.Now(), hours.Duration{N: int(days), Unit: hours.BusinessDays})
	x.Due = value.DateOf(at, x.cal.Zone())
	return x, nil
}

// task is a step as its owner finds it among his tasks.
func (x beginning) task(contract value.ID, kind string) record.Values {
	about := []schema.Ref{{Object: Contracts.Name, ID: contract}}
	if x.Deal != 0 {
		about = append(about, schema.Ref{Object: sales.Deals.Name, ID: x.Deal})
	}
	v := record.With(record.With(record.Values{}, activity.Kind, kind), activity.Subject, x.Subject)
	record.With(record.With(v, activity.Targets, about), activity.DueAt, x.cal.NextOpen(x.Due.Time(x.cal.Zone())))
	if x.Text != "" {
		record.With(v, activity.Body, x.Text)
	}
	v["owner"] = nil
	if x.Owner != 0 {
		v["owner"] = x.Owner
	}
	return v
}
