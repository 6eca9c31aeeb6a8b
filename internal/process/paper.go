package process

import (
	"bytes"
	"cmp"
	"context"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// paper is the job that makes a document of a template, as it was filled when
// it was asked for, and attaches it to the record.
type paper struct {
	Source   value.ID `json:"source"` // rule or blueprint
	Object   string   `json:"object"`
	Record   value.ID `json:"record"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Language string   `json:"language"`
}

// Kind implements jobs.Job.
func (paper) Kind() string { return "process.paper" }

// document fills a template of a document; the file is made after the commit.
func document(ctx context.Context, s *record.Session, d *deed, h hit) error {
	w, err := Write(ctx, s, d.Template, h.record)
	if err != nil {
		return err
	}
	if w.Kind != DocumentTemplate {
		return fault.New(fault.Invalid, "process.not_a_document", fault.Args{"template": w.Name})
	}
	if err := s.MayChange(ctx, h.record.Object.Name, h.record.ID); err != nil {
		return err
	}
	as, err := underWay(s)
	if err != nil {
		return err
	}
	j := paper{Source: as.source(), Object: h.record.Object.Name, Record: h.record.ID, Title: first(strings.Join(strings.Fields(cmp.Or(w.Subject, w.Name)), " "), 150), Text: w.Body,
		Language: i18n.Choose("", cmp.Or(w.Language, s.Settings().Locale))}
	as.papers = append(as.papers, j)
	return s.Later(j)
}

// file is what the file is called: a stroke would end a folder's name.
func (j paper) file(at time.Time) string {
	return strings.NewReplacer("/", "-", `\`, "-").Replace(j.Title) + " " + at.Format(time.DateOnly) + ".pdf"
}

// print makes the file and attaches it in the name of the service member. A
// record that is gone meanwhile, or that he may not change, is told in the run
// log.
func (p *Process) print(ctx context.Context, e *record.Engine, run jobs.Run, j paper) error {
	who := record.Who{System: "documents", Door: "rule"}
	var pdf []byte
	if err := e.Read(ctx, who, func(s *record.Session) (err error) {
		pdf, err = p.needs.Paper(s, j.Title, j.Text, j.Language)
		return err
	}); err != nil {
		return err
	}
	blob, err := e.Upload(ctx, bytes.NewReader(pdf))
	if err != nil {
		return err
	}
	return e.Write(ctx, who, func(s *record.Session) error {
		if first, err := run.Done(ctx, s.Tx()); err != nil || !first {
			return err
		}
		err := s.Try(ctx, func() error {
			auto, _, err := asService(ctx, s)
			if err == nil {
				_, err = auto.Attach(ctx, j.Object, j.Record, j.file(s.Now().In(s.Env().Zone)), blob)
			}
			return err
		})
		if err == nil || !isFault(err) {
			return err
		}
		return logLater(ctx, s, j.Source, DoDocument, j.Object, j.Record, err)
	})
}
