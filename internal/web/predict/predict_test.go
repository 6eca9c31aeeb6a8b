package predict_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

func has(t *testing.T, a webtest.Answer, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("status %d, want %d", a.Status, status)
	}
	for _, w := range words {
		if no, without := strings.CutPrefix(w, "!"); without == strings.Contains(a.Body, no) {
			t.Errorf("wanted %q in %.4000s", w, a.Body)
		}
	}
}

// From the deal to the back-test and to what works: what is foretold, how well,
// and the deals behind a comparison.
func TestPredictionPages(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		has(t, ada.Get("/reports"), 200, "/reports/prediction", "/reports/what-works")
		has(t, ada.Get("/reports/prediction"), 200, "Nothing has been learnt yet", "Learn anew")
		has(t, ada.Get("/reports/what-works"), 200, "Too little to compare", "This is correlation")
		truth := s.Plant(t, apptest.Planting{Seed: 31, Deals: 900, Meetings: true})
		var open apptest.PlantedDeal
		for _, d := range truth.Deals {
			if d.Open() && d.Owner == s.Rita {
				open = d
			}
		}
		has(t, rita.Get("/deals/"+open.ID.String()), 200, "Win prediction", "Nothing has been learnt yet.", "Set for the stage")
		if err := s.Workspace.Relearn(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		has(t, rita.Get("/deals/"+open.ID.String()), 200, "Win prediction", "chance to win", "confidence", "deals that came into this stage", "Set for the stage")
		has(t, rita.Get("/deals?columns=name,win_prediction&sort=-win_prediction&filter=win_prediction+%3E+1"), 200, "Win prediction", "Planted deal")
		has(t, rita.Get("/reports/prediction"), 200, "Planted", "AUC", "Measured rate of the stage", "What was said, and what was", "First talk", "!Learn anew")
		works := rita.Get("/reports/what-works")
		has(t, works, 200, "Meeting in the first 14 days", "First talk → Demo → Offer → Contract", "clearly", "This is correlation")
		has(t, rita.Get("/reports/what-works?fact=0&side=with"), 200, "deals behind the figure", "/deals/")
		has(t, rita.Get("/reports/what-works?path=0"), 200, "deals behind the figure")
		has(t, rita.Get("/reports/what-works?fact=99&pipeline=x"), 200)
		for name, words := range map[string][]string{"prediction-quality": {"This prediction", "The same for every deal"}, "prediction-calibration": {"Foretold"},
			"what-works-facts": {"Meeting in the first 14 days", "clearly"}, "what-works-paths": {"First talk → Demo → Offer → Contract"}} {
			words = append(words, "Planted")
			has(t, rita.Get("/reports/"+name), 200, words...)
			has(t, rita.Get("/reports/"+name+"/print"), 200, words...)
			has(t, ada.Get("/reports/"+name+"/csv"), 200, words...)
			has(t, ada.Get("/reports/"+name+"/xlsx"), 200)
			has(t, rita.Get("/reports/"+name+"/csv"), 403) // she takes out her own deals alone
			has(t, rita.Get("/schedules?of=report:"+name), 200, "report:"+name)
		}
		has(t, rita.Get("/reports/prediction-quality"), 200, "!name=\"owner\"")
		has(t, rita.Get("/reports/what-works-facts"), 200, "/reports/what-works-facts/behind?")
		has(t, rita.Post("/reports/prediction", nil), 403)
		s.Pass(time.Minute)
		ms := strconv.FormatInt(s.Now().UnixMilli(), 10)
		has(t, ada.Get("/reports/prediction?asked="+ms), 200, "It is learning", "every 2s", "AUC")
		has(t, ada.Get("/reports/prediction?wait=1&asked="+ms), 204)
		asked := ada.Post("/reports/prediction", nil)
		if asked.Status != 303 {
			t.Fatalf("asked to learn: %d", asked.Status)
		}
		wait := asked.Header.Get("Location") + "&wait=1"
		if err := s.Workspace.Relearn(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		has(t, ada.Get(wait), 200, "Learnt anew", "AUC", "!every 2s")
		has(t, ada.Get("/reports/prediction?asked=x&wait=1"), 200, "!every 2s", "!Learnt anew")
		s.Mask(t, "deal.win_prediction")
		has(t, rita.Get("/deals/"+open.ID.String()), 200, "!chance to win")
		if a := rita.Get("/reports/prediction"); a.Status < 400 {
			t.Errorf("a masked prediction has a back-test: %d", a.Status)
		}
	})
}

