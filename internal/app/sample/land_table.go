package sample

// lands are the countries that Northlight sells in. In a number to dial every
// x becomes a digit. The ranges are those that regulators keep for films and
// books where there are any; elsewhere the subscriber's number begins with
// zeros and cannot be dialled.
var lands = []*land{
	{
		code: "US", locale: "en-US", tongue: english, hours: -6, accounts: 82,
		cities: []city{
			{"Chicago", "IL", "60607", 41.8781, -87.6298, "+131255501xx"}, {"Milwaukee", "WI", "53202", 43.0389, -87.9065, "+141455501xx"},
			{"Portland", "OR", "97209", 45.5152, -122.6784, "+150355501xx"}, {"Atlanta", "GA", "30303", 33.749, -84.388, "+140455501xx"},
			{"Denver", "CO", "80202", 39.7392, -104.9903, "+130355501xx"}, {"Boston", "MA", "02110", 42.3601, -71.0589, "+161755501xx"},
			{"Minneapolis", "MN", "55401", 44.9778, -93.265, "+161255501xx"}, {"Kansas City", "MO", "64105", 39.0997, -94.5786, "+181655501xx"},
		},
		streets: []string{"%d Commerce Street", "%d Lakeview Drive", "%d Mill Road", "%d Industrial Parkway", "%d Harbor Avenue", "%d Canal Street"},
		forms:   []string{"%s Inc.", "%s LLC", "%s Co.", "%s"},
		mobile:  dials("+177355501xx", "+146955501xx"),
	},
	{
		code: "GB", locale: "en-GB", tongue: english, hours: 0, accounts: 56,
		cities: []city{
			{"London", "", "SE1 9GF", 51.5074, -0.1278, "+442079460xxx"}, {"Manchester", "", "M1 3LF", 53.4808, -2.2426, "+441614960xxx"},
			{"Birmingham", "", "B3 2DT", 52.4862, -1.8904, "+441214960xxx"}, {"Leeds", "", "LS1 4DY", 53.8008, -1.5491, "+441134960xxx"},
			{"Edinburgh", "", "EH3 8BL", 55.9533, -3.1883, "+441314960xxx"}, {"Bristol", "", "BS1 6XN", 51.4545, -2.5879, "+441174960xxx"},
		},
		streets: []string{"%d Station Road", "%d Foundry Lane", "%d Wharf Street", "%d Mill Lane", "%d Park Row"},
		forms:   []string{"%s Ltd", "%s Ltd", "%s plc", "%s"},
		mobile:  dials("+447700900xxx"),
	},
	{
		code: "DE", locale: "de", tongue: german, hours: 1, accounts: 84,
		cities: []city{
			{"Berlin", "", "10115", 52.52, 13.405, "+493023125xxx"}, {"Hamburg", "", "20457", 53.5511, 9.9937, "+494066969xxx"},
			{"Köln", "", "50667", 50.9375, 6.9603, "+492214710xxx"}, {"Frankfurt am Main", "", "60311", 50.1109, 8.6821, "+496990009xxx"},
			{"München", "", "80331", 48.1351, 11.582, "+498999998xxx"}, {"Stuttgart", "", "70173", 48.7758, 9.1829, "+497110000xxx"},
			{"Leipzig", "", "04109", 51.3397, 12.3731, "+493410000xxx"}, {"Nürnberg", "", "90402", 49.4521, 11.0767, "+499110000xxx"},
		},
		streets: []string{"Industriestraße %d", "Am Güterbahnhof %d", "Mühlenweg %d", "Hafenstraße %d", "Lindenallee %d", "Werner-Straße %d"},
		forms:   []string{"%s GmbH", "%s GmbH", "%s GmbH & Co. KG", "%s AG", "%s KG"},
		mobile:  dials("+4917139200xx", "+49176040690xx"),
	},
	{
		code: "AT", locale: "de-AT", tongue: german, hours: 1, accounts: 14,
		cities: []city{
			{"Wien", "", "1010", 48.2082, 16.3738, "+431000xxxx"}, {"Graz", "", "8010", 47.0707, 15.4395, "+43316000xxx"},
			{"Linz", "", "4020", 48.3069, 14.2858, "+43732000xxx"},
		},
		streets: []string{"Wiener Straße %d", "Am Kanal %d", "Bahnhofstraße %d"},
		forms:   []string{"%s GmbH", "%s KG"},
		mobile:  dials("+43660000xxxx"),
	},
	{
		code: "FR", locale: "fr", tongue: french, hours: 1, accounts: 56,
		cities: []city{
			{"Paris", "", "75011", 48.8566, 2.3522, "+3319900xxxx"}, {"Nantes", "", "44000", 47.2184, -1.5536, "+3326191xxxx"},
			{"Lille", "", "59000", 50.6292, 3.0573, "+3335301xxxx"}, {"Lyon", "", "69003", 45.764, 4.8357, "+3346571xxxx"},
			{"Marseille", "", "13002", 43.2965, 5.3698, "+3346571xxxx"}, {"Toulouse", "", "31000", 43.6047, 1.4442, "+3353649xxxx"},
		},
		streets: []string{"%d rue des Ateliers", "%d avenue de la Gare", "%d quai du Port", "%d boulevard Victor-Hugo", "%d chemin du Moulin"},
		forms:   []string{"%s SAS", "%s SARL", "%s SA", "%s"},
		mobile:  dials("+3363998xxxx"),
	},
	{
		code: "BG", locale: "bg", tongue: bulgarian, hours: 2, accounts: 40,
		cities: []city{
			{"София", "", "1000", 42.6977, 23.3219, "+35920000xxx"}, {"Пловдив", "", "4000", 42.1354, 24.7453, "+35932000xxx"},
			{"Варна", "", "9000", 43.2141, 27.9147, "+35952000xxx"}, {"Бургас", "", "8000", 42.5048, 27.4626, "+35956000xxx"},
		},
		streets: []string{"бул. Тракия %d", "ул. Индустриална %d", "ул. Иван Вазов %d", "ул. Розова долина %d"},
		forms:   []string{"%s ЕООД", "%s ООД", "%s АД"},
		mobile:  dials("+359870000xxx"),
	},
	{
		code: "KZ", locale: "ru", tongue: russian, hours: 5, accounts: 30,
		cities: []city{
			{"Алматы", "", "050000", 43.222, 76.8512, "+772700000xx"}, {"Астана", "", "010000", 51.1694, 71.4491, "+771720000xx"},
			{"Караганда", "", "100000", 49.8047, 73.1094, "+772120000xx"}, {"Шымкент", "", "160000", 42.3417, 69.5901, "+772520000xx"},
		},
		streets: []string{"ул. Заводская, %d", "пр. Абая, %d", "ул. Складская, %d", "ул. Садовая, %d"},
		forms:   []string{"ТОО «%s»", "ТОО «%s»", "АО «%s»"},
		mobile:  dials("+779900000xx"),
	},
	{
		code: "CN", locale: "zh", tongue: chinese, hours: 8, accounts: 38,
		cities: []city{
			{"上海", "上海市", "200000", 31.2304, 121.4737, "+86210000xxxx"}, {"苏州", "江苏省", "215000", 31.2989, 120.5853, "+865120000xxxx"},
			{"广州", "广东省", "510000", 23.1291, 113.2644, "+86200000xxxx"}, {"深圳", "广东省", "518000", 22.5431, 114.0579, "+867550000xxxx"},
			{"成都", "四川省", "610000", 30.5728, 104.0668, "+86280000xxxx"}, {"青岛", "山东省", "266000", 36.0671, 120.3826, "+865320000xxxx"},
		},
		streets: []string{"工业园路%d号", "人民东路%d号", "创新大道%d号", "港湾街%d号"},
		forms:   []string{"%s有限公司", "%s股份有限公司", "%s集团有限公司"},
		mobile:  dials("+861000000xxxx"),
	},
}
