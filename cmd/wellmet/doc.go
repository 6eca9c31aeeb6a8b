// Wellmet is a CRM in one program; package cli has its commands.
package main
