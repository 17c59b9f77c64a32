//! Generations of a table: made like the live one, dropped, pointed at. Each database says it its own way.

use sea_query::{Expr, ExprTrait, Query};

use crate::{error::ViewsError, pools::Pools, row::Table, tx::Tx, views::Views};

/// Makes the empty table of generation `next` with the columns and the key of generation `live`, but, where the
/// database lets us, without its indexes: see [`index`].
pub async fn create(
    views: &Views,
    tx: &mut Tx,
    table: &Table,
    (live, next): (i64, i64),
) -> Result<(), ViewsError> {
    drop(views, tx, table, next).await?;
    let (like, new) = (table.generation(live), table.generation(next));
    match tx {
        Tx::Postgres(_) => {
            tx.raw(&format!("create table {new} (like {like})")).await?;
            Ok(tx.raw(&format!("alter table {new} add primary key ({})", table.key.join(", "))).await?)
        }
        Tx::MySql(_) => change(views, tx, &format!("create table {new} like {like}")).await,
        Tx::Sqlite(_) => copy_sqlite(tx, "table", (&like, &new)).await,
    }
}

/// Makes the indexes of generation `live` on generation `next`.
pub async fn index(tx: &mut Tx, table: &Table, (live, next): (i64, i64)) -> Result<(), ViewsError> {
    let (like, new) = (table.generation(live), table.generation(next));
    match tx {
        Tx::Postgres(_) => {
            let mut query = Query::select();
            query
                .expr(Expr::cust("indexdef"))
                .from("pg_indexes")
                .and_where(Expr::cust("schemaname = current_schema()"))
                .and_where(Expr::col("tablename").eq(like.as_str()))
                .and_where(Expr::col("indexname").ne(format!("{like}_pkey")));
            for (sql,) in tx.fetch::<(String,)>(&query).await? {
                tx.raw(&sql.replace(&like, &new)).await?;
            }
            Ok(())
        }
        // `create table … like …` made them.
        Tx::MySql(_) => Ok(()),
        Tx::Sqlite(_) => copy_sqlite(tx, "index", (&like, &new)).await,
    }
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
