package exchange

import (
	"encoding/json"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
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
	// AssignOwners leaves new records without an owner to the assignment rules;
	// those that no rule takes are the importer's, as all are otherwise.
	AssignOwners bool `json:"assign_owners,omitempty"`
	// Currency of bare amounts; "" = the workspace's.
	Currency string `json:"currency,omitempty"`
	// Ignore lists headers to leave out.
	Ignore []string `json:"ignore,omitempty"`
	// Match names the field by which rows find existing records to update.
	Match string `json:"match,omitempty"`
	// Touches gives people whom rows find by Match a touch: they came again. Whose
	// work has ended comes as a new one.
	Touches bool `json:"touches,omitempty"`
	// CreateFields makes custom fields for headers that match nothing.
	CreateFields bool `json:"create_fields,omitempty"`
	// NewFields lists headers for which custom fields are made, whatever they
	// look like.
	NewFields []string `json:"new_fields,omitempty"`
	// Dates and Decimal overrule what the values of a column look like, by
	// header: "dmy", "mdy", "ymd"; "." or ",".
	Dates   map[string]string `json:"dates,omitempty"`
	Decimal map[string]string `json:"decimal,omitempty"`
	// Encoding, Separator and Sheet overrule what the file looks like.
	Encoding  string `json:"encoding,omitempty"`
	Separator string `json:"separator,omitempty"`
	Sheet     string `json:"sheet,omitempty"`
	// Header is the row of the header; -1 says that there is none.
	Header int `json:"header,omitempty"`

	// seen is how the same headers were matched last time.
	seen remembered
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
	o := sheet.Options{Encoding: m.Encoding, Sheet: m.Sheet, Header: m.Header}
	if r := []rune(m.Separator); len(r) == 1 {
		o.Separator = r[0]
	}
	return o
}
