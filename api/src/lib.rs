//! The composition root: HTTP in, problems out.
