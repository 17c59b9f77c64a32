//! Words for people: results on standard output, complaints on standard error.

use std::io::{ErrorKind, Write, stderr, stdout};

use super::Failure;

/// A line of the result.
pub(super) fn line(text: impl AsRef<str>) -> Result<(), Failure> {
    self::text(&format!("{}\n", text.as_ref()))
}

/// A text of the result. A reader that has seen enough (`| head`) is no failure.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// A remark beside the result, on standard error: whoever reads the result by program is not disturbed.
pub(super) fn note(text: &str) -> Result<(), Failure> {
    Ok(writeln!(stderr().lock(), "{text}")?)
}

/// A complaint. If not even that can be said, nothing can.
pub(super) fn error(text: &str) {
    drop(writeln!(stderr().lock(), "escrow: {text}"));
}
