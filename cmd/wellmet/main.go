package main

import (
	"os"

	"wellmet/internal/cli"
)

// version is set when a release is built.
var version = "devel"

func main() { os.Exit(cli.Main(version)) }
