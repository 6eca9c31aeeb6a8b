// Package front is the HTTP side of an installation: the API beside the pages.
package front

import (
	"context"
	"net/http"
	"strings"

	"wellmet/internal/api"
	"wellmet/internal/app"
	"wellmet/internal/web"
)

// Server answers the API and the pages. secure says that browsers come by HTTPS.
func Server(ctx context.Context, a *app.App, secure bool) (*http.Server, error) {
	calls := api.New(api.Needs{App: a, Secure: secure}).Handler()
	pages, err := web.New(ctx, web.Needs{App: a, Secure: secure})
	if err != nil {
		return nil, err
	}
	return api.Server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/healthz" || r.URL.Path == "/metrics" {
			calls.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	}), a.Log()), nil
}
