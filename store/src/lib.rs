//! What happened: the append-only log, its cache, its feed and its proofs.
