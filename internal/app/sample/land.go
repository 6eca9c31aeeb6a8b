package sample

// land is a country that the sample sells in, with what names, addresses and
// texts of its own need.
type land struct {
	code     string // ISO 3166-1 alpha-2
	locale   string
	tongue   *tongue
	hours    int // ahead of UTC, near enough for working hours
	accounts int // how many of the customers
	cities   []city
	streets  []string // %d is the house number
	forms    []string // of companies; %s is the name
	mobile   func(s source) string
}

// city of a land. Dial makes a number there that nobody has.
type city struct {
	name, region, postal string
	lat, lon             float64
	dial                 string // a prefix of the number; the rest is filled
}

// tongue is a language: how people and firms are called and what reps write.
type tongue struct {
	code      string
	men       []string
	women     []string
	families  []string
	feminine  func(string) string // a family name as women bear it; nil when the same
	latin     func(string) string // to Latin letters; nil when it is written in them
	eastern   bool                // the family name stands first
	stems     []string            // of company names
	trades    map[string][]string // words for an industry in company names
	titles    []role
	projects  []string // what a deal is about; "v:", "l:" and "t:" say with which sensors
	sites     []string // where; %d is a number
	renewal   string   // name of a renewal; %d is the year
	expansion string   // name of an add-on order; %s is what
	text      phrases
}

// role is what a person does; the first ones decide.
type role struct{ title, department string }

// phrases are templates of what reps write. {contact} {product} {site} {n}
// {rooms} {days} {rival} are filled in; names stand in the nominative.
type phrases struct {
	notes      []string // while a deal runs
	won        []string
	lost       map[string]string // by reason
	calls      []said            // the first one is the first talk
	again      []said            // first talks with those who have bought before
	meetings   []said
	tasks      []said
	leadCalls  []said
	next       []string // next steps
	interests  []string // what leads ask for
	background []string // notes on an account
	places     []string // of meetings
}

// said is a subject with the text under it.
type said struct{ subject, body string }
