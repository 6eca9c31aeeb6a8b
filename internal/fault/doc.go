// Package fault knows the one error type whose text a user may read.
//
// A fault says what kind of refusal it is, and carries a key with arguments
// instead of a sentence: the door that answers (page, API, CLI) looks the
// sentence up in the reader's language. Fields name the inputs to mend.
//
// Whatever is not a fault is internal: the user sees a reference number and the
// log sees the whole chain. So a fault's key, arguments and fields must never
// carry what its reader may not see, while its cause may.
//
// Every room makes faults; only the doors and the job runner read them. Each key
// has an English text in internal/i18n/messages/en, which a test there checks.
package fault
