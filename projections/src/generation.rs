//! Generations of a table: made like the live one, dropped, pointed at. Each database says it its own way.

use futures::{StreamExt, TryStreamExt, stream};
use sea_query::{Expr, ExprTrait, Query};
use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::{
    checkpoint::{self, Checkpoint},
    error::ViewsError,
    pools::Pools,
    projection::Projection,
    row::Table,
    tx::Tx,
    views::Views,
};

/// Indexes that are made at the same time.
const AT_ONCE: u32 = 4;
/// Each by one process then: helpers would only get in the others' way.
const INDEXING: [(&str, &str); 1] = [("max_parallel_maintenance_workers", "0")];

/// Makes the empty table of generation `next` with the columns of generation `live`, but, where the database lets us,
/// without key and indexes: see [`key`] and [`index`].
pub async fn create(
    views: &Views,
    tx: &mut Tx,
    table: &Table,
    (live, next): (i64, i64),
) -> Result<(), ViewsError> {
    drop(views, tx, table, next).await?;
    let (like, new) = (table.generation(live), table.generation(next));
    match tx {
        Tx::Postgres(_) => Ok(tx.raw(&format!("create table {new} (like {like})")).await?),
        Tx::MySql(_) => change(views, tx, &format!("create table {new} like {like}")).await,
        Tx::Sqlite(_) => copy_sqlite(tx, "table", (&like, &new)).await,
    }
}

/// Makes the primary key, where [`create`] did not.
pub async fn key(views: &Views, table: &Table, generation: i64) -> Result<(), ViewsError> {
    match &views.pools {
        Pools::Postgres { fold, .. } => {
            let (new, key) = (table.generation(generation), table.key.join(", "));
            execute(fold, &format!("alter table {new} add primary key ({key})")).await
        }
        Pools::MySql { .. } | Pools::Sqlite { .. } => Ok(()),
    }
}

/// Makes the keys that are not there yet, and the indexes of the live generation, on `generation`: made at once they
/// cost less than row by row.
pub async fn index(views: &Views, projection: Projection, generation: i64) -> Result<(), ViewsError> {
    let checkpoints: Vec<Checkpoint> = views.all(&checkpoint::all()).await?;
    let live = checkpoints.iter().find(|one| one.live && one.projection() == Some(projection));
    let live = live.map_or(1, |one| one.generation);
    match &views.pools {
        Pools::Postgres { fold, .. } => {
            // Connections of its own: the follower keeps those it has.
            let options = (*fold.connect_options()).clone().options(INDEXING);
            let pool = PgPoolOptions::new().max_connections(AT_ONCE).connect_lazy_with(options);
            index_postgres(&pool, projection, (live, generation)).await
        }
        // `create table … like …` made them.
        Pools::MySql { .. } => Ok(()),
        Pools::Sqlite { .. } => {
            let mut tx = views.begin().await?;
            for table in projection.tables() {
                let (like, new) = (table.generation(live), table.generation(generation));
                copy_sqlite(&mut tx, "index", (&like, &new)).await?;
            }
            Ok(tx.commit().await?)
        }
    }
}

async fn index_postgres(
    pool: &PgPool,
    projection: Projection,
    (live, generation): (i64, i64),
) -> Result<(), ViewsError> {
    let (mut indexes, mut keys) = (vec![], vec![]);
    for table in projection.tables() {
        let (like, new) = (table.generation(live), table.generation(generation));
        let has_key =
            "select exists (select from pg_constraint where conrelid = $1::regclass and contype = 'p')";
        if !sqlx::query_scalar::<_, bool>(has_key).bind(&new).fetch_one(pool).await? {
            // A key takes the table for itself while it is made; a unique index does not, and becomes one for free.
            indexes.push(format!("create unique index {new}_pkey on {new} ({})", table.key.join(", ")));
            keys.push(format!("alter table {new} add primary key using index {new}_pkey"));
        }
        let others = "select indexdef from pg_indexes where schemaname = current_schema() \
                      and tablename = $1 and indexname <> $1 || '_pkey'";
        let others: Vec<String> = sqlx::query_scalar(others).bind(&like).fetch_all(pool).await?;
        indexes.extend(others.iter().map(|sql| sql.replace(&like, &new)));
    }
    let making = stream::iter(indexes).map(|sql| async move { execute(pool, &sql).await });
    making.buffer_unordered(AT_ONCE as usize).try_collect::<()>().await?;
    for sql in keys {
        execute(pool, &sql).await?;
    }
    Ok(())
}

async fn execute(pool: &PgPool, sql: &str) -> Result<(), ViewsError> {
    sqlx::query(sql).persistent(false).execute(pool).await?;
    Ok(())
}

async fn copy_sqlite(tx: &mut Tx, kind: &str, (like, new): (&str, &str)) -> Result<(), ViewsError> {
    let mut query = Query::select();
    query
        .column("sql")
        .from("sqlite_master")
        .and_where(Expr::col("type").eq(kind))
        .and_where(Expr::col("tbl_name").eq(like))
        .and_where(Expr::col("sql").is_not_null());
    for (sql,) in tx.fetch::<(String,)>(&query).await? {
        tx.raw(&sql.replace(like, new)).await?;
    }
    Ok(())
}

/// Drops one generation's table, if it is there.
pub async fn drop(views: &Views, tx: &mut Tx, table: &Table, generation: i64) -> Result<(), ViewsError> {
    change(views, tx, &format!("drop table if exists {}", table.generation(generation))).await
}

/// Points the name that readers use at one generation.
pub async fn point(views: &Views, tx: &mut Tx, table: &Table, generation: i64) -> Result<(), ViewsError> {
    let (name, of) = (table.name, table.generation(generation));
    match tx {
        Tx::Postgres(_) | Tx::MySql(_) => {
            change(views, tx, &format!("create or replace view {name} as select * from {of}")).await
        }
        Tx::Sqlite(_) => {
            tx.raw(&format!("drop view if exists {name}")).await?;
            Ok(tx.raw(&format!("create view {name} as select * from {of}")).await?)
        }
    }
}

/// Changes a table or view: in the transaction, or beside it where that would end it.
async fn change(views: &Views, tx: &mut Tx, sql: &str) -> Result<(), ViewsError> {
    if let (Tx::MySql(_), Pools::MySql { fold, .. }) = (&*tx, &views.pools) {
        sqlx::query(sql).persistent(false).execute(fold).await?;
        return Ok(());
    }
    Ok(tx.raw(sql).await?)
}
