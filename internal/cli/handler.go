package cli

import (
	"net/http"

	"wellmet/internal/api"
	"wellmet/internal/app"
)

// newServer is the HTTP side of an installation.
func newServer(a *app.App, secure bool) *http.Server {
	return api.Server(api.New(api.Needs{App: a, Secure: secure}).Handler(), a.Log())
}
