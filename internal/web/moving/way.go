package moving

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// said is what the dialogue was told beside fields.
func said(form url.Values) record.Said {
	return record.Said{Note: strings.TrimSpace(form.Get("note")), Reason: strings.TrimSpace(form.Get("reason")), Checked: form["check"]}
}

// find finds the way that the process has for this move, one that is open
// before one that is not.
func (x *dialogue) find(s *record.Session) error {
	list, err := process.Standings(x.m.c.Ctx, s, x.record)
	if err != nil {
		return err
	}
	for _, st := range list {
		for i := range st.Moves {
			t := &st.Moves[i]
			if st.Field != x.m.field.Name || x.way != nil && x.way.Blocked == "" {
				continue
			}
			leads, err := x.m.leads(s, t)
			if err != nil {
				return err
			}
			if leads {
				x.way = t
			}
		}
	}
	return nil
}

// leads reports whether the way ends where the move goes: in its state, or in
// one of its kind.
func (m *moving) leads(s *record.Session, t *process.Transition) (bool, error) {
	if m.to != nil {
		return schema.Neutral(m.to) == t.To, nil
	}
	id, ok := t.Value.(value.ID)
	if !ok || m.kind == "" {
		return false, nil
	}
	kinds := sales.StageKind
	if !byStage(m.field) {
		kinds = sales.LeadStageKind
	}
	found, err := s.GetMany(m.c.Ctx, m.field.Target, []value.ID{id})
	if err != nil || found[id] == nil {
		return false, err
	}
	kind, _ := record.Get(found[id], kinds)
	return kind == m.kind, nil
}

// asked is what the way asks of a field, nil for nothing.
func (x *dialogue) asked(field string) *process.Asked {
	if x.way == nil {
		return nil
	}
	if i := slices.IndexFunc(x.way.Ask, func(a process.Asked) bool { return a.Field == field }); i >= 0 {
		return &x.way.Ask[i]
	}
	return nil
}

// help is what the process says beside a field.
func (x *dialogue) help(field string) string {
	if a := x.asked(field); a != nil {
		return a.Help
	}
	return ""
}

// asks reports whether there is something to say beside fields.
func (x *dialogue) asks() bool {
	return x.wantsReason() || x.way != nil && (len(x.way.Checklist) > 0 || x.way.Note != process.None || x.way.File != process.None)
}

func (x *dialogue) wantsNote() bool { return x.closing || x.way != nil && x.way.Note != process.None }

func (x *dialogue) mustNote() bool { return x.way != nil && x.way.Note == process.Must }

func (x *dialogue) wantsFile() bool { return x.way != nil && x.way.File != process.None }

func (x *dialogue) mustFile() bool { return x.way != nil && x.way.File == process.Must }

func (x *dialogue) wantsReason() bool {
	return x.way != nil && x.way.Reason || blamed(x.fault, record.SaidKey+".reason") != nil || x.m.form.Has("reason")
}

func (x *dialogue) ticked(key string) bool { return slices.Contains(x.m.form["check"], key) }

// wrong is why the move was refused for something that is said; nobody is
// blamed for what he was not asked yet.
func (x *dialogue) wrong(what string) string {
	if f := blamed(x.fault, record.SaidKey+"."+what); f != nil && x.opened {
		return x.m.c.View.FieldFault(*f)
	}
	return ""
}

// upload is a file that came with the dialogue.
type upload struct {
	name string
	blob store.Blob
}

// receive stores the files of the form, for whoever may change the record.
func (m *moving) receive() error {
	if m.c.R.MultipartForm == nil || len(m.c.R.MultipartForm.File["file"]) == 0 {
		return nil
	}
	err := m.c.Read(func(s *record.Session) error {
		if err := m.find(s); err != nil {
			return err
		}
		return s.MayChange(m.c.Ctx, m.o.Name, m.id)
	})
	if err != nil {
		return err
	}
	for _, h := range m.c.R.MultipartForm.File["file"] {
		if h.Size == 0 {
			continue
		}
		f, err := h.Open()
		if err != nil {
			return err
		}
		blob, err := m.c.WS.Engine().Upload(m.c.Ctx, f)
		_ = f.Close()
		if err != nil {
			return err
		}
		m.files = append(m.files, upload{h.Filename, blob})
	}
	return nil
}

// attach ties the files to the record before it moves.
func (m *moving) attach(s *record.Session) error {
	for _, f := range m.files {
		if _, err := s.Attach(m.c.Ctx, m.o.Name, m.id, f.name, f.blob); err != nil {
			return err
		}
	}
	return nil
}

// blame ties a control to what is said below it.
func blame(id, text string) templ.Attributes {
	if text == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": id}
}
