package designer

import (
	"cmp"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
)

// form is the form of one field, as it is or as it was typed.
type form struct {
	Object *schema.Object
	Field  *schema.FieldDef // nil for a new one
	Kind   schema.Kind      // it has, or is to have
	Lang   string
	Base   int64
	Was    string // the attributes when the page was loaded, as JSON

	Name    string
	Labels  map[string]string
	Texts   map[string]string // attributes typed as text
	Flags   map[string]bool
	Options []choice

	Err   error
	Wrong string // the attribute that Err is about

	Used    int64 // records with a value
	Counts  map[string]int64
	Targets []*schema.Object
	Rolls   []*schema.FieldDef // links that a roll-up could count
}

// choice is one option in the form.
type choice struct {
	Key, Color string
	Labels     map[string]string
	Hidden     bool
}

// textual are the attributes of the form that are typed as text, flags those
// that are ticked.
var (
	textual = []string{"help", "default", "scale", "max", "low", "high", "currency", "prefix", "digits", "target", "inverse", "on_delete",
		"formula", "roll", "function", "of", "filter"}
	flags = []string{"required", "unique", "hidden", "search", "many", "tracked", "gapless"}
)

// fill takes the attributes of a field over into the form.
func (f *form) fill(d *schema.FieldDef) {
	f.Labels, f.Texts, f.Flags = map[string]string{}, map[string]string{}, map[string]bool{}
	for _, l := range languages(f.Lang) {
		f.Labels[l] = d.Labels[l]
	}
	f.Texts["help"], f.Texts["default"], f.Texts["currency"], f.Texts["target"] = d.Help, d.Default, d.Currency, d.Target
	f.Texts["inverse"], f.Texts["on_delete"], f.Texts["formula"] = d.Inverse, string(d.OnDelete), d.Formula
	f.Texts["scale"], f.Texts["max"] = strconv.Itoa(d.Scale), plainInt(d.Max)
	if d.Low != nil {
		f.Texts["low"] = strconv.FormatInt(*d.Low, 10)
	}
	if d.High != nil {
		f.Texts["high"] = strconv.FormatInt(*d.High, 10)
	}
	if n := d.Number; n != nil {
		f.Texts["prefix"], f.Texts["digits"], f.Flags["gapless"] = n.Prefix, strconv.Itoa(n.Digits), n.Gapless
	}
	if r := d.Rollup; r != nil {
		f.Texts["roll"], f.Texts["function"], f.Texts["of"], f.Texts["filter"] = r.Child+"."+r.Link, r.Function, r.Field, r.Filter
	}
	f.Flags["required"], f.Flags["unique"], f.Flags["hidden"] = d.Required, d.Unique, d.Hidden
	f.Flags["search"], f.Flags["many"], f.Flags["tracked"] = d.Search || d.Fragments, d.Many, d.Tracked
	f.Options = nil
	for _, o := range d.Options {
		f.Options = append(f.Options, choice{Key: o.Key, Color: o.Color, Labels: labelsOf(o.Labels, f.Lang), Hidden: o.Hidden})
	}
}

func labelsOf(labels map[string]string, lang string) map[string]string {
	all := map[string]string{}
	for _, l := range languages(lang) {
		all[l] = labels[l]
	}
	return all
}

