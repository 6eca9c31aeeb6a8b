package views

import (
	"wellmet/internal/record"
	"wellmet/internal/web/kit"
)

// lookBack takes the look to a moment that is over. Nothing can be changed
// there; words cannot be searched for, and the trash has no past.
func (st *State) lookBack(v *kit.View, s *record.Session, text string) {
	if text == "" || st.Trash {
		return
	}
	at, err := s.ParseAsOf(text)
	if err != nil {
		st.Notes = append(st.Notes, v.Fault(err))
		return
	}
	if !st.Travels() {
		st.Notes = append(st.Notes, v.T("web.views.no_past"))
		return
	}
	if st.Text != "" {
		st.Text = ""
		st.Notes = append(st.Notes, v.T("web.views.past_text"))
	}
	st.AsOf, st.day, st.May = at, clip(text, 40), Rights{}
}

// Travels reports whether the object's past is known.
func (st *State) Travels() bool { return st.Object.SpanTable() != "" }

// Past reports whether the look is back at a moment that is over.
func (st *State) Past() bool { return !st.AsOf.IsZero() }
