package exchange

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Person is somebody whose data goes: her record, and what else tells of her.
// A group of words tells of her where all of them stand in one row of a file:
// {"ann@bell.example"}, {"Ann", "Bell"}.
type Person struct {
	Record value.ID
	Groups [][]string
}

// Forget takes a person out of what imports and exports leave behind: the
// cells of rows that failed, the filters of exports, and by a job the stored
// files of imports. It is for erasing and for administrators.
func Forget(ctx context.Context, s *record.Session, p Person) error {
	if !s.Actor().Admin() && !s.Actor().System() {
		return fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	groups := markGroups(p.Groups)
	if err := forgetRows(ctx, s, p.Record, groups); err != nil {
		return err
	}
	if err := forgetFilters(ctx, s, p.Groups); err != nil {
		return err
	}
	if len(groups) == 0 {
		return nil
	}
	return s.Later(newForgetJob(s.Now(), groups))
}

// marks are what a cell is compared by: its text without case and accents, each
// address in it, and the end of a phone number, however it is written.
func marks(text string, add func(string)) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	folded := i18n.Fold(text)
	add(folded)
	if strings.Contains(folded, "@") {
		for _, token := range strings.FieldsFunc(folded, func(r rune) bool { return strings.ContainsRune(" ,;<>|\"'()[]\t\r\n", r) }) {
			if strings.Contains(token, "@") {
				add(token)
			}
		}
	}
	if digits, ok := phoneDigits(text); ok {
		add("tel:" + digits)
	}
}

// phoneDigits are the last eight digits of what can be a phone number.
func phoneDigits(text string) (string, bool) {
	var digits strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune("+-()/. \u00a0", r):
			return "", false
		}
	}
	n := digits.Len()
	return digits.String()[max(0, n-8):], n >= 7
}

// markGroups turns words into marks, one for each word: a phone number is
// known by its digits, anything else by its text.
func markGroups(groups [][]string) (out [][]string) {
	for _, group := range groups {
		var list []string
		for _, word := range group {
			mark := i18n.Fold(strings.TrimSpace(word))
			if digits, ok := phoneDigits(word); ok {
				mark = "tel:" + digits
			}
			if mark != "" {
				list = append(list, mark)
			}
		}
		if len(list) > 0 {
			out = append(out, list)
		}
	}
	return out
}

// told reports whether the marks of a row tell of the person.
func told(seen map[string]bool, groups [][]string) bool {
	for _, group := range groups {
		all := true
		for _, mark := range group {
			all = all && seen[mark]
		}
		if all {
			return true
		}
	}
	return false
}

// forgetRows empties the remembered rows that tell of the person. That they
// failed, and in which column, stays.
func forgetRows(ctx context.Context, s *record.Session, id value.ID, groups [][]string) error {
	rows, err := s.Tx().Query(ctx, `SELECT run, row, status, record, errors, raw FROM {import_row} WHERE raw IS NOT NULL ORDER BY run, row`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var changed [][]any
	for rows.Next() {
		run, _ := rows.Int(0)
		row, _ := rows.Int(1)
		status, _ := rows.Text(2)
		saved, _ := rows.Int(3)
		problems, _ := rows.Text(4)
		raw, _ := rows.Text(5)
		var cells []string
		if err := json.Unmarshal([]byte(raw), &cells); err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, c := range cells {
			marks(c, func(mark string) { seen[mark] = true })
		}
		if value.ID(saved) != id && !told(seen, groups) {
			continue
		}
		problems = strings.Clone(problems)
		if status == rowFailed {
			problems = withoutValues(problems)
		}
		changed = append(changed, []any{problems, "[]", run, row})
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, args := range changed {
		if _, err := s.Tx().Exec(ctx, `UPDATE {import_row} SET errors = $1, raw = $2 WHERE run = $3 AND row = $4`, args...); err != nil {
			return err
		}
	}
	return nil
}

// withoutValues keeps of a row's faults where they were.
func withoutValues(text string) string {
	var list []RowError
	if json.Unmarshal([]byte(text), &list) != nil {
		return "[]"
	}
	for i := range list {
		list[i].Value, list[i].Message = "", i18n.Text("en", "import.row_erased", nil)
	}
	b, err := json.Marshal(list)
	if err != nil { // plain texts and numbers
		return "[]"
	}
	return string(b)
}

// shortestWord is how long a word must be to be looked for inside a filter:
// "Li" stands in half of them.
const shortestWord = 5

// forgetFilters takes the person's words out of what exports were filtered by,
// in their log and in the notes of their acts.
func forgetFilters(ctx context.Context, s *record.Session, groups [][]string) error {
	var words []*regexp.Regexp
	for _, group := range groups {
		for _, word := range group {
			if utf8.RuneCountInString(word) >= shortestWord {
				words = append(words, regexp.MustCompile(`(?i)`+regexp.QuoteMeta(word)))
			}
		}
	}
	type line struct {
		act    int64
		filter string
	}
	rows, err := s.Tx().Query(ctx, `SELECT act, filter FROM {export_log} WHERE filter <> ''`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var changed []line
	for rows.Next() {
		act, _ := rows.Int(0)
		was, _ := rows.Text(1)
		now := was
		for _, word := range words {
			now = word.ReplaceAllLiteralString(now, "…")
		}
		if now != was {
			changed = append(changed, line{act, strings.Clone(now)})
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, l := range changed {
		if _, err := s.Tx().Exec(ctx, `UPDATE {export_log} SET filter = $1 WHERE act = $2`, l.filter, l.act); err != nil {
			return err
		}
		if _, err := s.Tx().Exec(ctx, `UPDATE {act} SET note = $1 WHERE id = $2`, l.filter, l.act); err != nil {
			return err
		}
	}
	return nil
}
