package pipeline

import (
	"net/url"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// facts are what is set for a stage.
func facts(v *kit.View, o *schema.Object, x stage) string {
	var list []string
	if kind := x.Kind(); kind != sales.Open {
		f, _ := o.Field(sales.StageKind.Name())
		list = append(list, f.OptionLabel(kind, v.Lang))
	} else if set, ok := record.Get(x.Rec, sales.StageProbability); ok {
		list = append(list, v.T("web.pipeline.set_rate", "percent", v.Percent(set, 1)), measured(v, x))
	}
	if days := x.Usual(); days > 0 {
		list = append(list, v.T("web.pipeline.usual", "count", days, "n", v.Int(days)))
	}
	if key, ok := x.Rec.Field(sales.StageForecast.Name()).(string); ok && x.Kind() == sales.Open {
		f, _ := o.Field(sales.StageForecast.Name())
		list = append(list, f.OptionLabel(key, v.Lang))
	}
	if entry, ok := record.Get(x.Rec, sales.StageEntry); ok {
		list = append(list, v.T("web.pipeline.entry_if", "condition", entry))
	}
	return strings.Join(list, " · ")
}

// measured is how often deals in the stage were really won.
func measured(v *kit.View, x stage) string {
	rate, ok := x.Rate.Percent()
	if !ok {
		return v.T("web.pipeline.unmeasured")
	}
	return v.T("web.pipeline.measured", "percent", v.Percent(rate, 1), "won", v.Int(x.Rate.Won), "count", x.Rate.Closed, "n", v.Int(x.Rate.Closed))
}

// followers tells which deals follow a stage that gets another chance or
// category, and which keep their own.
func followers(v *kit.View, x sales.StageFollowers) string {
	said := []string{v.T("web.pipeline.follow", "count", x.Deals, "n", v.Int(x.Deals))}
	if x.OwnChance > 0 {
		said = append(said, v.T("web.pipeline.keep_chance", "count", x.OwnChance, "n", v.Int(x.OwnChance)))
	}
	if x.OwnForecast > 0 {
		said = append(said, v.T("web.pipeline.keep_category", "count", x.OwnForecast, "n", v.Int(x.OwnForecast)))
	}
	return strings.Join(said, " ")
}

// dealsURL lists the deals that stand in a stage.
func dealsURL(x stage) string {
	return "/deals?" + url.Values{"filter": {sales.DealStage.Name() + ` = "` + x.ID() + `"`}}.Encode()
}
