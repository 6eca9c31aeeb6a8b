// Package app builds a running Wellmet from the rooms: it opens the
// databases, makes workspaces from the objects and rules that the rooms
// declare (rooms.go is the one list), runs the jobs and keeps people's sign-in
// and membership in step with their member records.
//
// Doors (api, web, cli) get an App and open sessions through its workspaces.
// The app knows no HTTP.
package app
