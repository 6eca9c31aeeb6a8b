package app

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/commerce"
	"wellmet/internal/customer"
	"wellmet/internal/dedupe"
	"wellmet/internal/goal"
	"wellmet/internal/hours"
	"wellmet/internal/marketing"
	"wellmet/internal/notify"
	"wellmet/internal/ownership"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/support"
	"wellmet/internal/value"
)

// objects are all built-in objects. A room may link to objects of rooms below
// it only, so this is also the order of the floors.
func objects() []*schema.Object {
	var all []*schema.Object
	for _, room := range [][]*schema.Object{
		access.Objects(), record.Objects(), report.Objects(), hours.Objects(), process.Objects(), activity.Objects(), customer.Objects(), sales.Objects(), commerce.Objects(),
		marketing.Objects(), support.Objects(), ownership.Objects(), goal.Objects(),
	} {
		all = append(all, room...)
	}
	return all
}

// configuration are the objects whose records say how the company works: their
// changes are told by the history of configuration, where each can be reverted.
func configuration() []*schema.Object {
	return []*schema.Object{
		access.Roles, access.Teams, access.Members, hours.Holidays, record.CurrencyRates,
		process.Blueprints, process.Versions, process.Rules, process.Templates, process.Webhooks, process.Hooks,
		sales.Pipelines, sales.Stages, sales.RecordTypes, sales.LeadStages, sales.LeadSources, sales.SourceCosts, sales.Campaigns, sales.LeadQuestions, sales.Cadences, sales.CadenceSteps, sales.ScoreRules,
		commerce.Onboarding, ownership.AssignmentRules, marketing.Forms, support.States, report.Saved,
	}
}

// rules are what the rooms demand, in the order they run.
func rules(a *App, w *Workspace) []record.Rule {
	var all []record.Rule
	for _, room := range [][]record.Rule{
		peopleRules(a), record.Rules(), a.reports.Rules(), notify.Rules(), hours.Rules(), activity.Rules(), dedupe.Rules(), customer.Rules(), sales.Rules(),
		commerce.Rules(commerce.Needs{Serve: serve}), marketing.Rules(), support.Rules(), w.owners.Rules(), a.goals.Rules(),
		w.process.Rules(), // what the workspace itself demands, after everything that is built in
	} {
		all = append(all, room...)
	}
	return all
}

// serve opens the cases that begin with a signed contract.
func serve(ctx context.Context, s *record.Session, list []commerce.Service) error {
	b := record.Batch{Object: support.Cases.Name}
	for _, x := range list {
		v := record.With(record.Values{}, support.CaseSubject, x.Subject)
		record.With(v, support.CaseDue, x.Due)
		for f, id := range map[schema.Field[value.ID]]value.ID{support.CaseAccount: x.Account, support.CaseContact: x.Contact, support.CaseDeal: x.Deal} {
			if id != 0 {
				record.With(v, f, id)
			}
		}
		if x.Text != "" {
			record.With(v, support.CaseText, x.Text)
		}
		if v["owner"] = nil; x.Owner != 0 {
			v["owner"] = x.Owner
		}
		b.Changes = append(b.Changes, record.Change{Values: v})
	}
	_, err := s.Save(ctx, b)
	return err
}

// uses tell which records name a field in texts of their own, each room of its.
func uses(a *App) []schema.Effects {
	return append(a.reports.Uses(), []schema.Effects{
		record.TextUses(process.Rules, process.RuleObject, process.RuleWhen, process.RuleFields, process.RuleDate, process.RuleActions),
		record.TextUses(process.Blueprints, process.BlueprintObject, process.BlueprintField, process.BlueprintWhen, process.BlueprintText),
		record.TextUses(process.Templates, process.TemplateObject, process.TemplateSubject, process.TemplateBody),
		record.TextUses(sales.ScoreRules, sales.ScoreObject, sales.ScoreCondition),
		record.TextUsesOf(sales.Stages, sales.Deals.Name, sales.StageEntry),
		record.TextUsesOf(sales.RecordTypes, sales.Deals.Name, sales.TypeDealHides, sales.TypeDealFirst),
		record.TextUsesOf(sales.RecordTypes, sales.Leads.Name, sales.TypeLeadHides, sales.TypeLeadFirst),
		record.TextUsesOf(sales.Cadences, sales.Leads.Name, sales.CadenceCondition),
		record.TextUses(ownership.AssignmentRules, ownership.RuleObject, ownership.RuleCondition, ownership.RuleTerritory),
		record.TextUsesOf(marketing.Forms, sales.Leads.Name, marketing.FormInputs),
	}...)
}

// followers are the texts of records that follow fields which are called
// otherwise, beside those of processes and reports.
func followers() []record.NamingTexts {
	type texts = map[string]func(*record.Renaming, string) string
	return []record.NamingTexts{
		{Object: sales.ScoreRules, Of: `x.object`, Texts: texts{sales.ScoreCondition.Name(): (*record.Renaming).Expression}},
		{Object: sales.Stages, Of: `'deal'`, Texts: texts{sales.StageEntry.Name(): (*record.Renaming).Expression}},
		{Object: sales.RecordTypes, Of: `'deal'`, Texts: texts{sales.TypeDealHides.Name(): (*record.Renaming).List, sales.TypeDealFirst.Name(): (*record.Renaming).List}},
		{Object: sales.RecordTypes, Of: `'lead'`, Texts: texts{sales.TypeLeadHides.Name(): (*record.Renaming).List, sales.TypeLeadFirst.Name(): (*record.Renaming).List}},
		{Object: sales.Cadences, Of: `'lead'`, Texts: texts{sales.CadenceCondition.Name(): (*record.Renaming).Expression}},
		{Object: ownership.AssignmentRules, Of: `x.object`, Texts: texts{ownership.RuleCondition.Name(): (*record.Renaming).Expression, ownership.RuleTerritory.Name(): (*record.Renaming).Field}},
		{Object: marketing.Forms, Of: `'lead'`, Texts: texts{marketing.FormInputs.Name(): marketing.RenamedInputs}},
	}
}

// reports are the standard reports of all rooms, and what dashboards show beside
// them.
func reports(goals *goal.Room) *report.Book {
	return report.New(sales.Reports(), sales.GoalReports(goals), customer.Reports(), commerce.Reports(), process.Reports(sales.Deals, sales.Leads, support.Cases)).Counting(hours.WorkingDays).Offer(sales.Dashboards()...).Hang(sales.Panels(goals)...)
}

// renamed lets all texts that name fields follow a plan, and what was learnt from
// fields.
func (a *App) renamed(ctx context.Context, s *record.Session, p *schema.Plan) error {
	if err := process.Rename(ctx, s, p); err != nil {
		return err
	}
	if err := a.reports.Rename(ctx, s, p); err != nil {
		return err
	}
	if err := sales.FieldsChanged(ctx, s, p); err != nil {
		return err
	}
	return record.RenameTexts(ctx, s, p, followers())
}

// goals are the targets that can be set, and how far they are.
func goals() *goal.Room {
	return goal.New(goal.Needs{Measures: sales.Goals(), Narrow: sales.TargetsBy()})
}

// owners gives records of a workspace their owners.
func owners() *ownership.Room {
	return ownership.New(ownership.Needs{Tasks: activity.OpenTasks,
		Open: map[string]string{sales.Leads.Name: sales.OpenLeads, sales.Deals.Name: sales.Deals.Open}})
}
