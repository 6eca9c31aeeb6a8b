package apptest

import (
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Campaigned are leads that came by two sources and two campaigns, some by both, and
// what became of them.
type Campaigned struct {
	// From is the day on which all but one of them came.
	From value.Date
	// Leads, Sources and Campaigns are by name.
	Leads, Sources, Campaigns map[string]value.ID
}

// PlantCampaigns makes them: few enough that what each campaign brought and cost can
// be counted by hand.
func (k *Kit) PlantCampaigns(t testing.TB) *Campaigned {
	t.Helper()
	x := &Campaigned{Leads: map[string]value.ID{}, Sources: map[string]value.ID{}, Campaigns: map[string]value.ID{}}
	for name, way := range map[string]string{"Ads": "campaign", "Fair": "event"} {
		x.Sources[name] = k.Create(t, k.Ada, "lead_source", record.Values{"name": name, "way": way})
	}
	for _, name := range []string{"Spring", "Autumn"} {
		x.Campaigns[name] = k.Create(t, k.Ada, "campaign", record.Values{"name": name, "code": strings.ToLower(name) + "-26"})
	}
	k.plantLead(t, x, "Early", "Ads spring-26")
	k.Pass(30 * 24 * time.Hour)
	k.Read(t, k.Ada, func(s *record.Session) error { x.From = s.Today(); return nil })
	for _, c := range []struct{ name, source, campaign, amount string }{{"Banners", "Ads", "Spring", "60"}, {"A stand", "Fair", "Autumn", "90"}} {
		k.Create(t, k.Ada, "source_cost", record.Values{"name": c.name, "source": x.Sources[c.source], "campaign": x.Campaigns[c.campaign], "amount": c.amount, "first_day": x.From})
	}
	for _, way := range [][]string{{"Ann", "Ads spring-26", "Fair AUTUMN-26"}, {"Bo", "Ads autumn-26", "Ads Spring-26", "Fair"}, {"Cy", "Fair autumn-26"}, {"Di", "Ads spring-26"}, {"Eve"}, {"天津"}} {
		k.plantLead(t, x, way[0], way[1:]...)
	}
	k.Pass(time.Hour)
	k.Write(t, k.Ada, func(s *record.Session) error {
		if _, err := s.Update(t.Context(), "lead", x.Leads["Cy"], 0, record.Values{"status": sales.Qualified}); err != nil {
			return err
		}
		for _, d := range []struct {
			lead, amount string
			days         int
		}{{"Ann", "100", 5}, {"Bo", "200", 15}, {"Eve", "40", 7}} {
			c, err := sales.Convert(t.Context(), s, x.Leads[d.lead], sales.Options{Deal: record.Values{"amount": d.amount, "started_on": x.From.AddDays(-d.days)}})
			if err == nil {
				_, err = sales.Win(t.Context(), s, c.Deal, 0, sales.Close{})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return x
}

// plantLead makes a lead of Rita's with its touches, a minute apart: "source
// campaign".
func (k *Kit) plantLead(t testing.TB, x *Campaigned, name string, touches ...string) {
	t.Helper()
	x.Leads[name] = k.bring(t, "lead", []record.Change{{Values: record.Values{"name": name, "email": strings.ToLower(name) + "@home.example", "owner": k.Rita}, At: k.Now(), By: k.Rita}})[0]
	for i, text := range touches {
		source, campaign, _ := strings.Cut(text, " ")
		v := record.Values{"lead": x.Leads[name], "source": x.Sources[source], "at": k.Now().Add(time.Duration(i) * time.Minute)}
		if campaign != "" {
			v["campaign"] = campaign
		}
		k.Create(t, k.Ada, "touch", v)
	}
}
