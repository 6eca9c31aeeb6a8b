package kit

import (
	"slices"

	"github.com/a-h/templ"

	"wellmet/internal/i18n"
	"wellmet/internal/web/static"
)

// Page is what the shell shows.
type Page struct {
	Title string
	// Nav is the entry of the side bar that the page belongs to: its address.
	Nav  string
	Body templ.Component
	// Bare pages have no side bar: signing in, setting up.
	Bare bool
	// Warned is what rules found odd about the change before.
	Warned []string
}

// Shell is what surrounds every page of a signed-in user.
type Shell struct {
	Company string
	Me      Person
	Email   string // that he signs in with
	Admin   bool
	Objects []NavItem // what the user may read, in the order of the side bar
	More    []NavItem // reports and other pages beside records
	Unread  int64     // notices
	Kept    []string  // lists that belong to the settings
}

// NavItem is an entry of the side bar.
type NavItem struct {
	Label, Icon, URL string
	Key              string // pressed after G
	// Also are other addresses that belong to the entry, with those below them.
	Also []string
}

// holds reports whether a page of that address belongs to the entry.
func (i NavItem) holds(nav string) bool { return nav == i.URL || slices.Contains(i.Also, nav) }

// settings is the entry of all settings; those kept as records belong to it.
func (s *Shell) settings(v *View) NavItem {
	return NavItem{Label: v.T("web.nav.settings"), Icon: "settings", URL: "/settings", Also: s.Kept}
}

// Person is a member as pages show him.
type Person struct {
	ID   string // "" = nobody
	Name string
}

// asset is the address of a static file.
func asset(name string) string { return static.URL(name) }

// avatars are the grounds of initials, each with 4.5:1 for white letters.
var avatars = []string{"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"}

// AvatarClass gives a name its colour, always the same.
func AvatarClass(name string) string {
	sum := uint32(2166136261)
	for i := 0; i < len(name); i++ {
		sum = (sum ^ uint32(name[i])) * 16777619
	}
	return avatars[sum%uint32(len(avatars))]
}

// Initials are the one or two letters that stand for a name.
func Initials(name string) string { return i18n.FormatFor("en").Initials(name) }
