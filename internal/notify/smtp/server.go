package smtp

import (
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Server is where mails are handed in, and in whose name.
type Server struct {
	Host   string `json:"host"`
	Port   int    `json:"port"`
	Safety string `json:"safety"` // StartTLS, TLS or Plain
	User   string `json:"user"`
	// Sealed is the password as it is kept, Password as it is used.
	Sealed   string `json:"sealed"`
	Password string `json:"-"`
	Sender   string `json:"sender"` // the address mails come from
	// Site is where people find the pages, for the links of mails.
	Site string `json:"site"`
}

// How the way to the server is kept from readers. Plain is for a server on the
// same machine.
const (
	StartTLS = "starttls"
	TLS      = "tls"
	Plain    = "plain"
)

// Settings keep the server of a workspace.
var Settings = store.Setting[Server]{Key: "smtp", Default: Server{Port: 587, Safety: StartTLS}}

// Ready reports whether there is a server to hand mails to.
func (s Server) Ready() bool { return s.Host != "" && s.Sender != "" }

// Check refuses what no mail could be sent with, each input by itself. Without
// a host there is no server, and nothing to check.
func (s *Server) Check() error {
	var bad []fault.Field
	refuse := func(path, key string) { bad = append(bad, fault.Field{Path: path, Key: key}) }
	s.Host, s.User, s.Site = strings.TrimSpace(s.Host), strings.TrimSpace(s.User), strings.TrimSpace(s.Site)
	if s.Host == "" {
		return nil
	}
	if len(s.Host) > 253 || strings.ContainsAny(s.Host, "/@ \t\r\n") {
		refuse("host", "smtp.bad_host")
	}
	if s.Port < 1 || s.Port > 65535 {
		refuse("port", "smtp.bad_port")
	}
	if s.Safety != StartTLS && s.Safety != TLS && s.Safety != Plain {
		refuse("safety", "smtp.bad_safety")
	}
	if address, err := value.ParseEmail(s.Sender); err != nil {
		refuse("sender", "smtp.bad_sender")
	} else {
		s.Sender = address
	}
	if s.Site != "" {
		if address, err := value.ParseURL(s.Site); err != nil {
			refuse("site", "smtp.bad_site")
		} else {
			s.Site = strings.TrimRight(address, "/")
		}
	}
	if len(bad) > 0 {
		return fault.New(fault.Invalid, "smtp.bad_settings", nil).With(bad...)
	}
	return nil
}
