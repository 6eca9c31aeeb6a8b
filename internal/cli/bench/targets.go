package bench

// The names of single figures.
const (
	figureLoad    = "filling, by batches of 1,000"
	figureLoadCPU = "filling, a batch"
	figureStart   = "cold start to first answer"
	figurePage    = "first page ÷ bare driver"
	figureBare    = "the first page's SQL, bare"
	figureHTTP    = "HTTP adds to the first page"
	figureImport  = "import, ten columns and a link"
	figureMemory  = "resident after 8 clients"
	figureMany    = "10,000 entries ÷ 10"
)

// What is added to a page's name.
const (
	figureOver     = " over its data"
	figureTogether = ", p95 with 8 clients"
	figureZipped   = ", compressed"
)

// targets are what the product promises at 1,000,000 deals. Rows a second are
// promised on SQLite only.
func targets(sqlite bool) []Target {
	list := []Target{
		{Name: shapeGet, Limit: 0.4}, {Name: shapePage, Limit: 2.5}, {Name: shapeLater, Limit: 2.5}, {Name: shapeBoard, Limit: 2.5},
		{Name: shapeFinding, Limit: 5}, {Name: shapeName, Limit: 5}, {Name: shapeWords, Limit: 5}, {Name: shapeTotals, Limit: 5},
		{Name: shapeCreate, Limit: 1.2}, {Name: shapeBatch, Limit: 400},
		{Name: figureStart, Limit: 0.5}, {Name: figurePage, Limit: 2}, {Name: figureHTTP, Limit: 0.25}, {Name: figureMemory, Limit: 150},
	}
	list = append(list, pageTargets()...)
	if sqlite {
		list = append(list, Target{Name: figureImport, Limit: 4000, AtLeast: true})
	}
	return list
}

// pageTargets are what the pages promise. What a board adds to its data is
// judged on one owner's: beside sums over everything it is lost in their noise.
func pageTargets() []Target {
	list := []Target{
		{Name: screenList + figureOver, Limit: 3}, {Name: screenOwner + figureOver, Limit: 6}, {Name: screenRecord + figureOver, Limit: 6},
		{Name: screenList + figureZipped, Limit: 25}, {Name: figureMany, Limit: 1.2},
	}
	for _, name := range []string{screenList, screenBoard, screenOwner, screenRecord} {
		list = append(list, Target{Name: name + figureTogether, Limit: 60})
	}
	return list
}

// processTargets are what the guided process promises.
func processTargets() []Target {
	return []Target{
		{Name: figureMove, Limit: 0.3}, {Name: figureDry, Limit: 2}, {Name: figureCadence, Limit: 30}, {Name: figureWaiting, Limit: 50},
		{Name: figureBulk, Limit: 2000, AtLeast: true}, {Name: screenGoverned + figureOver, Limit: 6}, {Name: screenGoverned + figureTogether, Limit: 60},
	}
}
