package cli

import (
	"os"
	"strings"
	"time"
)

// machineZone is the IANA name of the machine's time zone, "UTC" where none is
// to be found. Go knows the offsets of the local zone, not its name.
func machineZone() string {
	link, _ := os.Readlink("/etc/localtime")
	_, linked, _ := strings.Cut(link, "zoneinfo/")
	file, _ := os.ReadFile("/etc/timezone")
	for _, name := range []string{os.Getenv("TZ"), linked, strings.TrimSpace(string(file)), time.Local.String()} {
		name = strings.TrimPrefix(strings.TrimPrefix(name, ":"), "Etc/")
		if _, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
			return name
		}
	}
	return "UTC"
}
