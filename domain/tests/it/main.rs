//! What the domain promises, tried from outside: every verb in every state, the storage format, any legal history.
//!
//! `UPDATE_GOLDENS=1 cargo test -p domain` writes `docs/states.md`, `docs/events.md` and its schemas anew and adds golden files of new events. A golden
//! file that exists is never rewritten: the log is full of events of its shape.

#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod states;
