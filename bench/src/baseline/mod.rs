//! The rival as its documentation shows it: cqrs-es with postgres-es or sqlite-es, and one `GenericQuery` view.
//!
//! The same domain decides and folds, the same events are stored. The rival is helped where that is honest: as many
//! connections as clients (its default is ten), short streams, a view that does next to nothing, and on SQLite the
//! same durable setting as ours (its default, `synchronous = normal`, may lose acknowledged commands).

mod aggregate;
mod framework;
mod life;
mod sellers;
mod shop;

pub use aggregate::Decision;
pub use framework::{Framework, Pool};
pub use life::{Life, VERBS, serve};
pub use sellers::sellers;
pub use shop::buyers;
