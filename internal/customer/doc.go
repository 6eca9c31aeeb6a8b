// Package customer knows whom a company sells to: accounts (companies and
// other organisations, with parents) and contacts (persons, with a primary
// account and further ones, or none).
//
// It declares the two objects and the few rules that make their records
// sound. It does not know deals, activities or imports; those link here.
package customer
