// Package support is service after the sale: cases, their states, and how the
// solved ones help with the next.
//
// A case belongs to a customer and, where it is known, to the deal or the
// product that it is about. From the deal the way leads back to its process
// (process.Look): what was late, skipped or promised anew.
package support
