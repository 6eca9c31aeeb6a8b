package api

import (
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wellmet/internal/record"
)

// meters count what the door does. Their labels are operations, never paths or
// members: a stranger must not be able to make a new one.
type meters struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	flying   prometheus.Gauge
	handler  http.Handler
}

func newMeters() *meters {
	m := &meters{registry: prometheus.NewRegistry()}
	m.took = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wellmet_request_seconds",
		Help:    "How long answers took, by operation and class of status.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60}}, []string{"operation", "status"})
	m.flying = prometheus.NewGauge(prometheus.GaugeOpts{Name: "wellmet_requests_in_flight", Help: "Requests being answered."})
	m.registry.MustRegister(m.took, m.flying, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return m
}

func (m *meters) observe(op *operation, status int, took time.Duration) {
	m.took.WithLabelValues(op.name, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

// metrics answers them to this machine, and elsewhere to an administrator's
// token: they tell how busy a company is.
func (a *API) metrics(w http.ResponseWriter, r *http.Request) {
	if ip, err := netip.ParseAddr(a.address(r)); err == nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "" {
		a.meters.handler.ServeHTTP(w, r)
		return
	}
	op := &operation{method: GET, path: "/metrics", name: "metrics", class: quick, do: func(c *call) error {
		if err := c.look(admin); err != nil {
			return err
		}
		c.begun = true
		a.meters.handler.ServeHTTP(w, r)
		return nil
	}}
	a.serve(op, w, r)
}

// health answers whether the databases do.
func (a *API) health(w http.ResponseWriter, r *http.Request) {
	op := &operation{method: GET, path: "/healthz", name: "health", class: quick, open: true, do: func(c *call) error {
		ws, err := a.app.Default(c.ctx)
		if err != nil {
			return err
		}
		if err := ws.Read(c.ctx, record.AsSystem("health"), func(*record.Session) error { return nil }); err != nil {
			return err
		}
		c.out = append(c.out, `{"status":"ok"}`...)
		return c.send()
	}}
	a.serve(op, w, r)
}
