// Package parts shows and edits fields by their metadata: one small component
// a family of kinds, for the record page (Show), for a cell of a table or card
// (Cell), for plain text (Text) and for forms (Input, Labeled, Read).
//
// A part knows a field's definition, its value and who looks at it; never
// where it stands. What values link to is named by Names, which asks once an
// object however many records a page has. Values that the actor sees masked
// come out as the engine masks them, and never as links.
package parts
