package sample

var english = &tongue{
	code: "en",
	men: []string{
		"James", "Oliver", "Daniel", "Marcus", "Theo", "Samuel", "Patrick", "Ethan", "Graham", "Isaac", "Nathan", "Ravi",
		"Callum", "Diego", "Owen", "Terrence", "Adrian", "Kwame", "Scott", "Vincent", "Hugh", "Malik", "Brendan", "Leo",
	},
	women: []string{
		"Hannah", "Olivia", "Grace", "Priya", "Megan", "Charlotte", "Naomi", "Rachel", "Imogen", "Tessa", "Monica", "Keisha",
		"Fiona", "Alicia", "Beth", "Yasmin", "Carla", "Joanna", "Erin", "Paula", "Simone", "Diane", "Freya", "Nora",
	},
	families: []string{
		"Ashworth", "Bennett", "Calloway", "Draper", "Ellison", "Farrow", "Garrity", "Holloway", "Ingram", "Jessop", "Kendrick",
		"Lockhart", "Mercer", "Norwood", "Okafor", "Pemberton", "Quigley", "Rowntree", "Sandoval", "Thackeray", "Underwood",
		"Vaughn", "Whitlock", "Yates", "Patel", "Nguyen", "Morales", "Fitzgerald", "Brooks", "Chaudhry", "Delaney", "Sheridan",
	},
	stems: []string{
		"Harrow & Finch", "Blue Ridge", "Kestrel", "Pennfield", "Oakhurst", "Lakeshore", "Three Rivers", "Marlowe", "Silverbeck",
		"Northgate", "Cobham", "Prairie Star", "Granite Bay", "Wexley", "Bramble Hill", "Copperfield", "Stonebridge", "Eastmoor",
		"Hudson & Vale", "Redwood", "Clearwater", "Fairhaven", "Tidewater", "Ashdown", "Juniper", "Longacre", "Ironwood",
		"Meridian", "Saltmarsh", "Whitcombe", "Cascade", "Briar & Sons", "Millrace", "Foxglove", "Hartwell", "Beacon",
	},
	trades: map[string][]string{
		food: {"Foods", "Dairy", "Bakery", "Creamery", "Provisions"}, logistics: {"Logistics", "Cold Storage", "Freight", "Distribution"},
		health: {"Health", "Clinics", "Pharmacy Group", "Hospital Trust"}, hotels: {"Hotels", "Inns", "Catering"},
		making: {"Engineering", "Castings", "Precision Tools", "Plastics"}, shops: {"Markets", "Stores", "Garden Centres"},
		schools: {"College", "University Estates", "Research Institute"}, farms: {"Farms", "Growers", "Orchards"},
		power: {"Energy", "Water", "Renewables"}, houses: {"Property", "Facilities", "Estates"},
	},
	titles: []role{
		{"Managing Director", "Management"}, {"Operations Director", "Operations"}, {"Head of Procurement", "Purchasing"},
		{"Plant Manager", "Operations"}, {"Quality Manager", "Quality"}, {"Facilities Manager", "Facilities"},
		{"IT Manager", "IT"}, {"Maintenance Lead", "Maintenance"}, {"Finance Controller", "Finance"}, {"Buyer", "Purchasing"},
	},
	projects: []string{
		"t:Cold-chain monitoring", "v:Vibration monitoring", "t:Temperature sensors", "l:Leak detection", "t:Energy dashboard",
		"l:Door alarms and humidity", "Sensor rollout", "t:Audit-proof temperature log", "v:Predictive maintenance pilot", "t:Freezer alarms",
	},
	sites:     []string{"Plant %d", "Warehouse %d", "head office", "north site", "line %d", "depot %d", "pilot", "all sites"},
	renewal:   "Insight renewal %d",
	expansion: "More %s",
	text: phrases{
		notes: []string{
			"Walked the site with {contact}. {n} measuring points, two of them behind steel doors, so we need an extra gateway there.",
			"They are on paper logs today and the last audit cost them a week. {contact} wants the export for the auditor first, everything else second.",
			"{contact} likes {product} but is worried about battery life at -25. Sent the test report; told them five years is what we see in the field.",
			"Budget sits with finance, not with operations. {contact} will introduce us, best after the board meeting.",
			"{rival} has quoted as well, about ten per cent cheaper but without calibration certificates. That matters here.",
			"Pilot with {n} sensors has run {days} days without a gap. Two real alarms, one of them a freezer door left open overnight. They were impressed.",
			"IT asked how data leaves the building. Sent the security sheet; they accept LTE if nothing touches their own network.",
			"They want delivery in two batches so that each shift can be trained. No problem for us, price stays.",
			"Spoke about {site}: the old loggers there fail every month. That is the way in.",
			"Long silence, then {contact} called back: reorganisation is over, same people, same budget. Back on track.",
			"{contact} asked for a reference in the same trade. I offered a call with a customer nearby.",
		},
		won: []string{
			"Order signed. What decided it: certificates in the price and installation within three weeks.",
			"Signed by {contact} this morning. They start with {site} and want a review after {days} days.",
			"Purchase order received, no changes. Hand-over to installation is booked.",
		},
		lost: map[string]string{
			lostPrice:    "Lost on price. {rival} went almost a fifth below us and {contact} could not defend the difference.",
			lostRival:    "They chose {rival}, mainly because the sister site already runs it. Stay in touch, contract ends in two years.",
			lostBudget:   "Budget was cut for this year. {contact} asks us to come back with the same offer in January.",
			lostSilence:  "No answer to five attempts in {days} days. Closing this one; {contact} knows where to find us.",
			lostFeature:  "They need explosion-proof sensors and we have none. Fed back to product management.",
			lostPostpone: "Project moved behind the new building. Not before next autumn.",
		},
		calls: []said{
			{"First call with {contact}", "Runs {rooms} cold rooms, checks them by hand twice a day. Open to a visit."},
			{"Questions on the offer", "{contact} went through the lines. Wants installation shown separately and asks for a volume price."},
			{"Chased the decision", "Decision is with the director now. {contact} expects an answer within {days} days."},
			{"Technical call", "Range through two concrete walls, alarm by text message, who may see which site. All answered."},
			{"Price talk", "Asked for eight per cent. Offered five for an order this quarter."},
			{"Call about delivery date", "{contact} needs the first batch before the audit. Checked with the warehouse: fine."},
		},
		again: []said{
			{"Call about more sensors", "{contact} is content with what runs. Now the {rooms} rooms next door should follow."},
			{"Yearly review by phone", "Two alarms last month, both real. {contact} asks for a price for {site}."},
		},
		meetings: []said{
			{"Site visit, {site}", "Counted measuring points with {contact}: {n}. Photos are in the folder."},
			{"Product demo", "Showed alarms, floor plan and the audit export. {contact} asked most about users and rights."},
			{"Offer review", "Went through the offer line by line. Care plan stays in, training day is cut to half."},
			{"Review of the pilot", "{n} sensors, no gaps, two alarms. {contact} recommends the rollout to the board."},
		},
		tasks: []said{
			{"Send offer for {site}", "With calibration as its own line."}, {"Call {contact} back", ""},
			{"Send security sheet to IT", "The short version, two pages."}, {"Book demo kit", "One gateway and six sensors."},
			{"Prepare site visit", ""}, {"Ask for the order date", "Stock of {product} is getting short."},
			{"Check credit limit", ""}, {"Send reference customer", "Same trade, not a rival of theirs."},
		},
		leadCalls: []said{
			{"First call", "Read about us in a trade journal. Wants a price idea for {n} points."},
			{"Tried to reach {contact}", "Out until next week, assistant took a note."},
			{"Qualifying call", "Has budget this year, decision with the plant manager, hopes to start in {days} days."},
		},
		next: []string{"Send revised offer", "Call after the board meeting", "Agree a date for the site visit", "Get the security sheet approved", "Wait for the purchase order", "Show the pilot's results", "Clarify who signs"},
		interests: []string{
			"Temperature logging for cold rooms", "Vibration sensors for pumps", "Replacement of paper logs", "Alarms for freezers at night",
			"A dashboard over several sites", "Leak sensors in the server room", "Please send a price list",
		},
		background: []string{
			"Family firm in the third generation. Decisions are made at one table.", "Audited every spring; everything new has to be in by March.",
			"Invoices by e-mail only, purchase order number is a must.", "Came to us after a freezer failed over a bank holiday.", "",
		},
		places: []string{"At the customer's", "Video call", "Our showroom", "Trade fair stand"},
	},
}
