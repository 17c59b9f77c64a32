//! One transaction of a fold, in whichever database the views live.

use sea_query::{
    Alias, Expr, ExprTrait, MysqlQueryBuilder, PostgresQueryBuilder, Query, SelectStatement,
    SqliteQueryBuilder,
};
use sea_query_sqlx::SqlxBinder;
use sqlx::{MySql, Postgres, Sqlite, Transaction};

use crate::row::{Fetched, Stored};

/// Keys of one `in (…)`; texts are padded to a power of two so that few of them are prepared.
const KEYS_PER_QUERY: usize = 512;

/// A transaction in the database of the views.
#[derive(Debug)]
pub enum Tx {
    /// PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
    /// MySQL or MariaDB.
    MySql(Transaction<'static, MySql>),
    /// SQLite; the one write connection.
    Sqlite(Transaction<'static, Sqlite>),
}

impl Tx {
    /// Makes everything since the beginning permanent.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(tx) => tx.commit().await,
            Self::MySql(tx) => tx.commit().await,
            Self::Sqlite(tx) => tx.commit().await,
        }
    }

    /// Undoes everything since the beginning, now.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(tx) => tx.rollback().await,
            Self::MySql(tx) => tx.rollback().await,
            Self::Sqlite(tx) => tx.rollback().await,
        }
    }

    /// Reads rows.
    pub async fn fetch<T: Fetched>(&mut self, query: &SelectStatement) -> Result<Vec<T>, sqlx::Error> {
        match self {
            Self::Postgres(tx) => {
                let (sql, values) = query.build_sqlx(PostgresQueryBuilder);
                sqlx::query_as_with::<_, T, _>(&sql, values).fetch_all(&mut **tx).await
            }
            Self::MySql(tx) => {
                let (sql, values) = query.build_sqlx(MysqlQueryBuilder);
                sqlx::query_as_with::<_, T, _>(&sql, values).fetch_all(&mut **tx).await
            }
            Self::Sqlite(tx) => {
                let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
                sqlx::query_as_with::<_, T, _>(&sql, values).fetch_all(&mut **tx).await
            }
        }
    }

    /// Reads rows by a statement's text, for what no statement builder knows.
    pub async fn select<T: Fetched>(&mut self, sql: &str) -> Result<Vec<T>, sqlx::Error> {
        match self {
            Self::Postgres(tx) => sqlx::query_as(sql).persistent(false).fetch_all(&mut **tx).await,
            Self::MySql(tx) => sqlx::query_as(sql).persistent(false).fetch_all(&mut **tx).await,
            Self::Sqlite(tx) => sqlx::query_as(sql).persistent(false).fetch_all(&mut **tx).await,
        }
    }

    /// Runs a statement and says how many rows it touched.
    pub async fn execute(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<u64, sqlx::Error> {
        Ok(match self {
            Self::Postgres(tx) => {
                let (sql, values) = statement.build_sqlx(PostgresQueryBuilder);
                sqlx::query_with(&sql, values).execute(&mut **tx).await?.rows_affected()
            }
            Self::MySql(tx) => {
                let (sql, values) = statement.build_sqlx(MysqlQueryBuilder);
                sqlx::query_with(&sql, values).execute(&mut **tx).await?.rows_affected()
            }
            Self::Sqlite(tx) => {
                let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
                sqlx::query_with(&sql, values).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// Runs one statement's text, for what no statement builder knows.
    pub async fn raw(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(tx) => sqlx::query(sql).persistent(false).execute(&mut **tx).await.map(drop),
            Self::MySql(tx) => sqlx::query(sql).persistent(false).execute(&mut **tx).await.map(drop),
            Self::Sqlite(tx) => sqlx::query(sql).persistent(false).execute(&mut **tx).await.map(drop),
        }
    }

    /// The rows of one generation whose `column` is one of `keys`, set-wise.
    pub async fn load<R: Stored>(
        &mut self,
        generation: i64,
        column: &'static str,
        keys: &[String],
    ) -> Result<Vec<R>, sqlx::Error> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        let table = R::TABLE.generation(generation);
        if let Self::Postgres(tx) = self {
            let names: Vec<&str> = R::TABLE.columns.iter().map(|column| column.name).collect();
            let sql = format!("select {} from {table} where {column} = any($1)", names.join(", "));
            return sqlx::query_as::<_, R>(&sql).bind(keys).fetch_all(&mut **tx).await;
        }
        let mut rows = vec![];
        for chunk in keys.chunks(KEYS_PER_QUERY) {
            let mut padded = chunk.to_vec();
            padded.resize(chunk.len().next_power_of_two(), chunk.first().cloned().unwrap_or_default());
            let mut query = Query::select();
            query
                .columns(R::TABLE.columns.iter().map(|column| column.name))
                .from(Alias::new(table.as_str()))
                .and_where(Expr::col(column).is_in(padded));
            rows.extend(self.fetch::<R>(&query).await?);
        }
        Ok(rows)
    }
}
