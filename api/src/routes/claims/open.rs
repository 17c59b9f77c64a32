//! `POST /claims`

use axum::extract::State;
use commands::OpenClaim;
use domain::{
    claim::{ClaimKind, ClaimReason},
    id::{ClaimId, Id, OrderId, ProductId},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{super::orders::ship::ShipmentItems, step::ClaimAnswer};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Buyer, Json},
    input::{OrderIdShape, ProductIdShape},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Goods to give back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimBody {
    /// Of which order.
    #[schema(inline, value_type = OrderIdShape)]
    order_id: OrderId,
    /// For the money, or for other goods.
    kind: KindShape,
    /// How many units of which lines, all of one seller; of one line for an exchange.
    #[schema(inline)]
    items: ShipmentItems,
    /// Why. A change of mind is the buyer's to bear and has 7 days, the others 90.
    reason: ReasonShape,
    /// For an exchange: what instead; the same again where nothing is said.
    #[schema(inline, value_type = Option<ProductIdShape>)]
    replacement_product_id: Option<ProductId>,
}

/// What the buyer wants for the goods.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ClaimKind)]
pub enum KindShape {
    /// The money back.
    Return,
    /// Other goods.
    Exchange,
}

/// Why the buyer gives goods back.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ClaimReason)]
pub enum ReasonShape {
    /// They do not like it.
    ChangeOfMind,
    /// It is broken.
    Defective,
    /// It is not what was described.
    NotAsDescribed,
    /// Something else came.
    WrongItem,
    /// It broke on its way.
    DamagedInTransit,
}

/// Gives goods back: their money is locked first, and nobody confirms them until the claim is over.
#[utoipa::path(
    post, path = "/claims", tag = "claims", security(("token" = [])),
    request_body = ClaimBody,
    responses((status = CREATED, description = "The claim is open", body = Told<ClaimAnswer>), CommandProblems),
)]
pub async fn open(
    State(services): State<Services>,
    Buyer(buyer): Buyer,
    asking: Asking,
    body: Json<ClaimBody>,
) -> Result<Telling<ClaimAnswer>, Problem> {
    let ClaimBody { order_id, kind, items, reason, replacement_product_id } = body.value;
    let command = OpenClaim {
        claim_id: ClaimId::from_uuid(ambient::fresh_id()),
        order_id,
        buyer_id: buyer.customer_id,
        kind: match kind {
            KindShape::Return => ClaimKind::Return,
            KindShape::Exchange => ClaimKind::Exchange,
        },
        items: items.0.into_iter().map(Into::into).collect(),
        reason: reason.into(),
        replacement: replacement_product_id,
        policy: services.policy,
    };
    let done = services.commands.dispatch(&asking.context(buyer.customer_id, &body.raw), command).await?;
    let answer = ClaimAnswer::from(done.answer.clone());
    Ok(Telling::created(&done, "the claim is open; the money is locked", answer))
}

impl From<ReasonShape> for ClaimReason {
    fn from(reason: ReasonShape) -> Self {
        match reason {
            ReasonShape::ChangeOfMind => Self::ChangeOfMind,
            ReasonShape::Defective => Self::Defective,
            ReasonShape::NotAsDescribed => Self::NotAsDescribed,
            ReasonShape::WrongItem => Self::WrongItem,
            ReasonShape::DamagedInTransit => Self::DamagedInTransit,
        }
    }
}
