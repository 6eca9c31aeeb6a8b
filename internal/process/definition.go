package process

import (
	"encoding/json"
	"io"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/value"
)

// Definition is a process as its author writes it: states in their order, and
// the moves between them. States are named by the key of a choice, or by the
// id of a record of a state list.
type Definition struct {
	States []State `json:"states"`
	Moves  []Move  `json:"moves"`
	// Skip and Back say what becomes of a change for which there is no move:
	// forward over states, or back.
	Skip Leave `json:"skip,omitempty"`
	Back Leave `json:"back,omitempty"`
	// Override names who may make any change, with a reason.
	Override *Who `json:"override,omitempty"`
}

// Leave is how freely something may be done.
type Leave string

// No is refused, Reason wants one said, Free needs nothing.
const (
	No     Leave = ""
	Reason Leave = "reason"
	Free   Leave = "free"
)

// State is one state of the process.
type State struct {
	State string `json:"state"`
	// Start marks where a record may begin; when none is marked, anywhere.
	Start bool `json:"start,omitempty"`
	// End marks a state that nothing follows.
	End bool `json:"end,omitempty"`
	// Optional states are not missed when they are passed over.
	Optional bool `json:"optional,omitempty"`
	// Pause stops the clock of the state that it interrupts.
	Pause     bool       `json:"pause,omitempty"`
	Limit     *Limit     `json:"limit,omitempty"`
	Tips      []string   `json:"tips,omitempty"`
	Templates []value.ID `json:"templates,omitempty"`
}

// Limit is how long a record may stay in a state.
type Limit struct {
	hours.Duration
	// Warn is how long before the end its owner is reminded: nil = in good time
	// for the limit, nothing = not at all.
	Warn *hours.Duration `json:"warn,omitempty"`
	// Tell are those who learn that it is over: owner, manager, role:<key>,
	// team:<id> or the id of a member.
	Tell []string `json:"tell,omitempty"`
	// Then is done when it is over.
	Then []Action `json:"then,omitempty"`
}

// Warning is how long before the end the owner is reminded: where nobody said, a
// day before a limit of several days, else a quarter of the limit.
func (l *Limit) Warning() hours.Duration {
	if l.Warn != nil {
		return *l.Warn
	}
	finer := map[hours.Unit]hours.Duration{hours.Days: {N: 24, Unit: hours.Hours}, hours.BusinessDays: {N: 8, Unit: hours.BusinessHours},
		hours.Hours: {N: 60, Unit: hours.Minutes}, hours.BusinessHours: {N: 60, Unit: hours.BusinessMinutes}}
	in, coarse := finer[l.Unit]
	switch {
	case !coarse:
		return hours.Duration{N: l.N / 4, Unit: l.Unit}
	case l.N > 1 && (l.Unit == hours.Days || l.Unit == hours.BusinessDays):
		return hours.Duration{N: 1, Unit: l.Unit}
	}
	return hours.Duration{N: max(1, l.N*in.N/4), Unit: in.Unit}
}

// Move is a way from some states to another.
type Move struct {
	Key  string   `json:"key"`
	Name string   `json:"name"`
	From []string `json:"from,omitempty"` // none = from any state
	To   string   `json:"to"`

	// Who may make it; nil = whoever may change the record.
	Who *Who `json:"who,omitempty"`
	// When it may be made, and what is said when not.
	When string `json:"when,omitempty"`
	Why  string `json:"why,omitempty"`

	Ask       []Ask   `json:"ask,omitempty"`
	Checklist []Check `json:"checklist,omitempty"`
	Note      Wish    `json:"note,omitempty"`
	File      Wish    `json:"file,omitempty"`

	Tips      []string   `json:"tips,omitempty"`
	Templates []value.ID `json:"templates,omitempty"`
	Then      []Action   `json:"then,omitempty"`
}

// Wish is how much something is wanted.
type Wish string

// None is not asked for, May is offered, Must is required.
const (
	None Wish = ""
	May  Wish = "may"
	Must Wish = "must"
)

