//! The log's conformance suite: the same assertions for SQLite and PostgreSQL, and what only several nodes on one
//! PostgreSQL can show.

#[cfg(test)]
mod append;
#[cfg(test)]
mod cqrs;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod given;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod sealed;
#[cfg(test)]
mod tamper;
#[cfg(test)]
mod tamper_bytes;
#[cfg(test)]
mod turns;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod wakes;

/// Runs each test on both engines.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&$crate::given::Place::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&$crate::given::Place::postgres().await).await;
            })+
        }
    };
}
