package api

import (
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// clerk makes a member with a role of his own.
func (d *door) clerk(t testing.TB, permissions string) value.ID {
	t.Helper()
	in, err := d.Workspace.AddMember(t.Context(), record.AsSystem("test"), app.NewMember{Name: "Cleo", Email: "cleo@test.example"})
	if err != nil {
		t.Fatal(err)
	}
	role := d.create(t, d.Ada, "roles", map[string]any{"name": "Clerk", "permissions": permissions})
	d.call(t, d.Ada, PATCH, base+"/members/"+in.Member.String(), map[string]any{"role": role}).is(200)
	d.tokens[in.Member] = d.token(t, in.Member, access.ScopeAll)
	return in.Member
}

const changesAll = `"objects":{"*":{"read":"all","create":"all","update":"all","delete":"all","export":"all"}}`

// lastAct is the act that wrote a record's latest version.
func (d *door) lastAct(t testing.TB, path string) string {
	t.Helper()
	act, _ := d.call(t, d.Ada, GET, base+path+"/history", nil).is(200).items()[0]["act"].(string)
	return act
}

// Who may change a record, but not all of its fields, takes nobody's change of
// the others back.
func TestUndoLeaksNoRightToFields(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := "/accounts/" + d.create(t, d.Ada, "accounts", map[string]any{"name": "A", "phone": "+49301234567"})
		d.call(t, d.Ada, PATCH, base+account, map[string]any{"name": "B", "phone": "+49307654321"}).is(200)
		clerk := d.clerk(t, `{`+changesAll+`,"fields":{"account.phone":"none"}}`)
		undone := d.call(t, clerk, POST, base+"/acts/"+d.lastAct(t, account)+"/undo", map[string]any{}).is(200)
		if strings.Contains(string(undone.body), "phone") {
			t.Errorf("the answer names a hidden field: %s", undone.body)
		}
		now := d.call(t, d.Ada, GET, base+account, nil).is(200).json()
		if strings.Count(string(undone.body), "field.not_writable") != 1 {
			t.Errorf("the answer does not say that something stays: %s", undone.body)
		}
		if now["phone"] != "+49307654321" || now["name"] != "A" {
			t.Errorf("the account is %v", now)
		}
	})
}

// A field that is hidden from a role finds nothing for it from that moment on,
// although the index still has its text.
func TestListTextLeaksNoFieldHiddenLater(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		d.create(t, d.Ada, "contacts", map[string]any{"last_name": "Smith", "email": "secret@hush.example"})
		if n := len(d.call(t, d.Ada, GET, base+"/contacts?q=hush", nil).is(200).items()); n != 1 {
			t.Fatalf("%d found", n)
		}
		clerk := d.clerk(t, `{`+changesAll+`,"fields":{"contact.email":"none"}}`)
		if a := d.call(t, clerk, GET, base+"/contacts?q=hush", nil); a.status == 200 && len(a.items()) > 0 {
			t.Errorf("found by a hidden field before the index is ready: %s", a.body)
		} else if a.status != 200 { // the job may have been quicker
			a.problem(503, "query.text_behind")
		}
		d.call(t, d.Ada, GET, base+"/contacts?q=smith", nil).is(200)
		d.Drain(t)
		if n := len(d.call(t, clerk, GET, base+"/contacts?q=hush", nil).is(200).items()); n != 0 {
			t.Errorf("%d found by a hidden field", n)
		}
		if n := len(d.call(t, clerk, GET, base+"/contacts?q=smith", nil).is(200).items()); n != 1 {
			t.Errorf("%d found by a field that may be read", n)
		}
	})
}

func TestCurrencyIsKeptInItsOneSpelling(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		set := d.call(t, d.Ada, PATCH, base+"/settings", map[string]any{"currency": " usd"}).is(200)
		if set.text("currency") != "USD" {
			t.Errorf("set: %s", set.body)
		}
		id := d.create(t, d.Ada, "accounts", map[string]any{"name": "A"})
		deal := d.create(t, d.Ada, "deals", map[string]any{"name": "D", "account": id, "amount": "5"})
		if n := len(d.call(t, d.Ada, GET, base+"/deals?filter=amount%3E4", nil).is(200).items()); n != 1 {
			t.Errorf("deal %s: %d found", deal, n)
		}
	})
}

