//! What happens next: events become gateway calls, timers and commands.
