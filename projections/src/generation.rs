//! Generations of a table: made like the live one, dropped, pointed at. Each database says it its own way.

use sea_query::{Expr, ExprTrait, Query};

use crate::{error::ViewsError, pools::Pools, row::Table, tx::Tx, views::Views};

/// Makes the empty table of generation `next` with the columns, keys and indexes of generation `live`.
pub async fn create(
    views: &Views,
    tx: &mut Tx,
    table: &Table,
    (live, next): (i64, i64),
) -> Result<(), ViewsError> {
    drop(views, tx, table, next).await?;
    let (like, new) = (table.generation(live), table.generation(next));
    match tx {
        Tx::Postgres(_) => Ok(tx.raw(&format!("create table {new} (like {like} including all)")).await?),
        Tx::MySql(_) => change(views, tx, &format!("create table {new} like {like}")).await,
        Tx::Sqlite(_) => {
            let mut query = Query::select();
            query
                .column("sql")
                .from("sqlite_master")
                .and_where(Expr::col("tbl_name").eq(like.as_str()))
                .and_where(Expr::col("sql").is_not_null())
                .order_by("type", sea_query::Order::Desc);
            for (sql,) in tx.fetch::<(String,)>(&query).await? {
                tx.raw(&sql.replace(&like, &new)).await?;
            }
            Ok(())
        }
    }
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
