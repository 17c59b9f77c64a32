//! A bar on standard error for what takes long; nothing where that is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};

const LOOK: &str = "{msg} {wide_bar} {human_pos}/{human_len} events, {per_sec}, {eta} left";

/// A bar of so many events.
pub(super) fn bar(what: &str, events: i64) -> ProgressBar {
    let bar = ProgressBar::new(count(events)).with_message(what.to_owned());
    if let Ok(style) = ProgressStyle::with_template(LOOK) {
        bar.set_style(style);
    }
    bar
}

/// A position as a bar counts.
pub(super) fn count(position: i64) -> u64 {
    u64::try_from(position).unwrap_or_default()
}
