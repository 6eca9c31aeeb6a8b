package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

const (
	usualLimit = 50
	mostLimit  = 500
)

// readQuery takes the parameters that the operation knows. An unknown one is
// refused: a misspelt filter would answer with everything.
func (c *call) readQuery() error {
	if c.r.URL.RawQuery == "" {
		return nil
	}
	values, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return fault.New(fault.Invalid, "api.bad_query", nil).Because(err)
	}
	c.query = make(map[string]string, len(values))
	for name, list := range values {
		p, ok := c.op.param(name)
		if !ok {
			return c.unknownParameter(name)
		}
		if len(list) > 1 {
			return badParameter("api.parameter_twice", name, "", nil)
		}
		if err := p.check(list[0]); err != nil {
			return err
		}
		c.query[name] = list[0]
	}
	return nil
}

func (c *call) unknownParameter(name string) error {
	known := make([]string, len(c.op.query))
	for i, p := range c.op.query {
		known[i] = p.name
	}
	slices.Sort(known)
	name = value.Printable(name)
	key, args := "api.unknown_parameter", fault.Args{"name": name, "known": strings.Join(known, ", ")}
	if near := schema.Suggest(name, known); near != "" {
		key, args["near"] = "api.unknown_parameter_near", near
	}
	return badParameter(key, name, "", args)
}

func badParameter(key, name, got string, args fault.Args) error {
	if args == nil {
		args = fault.Args{"name": name}
	}
	return fault.New(fault.Invalid, key, args).With(fault.Field{Path: name, Key: key, Args: args, Value: value.Printable(got)})
}

// check refuses a value that is not of the parameter's kind.
func (p param) check(text string) error {
	mistake := func(wanted string) error {
		return badParameter("api.bad_parameter", p.name, text, fault.Args{"name": p.name, "wanted": wanted, "got": value.Printable(text)})
	}
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return mistake(kindText)
	case p.options != nil && !slices.Contains(p.options, text):
		return mistake(strings.Join(p.options, ", "))
	case p.kind == kindWhole:
		if n, err := strconv.Atoi(text); err != nil || n < 1 {
			return mistake("1, 2, 3 …")
		}
	case p.kind == kindYes && text != "true" && text != "false":
		return mistake("true, false")
	case p.kind == kindDate:
		if _, err := value.ParseDate(text); err != nil {
			return mistake("2026-01-31")
		}
	case p.kind == kindID:
		if _, err := value.ParseID(text); err != nil {
			return mistake("id")
		}
	}
	return nil
}

// arg is a parameter, "" when it is not given.
func (c *call) arg(name string) string { return c.query[name] }

func (c *call) flag(name string) bool { return c.query[name] == "true" }

// names is a list parameter; nil when it is not given.
func (c *call) names(name string) []string {
	text, ok := c.query[name]
	if !ok {
		return nil
	}
	out := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// limit is the parameter of that name, at most most.
func (c *call) limit(usual, most int) (int, error) {
	text, ok := c.query["limit"]
	if !ok {
		return usual, nil
	}
	n, _ := strconv.Atoi(text) // checked
	if n > most {
		return 0, badParameter("api.limit", "limit", text, fault.Args{"max": most, "got": n})
	}
	return n, nil
}

var counts = map[string]record.CountMode{"": record.CountNone, "none": record.CountNone,
	"capped": record.CountCapped, "exact": record.CountExact}

// listing is the query that the parameters of a list ask for.
func (c *call) listing() (record.Query, error) {
	limit, err := c.limit(usualLimit, mostLimit)
	return record.Query{Filter: c.arg("filter"), Sort: c.arg("sort"), Fields: c.names("fields"), Limit: limit,
		Cursor: c.arg("cursor"), Count: counts[c.arg("count")], Text: c.arg("q"), Trash: c.flag("trash")}, err
}
