package bench

// Result is one shape under one load. Times are in milliseconds.
type Result struct {
	Name          string  `json:"name"`
	Clients       int     `json:"clients"`
	Requests      int     `json:"requests"`
	Errors        int     `json:"errors"`
	FirstError    string  `json:"first_error,omitempty"`
	Seconds       float64 `json:"seconds"`
	PerSecond     float64 `json:"requests_per_s"`
	RowsPerSecond float64 `json:"rows_per_s,omitempty"`
	P50           float64 `json:"p50_ms"`
	P95           float64 `json:"p95_ms"`
	P99           float64 `json:"p99_ms"`
	Max           float64 `json:"max_ms"`
	Bytes         int     `json:"bytes_per_answer"`
	ServerCPU     float64 `json:"server_cpu_ms_per_request"`
	GeneratorCPU  float64 `json:"generator_cpu_ms_per_request"`
	OtherCPU      float64 `json:"other_programs_cpu_percent"`
	Memory        int64   `json:"server_memory_bytes"`
}

// Entry is a result with what it was taken on.
type Entry struct {
	Size int    `json:"size"` // deals in the workspace
	As   string `json:"as"`   // whose rights: admin, rep with team scope, …
	Result
}

// Number is a single measured figure that is no HTTP load: rows imported a
// second, seconds to the first answer, times the bare driver.
type Number struct {
	Size  int     `json:"size"`
	Name  string  `json:"name"`
	As    string  `json:"as,omitempty"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
}

// Target is what a figure should reach. It is judged at the largest size.
type Target struct {
	Name string `json:"name"` // of the entries or numbers it is about
	// As narrows it to one actor; empty means every one.
	As string `json:"as,omitempty"`
	// Limit is the most server CPU a request may take in milliseconds, or the
	// most the number may be; with AtLeast, the least it may be.
	Limit   float64 `json:"limit"`
	AtLeast bool    `json:"at_least,omitempty"`
}

func (t Target) met(value float64) bool {
	if t.AtLeast {
		return value >= t.Limit
	}
	return value <= t.Limit
}

// growthLimit: no cost may more than double from the smallest size to the
// largest. Differences below growthFloor (milliseconds, or the number's unit)
// are the coarseness of the clock.
const (
	growthLimit = 2.0
	growthFloor = 0.05
)