// Deals out of sight are on no page of what works, nor behind its figures.
func TestWhatWorksShowsNothingOutOfSight(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		for _, name := range []string{"Secret one", "Secret two", "Secret three"} {
			id := s.Create(t, s.Rita, "deal", record.Values{"name": name, "account": account})
			s.Pass(time.Hour)
			s.Write(t, s.Rita, func(x *record.Session) error {
				_, err := sales.Move(t.Context(), x, sales.Step{Deal: id, Kind: sales.Lost, Close: sales.Close{Reason: "price"}})
				return err
			})
		}
		shown := []string{"Compared: 0 won and 3 lost deals.", "Too little to compare", "It takes ten deals on each side.", "This is correlation", "0% won, 0 of 3", "3 deals behind the figure", "Secret two"}
		rita, olga := s.User(t, s.Rita), s.User(t, s.Olga)
		has(t, rita.Get("/reports/what-works?path=0"), 200, shown...)
		has(t, olga.Get("/reports/what-works?path=0"), 200, shown...)
		s.Write(t, s.Ada, func(x *record.Session) error {
			return access.SetOpenness(t.Context(), x.Tx(), x.Schema().MustObject("deal"), access.Private)
		})
		has(t, rita.Get("/reports/what-works?path=0"), 200, shown...)
		has(t, olga.Get("/reports/what-works?path=0"), 200, "Compared: 0 won and 0 lost deals.", "Too little to compare", "!Secret", "!behind the figure", "!Ways through")
		has(t, olga.Get("/reports/what-works-paths"), 200, "!Prospecting", "It takes ten deals on each side.")
	})
}

// Where little is known, the deal's page says so and shows the rate of its stage:
// from the first deal on, before anything has ended, and in a new pipeline.
func TestTheDealSaysWhyNothingIsForetold(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "First", "account": account})
		first := "/deals/" + deal.String()
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		relearn := func() {
			if err := s.Workspace.Relearn(t.Context(), false); err != nil {
				t.Fatal(err)
			}
		}
		few := "Too few deals have ended to foretell; it takes 50, at least 10 of them won and 10 lost."
		has(t, rita.Get(first), 200, "Win prediction", few, "Set for the stage: 10%", "!came into this stage")
		if _, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada, Door: "page"}, []schema.Change{
			{Op: schema.ChangeObject, Object: "deal", Set: json.RawMessage(`{"layout":{"card":["win_prediction"]}}`)}}, 0); err != nil {
			t.Fatal(err)
		}
		all, board := "/deals?layout=table&columns=name,win_prediction", "/deals?layout=board"
		list := all + "&filter=name+%3D+%22First%22"
		has(t, rita.Get(list), 200, `title="`+few+`">Too few deals<`)
		has(t, rita.Get(board), 200, "Win prediction: Too few deals")
		small := s.Plant(t, apptest.Planting{Seed: 13, Deals: 30})
		relearn()
		for _, d := range small.Deals {
			if d.Open() {
				has(t, ada.Get("/deals/"+d.ID.String()), 200, few, "that came into this stage", "Set for the stage", "!chance to win")
			}
		}
		s.Plant(t, apptest.Planting{Seed: 14, Deals: 300, In: small})
		relearn()
		has(t, rita.Get(first), 200, "This pipeline is new: too few of its deals have ended to foretell.", "Set for the stage: 10%")
		has(t, rita.Get(list), 200, `title="This pipeline is new: too few of its deals have ended to foretell.">New pipeline<`, "!Too few")
		has(t, rita.Get(board), 200, "Win prediction: New pipeline")
		has(t, ada.Get(all+"&filter=win_prediction+%3E+0"), 200, "Planted deal", "!New pipeline", "!Too few")
		has(t, rita.Get(list+"&as_of="+s.Now().AddDate(0, 0, -1).Format(time.DateOnly)), 200, "!New pipeline")
		rita.Lang = "zh"
		has(t, rita.Get(first), 200, "此管道是新的")
		has(t, rita.Get(list), 200, ">新管道<")
		rita.Lang = "en"
		s.Write(t, s.Rita, func(x *record.Session) error {
			_, err := sales.Move(t.Context(), x, sales.Step{Deal: deal, Kind: sales.Lost, Close: sales.Close{Reason: "price"}})
			return err
		})
		has(t, rita.Get(list), 200, "First", "!New pipeline")
		s.Mask(t, "deal.win_prediction")
		has(t, rita.Get(first), 200, "!Win prediction", "!This pipeline is new")
		has(t, rita.Get(list), 200, "!New pipeline")
		has(t, rita.Get(board), 200, "!New pipeline")
	})
}

// Where all that has ended was won, the deal and the page of the back-test say so, and
// the rate of the stage stands there: all of it.
func TestOneSideForetellsNothing(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		first := "/deals/" + s.Create(t, s.Rita, "deal", record.Values{"name": "First", "account": account}).String()
		s.Ended(t, 60, sales.Won)
		if err := s.Workspace.Relearn(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		rita := s.User(t, s.Rita)
		said := "60 deals have ended here, 60 of them won and 0 lost. It takes 10 of each to learn from."
		has(t, rita.Get(first), 200, said, "Of 60 deals that came into this stage and have ended, 100% were won.", "Set for the stage: 10%", "!chance to win", "!Too few deals")
		has(t, s.User(t, s.Ada).Get("/reports/prediction"), 200, said, "100%", "!AUC")
		rita.Lang = "ru"
		has(t, rita.Get(first), 200, "Здесь завершено сделок: 60, выиграно 60, проиграно 0.")
		s.Mask(t, "deal.win_prediction")
		rita.Lang = "en"
		has(t, rita.Get(first), 200, "!have ended here", "!came into this stage")
	})
}
