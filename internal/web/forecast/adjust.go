package forecast

import (
	"context"
	"net/url"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// adjust keeps what somebody says of a person's period, adds an outside factor,
// switches one off and on, or removes it.
func adjust(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	b := &board{form: form}
	var act value.ID
	err = c.Write("forecast.adjust", func(s *record.Session) error {
		if err := b.read(c, s, c.R.URL.Query()); err != nil {
			return err
		}
		err := b.put(c, s, form)
		act = s.Act()
		return err
	})
	switch {
	case door.Showable(err) && !fault.Is(err, fault.NotFound):
		b.err = err
		return b.answer(c)
	case err != nil:
		return err
	}
	text := c.View.T("web.forecast.saved")
	if form.Get("do") == "remove" {
		text = c.View.T("web.forecast.factor_removed")
	}
	return c.Leave(b.at(home), text, door.Undo(act))
}

func (b *board) put(c *door.Call, s *record.Session, form url.Values) error {
	switch form.Get("do") {
	case "factor":
		o := s.Schema().MustObject(sales.OutsideFactors.Name)
		v, err := parts.ReadAll(b.v, s, parts.Fields(o, factorFields...), form, "")
		if err != nil {
			return err
		}
		_, err = s.Create(c.Ctx, o.Name, v)
		return err
	case "switch", "remove":
		id, err := value.ParseID(form.Get("id"))
		if err != nil {
			return fault.New(fault.NotFound, "web.no_page", nil)
		}
		if form.Get("do") == "remove" {
			return s.Delete(c.Ctx, sales.OutsideFactors.Name, id)
		}
		r, err := s.Get(c.Ctx, sales.OutsideFactors.Name, id)
		if err != nil {
			return err
		}
		_, err = s.Update(c.Ctx, sales.OutsideFactors.Name, id, 0, record.With(record.Values{}, sales.FactorActive, !sales.ReadFactor(r).Active))
		return err
	}
	o := s.Schema().MustObject(sales.Adjustments.Name)
	v, err := parts.ReadAll(b.v, s, parts.Fields(o, sayFields...), form, "")
	if err != nil {
		return err
	}
	a := sales.Adjustment{Person: b.person, From: b.period.First(), To: b.period.Last()}
	a.Note, _ = v[sales.AdjustmentNote.Name()].(string)
	a.Amount, _ = v[sales.AdjustmentAmount.Name()].(value.Money)
	_, err = sales.Adjust(c.Ctx, s, a)
	return err
}

// factor is an outside factor as the page shows it.
type factor struct {
	sales.Outside
	may     bool // switch it off and on
	removes bool
}

// readFactors reads what moves the forecast from outside.
func (b *board) readFactors(ctx context.Context, s *record.Session) error {
	records, err := sales.FactorsIn(ctx, s, b.query())
	if err != nil {
		return err
	}
	o := s.Schema().MustObject(sales.OutsideFactors.Name)
	team, _ := o.Field(sales.FactorTeam.Name())
	for _, r := range records {
		f := factor{Outside: sales.ReadFactor(r)}
		leads := sales.MayFactor(s, f.Team)
		f.may = leads && s.Actor().Reaches(o, access.Update, r.Owner())
		f.removes = leads && s.Actor().Reaches(o, access.Delete, r.Owner())
		b.names.Want(team, f.Team)
		b.factors = append(b.factors, f)
	}
	return b.names.Load(ctx)
}
