package i18n

import (
	"time"

	"wellmet/internal/value"
)

func finnish() locale {
	return locale{
		language: "fi", html: "fi",
		decimal: ",", group: nbsp, percent: nbsp + "%", symbols: "fi",
		units:     []unit{{3, nbsp + "t."}, {6, nbsp + "milj."}, {9, nbsp + "mrd."}, {12, nbsp + "bilj."}},
		weekStart: time.Monday, order: value.DateDMY,

		months:       [12]string{"tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu", "heinäkuu", "elokuu", "syyskuu", "lokakuu", "marraskuu", "joulukuu"},
		monthsOfDate: [12]string{"tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kesäkuuta", "heinäkuuta", "elokuuta", "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta"},
		monthsShort:  [12]string{"tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu"},
		weekdays:     [7]string{"sunnuntai", "maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai"},
		weekdaysTiny: [7]string{"su", "ma", "ti", "ke", "to", "pe", "la"},

		date: "{d}.{m}.{y}", near: "{d}.{m}.", long: "{weekday} {d}. {mmmm} {y}",
		weekday: "{w} {d}.{m}.", weekdayYear: "{w} {d}.{m}.{y}",
		month: "{month} {y}", monthShort: "{mon} {y}", quarter: "Q{q}/{y}",
		half: "H{q}/{y}", fiscalYear: "tilikausi {y}", year: "{y}", fiscalQuarter: "Q{q} tilikausi {y}", fiscalHalf: "H{q} tilikausi {y}",
		moment: "{date} klo {time}", clock: "{h}.{mm}",

		yesterdays: []string{"eilen", "toissapäivänä"}, tomorrows: []string{"huomenna", "ylihuomenna"}, today: "tänään", now: "juuri nyt",
		past:      words{"one": "{n} päivä sitten", "other": "{n} päivää sitten"},
		future:    words{"other": "{n} päivän päästä"},
		pastShort: "{t} sitten",
		day:       "{n}\u00a0pv", hour: "{n}\u00a0t", minute: "{n}\u00a0min", second: "{n}\u00a0s", durationSpace: " ",
		byteUnits: [5]string{"t", "kt", "Mt", "Gt", "Tt"},
		listComma: ", ", listAnd: " ja ",

		lexicon: map[string]lexeme{
			"pv": {isUnit, unitDay}, "d": {isUnit, unitDay}, "paiva": {isUnit, unitDay}, "paivan": {isUnit, unitDay}, "paivaa": {isUnit, unitDay},
			"vk": {isUnit, unitWeek}, "viikko": {isUnit, unitWeek}, "viikon": {isUnit, unitWeek}, "viikkoa": {isUnit, unitWeek}, "viikolla": {isUnit, unitWeek},
			"kk": {isUnit, unitMonth}, "kuukausi": {isUnit, unitMonth}, "kuukauden": {isUnit, unitMonth}, "kuukautta": {isUnit, unitMonth}, "kuussa": {isUnit, unitMonth},
			"v": {isUnit, unitYear}, "vuosi": {isUnit, unitYear}, "vuoden": {isUnit, unitYear}, "vuotta": {isUnit, unitYear}, "vuonna": {isUnit, unitYear},
			"paasta": {isFuture, 0}, "kuluttua": {isFuture, 0}, "sitten": {isPast, 0},
			"ensi": {isNext, 0}, "viime": {isLast, 0}, "tana": {isThis, 0}, "tassa": {isThis, 0}, "loppu": {isEnd, 0}, "lopussa": {isEnd, 0},
			"sunnuntaina": {isWeekday, 0}, "maanantaina": {isWeekday, 1}, "tiistaina": {isWeekday, 2}, "keskiviikkona": {isWeekday, 3},
			"torstaina": {isWeekday, 4}, "perjantaina": {isWeekday, 5}, "lauantaina": {isWeekday, 6},
		},
		multipliers: map[string]int32{"t": 3, "tuhatta": 3, "milj": 6, "miljoona": 6, "miljoonaa": 6, "m": 6, "mrd": 9, "miljardi": 9, "miljardia": 9, "bilj": 12},
	}
}
