// Package dedupe knows what to do about two records of one thing: it merges
// them. One stays, with the values that were picked and everything that linked
// to either; the other goes into the trash and leads to the one that stayed. A
// merge is one act, with history, and can be taken back whole.
package dedupe
