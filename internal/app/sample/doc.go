// Package sample makes up the company that "wellmet demo" shows: Northlight, a
// maker of sensors for cold rooms, machines and buildings, with its teams,
// customers, pipeline and eighteen months of daily work.
//
// It knows what looks believable: names, addresses and notes in the language
// of the country, deals that move as real ones do, a summer lull and a rush
// before each quarter's end. It knows nothing of the engine: Generate answers
// plain structs that refer to each other by number, and app writes them. The
// same options give the same company, to the letter.
//
// Nobody in it can be reached: every domain ends in .example, and every phone
// number is from a range reserved for fiction or cannot be dialled.
package sample
