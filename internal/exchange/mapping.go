package exchange

import (
	"encoding/json"
	"slices"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
)

// Mapping says what the columns of a file mean. Headers it leaves out are
// matched by name.
type Mapping struct {
	// Columns leads from headers to field paths: "amount", "account.name" (the
	// account of that name), "lines.product.name" (one line with that product),
	// "billing_address_city".
	Columns map[string]string `json:"columns,omitempty"`
	// Values replaces values of a path: {"stage.name": {"Closed": "Won"}}.
	Values map[string]map[string]string `json:"values,omitempty"`
	// Create lists links whose missing targets are made.
	Create []string `json:"create,omitempty"`
	// AcceptIncomplete lists fields that rules demand and rows may lack.
	AcceptIncomplete []string `json:"accept_incomplete,omitempty"`
	// Currency of bare amounts; "" = the workspace's.
	Currency string `json:"currency,omitempty"`
	// Ignore lists headers to leave out.
	Ignore []string `json:"ignore,omitempty"`
	// Match names the field by which rows find existing records to update.
	Match string `json:"match,omitempty"`
	// CreateFields makes custom fields for headers that match nothing.
	CreateFields bool `json:"create_fields,omitempty"`
	// Dates and Decimal overrule what the values of a column look like, by
	// header: "dmy", "mdy", "ymd"; "." or ",".
	Dates   map[string]string `json:"dates,omitempty"`
	Decimal map[string]string `json:"decimal,omitempty"`
	// Encoding, Separator and Sheet overrule what the file looks like.
	Encoding  string `json:"encoding,omitempty"`
	Separator string `json:"separator,omitempty"`
	Sheet     string `json:"sheet,omitempty"`
}

// ParseMapping reads a mapping file; unknown names in it are refused, because
// a misspelt one would silently change what is imported.
func ParseMapping(raw []byte) (Mapping, error) {
	var m Mapping
	if len(raw) == 0 {
		return m, nil
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return m, fault.New(fault.Invalid, "import.bad_mapping", fault.Args{"problem": err.Error()})
	}
	return m, nil
}

func (m Mapping) sheetOptions() sheet.Options {
	o := sheet.Options{Encoding: m.Encoding, Sheet: m.Sheet}
	if r := []rune(m.Separator); len(r) == 1 {
		o.Separator = r[0]
	}
	return o
}

// Guess proposes a path for each header that the mapping does not name, "" for
// those that match nothing.
func (m Mapping) Guess(o *schema.Object, s *schema.Schema, headers []string) map[string]string {
	taken := map[string]bool{}
	for _, path := range m.Columns {
		taken[path] = true
	}
	out := make(map[string]string, len(headers))
	for _, h := range headers {
		if path, ok := m.Columns[h]; ok {
			out[h] = path
			continue
		}
		if slices.Contains(m.Ignore, h) {
			continue
		}
		path := guessOne(o, s, h)
		if taken[path] {
			path = ""
		}
		taken[path] = path != ""
		out[h] = path
	}
	return out
}

// guessOne finds the field that a header means: its API name or a label in
// any language; for a link, with its title field.
func guessOne(o *schema.Object, s *schema.Schema, header string) string {
	plain := plainName(header)
	if plain == "" {
		return ""
	}
	if stem, rest, ok := strings.Cut(strings.TrimSpace(header), "."); ok {
		if f, found := o.Field(stem); found && f.Target != "" {
			if target, known := s.Object(f.Target); known {
				if _, has := target.Field(rest); has {
					return stem + "." + rest
				}
			}
		}
	}
	for _, f := range o.Fields {
		if f.Hidden || !f.Writable() || !names(f, plain) {
			continue
		}
		if f.IsLink() && f.ValueKind() != schema.KindFile {
			return f.Name + "." + s.Target(f).Title
		}
		return f.Name
	}
	if f, part, ok := o.AddressPart(strings.ReplaceAll(plain, " ", "_")); ok {
		return f.Name + "_" + part
	}
	if name, ok := synonyms[plain]; ok && name != "" {
		if f, has := o.Field(name); has && f.Writable() {
			return name
		}
	}
	return ""
}

func names(f *schema.FieldDef, plain string) bool {
	if plainName(f.Name) == plain {
		return true
	}
	for _, label := range f.Labels {
		if plainName(label) == plain {
			return true
		}
	}
	return false
}

// plainName is a header without case, accents, underscores and punctuation.
func plainName(s string) string {
	words := strings.FieldsFunc(i18n.Fold(s), func(r rune) bool {
		return r == '_' || r == '-' || r == ' ' || r == '.' || r == ':' || r == '/' || r == '\u00a0'
	})
	return strings.Join(words, " ")
}

// synonyms are what other programs call the fields that most files have.
var synonyms = map[string]string{
	"company": "name", "company name": "name", "account name": "name", "organization": "name", "organisation": "name",
	"product": "name", "product name": "name", "deal name": "name", "opportunity name": "name", "full name": "name",
	"title": "job_title", "position": "job_title", "e mail": "email", "email address": "email", "mail": "email",
	"telephone": "phone", "phone number": "phone", "tel": "phone", "mobile phone": "mobile", "cell": "mobile",
	"web": "website", "homepage": "website", "url": "website", "notes": "description", "comment": "description",
	"comments": "description", "given name": "first_name", "firstname": "first_name", "family name": "last_name",
	"surname": "last_name", "lastname": "last_name", "value": "amount", "expected close": "close_date",
	"closing date": "close_date", "close": "close_date", "sales price": "price", "list price": "price",
	"sector": "industry", "year established": "founded", "opportunity id": "external_id", "id": "external_id",
}
