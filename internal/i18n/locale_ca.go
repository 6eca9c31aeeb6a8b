package i18n

import (
	"time"

	"wellmet/internal/value"
)

func catalan() locale {
	return locale{
		language: "ca", html: "ca",
		decimal: ",", group: ".", percent: nbsp + "%", symbols: "ca",
		// Above a million of millions there is no short word people use.
		units:     []unit{{3, nbsp + "k"}, {6, nbsp + "M"}, {12, nbsp + "B"}},
		weekStart: time.Monday, order: value.DateDMY,

		months:       [12]string{"gener", "febrer", "març", "abril", "maig", "juny", "juliol", "agost", "setembre", "octubre", "novembre", "desembre"},
		monthsOfDate: [12]string{"de gener", "de febrer", "de març", "d’abril", "de maig", "de juny", "de juliol", "d’agost", "de setembre", "d’octubre", "de novembre", "de desembre"},
		monthsShort:  [12]string{"de gen.", "de febr.", "de març", "d’abr.", "de maig", "de juny", "de jul.", "d’ag.", "de set.", "d’oct.", "de nov.", "de des."},
		monthsAlone:  [12]string{"gen.", "febr.", "març", "abr.", "maig", "juny", "jul.", "ag.", "set.", "oct.", "nov.", "des."},
		weekdays:     [7]string{"diumenge", "dilluns", "dimarts", "dimecres", "dijous", "divendres", "dissabte"},
		weekdaysTiny: [7]string{"dg.", "dl.", "dt.", "dc.", "dj.", "dv.", "ds."},

		date: "{d} {mmm} {y}", near: "{d} {mmm}", long: "{weekday}, {d} {mmmm} de {y}",
		weekday: "{w}, {d} {mmm}", weekdayYear: "{w}, {d} {mmm} {y}",
		month: "{month} de {y}", monthShort: "{mon} {y}", quarter: "{q}T {y}",
		half: "{q}S {y}", fiscalYear: "exercici {y}", year: "{y}", fiscalQuarter: "{q}T exercici {y}", fiscalHalf: "{q}S exercici {y}",
		moment: "{date}, {time}", clock: "{h}:{mm}",

		yesterdays: []string{"ahir", "abans-d’ahir"}, tomorrows: []string{"demà", "demà passat"}, today: "avui", now: "ara mateix",
		past:      words{"one": "fa {n} dia", "other": "fa {n} dies"},
		future:    words{"one": "d’aquí a {n} dia", "other": "d’aquí a {n} dies"},
		pastShort: "fa {t}",
		day:       "{n}\u00a0d", hour: "{n}\u00a0h", minute: "{n}\u00a0min", second: "{n}\u00a0s", durationSpace: " ",
		byteUnits: [5]string{"B", "kB", "MB", "GB", "TB"},
		listComma: ", ", listAnd: " i ",

		phrases: map[string]int{"passat dema": 2, "dema passat": 2, "abans d'ahir": -2, "despus-ahir": -2},
		lexicon: map[string]lexeme{
			"dt": {isWeekday, 2}, "mar": {isMonth, 3}, "sept": {isMonth, 9},
			"d": {isUnit, unitDay}, "dia": {isUnit, unitDay}, "dies": {isUnit, unitDay},
			"s": {isUnit, unitWeek}, "set": {isMonth, 9}, "setm": {isUnit, unitWeek}, "setmana": {isUnit, unitWeek}, "setmanes": {isUnit, unitWeek},
			"m": {isUnit, unitMonth}, "mes": {isUnit, unitMonth}, "mesos": {isUnit, unitMonth},
			"t": {isUnit, unitQuarter}, "trimestre": {isUnit, unitQuarter}, "trimestres": {isUnit, unitQuarter},
			"a": {isUnit, unitYear}, "any": {isUnit, unitYear}, "anys": {isUnit, unitYear},
			"aqui": {isFuture, 0}, "dins": {isFuture, 0}, "fa": {isPast, 0},
			"proper": {isNext, 0}, "propera": {isNext, 0}, "vinent": {isNext, 0}, "que": {isFiller, 0}, "ve": {isNext, 0},
			"passat": {isLast, 0}, "passada": {isLast, 0}, "aquest": {isThis, 0}, "aquesta": {isThis, 0},
			"final": {isEnd, 0}, "fi": {isEnd, 0},
			"de": {isFiller, 0}, "del": {isFiller, 0}, "el": {isFiller, 0}, "la": {isFiller, 0}, "l": {isFiller, 0}, "un": {isFiller, 1}, "una": {isFiller, 1},
		},
		multipliers: map[string]int32{"mil": 3, "milio": 6, "milions": 6, "b": 12},
	}
}
