package record

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Settings are the workspace's own: what its money, days and order are
// measured in. They are the same for everybody (engine decision 11).
type Settings struct {
	Name      string `json:"name"`
	Currency  string `json:"currency"`  // ISO 4217, of all base amounts
	Zone      string `json:"zone"`      // IANA name, for reports and rules
	Locale    string `json:"locale"`    // BCP 47, for new members
	Collation string `json:"collation"` // BCP 47, "" = root
	Region    string `json:"region"`    // ISO 3166-1, for phone numbers without country code
	// FiscalStart is the month the fiscal year begins in, 1 = January.
	FiscalStart int `json:"fiscal_start"`
	// Credit says for whom the amount of a deal counts that several people have
	// shares in: CreditByShare or CreditOwner. Rooms that count ask CreditShared.
	Credit string `json:"credit"`
	// ResponseMinutes is how much working time a lead may wait for its first answer.
	ResponseMinutes int `json:"response_minutes"`
	// What stands on the company's documents beside its name, each in as many
	// lines as it needs.
	Address string `json:"address"` // of the company
	Contact string `json:"contact"` // phone, mail, web
	TaxID   string `json:"tax_id"`  // and other registrations
	Bank    string `json:"bank"`    // where to pay to
}

// The rules of whom a shared deal's amount counts for.
const (
	CreditByShare = "share" // each colleague for his share, its owner for the rest
	CreditOwner   = "owner" // its owner alone
)

// CreditRules are all of them.
var CreditRules = []string{CreditByShare, CreditOwner}

// MaxResponseMinutes is the longest time that a lead may be let wait: some month
// of work.
const MaxResponseMinutes = 10_000

// maxLetterhead is how long each text of the letterhead may be.
const maxLetterhead = 500

// DefaultSettings are those of a workspace that nobody has set up.
func DefaultSettings() Settings {
	return Settings{Name: "Wellmet", Currency: "EUR", Zone: "UTC", Locale: "en", FiscalStart: 1, Credit: CreditByShare, ResponseMinutes: 60}
}

const settingsKey = "workspace"

func loadSettings(ctx context.Context, tx *store.Tx) (Settings, error) {
	return readSettings(ctx, tx, "")
}

// readSettings reads the settings; held, with the dialect's FOR UPDATE, keeps
// others from changing them meanwhile.
func readSettings(ctx context.Context, tx *store.Tx, held string) (Settings, error) {
	s := DefaultSettings()
	var text string
	ok, err := tx.Row(ctx, `SELECT value FROM {setting} WHERE key = $1`+held, []any{settingsKey}, &text)
	if err != nil || !ok {
		return s, err
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("read workspace settings: %w", err)
	}
	if s.ResponseMinutes == 0 { // of a set-up that says nothing of it
		s.ResponseMinutes = DefaultSettings().ResponseMinutes
	}
	return s, nil
}

// SaveSettings writes the workspace's settings. It is for set-up and tests;
// people change them through Session.ChangeSettings, which checks.
func SaveSettings(ctx context.Context, tx *store.Tx, s Settings) error {
	s.tidy()
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, settingsKey, string(text)); err != nil {
		return err
	}
	return touchState(ctx, tx)
}

// tidy spells the currency as amounts spell it: in another spelling no amount
// would be in the workspace's own. Locale and region get their usual spelling.
func (s *Settings) tidy() {
	if code, err := value.ParseCurrency(s.Currency); err == nil {
		s.Currency = code
	}
	if tag, err := language.Parse(s.Locale); err == nil {
		s.Locale = tag.String()
	}
	s.Region = strings.ToUpper(strings.TrimSpace(s.Region))
	for _, text := range s.Letterhead() {
		*text = strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n"))
	}
}

// Letterhead is what stands on documents, by the name of the setting.
func (s *Settings) Letterhead() map[string]*string {
	return map[string]*string{"address": &s.Address, "contact": &s.Contact, "tax_id": &s.TaxID, "bank": &s.Bank}
}

