package home

import (
	"context"

	"wellmet/internal/record"
)

// step is one thing that an administrator of an empty workspace does first.
type step struct {
	Title, Help, URL, Icon string
	Done                   bool
}

// firstRun lists the first steps while there is nothing to work on.
func (l *look) firstRun(ctx context.Context) error {
	if !l.s.Actor().Admin() || len(l.sections) > 0 || len(l.propose) > 0 || len(l.team.people()) > 0 {
		return nil
	}
	records := false
	for _, object := range []string{"deal", "lead"} {
		p, err := l.s.Query(ctx, record.Query{Object: object, Fields: []string{"name"}, Limit: 1})
		if err != nil {
			return err
		}
		records = records || len(p.Records) > 0
	}
	if records {
		return nil
	}
	p, err := l.s.Query(ctx, record.Query{Object: "account", Fields: []string{"name"}, Limit: 1})
	if err != nil {
		return err
	}
	v := l.v
	l.steps = []step{
		{v.T("web.home.step_company"), v.T("web.home.step_company_help"), "/settings/company", "building-2", l.s.Settings().Name != record.DefaultSettings().Name},
		{v.T("web.home.step_invite"), v.T("web.home.step_invite_help"), "/settings/people", "user-plus", len(l.s.Roster().MemberIDs()) > 1},
		{v.T("web.home.step_import"), v.T("web.home.step_import_help"), "/imports", "upload", len(p.Records) > 0},
		{v.T("web.home.step_pipeline"), v.T("web.home.step_pipeline_help"), "/settings/pipelines/begin", "route", l.stages.touched},
	}
	return nil
}

// done is how many of the steps are behind.
func (l *look) done() (n int) {
	for _, x := range l.steps {
		if x.Done {
			n++
		}
	}
	return n
}
