package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// The rows that failed come out as a file; mended and imported again nothing is
// there twice.
func TestErrorFileIsMendedAndImportedAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		m := exchange.Mapping{Columns: map[string]string{"Firm": "account.name", "When": "close_date"}, Create: []string{"account"}}
		text := "Deal name,Firm,When,Amount\nA,Acme,31/12/2025,1\nB,Acme,05/06/2026,many\nC,Acme,06/07/2026,\"2,50 x\"\n"
		run := bring(t, k, "deal", text, m)
		counts(t, run, 1, 0, 0, 2)
		file := errorFile(t, k, run.ID)
		if !strings.Contains(file, "Amount: “many”") || strings.Count(file, "\n") != 3 {
			t.Errorf("error file:\n%s", file)
		}
		mended := strings.ReplaceAll(strings.ReplaceAll(file, ",many,", ",2,"), "\"2,50 x\"", "3")
		again := bring(t, k, "deal", mended, exchange.Mapping{Create: []string{"account"}}) // the columns are remembered
		counts(t, again, 2, 0, 0, 0)
		if len(again.Unknown) != 0 {
			t.Errorf("unknown %v", again.Unknown)
		}
		same(t, rows(t, k, "deal", "name", "account", "close_date", "amount"), "A|Acme|2025-12-31|1.00 EUR",
			"B|Acme|2026-06-05|2.00 EUR", "C|Acme|2026-07-06|3.00 EUR")
	})
}

func TestErrorFileOfRowsThatCameInWithoutTheirLink(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		run := bring(t, k, "account", "name,parent,employees\nSelf,Self,7\nTwin,,\nTwin,,\nChild,Twin,\n", exchange.Mapping{})
		if run.Failed != 2 || run.Created != 4 {
			t.Fatalf("%+v %v", run.Counts, run.Errors)
		}
		mended := strings.ReplaceAll(strings.ReplaceAll(errorFile(t, k, run.ID), "Self,Self", "Self,"), "Child,Twin", "Child,Self")
		counts(t, bring(t, k, "account", mended, exchange.Mapping{}), 0, 1, 1, 0)
		same(t, rows(t, k, "account", "name", "parent", "employees"), "Child|Self|", "Self||7", "Twin||", "Twin||")
	})
}

func TestRefusedLineRefusesItsRow(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		m := exchange.Mapping{Columns: map[string]string{"product": "lines.product.name", "qty": "lines.quantity", "off": "lines.discount"}, Create: []string{"account", "lines.product"}}
		run := bring(t, k, "deal", "name,account,product,qty,off,amount\nA,Acme,Saw,2,,10\nB,Acme,Saw,1,140,10\nC,Acme,Saw,x,,10\nD,Acme,Axe,3,5,10\n", m)
		counts(t, run, 2, 0, 0, 2)
		same(t, rows(t, k, "deal", "name"), "A", "D")
		if run.Errors[0].Column != "off" || run.Errors[1].Column != "qty" {
			t.Errorf("%+v", run.Errors)
		}
		same(t, rows(t, k, "deal_line", "deal", "product", "quantity"), "A|Saw|2", "D|Axe|3")
	})
}

// many is a file that needs several chunks, with all that can go wrong.
func many() string {
	var b strings.Builder
	b.WriteString("external_id,name,account,parent,stage,amount\n")
	for i := range 130 {
		id := fmt.Sprint(i)
		if i == 120 {
			id = "7" // again, two chunks later
		}
		account, amount := fmt.Sprintf("Firm %d", i%40), fmt.Sprint(i)
		if i == 65 {
			amount = "wrong"
		}
		if i == 125 {
			account = ""
		}
		fmt.Fprintf(&b, "%s,Deal %d,%s,x,%s,%s\n", id, i, account, []string{"Won", "Later", "Proposal"}[i%3], amount)
	}
	return b.String()
}

func TestDryRunTellsTheSameAndWritesNothing(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		texts := map[string]string{"deal": many(),
			"account": "name,parent\n" + strings.Repeat("Filler,\n", 60) + "Child,Top\nOrphan,Nobody\nSon,Filler\n" + strings.Repeat("More,\n", 60) + "Top,\n"}
		for _, object := range []string{"deal", "account"} {
			text := texts[object]
			for _, match := range []string{"", "external_id"} {
				if object == "account" && match != "" {
					continue
				}
				m := exchange.Mapping{Create: []string{"account", "stage"}, Match: match}
				r := exchange.Request{Object: object, Name: "x.csv", Mapping: m, DryRun: true, File: strings.NewReader(text)}
				dry := bringAs(t, k, k.Ada, r)
				for _, o := range []string{"deal", "account"} {
					if got := rows(t, k, o, "name"); len(got) > 0 {
						t.Fatalf("a dry run wrote %d %s", len(got), o)
					}
				}
				wet := bring(t, k, object, text, m)
				dry.Seconds, wet.Seconds, dry.Duplicates = 0, 0, 0 // only a check looks for duplicates
				if fmt.Sprint(dry.Counts) != fmt.Sprint(wet.Counts) || fmt.Sprint(dry.Errors) != fmt.Sprint(wet.Errors) || wet.Failed == 0 {
					t.Errorf("%s by %q: dry %+v\n%v\nwet %+v\n%v", object, match, dry.Counts, dry.Errors, wet.Counts, wet.Errors)
				}
				if _, err := importer(k).Undo(t.Context(), apptest.As(k.Ada), dry.ID); !fault.Is(err, fault.Conflict) {
					t.Errorf("undo of a dry run: %v", err)
				}
				undone, err := importer(k).Undo(t.Context(), apptest.As(k.Ada), wet.ID)
				if err != nil || len(undone.Kept) > 0 && object == "deal" {
					t.Fatalf("undo: %v %v", err, undone)
				}
				if got := rows(t, k, object, "name"); len(got) > 0 && object == "deal" {
					t.Fatalf("%d %s are left after the undo", len(got), object)
				}
			}
		}
	})
}

