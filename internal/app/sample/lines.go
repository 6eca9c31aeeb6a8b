package sample

import "wellmet/internal/value"

// order makes up the lines of a deal; what a firm buys follows its size.
func (b *builder) order(s source, kind string, a *Account) []Line {
	if kind == "expansion" {
		return b.addOn(s)
	}
	small, large := 45, 6
	switch {
	case a.Employees > 600:
		small, large = 12, 30
	case a.Employees > 200:
		small, large = 25, 12
	}
	switch s.weighted(small, 100-small-large, large) {
	case 0:
		return b.starter(s)
	case 2:
		return b.everywhere(s)
	}
	return b.site(s, a)
}

// starter: a cold room or two.
func (b *builder) starter(s source) []Line {
	lines := []Line{b.line(pickWare(s, wareTemp, wareHumidity), s.between(6, 30), 0), b.line(wareGateway, s.between(1, 2), 0), b.line(wareBasic, 1, 0)}
	if s.chance(40) {
		lines = append(lines, b.line(wareInstall, 1, 0))
	}
	return lines
}

// site: a whole plant or warehouse.
func (b *builder) site(s source, a *Account) []Line {
	main := pickWare(s, wareTemp, wareHumidity, wareHumidity)
	if a.Industry == making || a.Industry == power {
		main = wareVibration
	}
	n := s.between(30, 180)
	off := pick(s, []int{0, 5, 5, 10})
	lines := []Line{b.line(main, n, off), b.line(wareGateway, 1+n/40, off), b.line(warePlus, s.between(1, 4), 0), b.line(wareInstall, 1+n/50, 0)}
	if s.chance(55) {
		lines = append(lines, b.line(wareCalibration, n, off))
	}
	if s.chance(45) {
		lines = append(lines, b.line(wareTraining, s.between(1, 2), 0))
	}
	if s.chance(30) {
		lines = append(lines, b.line(wareDisplay, s.between(1, 5), 0))
	}
	return lines
}

// everywhere: all sites of a large firm at once.
func (b *builder) everywhere(s source) []Line {
	n := s.between(300, 1400)
	off := pick(s, []int{10, 15, 15, 20})
	return []Line{
		b.line(wareHumidity, n, off), b.line(wareLeak, n/s.between(3, 6), off), b.line(wareOutdoor, 2+n/60, off),
		agreed(b.line(wareEnterprise, 1, pick(s, []int{0, 0, 10})), 3), b.line(wareCare, s.between(1, 4), 0),
		b.line(wareInstall, 2+n/90, 0), b.line(wareTraining, s.between(2, 6), 0),
	}
}

// addOn: more of something that works.
func (b *builder) addOn(s source) []Line {
	n := s.between(8, 90)
	lines := []Line{b.line(pickWare(s, wareTemp, wareHumidity, wareVibration, wareLeak, wareProbe), n, pick(s, []int{0, 0, 5, 10}))}
	if n > 40 {
		lines = append(lines, b.line(pickWare(s, wareGateway, wareOutdoor), s.between(1, 3), 0))
	}
	if s.chance(35) {
		lines = append(lines, b.line(warePlus, s.between(1, 2), 0))
	}
	return lines
}

// subscription: what is renewed every year.
func (b *builder) subscription(s source) []Line {
	lines := []Line{b.line(pickWare(s, wareBasic, warePlus, warePlus), s.between(1, 5), 0)}
	if s.chance(12) {
		lines[0] = b.line(wareEnterprise, 1, pick(s, []int{0, 5, 10}))
	}
	if s.chance(40) {
		lines = append(lines, b.line(wareCare, 1, 0))
	}
	return lines
}

func pickWare(s source, from ...int) int { return pick(s, from) }

func (b *builder) line(ware, quantity, discount int) Line {
	p := b.c.Products[ware]
	l := Line{Product: Ref(ware + 1), Quantity: quantity, Price: p.Price, Discount: discount, TaxRate: p.TaxRate}
	l.Amount = value.Money{Minor: percent(int64(quantity)*l.Price.Minor, 100-discount), Currency: b.c.Currency}
	if p.Yearly {
		l.Years = 1
	}
	return l
}

// agreed makes a yearly line one of several years.
func agreed(l Line, years int) Line {
	l.Amount.Minor *= int64(years)
	l.Years = years
	return l
}

// percent of an amount in minor units, half to even.
func percent(minor int64, p int) int64 {
	n := minor * int64(p)
	q, r := n/100, n%100
	if r > 50 || r == 50 && q%2 == 1 {
		q++
	}
	return q
}

func sum(lines []Line) value.Money {
	total := value.Money{Currency: lines[0].Amount.Currency}
	for _, l := range lines {
		total.Minor += l.Amount.Minor
	}
	return total
}
