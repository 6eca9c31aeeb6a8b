package sample

import (
	"slices"
	"time"

	"wellmet/internal/value"
)

// Ref is the number of a record in its list, from 1; 0 refers to nothing.
type Ref int

// Options say what to make.
type Options struct {
	Seed     uint64
	Now      time.Time // the last moment anything happened
	Currency string    // of every amount; EUR when empty
}

// Company is everything that was made up. A Ref of 1 is the first of a list.
type Company struct {
	Name       string
	Currency   string
	Began      time.Time // when the story begins
	Teams      []Team
	Members    []Member
	Pipelines  []Pipeline
	Products   []Product
	Accounts   []Account
	Contacts   []Contact
	Leads      []Lead
	Deals      []Deal
	Contracts  []Contract
	Activities []Activity
	Cases      []Case
}

// Team of the seller; Parent is 0 for the head team.
type Team struct {
	Name   string
	Parent Ref
}

// Role says what a member may do.
type Role string

// The roles that members of the sample have.
const (
	Admin   Role = "admin"
	Manager Role = "manager"
	Rep     Role = "rep"
)

// Member is somebody who works for the seller.
type Member struct {
	Name    string
	Email   string
	Phone   string
	Title   string
	Locale  string
	Role    Role
	Team    Ref
	Manager Ref // a member
	Joined  time.Time
}

// Admin is the first member who runs the workspace.
func (c *Company) Admin() Ref {
	return Ref(slices.IndexFunc(c.Members, func(m Member) bool { return m.Role == Admin }) + 1)
}

// StageKind says whether a deal in a stage is still running.
type StageKind string

// The kinds of stages.
const (
	Open StageKind = "open"
	Won  StageKind = "won"
	Lost StageKind = "lost"
)

// Pipeline is the row of stages that a kind of deal moves through.
type Pipeline struct {
	Name   string
	Stages []Stage
}

// Stage is a step of a pipeline; Probability is in percent.
type Stage struct {
	Name        string
	Kind        StageKind
	Probability int
	Days        int // that a deal may stay; 0 = as long as it likes
}

// Product is something that can be sold.
type Product struct {
	SKU         string
	Name        string
	Category    string
	Description string
	Unit        string
	Price       value.Money
	Cost        value.Money // what one costs the company; empty where nobody has said it
	TaxRate     int         // percent
	Yearly      bool        // billed every year, otherwise once
	Active      bool
}

// Account is a customer or might become one.
type Account struct {
	Name      string
	Parent    Ref // an account
	Owner     Ref // a member
	Kind      string
	Also      string // a second kind; may be empty
	Industry  string
	Tags      []string
	Website   string
	Phone     string
	Employees int
	Revenue   value.Money // a year
	Address   value.Address
	Place     value.Point
	Language  string
	Source    string
	Notes     string
	Created   time.Time
}

// Contact is a person at an account.
type Contact struct {
	FirstName, LastName string
	// Latin is the name in Latin letters, for those who cannot read the other.
	Latin      string
	Title      string
	Department string
	Email      string
	Phone      string
	Mobile     string
	Account    Ref
	Owner      Ref
	Language   string
	Primary    bool // the account's first address
	Address    value.Address
	Created    time.Time
}

// Lead is somebody who has asked, or was found, and is not yet a customer.
type Lead struct {
	FirstName, LastName string
	Company             string
	Title               string
	Email               string
	Phone               string
	Status              string // new, contacted, qualified, converted, disqualified
	Reason              string // why disqualified
	Source              string
	Industry            string
	Employees           int
	Score               int
	Interest            string
	Address             value.Address
	Language            string
	Owner               Ref
	Created             time.Time
	Closed              time.Time // converted or disqualified
	Account             Ref       // what it became
	Contact             Ref
	Deal                Ref
}

// Line is one position of a deal. Discount is in percent of quantity × price;
// Years is how long a yearly price is agreed for, 0 for what is billed once.
// The amount is that of all years.
type Line struct {
	Product  Ref
	Quantity int
	Price    value.Money
	Discount int
	TaxRate  int // percent
	Years    int
	Amount   value.Money
}

// Passage is the moment at which a deal entered a stage.
type Passage struct {
	Stage int // index into the pipeline's stages
	At    time.Time
	By    Ref // the member who moved it
	Moved int // by how many days the close date was moved with it; 0 = not
}

// Deal is a chance to sell. Its last passage is where it stands now.
type Deal struct {
	Name       string
	Pipeline   Ref
	Account    Ref
	Contact    Ref
	Owner      Ref
	Kind       string // new, expansion, renewal
	Source     string
	Amount     value.Money // the sum of its lines
	Lines      []Line
	Close      value.Date // expected, or on which it was closed
	First      value.Date // as it was expected at first
	NextStep   string     // empty when closed
	LostReason string
	Competitor string
	Passages   []Passage
	Created    time.Time
}

// Stage is the index of the stage that the deal stands in.
func (d *Deal) Stage() int { return d.Passages[len(d.Passages)-1].Stage }

// Activity is a task, call, meeting or note.
type Activity struct {
	Kind    string // task, call, meeting, note
	Subject string // notes have none
	Body    string
	Owner   Ref
	// About says what it concerns; the account is named with the deal.
	Account, Contact, Lead, Deal Ref
	At                           time.Time // when it is due or took place
	Minutes                      int       // calls and meetings
	Place                        string    // meetings
	Outcome                      string    // calls: reached, no answer, voicemail
	Priority                     string    // tasks
	Done                         bool
	DoneAt                       time.Time
	Created                      time.Time
}