// What an activity is about beside what its reader knows of is neither told by
// its history nor lost when he changes it.
func TestHistoryLeaksNoHiddenObject(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Ada, "accounts", map[string]any{"name": "A"})
		lead := d.create(t, d.Ada, "leads", map[string]any{"name": "L"})
		both := []string{"account:" + account, "lead:" + lead}
		activity := "/activities/" + d.create(t, d.Ada, "activities", map[string]any{"kind": "note", "subject": "S", "about": both[:1]})
		d.call(t, d.Ada, PATCH, base+activity, map[string]any{"about": both}).is(200)
		clerk := d.clerk(t, `{"objects":{"*":{"read":"all","update":"all"},"lead":{"read":"none"}}}`)
		if a := d.call(t, clerk, GET, base+activity, nil).is(200); strings.Contains(string(a.body), lead) {
			t.Errorf("the activity tells: %s", a.body)
		}
		if a := d.call(t, clerk, GET, base+activity+"/history", nil).is(200); strings.Contains(string(a.body), lead) {
			t.Errorf("the history tells: %s", a.body)
		}
		if a := d.call(t, d.Ada, GET, base+activity+"/history", nil).is(200); !strings.Contains(string(a.body), lead) {
			t.Errorf("the history lost: %s", a.body)
		}
		version := d.call(t, clerk, PATCH, base+activity, map[string]any{"about": both[:1]}).is(200).json()["version"]
		now := d.call(t, d.Ada, GET, base+activity, nil).is(200)
		if !strings.Contains(string(now.body), lead) || version != float64(2) {
			t.Errorf("written as it was read, version %v: %s", version, now.body)
		}
		d.call(t, clerk, PATCH, base+activity, map[string]any{"about": []string{}}).is(200)
		now = d.call(t, d.Ada, GET, base+activity, nil).is(200)
		if !strings.Contains(string(now.body), lead) || strings.Contains(string(now.body), "account:") {
			t.Errorf("emptied by who knows of no leads: %s", now.body)
		}
	})
}

// A list of columns longer than a database takes is refused in words.
func TestTooManyColumns(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Ada, "accounts", map[string]any{"name": "A"})
		var far []string
		hops := []string{"owner", "created_by", "updated_by"}
		for _, a := range hops {
			for _, b := range []string{"manager", "created_by", "updated_by"} {
				for _, c := range []string{"manager", "created_by", "updated_by"} {
					for _, e := range []string{"manager", "created_by", "updated_by"} {
						far = append(far, strings.Join([]string{a, b, c, e, "name"}, "."))
					}
				}
			}
		}
		for _, path := range []string{"/accounts", "/accounts/" + account} {
			d.call(t, d.Ada, GET, base+path+"?fields="+strings.Repeat("name,", 3000), nil).problem(422, "query.too_many_fields")
			d.call(t, d.Ada, GET, base+path+"?fields="+strings.Join(far, ","), nil).problem(422, "query.too_many_fields")
			d.call(t, d.Ada, GET, base+path+"?fields="+strings.Join(far[:20], ","), nil).is(200)
			d.call(t, d.Ada, GET, base+path+"?fields="+strings.Repeat("name,", 1400), nil).is(200)
		}
	})
}

// A mistake in the settings leaves the one-time code good.
func TestSetupCodeOutlivesMistakes(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		code, err := d.App.Auth().SetupCode(t.Context(), d.Workspace.Slug())
		if err != nil {
			t.Fatal(err)
		}
		first := map[string]any{"code": code, "email": "first@test.example", "password": apptest.Password, "zone": "Nowhere/None"}
		d.call(t, 0, POST, base+"/setup", first).problem(422, "record.unknown_zone")
		first["zone"] = "Europe/Berlin"
		d.call(t, 0, POST, base+"/setup", first).is(201)
		d.call(t, 0, POST, base+"/setup", first).problem(401, "access.bad_code")
	})
}

// A reader's filter narrows a report; it cannot end the brackets it stands in.
func TestReportFilterStaysInItsBrackets(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		for _, r := range d.call(t, d.Ada, GET, base+"/reports", nil).is(200).items() {
			name, _ := r["name"].(string)
			if a := d.call(t, d.Ada, GET, base+"/reports/"+name+"?filter="+url.QueryEscape("owner is empty) or (owner is not empty"), nil); a.status != 422 {
				t.Errorf("%s is %d", name, a.status)
			}
		}
	})
}
