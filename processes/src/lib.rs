//! What happens next: events become gateway calls, timers and commands.
//!
//! One follower reads the log in order and turns each event into tasks by a pure function ([`react`]); tasks and
//! the follower's checkpoint are written in one transaction. Workers run tasks when they fall due, many at once. A
//! task is a name, not a plan: it looks at the state as it is when it runs, so a task that comes too late, twice or
//! after a crash finds nothing left to do. Calls to a gateway carry a key that follows from the refund or payment,
//! so the same step asked twice is carried out once.
//!
//! ```text
//! log ─► follower ─► tasks (rows with a due time) ─► worker ─► gateway ─► command ─► log
//! ```

mod audit;
mod follower;
mod gateways;
mod inbox;
mod queue;
mod react;
mod run;
mod start;
mod task;
mod worker;

pub use audit::{BadTask, TasksError, audit_tasks};
pub use gateways::{Gateways, NoSuchGateway};
pub use inbox::{Delivery, Received};
pub use queue::{Queue, QueueError, TaskCount, Waiting};
pub use react::react;
pub use run::{Source, SyncError, SyncOutcome, digest_of};
pub use start::{Outside, Processes};
pub use task::{Scheduled, Task};
