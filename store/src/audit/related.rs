//! Which events belong to an order.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Aggregate, id::OrderId, order::Order};

use crate::{
    Log,
    log::{Database, RawEvent, rows::EVENT_COLUMNS},
};

/// How far the events of one command lie apart at most: they are appended side by side, in one batch.
const UNIT: i64 = 2_000;

type Stream = (String, String);

/// Every event that belongs to the order, in the order of the log; none if there is no such order.
pub async fn events(log: &Log, order_id: OrderId) -> Result<Vec<RawEvent>, sqlx::Error> {
    let database = log.database();
    let name = order_id.to_string();
    let (mut known, mut commands) = (BTreeSet::<Stream>::new(), BTreeSet::new());
    let mut next: Vec<Stream> = vec![(Order::TYPE.to_owned(), name.clone())];
    let mut found: BTreeMap<i64, RawEvent> = BTreeMap::new();
    while let Some(stream) = next.pop() {
        if !known.insert(stream.clone()) {
            continue;
        }
        let first = database.stream(&stream.0, &stream.1, 0, 1).await?.into_iter().next();
        let is_begun_for_it = first.is_some_and(|first| stream.1 == name || names(&first, &name));
        if !is_begun_for_it {
            continue;
        }
        for event in database.stream(&stream.0, &stream.1, 0, i64::MAX).await? {
            if commands.insert(event.command_id) {
                for beside in together(database, &event).await? {
                    next.push((beside.aggregate_type.clone(), beside.aggregate_id.clone()));
                    if names(&beside, &name) {
                        found.insert(beside.position, beside);
                    }
                }
            }
            found.insert(event.position, event);
        }
    }
    Ok(found.into_values().collect())
}

fn names(event: &RawEvent, name: &str) -> bool {
    event.payload.contains(name)
}

/// The events of the same command.
async fn together(database: &Database, event: &RawEvent) -> Result<Vec<RawEvent>, sqlx::Error> {
    let (after, upto) = (event.position - UNIT, event.position + UNIT);
    let query = format!(
        "select {EVENT_COLUMNS} from events where position > $1 and position < $2 and command_id = $3 order by position"
    );
    match database {
        Database::Postgres(pool) => {
            sqlx::query_as(&query).bind(after).bind(upto).bind(event.command_id).fetch_all(pool).await
        }
        Database::Sqlite(pool) => {
            let command = &event.command_id.as_bytes()[..];
            sqlx::query_as(&query).bind(after).bind(upto).bind(command).fetch_all(pool).await
        }
    }
}
