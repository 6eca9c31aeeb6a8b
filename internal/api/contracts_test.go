package api

import (
	"strings"
	"testing"
)

func TestContracts(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		deal := d.create(t, d.Rita, "deals", map[string]any{"name": "Pumps", "account": account, "amount": "500"})
		d.call(t, d.Rita, POST, base+"/deals/"+deal+"/win", `{}`).is(200)
		drafts := d.call(t, d.Rita, GET, base+`/contracts?fields=id,state,total,number&filter=deal="`+deal+`"`, nil).is(200).items()
		if len(drafts) != 1 || drafts[0]["state"] != "draft" || drafts[0]["number"] != nil {
			t.Fatalf("contracts %v", drafts)
		}
		path := base + "/contracts/" + drafts[0]["id"].(string)

		d.call(t, d.Rita, POST, path+"/receipts", `{"amount": "1"}`).problem(422, "record.invalid")
		d.call(t, d.Olga, POST, path+"/sign", `{}`).is(403)
		d.call(t, 0, POST, path+"/sign", `{}`).is(401)
		signed := d.call(t, d.Rita, POST, path+"/sign", `{"on": "2026-02-20"}`).is(200)
		if signed.text("number") != "C-2026-00001" || signed.text("signed_on") != "2026-02-20" {
			t.Errorf("signed: %s", signed.body)
		}
		d.call(t, d.Rita, DELETE, path, nil).problem(409, "contract.numbered")

		for body, key := range map[string]string{`{"shares": "30/60", "first": "2026-04-01"}`: "plan.shares_not_whole", `{"shares": "x", "first": "2026-04-01"}`: "plan.bad_count",
			`{"shares": "3"}`: "api.bad_body", `{"shares": "3", "first": "2026-04-01", "every": "daily"}`: "api.bad_body"} {
			d.call(t, d.Rita, POST, path+"/plan", body).problem(422, key)
		}
		plan := d.call(t, d.Rita, POST, path+"/plan", `{"shares": "30/70", "first": "2026-04-01"}`).is(200).json()["ids"].([]any)
		if len(plan) != 2 {
			t.Fatalf("plan %v", plan)
		}

		booked := d.call(t, d.Rita, POST, path+"/receipts", `{"amount": "100.50", "method": "card", "plan_line": "`+plan[1].(string)+`"}`, "Idempotency-Key: bank-1").is(201)
		again := d.call(t, d.Rita, POST, path+"/receipts", `{"amount": "100.50", "method": "card", "plan_line": "`+plan[1].(string)+`"}`, "Idempotency-Key: bank-1").is(201)
		if string(again.body) != string(booked.body) || booked.text("number") != "R-2026-00001" {
			t.Errorf("booked %s, again %s", booked.body, again.body)
		}
		over := d.call(t, d.Rita, POST, path+"/receipts", `{"amount": "399.51"}`).problem(422, "record.invalid")
		if over["over_accepted"].Key != "receipt.over_payment" {
			t.Errorf("over-payment: %v", over)
		}
		for body, field := range map[string]string{`{"amount": {"amount": "1", "currency": "USD"}}`: "amount", `{"amount": "x"}`: "amount", `{"amount": "1", "received_on": "2027-01-01"}`: "received_on",
			`{"amount": "1", "allocations": [{"plan_line": "` + plan[0].(string) + `", "amount": "2"}]}`: "amount", `{"amount": "1", "allocations": [{"amount": "1"}]}`: "allocations.plan_line",
			`{"amount": "1", "method": "shells"}`: "method"} {
			refused := d.call(t, d.Rita, POST, path+"/receipts", body).is(422)
			if !strings.Contains(string(refused.body), `"field":"`+field+`"`) {
				t.Errorf("%s: %s", body, refused.body)
			}
		}
		d.call(t, d.Rita, POST, path+"/receipts", `{"amount": "399.51", "over_accepted": true}`).is(201)
		now := d.call(t, d.Rita, GET, path, nil).is(200)
		if !strings.Contains(string(now.body), `"open_amount":{"amount":"-0.01","currency":"EUR"}`) || !strings.Contains(string(now.body), `"over_paid":true`) {
			t.Errorf("over-paid: %s", now.body)
		}

		receipt := base + "/receipts/" + booked.text("id")
		d.call(t, d.Rita, DELETE, receipt, nil).problem(409, "receipt.reverse_instead")
		d.call(t, d.Rita, POST, receipt+"/reverse", `{}`).problem(422, "api.bad_body")
		if back := d.call(t, d.Rita, POST, receipt+"/reverse", `{"reason": "Bounced"}`).is(200); back.text("reversed_on") != "2026-03-02" {
			t.Errorf("reversed: %s", back.body)
		}

		pdf := d.call(t, d.Rita, GET, path+"/pdf?lang=zh", nil).is(200)
		if !strings.HasPrefix(string(pdf.body), "%PDF-") {
			t.Errorf("%.40q", pdf.body)
		}
		d.call(t, d.Rita, POST, base+"/deals/"+deal+"/reopen", `{}`).problem(409, "deal.contract_signed")
		d.call(t, d.Rita, POST, path+"/void", `{}`).problem(422, "api.bad_body")
		d.call(t, d.Rita, POST, path+"/void", `{"reason": "Gone"}`).is(200)
		if reopened := d.call(t, d.Rita, GET, base+"/deals/"+deal, nil).is(200); reopened.text("status") != "open" {
			t.Errorf("deal: %s", reopened.body)
		}
		made := d.call(t, d.Rita, POST, base+"/contracts/from-deals", `{"limit": 3}`).is(201)
		if made.json()["more"] != false || len(made.json()["ids"].([]any)) != 0 {
			t.Errorf("made %s", made.body)
		}

		for _, report := range []string{"contracts-by-month", "contracts-by-owner", "contracts-by-account", "receipts-by-month", "plan-by-month", "receivables", "receivables-by-owner"} {
			d.call(t, d.Rita, GET, base+"/reports/"+report, nil).is(200)
		}
		receipts := d.call(t, d.Rita, GET, base+"/reports/receipts-by-month", nil).is(200)
		if !strings.Contains(string(receipts.body), `"receipts_reversed":1`) || !strings.Contains(string(receipts.body), `"399.51"`) {
			t.Errorf("receipts %s", receipts.body)
		}
	})
}
