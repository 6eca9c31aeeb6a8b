package smtp

import "crypto/x509"

// roots are whose certificates are believed; nil = the machine's. Tests have
// servers of their own.
var roots *x509.CertPool