// touchState makes every session that begins from now on load its state anew.
func touchState(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE {workspace_state} SET access_version = access_version + 1`)
	return err
}

// Check refuses settings that nothing could be measured in.
func (s Settings) Check() error {
	if _, err := value.ParseCurrency(s.Currency); err != nil {
		return atSetting("currency", err)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" { // the machine's is no one's
		return atSetting("zone", fault.New(fault.Invalid, "record.unknown_zone", fault.Args{"zone": value.Printable(s.Zone)}))
	}
	if _, err := language.Parse(s.Locale); err != nil {
		return atSetting("locale", fault.New(fault.Invalid, "record.unknown_locale", fault.Args{"locale": value.Printable(s.Locale)}))
	}
	if region, err := language.ParseRegion(s.Region); s.Region != "" && (err != nil || !region.IsCountry()) {
		return atSetting("region", fault.New(fault.Invalid, "record.unknown_region", fault.Args{"region": value.Printable(s.Region)}))
	}
	if _, err := i18n.NewCollation(s.Collation); err != nil {
		return atSetting("collation", err)
	}
	for name, text := range s.Letterhead() {
		if clean, err := value.Clean(*text); err != nil || utf8.RuneCountInString(clean) > maxLetterhead {
			return atSetting(name, fault.New(fault.Invalid, "record.letterhead_too_long", fault.Args{"max": maxLetterhead}))
		}
	}
	if !slices.Contains(CreditRules, s.Credit) {
		return atSetting("credit", fault.New(fault.Invalid, "record.bad_credit", fault.Args{"known": strings.Join(CreditRules, ", ")}))
	}
	if s.ResponseMinutes < 1 || s.ResponseMinutes > MaxResponseMinutes {
		return atSetting("response_minutes", fault.New(fault.Invalid, "record.bad_response_minutes", fault.Args{"max": MaxResponseMinutes}))
	}
	if s.FiscalStart < 1 || s.FiscalStart > 12 {
		return atSetting("fiscal_start", fault.New(fault.Invalid, "record.bad_fiscal_start", nil))
	}
	return nil
}

// atSetting says which setting a fault is of.
func atSetting(name string, err error) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) > 0 && e.Fields[0].Path == name {
		return err
	}
	return e.With(fault.Field{Path: name, Key: e.Key, Args: e.Args})
}

// ChangeSettings changes the workspace's settings. Currency and collation are
// baked into stored amounts and keys, so they stay once a record has some.
func (s *Session) ChangeSettings(ctx context.Context, change func(*Settings)) error {
	if err := s.administers(); err != nil {
		return err
	}
	// Somebody may have changed another of them since this act began.
	was, err := readSettings(ctx, s.tx, s.tx.Dialect().ForUpdate())
	if err != nil {
		return err
	}
	next := was
	change(&next)
	next.tidy()
	if err := next.Check(); err != nil {
		return err
	}
	if next.Currency != was.Currency {
		if err := s.noMoneyYet(ctx); err != nil {
			return err
		}
	}
	if next.Collation != was.Collation {
		if err := s.Later(Recollate{}); err != nil {
			return err
		}
	}
	if err := SaveSettings(ctx, s.tx, next); err != nil {
		return err
	}
	if err := s.engine.needs.Settled(ctx, s, was, next); err != nil {
		return err
	}
	return s.NoteSetting(ctx, CompanySubject, was, next)
}

// CurrencyFixed reports whether some record holds an amount, so that the
// workspace's currency stays.
func (s *Session) CurrencyFixed(ctx context.Context) (bool, error) {
	err := s.noMoneyYet(ctx)
	if fault.Is(err, fault.Conflict) {
		return true, nil
	}
	return false, err
}

// noMoneyYet refuses when a record holds an amount.
func (s *Session) noMoneyYet(ctx context.Context) error {
	for _, o := range s.state.schema.Objects() {
		for _, f := range o.Fields {
			if f.ValueKind() != schema.KindMoney || len(f.Columns()) == 0 {
				continue
			}
			var id value.ID
			found, err := s.tx.Row(ctx, "SELECT id FROM {"+o.Table+"} WHERE "+s.tx.Dialect().Quote(f.Column)+" IS NOT NULL LIMIT 1", nil, &id)
			if err != nil {
				return err
			}
			if found {
				return fault.New(fault.Conflict, "record.currency_in_use", fault.Args{"currency": s.state.settings.Currency, "object": o.Name})
			}
		}
	}
	return nil
}
