// Package commerce knows what comes of a won deal: the contract with its lines,
// the payments planned for it and the receipts that came in.
//
// A contract is made when its deal is won, by a rule, so that page, board, API
// and automation do the same. Its lines are copies: what happens to prices,
// products and the deal afterwards leaves them alone. Receipts are spread over
// the planned payments, oldest due first, unless somebody says otherwise; what
// is open follows from lines and receipts.
//
// Making a document of a contract is the room's too (print); sending it is
// not.
package commerce
