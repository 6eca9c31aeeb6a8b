package sample

// The industries that Northlight sells to.
const (
	food      = "Food production"
	logistics = "Logistics"
	health    = "Healthcare"
	hotels    = "Hospitality"
	making    = "Manufacturing"
	shops     = "Retail"
	schools   = "Education"
	farms     = "Agriculture"
	power     = "Energy"
	houses    = "Property"
)

// industry says how much an industry buys: weight is its share of customers,
// size the median number of people in a firm.
type industry struct {
	name         string
	weight, size int
}

var industries = []industry{
	{food, 20, 180}, {logistics, 14, 220}, {health, 13, 400}, {making, 17, 260}, {shops, 9, 320},
	{hotels, 8, 140}, {farms, 7, 60}, {power, 5, 300}, {houses, 4, 90}, {schools, 3, 500},
}

// What accounts are beside customers, or instead.
const (
	supplier   = "Supplier"
	competitor = "Competitor"
	publicBody = "Public body"
)

// sources of leads and deals with the share of each in percent.
var (
	leadSources   = []string{"Website", "Trade fair", "Referral", "Partner", "Cold call", "Newsletter", "Webinar"}
	leadShares    = []int{34, 19, 14, 11, 10, 7, 5}
	rivals        = []string{"Fieldbeacon", "Thermolog", "Senswerk", "Coldwatch"}
	accountKinds  = []string{"Customer", "Prospect", "Partner"}
	accountTags   = []string{"reference", "newsletter", "trade fair", "price sensitive", "site visit"}
	disqualifieds = []string{"No budget", "No need", "Too small", "Not reachable", "Student or research", "Competitor"}
)

// Why a deal was lost, with the share of each in percent.
const (
	lostPrice    = "Price"
	lostRival    = "Chose a competitor"
	lostBudget   = "No budget"
	lostSilence  = "No answer"
	lostFeature  = "Missing feature"
	lostPostpone = "Postponed"
)

var (
	lostReasons = []string{lostPrice, lostRival, lostBudget, lostSilence, lostFeature, lostPostpone}
	lostShares  = []int{24, 22, 17, 19, 8, 10}
)

// pipelines of the sample. The last two stages are always won and lost.
var pipelines = []Pipeline{
	{Name: "New business", Stages: []Stage{
		{"Qualification", Open, 10, 14}, {"Needs analysis", Open, 25, 21}, {"Proposal", Open, 50, 28}, {"Negotiation", Open, 75, 21},
		{"Won", Won, 100, 0}, {"Lost", Lost, 0, 0},
	}},
	{Name: "Renewals", Stages: []Stage{
		{"Upcoming", Open, 70, 28}, {"Offer sent", Open, 80, 24}, {"Confirmed", Open, 95, 14}, {"Won", Won, 100, 0}, {"Lost", Lost, 0, 0},
	}},
}

// Categories of products.
const (
	sensors   = "Sensors"
	gateways  = "Gateways"
	software  = "Software"
	services  = "Services"
	accessory = "Accessories"
)

// ware is a product before it has a currency; price in whole units.
type ware struct {
	sku, name, category, unit, text string
	price                           int
	retired                         bool
}

// taxRate is the value added tax on everything, in percent.
const taxRate = 19

// The places in wares that deals are built from.
const (
	wareTemp = iota
	wareHumidity
	wareVibration
	wareLeak
	wareProbe
	wareGateway
	wareOutdoor
	wareDisplay
	wareBasic
	warePlus
	wareEnterprise
	wareCare
	wareInstall
	wareTraining
	wareCalibration
	wareOld
)

var wares = []ware{
	wareTemp:        {"NL-S1", "Sense S1", sensors, "piece", "Temperature, -40 to +85 °C, five years on one battery.", 89, false},
	wareHumidity:    {"NL-S2", "Sense S2", sensors, "piece", "Temperature and relative humidity.", 129, false},
	wareVibration:   {"NL-S3", "Sense S3", sensors, "piece", "Vibration in three axes for pumps, fans and motors.", 249, false},
	wareLeak:        {"NL-S4", "Sense S4", sensors, "piece", "Open doors and water on the floor.", 74, false},
	wareProbe:       {"NL-P1", "Probe P1", accessory, "piece", "Steel probe with three metres of cable.", 38, false},
	wareGateway:     {"NL-G1", "Gate G1", gateways, "piece", "Gateway for up to 200 sensors, wired network.", 390, false},
	wareOutdoor:     {"NL-G2", "Gate G2", gateways, "piece", "Outdoor gateway with LTE.", 690, false},
	wareDisplay:     {"NL-D1", "Panel D1", accessory, "piece", "Wall display with alarm lamp.", 320, false},
	wareBasic:       {"NL-C1", "Insight Basic", software, "site and year", "Readings, alarms by e-mail, one year of history.", 480, false},
	warePlus:        {"NL-C2", "Insight Plus", software, "site and year", "Floor plans, alarms by text message, audit export.", 1440, false},
	wareEnterprise:  {"NL-C3", "Insight Enterprise", software, "year", "All sites, single sign-on, interface to other systems.", 12000, false},
	wareCare:        {"NL-M1", "Care plan", services, "year", "Spare parts on the next working day, yearly check.", 1900, false},
	wareInstall:     {"NL-V1", "Installation day", services, "day", "Two technicians on site.", 950, false},
	wareTraining:    {"NL-V2", "Training day", services, "day", "Up to twelve people, on site or by video.", 1100, false},
	wareCalibration: {"NL-K1", "Calibration certificate", services, "piece", "Traceable, three points.", 65, false},
	wareOld:         {"NL-S0", "Sense S0", sensors, "piece", "First generation, no longer sold.", 69, true},
}
