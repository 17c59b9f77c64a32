//! The audit of everything: what is right is called right, and each thing that somebody changed is named.

use processes::{Queue, audit_tasks};
use projections::{Audited, Projection, audit};
use sqlx::{Connection, MySqlConnection, PgConnection, SqliteConnection};
use store::audit::audit_receipts;
use tests::{Databases, World};

/// Runs SQL as an administrator of whichever database it is.
async fn sql(url: &str, statement: &str) {
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let script = format!("set session_replication_role = replica; {statement}");
        sqlx::raw_sql(&script).execute(&mut connection).await.unwrap();
    } else if url.starts_with("mysql") {
        let mut connection = MySqlConnection::connect(url).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    }
}

async fn audited(world: &World, projection: Projection) -> Audited {
    world.settle().await;
    let services = world.services();
    audit(&services.views, &services.feed, &services.vault, projection, |_| {}).await.unwrap()
}

/// An order that waits to be confirmed, and one that is.
async fn life(world: &World) {
    let (seller, buyer) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = seller.sells("chair", 10_000, 9).await;
    let (first, second) = (buyer.orders(&[(&chair, 2)]).await, buyer.orders(&[(&chair, 1)]).await);
    for order in [&first, &second] {
        world.pays(&buyer, order).await;
        seller.delivers(&seller.ships(order).await).await;
    }
    buyer.confirms(&first).await;
    world.settle().await;
}

/// Each projection with a statement that spoils it, and a table and column that are named then.
const SPOILT: [(Projection, &str, &str, &str); 8] = [
    (Projection::Users, "update users_g1 set name = 'Somebody'", "users", "name"),
    (Projection::Products, "update products_g1 set stock = stock + 1", "products", "stock"),
    (Projection::Orders, "update order_items_g1 set quantity = quantity + 1", "order_items", "quantity"),
    (Projection::Payments, "update escrows_g1 set released = 1 where released = 0", "escrows", "released"),
    (Projection::Timeline, "delete from timeline_g1", "timeline", "position"),
    (Projection::Journal, "update journal_entries_g1 set amount = amount + 1", "journal_entries", "amount"),
    (
        Projection::Balances,
        "update balances_g1 set debit = debit + 5, balance = balance + 5",
        "balances",
        "balance",
    ),
    (Projection::Balances, "update account_totals_g1 set name = 'x'", "account_totals", "name"),
];

async fn every_read_model_is_compared(databases: Databases) {
    let world = World::open_on(databases).await;
    life(&world).await;
    for projection in Projection::ALL {
        let right = audited(&world, projection).await;
        assert!(right.is_right(), "{projection}: {right:?}");
        assert_eq!(right.position, world.head().await);
        assert_eq!(right.tables, projection.tables().len());
    }
    for (projection, statement, table, column) in SPOILT {
        sql(&world.config().views_url, statement).await;
        let found = audited(&world, projection).await;
        let named = found.cells.iter().any(|cell| cell.of_table == table && cell.of_column == column);
        assert!(!found.is_right() && named, "{statement}: {found:?}");
        let told = found.cells.iter().map(ToString::to_string).collect::<String>();
        assert!(!told.contains("Somebody"), "{told}");
    }
    // Nothing was left behind, and nothing was switched.
    for status in projections::status(&world.services().views).await.unwrap() {
        assert_eq!((status.generation, status.beside), (1, None), "{}", status.projection);
    }
}

#[tokio::test]
async fn every_read_model_is_compared_on_sqlite() {
    every_read_model_is_compared(Databases::sqlite()).await;
}

#[tokio::test]
async fn every_read_model_is_compared_on_postgres() {
    every_read_model_is_compared(Databases::postgres().await).await;
}

#[tokio::test]
async fn every_read_model_is_compared_on_mariadb() {
    every_read_model_is_compared(Databases::postgres_and_mariadb().await).await;
}

async fn receipts_and_timers_are_compared(databases: Databases) {
    let world = World::open_on(databases).await;
    life(&world).await;
    let config = world.config();
    let queue = Queue::open(&config.tasks_url).await.unwrap();
    let log = &world.services().log;
    let feed = log.feed();
    let timers = async || audit_tasks(&feed, &queue, &world.clock, |_| {}).await.unwrap();
    let mut heard = 0;
    assert_eq!(audit_receipts(log, |position| heard = position).await.unwrap(), []);
    assert_eq!((heard, timers().await), (world.head().await, vec![]));

    let triggers = "drop trigger if exists receipts_no_update; drop trigger if exists receipts_no_delete;";
    let triggers = if config.log_url.starts_with("sqlite") { triggers } else { "" };
    let last = "(select max(position) from events)";
    for (change, why) in [
        (format!("update receipts set position = position - 1 where position = {last}"), "position"),
        (format!("delete from receipts where position = {last} - 1"), "no receipt"),
        ("update receipts set position = 100000 where position = 3".to_owned(), "beyond"),
    ] {
        sql(&config.log_url, &format!("{triggers} {change}")).await;
        let found = audit_receipts(log, |_| {}).await.unwrap();
        assert!(found.iter().any(|bad| bad.why.contains(why)), "{change}: {found:?}");
    }
    let confirm = "task like '%confirm\"%'";
    for (change, why) in [
        (format!("update tasks set due_at = 1 where {confirm}"), "before its time"),
        (
            format!("update tasks set task = '{{\"mirror\":{{}}}}' where {confirm}"),
            "not what its event leads to",
        ),
        ("update tasks set task_id = '1.7' where task_id = (select min(task_id) from tasks where task like '%mirror%')".to_owned(), "no event leads to it"),
        ("delete from tasks".to_owned(), "its row is gone"),
    ] {
        sql(&config.tasks_url, &change).await;
        let found = timers().await;
        assert!(found.iter().any(|bad| bad.why.contains(why)), "{change}: {found:?}");
    }
}

#[tokio::test]
async fn receipts_and_timers_are_compared_on_sqlite() {
    receipts_and_timers_are_compared(Databases::sqlite()).await;
}

#[tokio::test]
async fn receipts_and_timers_are_compared_on_postgres() {
    receipts_and_timers_are_compared(Databases::postgres().await).await;
}
