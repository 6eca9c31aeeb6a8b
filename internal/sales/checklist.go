package sales

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Asked is a question of the checklist with what is known of a lead.
type Asked struct {
	Question value.ID `json:"question"`
	Text     string   `json:"text"`
	Topic    string   `json:"topic,omitempty"`
	Help     string   `json:"help,omitempty"`
	Required bool     `json:"required"`
	// Answer is yes, no or unknown.
	Answer string   `json:"answer"`
	Note   string   `json:"note,omitempty"`
	Record value.ID `json:"record"` // the answer's; 0 while there is none
}

// Checklist is what there is to ask before a lead is qualified, in order.
func Checklist(ctx context.Context, s *record.Session, lead value.ID) ([]Asked, error) {
	if _, err := s.Get(ctx, Leads.Name, lead); err != nil {
		return nil, err
	}
	questions, err := s.Query(ctx, record.Query{Object: LeadQuestions.Name, Filter: "active = true", Sort: "position,id", Limit: 100})
	if err != nil {
		return nil, err
	}
	answers, err := s.Query(ctx, record.Query{Object: LeadAnswers.Name, Filter: `lead = "` + lead.String() + `"`, Limit: 500})
	if err != nil {
		return nil, err
	}
	list := make([]Asked, 0, len(questions.Records))
	for _, q := range questions.Records {
		a := Asked{Question: q.ID, Text: q.Title(), Answer: "unknown"}
		a.Topic, _ = record.Get(q, LeadQuestionTopic)
		a.Help, _ = record.Get(q, LeadQuestionHelp)
		a.Required, _ = record.Get(q, LeadQuestionRequired)
		for _, r := range answers.Records {
			if to, _ := record.Get(r, LeadAnswerQuestion); to == q.ID {
				a.Record = r.ID
				a.Answer, _ = record.Get(r, LeadAnswerIs)
				a.Note, _ = record.Get(r, LeadAnswerNote)
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// Answer says what is known of one question about a lead; another answer takes
// the place of the one before.
func Answer(ctx context.Context, s *record.Session, lead, question value.ID, is, note string) (record.Outcome, error) {
	if err := s.MayChange(ctx, Leads.Name, lead); err != nil {
		return record.Outcome{}, err
	}
	v := record.With(record.Values{}, LeadAnswerIs, is)
	v[LeadAnswerNote.Name()] = nil
	if note != "" {
		record.With(v, LeadAnswerNote, note)
	}
	var id value.ID
	found, err := s.Tx().Row(ctx, `SELECT id FROM {lead_answer} WHERE lead_id = $1 AND question_id = $2 AND deleted_at IS NULL`, []any{lead, question}, &id)
	if err != nil {
		return record.Outcome{}, err
	}
	if found {
		return s.Update(ctx, LeadAnswers.Name, id, 0, v)
	}
	record.With(v, LeadAnswerLead, lead)
	record.With(v, LeadAnswerQuestion, question)
	return s.Create(ctx, LeadAnswers.Name, v)
}

// pairAnswers writes down which lead and question an answer is of.
func pairAnswers(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		lead, _ := record.Will(d, LeadAnswerLead)
		question, _ := record.Will(d, LeadAnswerQuestion)
		record.Put(d, LeadAnswerKey, lead.String()+" "+question.String())
	}
	return nil
}

// checkAnswered wants the required questions answered with yes before a lead
// becomes qualified, or a customer, by hand.
func checkAnswered(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		status, _ := record.Will(d, LeadStatus)
		if !d.Changed(LeadStatus.Name()) || status != Qualified && status != Converted || s.Who().Imports() || d.Doing == record.Deleting {
			continue
		}
		if s.Who().System != "" { // an import of the past, or a job
			continue
		}
		missing, err := unanswered(ctx, s, d.ID)
		if err != nil {
			return err
		}
		for _, text := range missing {
			d.Refuse(LeadStage.Name(), "lead.unanswered", fault.Args{"question": text})
		}
	}
	return nil
}

// unanswered are the required questions that nobody answered with yes.
func unanswered(ctx context.Context, s *record.Session, lead value.ID) ([]string, error) {
	rows, err := s.Tx().Query(ctx, `SELECT q.name FROM {lead_question} q WHERE q.required IS TRUE AND q.active IS NOT FALSE AND q.deleted_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM {lead_answer} a WHERE a.lead_id = $1 AND a.question_id = q.id AND a.answer = 'yes' AND a.deleted_at IS NULL)
		ORDER BY q.position, q.id LIMIT 10`, lead)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}
