package sales

import "wellmet/internal/schema"

// Who is in a deal beside its owner and its account: people of the customer
// who decide on it, colleagues who work on it, and who else wants it.
var (
	Competitors     = schema.NewObject("competitor", "competitors", schema.Unowned, "Competitor", "Competitors")
	DealContacts    = partOfDeal("deal_contact", "deal_contacts", "Contact role", "Contact roles")
	DealMembers     = partOfDeal("deal_member", "deal_members", "Team member", "Team members")
	DealCompetitors = partOfDeal("deal_competitor", "deal_competitors", "Competitor of a deal", "Competitors of deals")
)

// Fields of a competitor. Account is the company where it is one of the accounts.
var (
	CompetitorName       = schema.Text(Competitors, "name").Required().Unique().Fragments()
	CompetitorWebsite    = schema.URL(Competitors, "website")
	CompetitorAccount    = schema.Link(Competitors, "account", "account").OnDelete(schema.Clear)
	CompetitorStrengths  = schema.LongText(Competitors, "strengths")
	CompetitorWeaknesses = schema.LongText(Competitors, "weaknesses")
	CompetitorActive     = schema.Bool(Competitors, "active").Default("true")
)

// Fields of a contact's role in a deal; all roles together are the buying
// committee. A person may have several roles, each once.
var (
	RoleName    = schema.Text(DealContacts, "name").ReadOnly()
	RoleDeal    = schema.Link(DealContacts, "deal", "deal").Required().Inverse("contact_roles").OnDelete(schema.Cascade)
	RoleContact = schema.Link(DealContacts, "contact", "contact").Required().Inverse("deal_roles").OnDelete(schema.Cascade)
	RoleIs      = schema.Choice(DealContacts, "role", "decision_maker", "champion", "user", "influencer", "technical", "legal", "buyer", "blocker", "other").Required().Default("influencer")
	RoleStance  = schema.Choice(DealContacts, "stance", "for_us", "neutral", "against_us", "unknown").Default("unknown")
	RoleNote    = schema.Text(DealContacts, "note")
	RoleKey     = hidden(schema.Text(DealContacts, "pair").Unique().ReadOnly())
)

// What a colleague in a deal's team may do with it.
const (
	MayRead   = "read"
	MayUpdate = "update"
)

// Fields of a colleague in the team of a deal. Credit is his share of it in
// percent; what nobody is given is the owner's, so that the shares of a deal are
// always the whole of it. Credited is that share in money.
var (
	MemberName     = schema.Text(DealMembers, "name").ReadOnly()
	MemberDeal     = schema.Link(DealMembers, "deal", "deal").Required().Inverse("team_members").OnDelete(schema.Cascade)
	MemberPerson   = schema.Person(DealMembers, "member").Required()
	MemberRole     = schema.Choice(DealMembers, "role", "sales", "presales", "expert", "account_manager", "sponsor", "other").Required().Default("sales")
	MemberAccess   = schema.Choice(DealMembers, "access", MayRead, MayUpdate).Required().Default(MayUpdate)
	MemberCredit   = schema.Percent(DealMembers, "credit", 2).Between(0, 100)
	MemberCredited = derived(schema.Money(DealMembers, "credited"))
	// MemberGranted says that being in the team is what opened the deal to him:
	// a share from before is left alone.
	MemberGranted = hidden(schema.Bool(DealMembers, "granted").ReadOnly())
	MemberKey     = hidden(schema.Text(DealMembers, "pair").Unique().ReadOnly())
)

// Fields of a competitor in a deal. Decided marks the one that a lost deal went
// to.
var (
	RivalName       = schema.Text(DealCompetitors, "name").ReadOnly()
	RivalDeal       = schema.Link(DealCompetitors, "deal", "deal").Required().Inverse("competitors").OnDelete(schema.Cascade)
	RivalCompetitor = schema.Link(DealCompetitors, "competitor", "competitor").Required().Inverse("deals")
	RivalStanding   = schema.Choice(DealCompetitors, "standing", "ahead", "level", "behind", "unknown").Default("unknown")
	RivalDecided    = schema.Bool(DealCompetitors, "lost_to").ReadOnly()
	RivalNote       = schema.Text(DealCompetitors, "note")
	RivalKey        = hidden(schema.Text(DealCompetitors, "pair").Unique().ReadOnly())
)

func partOfDeal(name, plural, one, many string) *schema.Object {
	o := schema.NewObject(name, plural, schema.Child, one, many)
	o.Parent = "deal"
	return o
}

// dealParts are what belongs to one deal beside its lines.
func dealParts() []*schema.Object {
	return []*schema.Object{DealContacts, DealMembers, DealCompetitors}
}
