//! The questions that payments answer.

use domain::id::{OrderId, PaymentId};
use sea_query::{Expr, ExprTrait, Order as Sort, Query};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Hold, Payment};
use crate::{
    error::ViewsError,
    views::{Views, from},
};

/// One payment with the holds it funded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentDetail {
    /// The payment itself.
    #[serde(flatten)]
    pub payment: Payment,
    /// The holds it funded, one per seller.
    pub escrows: Vec<Hold>,
}

/// One payment's own row.
pub async fn find(views: &Views, payment: PaymentId) -> Result<Option<Payment>, ViewsError> {
    views.one(from::<Payment>().and_where(Expr::col("payment_id").eq(payment.to_string()))).await
}

/// One payment with the holds it funded.
pub async fn show(views: &Views, payment: PaymentId) -> Result<Option<PaymentDetail>, ViewsError> {
    let Some(row) = find(views, payment).await? else { return Ok(None) };
    let mut holds = from::<Hold>();
    holds.and_where(Expr::col("payment_id").eq(payment.to_string())).order_by("escrow_id", Sort::Asc);
    Ok(Some(PaymentDetail { payment: row, escrows: views.all(&holds).await? }))
}

/// The payment that the gateway knows by `id`: our id in the gateway's form, or the gateway's own transaction
/// (`imp_uid`), compared letter by letter.
pub async fn by_gateway_id(views: &Views, id: &str) -> Result<Option<Payment>, ViewsError> {
    if let Some(payment) = PaymentId::from_gateway(id)
        && let Some(found) = find(views, payment).await?
    {
        return Ok(Some(found));
    }
    let mut query = from::<Payment>();
    query.and_where(Expr::col("transaction_id").eq(id)).order_by("created_position", Sort::Desc);
    let found: Vec<Payment> = views.all(&query).await?;
    Ok(found.into_iter().find(|payment| payment.transaction_id.as_deref() == Some(id)))
}

/// All attempts to pay an order, in their order.
pub async fn of_order(views: &Views, order: OrderId) -> Result<Vec<Payment>, ViewsError> {
    let mut query = from::<Payment>();
    query.and_where(Expr::col("order_id").eq(order.to_string())).order_by("created_position", Sort::Asc);
    views.all(&query).await
}

/// How many payments wait for an answer that a call was left without.
pub async fn in_doubt(views: &Views) -> Result<i64, ViewsError> {
    let mut query = Query::select();
    query.expr(Expr::col("payment_id").count()).from("payments");
    query.and_where(Expr::col("payment_status").eq("in_doubt"));
    Ok(views.one::<(i64,)>(&query).await?.map_or(0, |(count,)| count))
}
