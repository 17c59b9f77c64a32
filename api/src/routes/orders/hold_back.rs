//! `POST /orders/{order_id}/holdback`

use axum::extract::State;
use chrono::{DateTime, Utc};
use commands::HoldBack;
use domain::id::{LineId, OrderId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answer::{Telling, Told},
    extract::{Asking, Buyer, Json, PathId},
    input::{LineIdShape, OrderIdShape, Text, Whole},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// More time before the clock confirms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"days": 7, "reason": "on a journey"}))]
pub struct HoldBackBody {
    /// Which lines; all that wait for the clock where none is named.
    #[schema(value_type = Option<Vec<LineIdShape>>)]
    order_item_ids: Option<Vec<LineId>>,
    /// For how many days.
    #[schema(inline)]
    days: Whole<1, 14>,
    /// Why, as told to the seller.
    #[schema(inline)]
    reason: Text<1, 200>,
}

/// Until when the clock waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConfirmationHeldBack {
    /// The order.
    #[schema(value_type = OrderIdShape)]
    order_id: OrderId,
    /// The lines that were moved.
    lines: Vec<HeldLine>,
}

/// One line.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldLine {
    /// The line.
    #[schema(value_type = LineIdShape)]
    order_item_id: LineId,
    /// When the clock confirms it now.
    confirm_due_at: DateTime<Utc>,
}

/// Asks for more time before the clock confirms: once for a line, for at most 14 days.
#[utoipa::path(
    post, path = "/orders/{order_id}/holdback", tag = "orders", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order")),
    request_body = HoldBackBody,
    responses((status = OK, description = "Held back", body = Told<ConfirmationHeldBack>), CommandProblems),
)]
pub async fn hold_back(
    State(services): State<Services>,
    Buyer(buyer): Buyer,
    PathId(order_id): PathId<OrderId>,
    asking: Asking,
    body: Json<HoldBackBody>,
) -> Result<Telling<ConfirmationHeldBack>, Problem> {
    let command = HoldBack {
        order_id,
        buyer_id: buyer.customer_id,
        lines: body.value.order_item_ids.unwrap_or_default(),
        days: body.value.days.as_u32(),
        reason: body.value.reason.0,
    };
    let done = services.commands.dispatch(&asking.context(buyer.customer_id, &body.raw), command).await?;
    let line = |(order_item_id, confirm_due_at): &(LineId, DateTime<Utc>)| HeldLine {
        order_item_id: *order_item_id,
        confirm_due_at: *confirm_due_at,
    };
    let lines = done.answer.lines.iter().map(line).collect();
    Ok(Telling::done(&done, "the confirmation is held back", ConfirmationHeldBack { order_id, lines }))
}
