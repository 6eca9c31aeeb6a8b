package i18n

import (
	"time"

	"wellmet/internal/value"
)

func russian() locale {
	return locale{
		language: "ru", html: "ru",
		decimal: ",", group: nbsp, percent: nbsp + "%", symbols: "ru",
		units:     []unit{{3, nbsp + "тыс."}, {6, nbsp + "млн"}, {9, nbsp + "млрд"}, {12, nbsp + "трлн"}},
		weekStart: time.Monday, order: value.DateDMY,

		months:       [12]string{"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
		monthsOfDate: [12]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
		monthsShort:  [12]string{"янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек."},
		monthsAlone:  [12]string{"янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.", "нояб.", "дек."},
		weekdays:     [7]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
		weekdaysTiny: [7]string{"вс", "пн", "вт", "ср", "чт", "пт", "сб"},

		date: "{d} {mmm} {y}\u00a0г.", near: "{d} {mmm}", long: "{weekday}, {d} {mmmm} {y}\u00a0г.",
		weekday: "{w}, {d} {mmm}", weekdayYear: "{w}, {d} {mmm} {y}\u00a0г.",
		month: "{month} {y}\u00a0г.", monthShort: "{mon} {y}\u00a0г.", quarter: "{q}\u00a0кв. {y}\u00a0г.",
		half: "{q}-е\u00a0полугодие {y}\u00a0г.", fiscalYear: "{y}\u00a0фин.\u00a0г.", year: "{y}\u00a0г.", fiscalQuarter: "{q}\u00a0кв. {y}\u00a0фин.\u00a0г.", fiscalHalf: "{q}-е\u00a0полугодие {y}\u00a0фин.\u00a0г.",
		moment: "{date}, {time}", clock: "{h}:{mm}", padHour: true,

		yesterdays: []string{"вчера", "позавчера"}, tomorrows: []string{"завтра", "послезавтра"}, today: "сегодня", now: "только что",
		past:      words{"one": "{n} день назад", "few": "{n} дня назад", "other": "{n} дней назад"},
		future:    words{"one": "через {n} день", "few": "через {n} дня", "other": "через {n} дней"},
		pastShort: "{t} назад",
		day:       "{n}\u00a0дн.", hour: "{n}\u00a0ч", minute: "{n}\u00a0мин", second: "{n}\u00a0с", durationSpace: " ",
		byteUnits: [5]string{"Б", "кБ", "МБ", "ГБ", "ТБ"},
		listComma: ", ", listAnd: " и ",

		lexicon: map[string]lexeme{
			"сен": {isMonth, 9}, "ноя": {isMonth, 11}, "фев": {isMonth, 2},
			"вторника": {isWeekday, 2}, "среду": {isWeekday, 3}, "пятницу": {isWeekday, 5}, "субботу": {isWeekday, 6},
			"д": {isUnit, unitDay}, "дн": {isUnit, unitDay}, "день": {isUnit, unitDay}, "дня": {isUnit, unitDay}, "дней": {isUnit, unitDay},
			"н": {isUnit, unitWeek}, "нед": {isUnit, unitWeek}, "неделя": {isUnit, unitWeek}, "недели": {isUnit, unitWeek}, "недель": {isUnit, unitWeek}, "неделю": {isUnit, unitWeek}, "неделе": {isUnit, unitWeek},
			"м": {isUnit, unitMonth}, "мес": {isUnit, unitMonth}, "месяц": {isUnit, unitMonth}, "месяца": {isUnit, unitMonth}, "месяцев": {isUnit, unitMonth}, "месяце": {isUnit, unitMonth},
			"кв": {isUnit, unitQuarter}, "квартал": {isUnit, unitQuarter}, "квартала": {isUnit, unitQuarter}, "кварталов": {isUnit, unitQuarter},
			"год": {isUnit, unitYear}, "года": {isUnit, unitYear}, "лет": {isUnit, unitYear}, "г": {isYearMark, 0},
			"через": {isFuture, 0}, "назад": {isPast, 0},
			"следующий": {isNext, 0}, "следующая": {isNext, 0}, "следующее": {isNext, 0}, "следующую": {isNext, 0}, "следующей": {isNext, 0}, "следующем": {isNext, 0},
			"прошлый": {isLast, 0}, "прошлая": {isLast, 0}, "прошлое": {isLast, 0}, "прошлую": {isLast, 0}, "прошлой": {isLast, 0}, "прошлом": {isLast, 0},
			"этот": {isThis, 0}, "эта": {isThis, 0}, "это": {isThis, 0}, "эту": {isThis, 0}, "этой": {isThis, 0}, "этом": {isThis, 0},
			"конец": {isEnd, 0}, "конце": {isEnd, 0}, "в": {isFiller, 0}, "во": {isFiller, 0}, "на": {isFiller, 0}, "к": {isFiller, 0},
		},
		multipliers: map[string]int32{"к": 3, "т": 3, "тыс": 3, "тысяч": 3, "тысяча": 3, "тысячи": 3, "м": 6, "млн": 6, "миллион": 6, "миллиона": 6, "миллионов": 6, "млрд": 9, "миллиард": 9, "миллиарда": 9, "миллиардов": 9, "трлн": 12},
	}
}
