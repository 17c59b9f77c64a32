//! What was asked: load, decide, append.
