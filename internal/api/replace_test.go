package api

import "testing"

// What links to a deleted record links to the one that takes its place, by
// DELETE, batch and bulk alike.
func TestReplacingWhatIsDeleted(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		next := d.create(t, d.Rita, "accounts", map[string]any{"name": "Next"})
		held := func(name string) (account, deal string) {
			account = d.create(t, d.Rita, "accounts", map[string]any{"name": name})
			return account, d.create(t, d.Rita, "deals", map[string]any{"name": name, "account": account})
		}
		links := func(deal, to string) {
			t.Helper()
			if got := d.call(t, d.Rita, GET, base+"/deals/"+deal+"?fields=account", nil).is(200).text("account"); got != to {
				t.Errorf("links to %s, want %s", got, to)
			}
		}
		account, deal := held("One")
		d.call(t, d.Rita, DELETE, base+"/accounts/"+account, nil).problem(409, "record.linked")
		d.call(t, d.Rita, DELETE, base+"/accounts/"+account+"?replace_with=x", nil).is(400)
		d.call(t, d.Rita, DELETE, base+"/accounts/"+account+"?replace_with=7", nil).problem(422, "field.dead_link")
		d.call(t, d.Rita, DELETE, base+"/accounts/"+account+"?replace_with="+next, nil).is(204)
		links(deal, next)

		account, deal = held("Two")
		d.call(t, d.Rita, POST, base+"/accounts/batch", map[string]any{"replace_with": next, "writes": []any{map[string]any{"op": "delete", "id": account}}}).is(200)
		links(deal, next)

		account, deal = held("Three")
		path := base + "/accounts/bulk"
		d.call(t, d.Rita, POST, path, map[string]any{"replace_with": next, "ids": []string{account}, "changes": map[string]any{"industry": "x"}}).problem(422, "api.bad_body")
		tried := d.call(t, d.Rita, POST, path, map[string]any{"do": "delete", "replace_with": next, "ids": []string{account}, "dry_run": true}).is(200)
		if figureOf(tried, "changed") != 1 {
			t.Errorf("tried: %s", tried.body)
		}
		links(deal, account)
		done := d.call(t, d.Rita, POST, path, map[string]any{"do": "delete", "replace_with": next, "ids": []string{account, next}}).is(200)
		if figureOf(done, "changed") != 1 || figureOf(done, "failed") != 1 {
			t.Errorf("done: %s", done.body)
		}
		links(deal, next)
		d.call(t, d.Rita, POST, base+"/acts/"+done.text("act")+"/undo", nil).is(200)
		links(deal, account)
	})
}
