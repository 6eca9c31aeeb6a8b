package sample

var german = &tongue{
	code: "de",
	men: []string{
		"Jonas", "Matthias", "Stefan", "Felix", "Lukas", "Andreas", "Tobias", "Markus", "Holger", "Florian", "Bernd", "Jürgen",
		"Sebastian", "Emre", "Ralf", "Dominik", "Klaus", "Moritz", "Thorsten", "Günther", "Niklas", "Uwe",
	},
	women: []string{
		"Katharina", "Sabine", "Julia", "Anja", "Birgit", "Lena", "Franziska", "Heike", "Miriam", "Svenja", "Ulrike", "Nadine",
		"Carolin", "Petra", "Aylin", "Theresa", "Gudrun", "Jana", "Verena", "Silke", "Marlene", "Jördis",
	},
	families: []string{
		"Achterberg", "Brandstätter", "Dörfler", "Eichhorn", "Feldmann", "Grünwald", "Hagemann", "Jäger", "Kessler", "Lindner",
		"Mühlbauer", "Niemann", "Ostermann", "Pfeiffer", "Rademacher", "Schönfeld", "Thiele", "Vogelsang", "Weidner", "Zöllner",
		"Yıldız", "Krüger", "Baumgartner", "Steinmetz", "Wölfl", "Hübner", "Großmann", "Kaltenbach", "Lohse", "Reuter",
	},
	stems: []string{
		"Rheintal", "Brandt & Söhne", "Nordheide", "Alpenblick", "Kessler", "Havelland", "Schwarzwald", "Elbufer", "Hansa", "Mühlbach",
		"Lindenhof", "Oberland", "Spreewald", "Taunus", "Weserbergland", "Grünfeld", "Steinbach", "Eifel", "Isartal", "Bergmann",
		"Vogtland", "Allgäuer", "Münsterland", "Föhr", "Saale", "Donautal", "Waldkirch", "Löwenstein", "Hochrhein", "Uckermark",
		"Kaiserstuhl", "Holstein", "Altmühl", "Bodensee", "Teutoburger", "Zugspitz",
	},
	trades: map[string][]string{
		food: {"Molkerei", "Fleischwaren", "Backwaren", "Feinkost"}, logistics: {"Logistik", "Kühllogistik", "Spedition", "Lagerhaus"},
		health: {"Kliniken", "Pharma", "Labor", "Apotheken"}, hotels: {"Hotels", "Gastronomie", "Catering"},
		making: {"Maschinenbau", "Werkzeugbau", "Kunststofftechnik", "Gießerei"}, shops: {"Handel", "Gartencenter", "Märkte"},
		schools: {"Institut", "Akademie"}, farms: {"Gemüsebau", "Obsthof", "Agrar"},
		power: {"Energie", "Stadtwerke", "Wasserwerke"}, houses: {"Immobilien", "Gebäudetechnik", "Objektservice"},
	},
	titles: []role{
		{"Geschäftsführung", "Geschäftsleitung"}, {"Technische Leitung", "Technik"}, {"Leitung Einkauf", "Einkauf"},
		{"Werkleitung", "Produktion"}, {"Qualitätsmanagement", "Qualität"}, {"Haustechnik", "Technik"},
		{"IT-Leitung", "IT"}, {"Instandhaltung", "Technik"}, {"Controlling", "Finanzen"}, {"Einkauf", "Einkauf"},
	},
	projects: []string{
		"t:Kühlkettenüberwachung", "v:Schwingungsüberwachung", "t:Temperatursensoren", "l:Leckageerkennung",
		"l:Türalarme und Feuchte", "Sensor-Rollout", "t:HACCP-Protokoll", "v:Pilot vorausschauende Wartung", "t:Tiefkühlalarme",
	},
	sites:     []string{"Werk %d", "Lager %d", "Zentrale", "Werk Süd", "Linie %d", "Halle %d", "Pilot", "alle Standorte"},
	renewal:   "Verlängerung Insight %d",
	expansion: "Nachbestellung %s",
	text: phrases{
		notes: []string{
			"Rundgang mit {contact}: {n} Messpunkte, zwei davon hinter Stahltüren. Dort brauchen wir ein zusätzliches Gateway.",
			"Bisher alles auf Papier, das letzte Audit hat eine Woche gekostet. {contact} will zuerst den Prüfexport sehen.",
			"{contact} findet {product} gut, hat aber Sorge wegen der Batterie bei -25 Grad. Prüfbericht ist verschickt.",
			"Das Budget liegt bei der Geschäftsleitung, nicht im Werk. Termin gibt es erst nach der Gesellschafterversammlung.",
			"{rival} hat ebenfalls angeboten, gut zehn Prozent günstiger, aber ohne Kalibrierscheine. Genau die braucht der Kunde.",
			"Pilot mit {n} Sensoren läuft seit {days} Tagen ohne Lücke. Eine offene Tür nachts gemeldet, das hat überzeugt.",
			"IT fragt, wie die Daten das Haus verlassen. Datenblatt ist raus, LTE ohne Berührung mit dem Firmennetz wäre genehmigt.",
			"Lieferung in zwei Teilen gewünscht, damit jede Schicht geschult werden kann. Für uns kein Problem.",
			"Am Standort {site} fallen die alten Logger jeden Monat aus. Damit sollten wir anfangen.",
			"{contact} wünscht eine Referenz aus derselben Branche. Telefonat mit einem Kunden in der Nähe angeboten.",
			"Lange nichts gehört, jetzt Rückruf von {contact}: Umbau fertig, Projekt geht weiter wie besprochen.",
		},
		won: []string{
			"Auftrag ist da. Ausschlaggebend waren die Kalibrierscheine im Preis und der Einbau innerhalb von drei Wochen.",
			"{contact} hat heute unterschrieben. Start mit {site}, nach {days} Tagen gemeinsame Auswertung.",
			"Bestellung eingegangen, keine Änderungen. Übergabe an die Montage ist terminiert.",
		},
		lost: map[string]string{
			lostPrice:    "Am Preis gescheitert. {rival} lag fast ein Fünftel darunter, {contact} konnte das intern nicht vertreten.",
			lostRival:    "Entscheidung für {rival}, weil das Schwesterwerk schon damit arbeitet. In zwei Jahren wieder nachfragen.",
			lostBudget:   "Budget für dieses Jahr gestrichen. {contact} bittet, das Angebot im Januar zu erneuern.",
			lostSilence:  "Nach fünf Versuchen in {days} Tagen keine Antwort. Ich schließe das hier.",
			lostFeature:  "Es werden Sensoren mit Ex-Schutz gebraucht, die haben wir nicht. An das Produktmanagement gemeldet.",
			lostPostpone: "Projekt hinter den Neubau verschoben, frühestens nächsten Herbst.",
		},
		calls: []said{
			{"Erstgespräch mit {contact}", "{rooms} Kühlräume, Kontrolle zweimal täglich von Hand. Besuch ist willkommen."},
			{"Fragen zum Angebot", "Montage soll getrennt ausgewiesen werden. {contact} fragt nach einem Mengenpreis."},
			{"Nachgefasst", "Liegt bei der Geschäftsführung. {contact} rechnet mit einer Antwort in {days} Tagen."},
			{"Technische Klärung", "Reichweite durch zwei Betonwände, Alarm per SMS, Rechte je Standort. Alles beantwortet."},
			{"Preisgespräch", "Acht Prozent gefordert. Fünf angeboten, wenn noch in diesem Quartal bestellt wird."},
		},
		again: []said{
			{"Anruf wegen Erweiterung", "{contact} ist zufrieden. Jetzt sollen die {rooms} Räume nebenan folgen."},
			{"Jahresgespräch am Telefon", "Zwei Alarme im letzten Monat, beide berechtigt. Preis für {site} gewünscht."},
		},
		meetings: []said{
			{"Begehung {site}", "Mit {contact} {n} Messpunkte aufgenommen. Fotos liegen im Ordner."},
			{"Produktvorführung", "Alarme, Lageplan und Prüfexport gezeigt. Die meisten Fragen gab es zu Rechten und Nutzern."},
			{"Angebot durchgesprochen", "Position für Position. Wartungsvertrag bleibt, Schulung wird halbiert."},
			{"Auswertung Pilot", "{n} Sensoren, keine Lücken. {contact} empfiehlt den Rollout."},
		},
		tasks: []said{
			{"Angebot für {site} schicken", "Kalibrierung als eigene Position."}, {"{contact} zurückrufen", ""},
			{"Datenblatt IT-Sicherheit senden", "Die Kurzfassung genügt."}, {"Demokoffer reservieren", ""},
			{"Begehung vorbereiten", ""}, {"Bestelltermin erfragen", "{product} wird knapp."}, {"Referenz nennen", "Gleiche Branche, kein Wettbewerber."},
		},
		leadCalls: []said{
			{"Erstkontakt", "Auf der Messe gesehen, möchte eine Hausnummer für {n} Messpunkte."},
			{"Nicht erreicht", "Bis nächste Woche im Urlaub, Rückruf hinterlassen."},
			{"Bedarf geklärt", "Budget ist da, die Werkleitung entscheidet, Start in etwa {days} Tagen."},
		},
		next:       []string{"Überarbeitetes Angebot senden", "Nach der Sitzung anrufen", "Termin für Begehung abstimmen", "IT-Freigabe einholen", "Auf Bestellung warten", "Pilotergebnisse zeigen"},
		interests:  []string{"Temperaturaufzeichnung für Kühlräume", "Schwingungssensoren für Pumpen", "Ersatz für Papierlisten", "Alarme in der Nacht", "Bitte um Preisliste", "Übersicht über mehrere Standorte"},
		background: []string{"Familienbetrieb in dritter Generation.", "Audit jedes Jahr im März, vorher muss alles stehen.", "Rechnung nur per E-Mail, Bestellnummer angeben.", ""},
		places:     []string{"Beim Kunden", "Videokonferenz", "Messestand", "Bei uns im Haus"},
	},
}
