package cli

// flags is the whole command line.
type flags struct {
	Data      string `default:"wellmet-data" env:"WELLMET_DATA" placeholder:"DIR" help:"Folder of the databases and files (${default})."`
	Database  string `env:"WELLMET_DATABASE" placeholder:"URL" help:"postgres://… for PostgreSQL 15 or newer; otherwise SQLite in the data folder."`
	Direct    string `env:"WELLMET_DIRECT" placeholder:"URL" help:"The same PostgreSQL without PgBouncer in between, for the queue and changes of the schema."`
	Workspace string `default:"main" env:"WELLMET_WORKSPACE" placeholder:"NAME" help:"Workspace to work in (${default})."`
	Today     string `env:"WELLMET_TODAY" placeholder:"DATE" help:"What reports and relative dates take for today (YYYY-MM-DD)."`
	Currency  string `env:"WELLMET_CURRENCY" placeholder:"CODE" help:"Currency of a new workspace (EUR)."`
	Zone      string `env:"WELLMET_ZONE" placeholder:"ZONE" help:"Time zone of a new workspace, such as Europe/Sofia (the machine's)."`
	Locale    string `env:"WELLMET_LOCALE" placeholder:"TAG" help:"Language of a new workspace (en)."`
	Private   bool   `name:"private-webhooks" env:"WELLMET_PRIVATE_WEBHOOKS" help:"Let webhooks reach addresses of this server's own network."`
	Log       string `default:"warn" enum:"debug,info,warn,error" env:"WELLMET_LOG" placeholder:"LEVEL" help:"What is logged to standard error: debug, info, warn or error (${default})."`

	Serve     serveCmd     `cmd:"" help:"Open a workspace, making it when it is missing, and answer at an address."`
	Demo      demoCmd      `cmd:"" help:"The same with a sample company, in a temporary folder."`
	User      userCmd      `cmd:"" help:"Who can sign in."`
	Team      teamCmd      `cmd:"" help:"Teams."`
	Role      roleCmd      `cmd:"" help:"What members may do."`
	Token     tokenCmd     `cmd:"" help:"Keys for programs."`
	Import    importCmd    `cmd:"" help:"Bring records in from a CSV or XLSX file, or take an import back."`
	Export    exportCmd    `cmd:"" help:"Write records to a CSV, XLSX or JSON lines file."`
	Report    reportCmd    `cmd:"" help:"Run a standard report."`
	Reports   reportsCmd   `cmd:"" help:"List the standard reports."`
	Aggregate aggregateCmd `cmd:"" help:"Group and add up records."`
	Schema    schemaCmd    `cmd:"" help:"Objects and fields as a file."`
	Process   processCmd   `cmd:"" help:"Blueprints, rules and templates as a file."`
	Backup    backupCmd    `cmd:"" help:"Write everything to one file, also while a server runs."`
	Restore   restoreCmd   `cmd:"" help:"Bring a backup back into an empty place."`
	Check     checkCmd     `cmd:"" help:"Is everything all right?"`
	Bench     benchCmd     `cmd:"" help:"Measure speed and size on made-up workspaces."`
	Version   versionCmd   `cmd:"" help:"Say which version this is."`
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(sh *shell) error {
	sh.print("wellmet " + sh.Version)
	return nil
}