func plainInt(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// read takes over what was typed. The label in the reader's own language is
// shown even if it is only the catalogue's; left as it was it is nobody's word.
func (f *form) read(in url.Values) {
	f.Name, f.Was = strings.TrimSpace(in.Get("name")), in.Get("was")
	f.Base, _ = strconv.ParseInt(in.Get("base"), 10, 64)
	f.Labels, f.Texts, f.Flags, f.Options = map[string]string{}, map[string]string{}, map[string]bool{}, nil
	for _, l := range languages(f.Lang) {
		f.Labels[l] = strings.TrimSpace(in.Get("label." + l))
	}
	if f.Field != nil && f.Field.Labels[f.Lang] == "" && f.Labels[f.Lang] == f.Field.Label(f.Lang) {
		f.Labels[f.Lang] = ""
	}
	for _, name := range textual {
		f.Texts[name] = strings.TrimSpace(in.Get(name))
	}
	for _, name := range flags {
		f.Flags[name] = in.Get(name) != ""
	}
	for i := range 300 {
		at := "opt." + strconv.Itoa(i) + "."
		if !in.Has(at + "color") {
			break
		}
		c := choice{Key: in.Get(at + "key"), Color: in.Get(at + "color"), Hidden: in.Get(at+"hidden") != "", Labels: map[string]string{}}
		for _, l := range languages(f.Lang) {
			c.Labels[l] = strings.TrimSpace(in.Get(at + "label." + l))
		}
		f.Options = append(f.Options, c)
	}
}

// act does what a button of the form asks for without saving: an option more,
// or in another place. It reports whether there was one.
func (f *form) act(do string) bool {
	verb, rest, _ := strings.Cut(do, ":")
	i, _ := strconv.Atoi(rest)
	switch {
	case verb == "option":
		f.Options = append(f.Options, choice{Labels: map[string]string{}})
	case verb == "up" && i > 0 && i < len(f.Options):
		f.Options[i-1], f.Options[i] = f.Options[i], f.Options[i-1]
	case verb == "down" && i >= 0 && i < len(f.Options)-1:
		f.Options[i+1], f.Options[i] = f.Options[i], f.Options[i+1]
	case verb == "up", verb == "down":
	default:
		return false
	}
	return true
}

// Shown is a label as the form has it: in the reader's language what the field
// is called there, whoever's word that is.
func (f *form) Shown(lang string) string {
	if lang == f.Lang && f.Field != nil && f.Labels[lang] == "" {
		return f.Field.Label(lang)
	}
	return f.Labels[lang]
}

// OptionShown is the same for an option.
func (f *form) OptionShown(c choice, lang string) string {
	if lang == f.Lang && c.Labels[lang] == "" && c.Key != "" && f.Field != nil {
		if _, ok := f.Field.Option(c.Key); ok {
			return f.Field.OptionLabel(c.Key, lang)
		}
	}
	return c.Labels[lang]
}

// attributes are what the form says of the field, by the names of a plan.
func (f *form) attributes() (map[string]any, error) {
	set := map[string]any{"labels": filledLabels(f.Labels), "help": f.Texts["help"], "hidden": f.Flags["hidden"]}
	for _, name := range []string{"required", "unique", "search", "tracked", "many"} {
		if f.Has(name) {
			set[name] = f.Flags[name]
		}
	}
	for _, name := range []string{"default", "currency", "inverse", "formula"} {
		if f.Has(name) {
			set[name] = f.Texts[name]
		}
	}
	for _, name := range []string{"scale", "max", "low", "high"} {
		if err := f.number(set, name); err != nil {
			return nil, err
		}
	}
	if f.Has("target") {
		set["target"] = f.Texts["target"]
	}
	if f.Has("on_delete") {
		set["on_delete"] = cmp.Or(f.Texts["on_delete"], string(schema.Restrict))
	}
	if f.Has("prefix") {
		digits, err := strconv.Atoi(cmp.Or(f.Texts["digits"], "5"))
		if err != nil {
			return nil, wrongNumber("digits")
		}
		set["number"] = map[string]any{"prefix": f.Texts["prefix"], "digits": digits, "gapless": f.Flags["gapless"]}
	}
	if f.Has("roll") {
		child, link, _ := strings.Cut(f.Texts["roll"], ".")
		set["rollup"] = map[string]any{"child": child, "link": link, "function": f.Texts["function"], "field": f.Texts["of"], "filter": f.Texts["filter"]}
		if f.Texts["function"] == "count" {
			set["rollup"].(map[string]any)["field"] = ""
		}
	}
	if f.Has("options") {
		set["options"] = f.options()
	}
	return set, nil
}

func filledLabels(labels map[string]string) map[string]string {
	out := map[string]string{}
	for l, text := range labels {
		if text != "" {
			out[l] = text
		}
	}
	return out
}

func wrongNumber(attribute string) error {
	return fault.New(fault.Invalid, "web.designer.bad_number", fault.Args{"attribute": attribute})
}

func (f *form) number(set map[string]any, name string) error {
	if !f.Has(name) {
		return nil
	}
	text := f.Texts[name]
	if text == "" {
		if set[name] = any(0); name == "low" || name == "high" {
			set[name] = nil
		}
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || (name == "scale" || name == "max") && (n < 0 || n > 1_000_000) {
		return wrongNumber(name)
	}
	set[name] = n
	return nil
}

// options are the options that have a name; one whose names were emptied goes.
func (f *form) options() []schema.Option {
	list := []schema.Option{}
	for _, c := range f.Options {
		o := schema.Option{Key: c.Key, Color: c.Color, Hidden: c.Hidden, Labels: filledLabels(c.Labels)}
		known := false
		if f.Field != nil && c.Key != "" {
			_, known = f.Field.Option(c.Key)
		}
		if known && c.Labels[f.Lang] == f.Field.OptionLabel(c.Key, f.Lang) && !f.ownOption(c.Key) {
			delete(o.Labels, f.Lang)
		}
		switch {
		case c.Key == "" && len(o.Labels) == 0: // a row that nobody used
			continue
		case known && c.Labels[f.Lang] == "" && !f.Field.Builtin:
			continue
		case c.Key == "":
			o.Key = FreeKey(cmp.Or(c.Labels["en"], c.Labels[f.Lang], first(o.Labels)), list, f.Field)
		}
		if len(o.Labels) == 0 {
			o.Labels = nil
		}
		list = append(list, o)
	}
	return list
}

// ownOption reports whether the company has a word of its own for an option.
func (f *form) ownOption(key string) bool {
	o, _ := f.Field.Option(key)
	return o.Labels[f.Lang] != ""
}

func first(labels map[string]string) string {
	for _, l := range languages("en") {
		if labels[l] != "" {
			return labels[l]
		}
	}
	return ""
}

// FreeKey makes the key of a new option from its name.
func FreeKey(label string, list []schema.Option, was *schema.FieldDef) string {
	key := slug(label)
	if key == "" {
		key = strings.TrimSpace(strings.Map(func(r rune) rune {
			if strings.ContainsRune("|,;\n\r\x00", r) {
				return ' '
			}
			return r
		}, label))
	}
	taken := func(k string) bool {
		if was != nil {
			if _, ok := was.Option(k); ok {
				return true
			}
		}
		return slices.ContainsFunc(list, func(o schema.Option) bool { return o.Key == k })
	}
	stem := key
	for n := 2; taken(key); n++ {
		key = stem + "_" + strconv.Itoa(n)
	}
	return key
}

// remember keeps the attributes as they are now in the form, so that only what
// somebody changed is changed.
func (f *form) remember() {
	set, err := f.attributes()
	if err != nil {
		return
	}
	raw, _ := json.Marshal(set)
	f.Was = string(raw)
}

// changed is what the form says otherwise than when its page was loaded.
func (f *form) changed() (map[string]any, error) {
	set, err := f.attributes()
	if err != nil {
		return nil, err
	}
	var was, now map[string]any
	raw, _ := json.Marshal(set)
	_ = json.Unmarshal(raw, &now)
	_ = json.Unmarshal([]byte(f.Was), &was)
	out := map[string]any{}
	for name, v := range now {
		if !reflect.DeepEqual(v, was[name]) && !(empty(v) && empty(was[name])) {
			out[name] = v
		}
	}
	if labels, ok := out["labels"].(map[string]any); ok { // labels are added to: an emptied one is named
		if old, ok := was["labels"].(map[string]any); ok {
			for l := range old {
				if _, stays := labels[l]; !stays {
					labels[l] = ""
				}
			}
		}
	}
	if s, ok := out["search"]; ok && s == false {
		out["fragments"] = false
	}
	return out, nil
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case bool:
		return !x
	case string:
		return x == ""
	case float64:
		return x == 0
	case map[string]any:
		return len(x) == 0
	case []any:
		return len(x) == 0
	}
	return false
}
