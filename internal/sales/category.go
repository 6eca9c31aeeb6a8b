package sales

import (
	"wellmet/internal/record"
)

// category is the one that the stage puts its deals in.
func (st stage) category() string {
	switch {
	case st.kind == Lost:
		return Omitted
	case st.kind == Won && st.forecast != Omitted:
		return Closed
	case st.forecast == "":
		return InPipeline
	case st.kind == Open && st.forecast == Closed: // nothing is closed before it is won
		return Commit
	}
	return st.forecast
}

// categorise puts a deal into a category of the forecast: its stage's, unless
// somebody says another of an open deal, which it then keeps through the open
// stages. Emptied, it follows its stage again.
func categorise(s *record.Session, d *record.Draft, st stage) {
	given := d.Given(DealForecast.Name())
	if s.Undoing() || !given && !d.Changed(DealStage.Name()) && !following(s) {
		return
	}
	said, ok := record.Will(d, DealForecast)
	own, _ := record.Will(d, DealOwnForecast)
	switch {
	case st.kind != Open:
		if given && ok && said != st.category() && !s.Who().Imports() && d.Doing == record.Updating && !d.Changed(DealStage.Name()) {
			d.Refuse(DealForecast.Name(), "deal.forecast_of_closed", nil)
			return
		}
		own = false
	case given && said == Closed && !s.Who().Imports():
		d.Refuse(DealForecast.Name(), "deal.forecast_of_open", nil)
		return
	case given:
		own = ok && said != Closed && said != st.category()
	}
	if !own {
		record.Put(d, DealForecast, st.category())
	}
	if was, _ := record.Was(d, DealOwnForecast); own || was {
		record.Put(d, DealOwnForecast, own)
	}
}
