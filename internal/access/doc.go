// Package access knows who may do what.
//
// In the workspace it declares members, teams and roles, which are records like
// any other and are written by the record room only. It reads them into a
// Roster, an immutable picture of one access version, and answers from it for
// one Actor: the scope of an action on an object, the owners whose records that
// scope reaches (Reach), and the right to each field. The record room turns
// these answers into SQL; nothing is filtered after fetching.
//
// In the control database it keeps users, sign-in, sessions, API tokens and
// one-time codes (Auth). A user is a person with a password; a member is what
// he is inside one workspace; a membership joins the two and can be switched
// off, which ends his sessions and tokens there with their next use.
//
// What a role permits is data in its record (Permissions). Everything that is
// not permitted is refused: a missing role, a broken one, an unknown object.
// Rules that the app room wraps around members, teams and roles are plain
// functions on a transaction (CheckMembers, CheckTeams, CheckRoles,
// TeamsChanged).
package access