// Ask is a field that is asked for during a move.
type Ask struct {
	Field string `json:"field"`
	// Optional fields are offered and may stay empty.
	Optional bool `json:"optional,omitempty"`
	// Anew wants the field said in this very move, whatever it holds.
	Anew bool   `json:"anew,omitempty"`
	Help string `json:"help,omitempty"`
}

// Check is a point of a checklist.
type Check struct {
	Key      string `json:"key"`
	Text     string `json:"text"`
	Optional bool   `json:"optional,omitempty"`
}

// Who names people; whoever is named in any way is meant.
type Who struct {
	Owner   bool       `json:"owner,omitempty"`
	Manager bool       `json:"manager,omitempty"` // the owner's
	Roles   []string   `json:"roles,omitempty"`   // keys, or ids of roles without one
	Teams   []value.ID `json:"teams,omitempty"`   // with those below
	Members []value.ID `json:"members,omitempty"`
}

// Action is something that is done; Do says what.
type Action struct {
	Do string `json:"do"`
	// Field and Value of "set": a neutral text, "" for empty, or "=expression".
	Field string `json:"field,omitempty"`
	Value string `json:"value,omitempty"`
	// To is a state for "move"; a member, "owner" or "manager" for "task" and
	// "assign", or the name of an assignment rule as "rule:<name>"; an e-mail
	// address or an expression for one as "=contact.email" for "send".
	To string `json:"to,omitempty"`
	// Tasks lets the old owner's open tasks follow to whom "assign" gives the
	// record.
	Tasks bool `json:"tasks,omitempty"`
	// Tell are the receivers of "notify", as those of a limit.
	Tell []string `json:"tell,omitempty"`
	// Text may hold placeholders: the subject of a task, the words of a notice
	// or of a refusal.
	Text     string          `json:"text,omitempty"`
	Due      *hours.Duration `json:"due,omitempty"`
	Template value.ID        `json:"template,omitempty"`
	Webhook  value.ID        `json:"webhook,omitempty"`
}

// What can be done.
const (
	DoSet     = "set"
	DoTask    = "task"
	DoMove    = "move"
	DoAssign  = "assign"
	DoNotify  = "notify"
	DoSend    = "send"
	DoWebhook = "webhook"
	DoRefuse  = "refuse" // of rules that check
	// DoDocument fills a template of a document and attaches it to the record.
	DoDocument = "document"
)

// The most that a definition may hold.
const (
	maxStates  = 60
	maxMoves   = 400
	maxActions = 20
	maxAsks    = 40
)

// ParseDefinition reads a definition; unknown words are refused, so that a
// misspelt condition does not vanish.
func ParseDefinition(text string) (*Definition, error) {
	d := &Definition{}
	if strings.TrimSpace(text) == "" {
		return d, nil
	}
	if err := strict(text, d); err != nil {
		return nil, fault.New(fault.Invalid, "process.bad_definition", fault.Args{"problem": value.Printable(err.Error())})
	}
	if len(d.States) > maxStates || len(d.Moves) > maxMoves {
		return nil, fault.New(fault.TooLarge, "process.too_large", fault.Args{"states": maxStates, "moves": maxMoves})
	}
	return d, nil
}

// ParseActions reads a list of actions.
func ParseActions(text string) ([]Action, error) {
	var list []Action
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if err := strict(text, &list); err != nil {
		return nil, fault.New(fault.Invalid, "process.bad_definition", fault.Args{"problem": value.Printable(err.Error())})
	}
	return list, nil
}

// String is the definition as it is kept.
func (d *Definition) String() string { return marshal(d) }

func strict(text string, into any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errTrailing
	}
	return nil
}

type plainError string

func (e plainError) Error() string { return string(e) }

const errTrailing plainError = "more than one value"

// marshal writes what cannot fail to be written: plain data.
func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("process: plain data does not marshal: " + err.Error())
	}
	return string(b)
}

// ActionsText is a list of actions as it is kept.
func ActionsText(list []Action) string {
	if len(list) == 0 {
		return ""
	}
	return marshal(list)
}
