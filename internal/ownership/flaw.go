package ownership

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// flaw is why a rule did not do with a record what it says.
type flaw struct {
	rule rule
	why  error
}

// Broken are the rules that do not do what they say, because what they name is
// gone.
func Broken(ctx context.Context, s *record.Session) (map[value.ID]error, error) {
	rules, err := rulesOf(ctx, s)
	broken := map[value.ID]error{}
	for _, x := range rules {
		if why := cmp.Or(x.broken, x.amiss); why != nil {
			broken[x.id] = why
		}
	}
	return broken, err
}

// note keeps in the run log which new records met rules that do not do what they
// say, and tells the administrators of each such rule, once until it is changed.
func note(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var list []process.Failure
	var rules []rule
	for _, d := range drafts {
		if d.Doing != record.Creating {
			continue
		}
		for _, f := range told(s)[d.ID].flaws {
			list = append(list, process.Failure{Source: f.rule.id, Record: d.Record(), Why: f.why})
			known := slices.ContainsFunc(rules, func(x rule) bool { return x.id == f.rule.id })
			if !known && (f.rule.broken != nil || f.rule.amiss != nil) {
				rules = append(rules, f.rule)
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := process.LogFailures(ctx, s, "assignment", list); err != nil {
		return err
	}
	for _, x := range rules {
		id := x.id.String()
		err := notify.Send(ctx, s, notify.Notice{To: admins(s), Kind: notify.Process, Key: "ownership.rule_broken", Args: fault.Args{"rule": x.name}, Self: true,
			Link: "/settings/assignment/" + id, Once: "assignment:" + id + ":" + strconv.FormatInt(x.version, 10)})
		if err != nil {
			return err
		}
	}
	return nil
}