func TestRepMayNotImport(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		im := importer(k)
		r := exchange.Request{Object: "account", Name: "a.csv", File: strings.NewReader("name\nAcme\n")}
		if _, err := im.Start(t.Context(), apptest.As(k.Rita), r, false); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep may import: %v", err)
		}
		run := bring(t, k, "account", "name\nAcme\n", exchange.Mapping{})
		if _, err := im.Get(t.Context(), apptest.As(k.Bob), run.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else's import is shown: %v", err)
		}
	})
}

// Somebody who loses his rights in the middle stops; another goes on.
func TestRightsLostInTheMiddle(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		closed(t, k)
		im := importer(k)
		var b strings.Builder
		b.WriteString("name\n")
		for i := range 120 {
			fmt.Fprintf(&b, "Firm %04d\n", i)
		}
		id, err := im.Start(t.Context(), apptest.As(k.Bob), exchange.Request{Object: "account", Name: "a.csv", File: strings.NewReader(b.String())}, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := im.Go(t.Context(), id, func(c exchange.Counts) {
			if c.Rows == 50 {
				k.Write(t, k.Ada, func(s *record.Session) error {
					_, err := s.Update(t.Context(), access.Members.Name, k.Bob, 0, record.Values{"active": false})
					return err
				})
			}
		}); err != nil {
			t.Fatal(err)
		}
		run, err := im.Get(t.Context(), apptest.As(k.Ada), id)
		if err != nil || run.State != exchange.Stopped || run.Created != 50 || run.Error == "" {
			t.Fatalf("%v %+v", err, run)
		}
		if err := im.Resume(t.Context(), apptest.As(k.Ada), id, false); err != nil {
			t.Fatal(err)
		}
		counts(t, goOn(t, k, k.Ada, id), 120, 0, 0, 0)
		if n := len(rows(t, k, "account", "name")); n != 120 {
			t.Errorf("%d accounts", n)
		}
	})
}

// Rows that find a lead by its e-mail address give it a touch, where that is
// wanted; those that name it by its id do not.
func TestPeopleInAFileCameAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		file := "Email,Name\nann@home.example,Ann\nbo@home.example,Bo\n"
		counts(t, bring(t, k, "lead", file, exchange.Mapping{Match: "email"}), 1, 0, 1, 0)
		same(t, rows(t, k, "lead", "name", "source", "channel", "touch_count"), "Ann|api|API|1", "Bo|import|Import|1")
		counts(t, bring(t, k, "lead", file, exchange.Mapping{Match: "email", Touches: true}), 0, 2, 0, 0)
		same(t, rows(t, k, "lead", "name", "touch_count"), "Ann|2", "Bo|2")
		if run := bring(t, k, "contact", "Name\nAnn\n", exchange.Mapping{Touches: true}); run.State != exchange.Failed || !strings.Contains(run.Error, "touches") {
			t.Errorf("touches of contacts: %s %s", run.State, run.Error)
		}
	})
}

// Whoever comes again after his lead was given up or converted is a new lead, as at
// every other door; of several with one address the open one is meant. Without
// touches a file changes what it names.
func TestPeopleOfClosedLeadsComeAnew(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ann := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		bo := k.Create(t, k.Rita, "lead", record.Values{"name": "Bo", "email": "bo@home.example"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			if _, err := s.Update(t.Context(), "lead", ann, 0, record.Values{"status": "disqualified", "lost_reason": "no_budget"}); err != nil {
				return err
			}
			_, err := sales.Convert(t.Context(), s, bo, sales.Options{})
			return err
		})
		file := "Email,Name,Channel\nann@home.example,Ann,Fair\nbo@home.example,Bo,Fair\n"
		counts(t, bring(t, k, "lead", file, exchange.Mapping{Match: "email", Touches: true}), 2, 0, 0, 0)
		all := []string{"Ann|disqualified|1", "Ann|new|1", "Bo|converted|1", "Bo|new|1"}
		same(t, rows(t, k, "lead", "name", "status", "touch_count"), all...)
		counts(t, bring(t, k, "lead", file, exchange.Mapping{Match: "email", Touches: true}), 0, 2, 0, 0)
		all[1], all[3] = "Ann|new|2", "Bo|new|2"
		same(t, rows(t, k, "lead", "name", "status", "touch_count"), all...)
		counts(t, bring(t, k, "lead", file, exchange.Mapping{Match: "email"}), 0, 0, 0, 2) // which of the two?
	})
}
