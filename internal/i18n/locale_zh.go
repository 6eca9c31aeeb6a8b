package i18n

import (
	"time"

	"wellmet/internal/value"
)

// chinese is Chinese in simplified signs. Numbers are grouped by thousands but
// shortened by ten thousands.
func chinese() locale {
	return locale{
		language: "zh", html: "zh-Hans",
		decimal: ".", group: ",", percent: "%", moneyInFront: true, symbols: "zh",
		units:     []unit{{4, "万"}, {8, "亿"}, {12, "万亿"}},
		weekStart: time.Monday, order: value.DateMDY,

		months:       [12]string{"一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"},
		monthsShort:  [12]string{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"},
		weekdays:     [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
		weekdaysTiny: [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"},

		date: "{y}年{m}月{d}日", near: "{m}月{d}日", long: "{y}年{m}月{d}日{weekday}",
		weekday: "{m}月{d}日{w}", weekdayYear: "{y}年{m}月{d}日{w}",
		month: "{y}年{m}月", monthShort: "{y}年{m}月", quarter: "{y}年第{q}季度",
		half: "{y}年{half}", fiscalYear: "{y}财年", year: "{y}年", fiscalQuarter: "{y}财年第{q}季度", fiscalHalf: "{y}财年{half}", halves: [2]string{"上半年", "下半年"},
		moment: "{date} {time}", clock: "{h}:{mm}", padHour: true,

		yesterdays: []string{"昨天", "前天"}, tomorrows: []string{"明天", "后天"}, today: "今天", now: "刚刚",
		past: words{"other": "{n}天前"}, future: words{"other": "{n}天后"},
		pastShort: "{t}前",
		day:       "{n}天", hour: "{n}小时", minute: "{n}分钟", second: "{n}秒",
		byteUnits: [5]string{"B", "kB", "MB", "GB", "TB"},
		listComma: "、", listAnd: "和",

		lexicon: map[string]lexeme{
			"今日": {isDay, 0}, "明日": {isDay, 1}, "昨日": {isDay, -1}, "大后天": {isDay, 3}, "大前天": {isDay, -3},
			"周天": {isWeekday, 0}, "星期天": {isWeekday, 0}, "礼拜天": {isWeekday, 0}, "礼拜日": {isWeekday, 0}, "礼拜一": {isWeekday, 1}, "礼拜二": {isWeekday, 2},
			"礼拜三": {isWeekday, 3}, "礼拜四": {isWeekday, 4}, "礼拜五": {isWeekday, 5}, "礼拜六": {isWeekday, 6},
			"天": {isUnit, unitDay}, "周": {isUnit, unitWeek}, "星期": {isUnit, unitWeek}, "个星期": {isUnit, unitWeek}, "礼拜": {isUnit, unitWeek},
			"个月": {isUnit, unitMonth}, "月份": {isUnit, unitMonth}, "季度": {isUnit, unitQuarter}, "个季度": {isUnit, unitQuarter},
			"年": {isYearMark, 0}, "月": {isMonthMark, 0}, "日": {isDayMark, 0}, "号": {isDayMark, 0},
			"后": {isFuture, 0}, "之后": {isFuture, 0}, "以后": {isFuture, 0}, "前": {isPast, 0}, "之前": {isPast, 0}, "以前": {isPast, 0},
			"下": {isNext, 0}, "下个": {isNext, 0}, "上": {isLast, 0}, "上个": {isLast, 0}, "本": {isThis, 0}, "这": {isThis, 0}, "这个": {isThis, 0},
			"明年": {isNext, unitYear}, "去年": {isLast, unitYear}, "今年": {isThis, unitYear},
			"底": {isEnd, 0}, "末": {isEnd, 0}, "月底": {isEnd, unitMonth}, "月末": {isEnd, unitMonth}, "年底": {isEnd, unitYear}, "年末": {isEnd, unitYear}, "周末": {isEnd, unitWeek},
			"的": {isFiller, 0},
		},
		multipliers: map[string]int32{"千": 3, "万": 4, "w": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12},
	}
}
