//! What the steps of a claim say.

use commands::ClaimStep;
use domain::claim::{Fault, Parcel};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::input::{Price, Text};

/// A parcel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimParcel, example = json!({"carrier": "CJGLS", "invoice_number": "601234567890"}))]
pub struct ParcelBody {
    /// The carrier's code.
    #[schema(inline)]
    carrier: Text<1, 50>,
    /// The carrier's number for the parcel.
    #[schema(inline)]
    invoice_number: Text<1, 100>,
}

/// Whose fault it was.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Fault)]
pub enum FaultShape {
    /// The buyer's.
    Buyer,
    /// The seller's.
    Seller,
}

/// How a claim is approved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"restock": true}))]
pub struct ApproveBody {
    /// Whose fault it was; the claim's reason says so where nothing is said.
    fault: Option<FaultShape>,
    /// What the seller keeps for the buyer's part of the cost: nothing where nothing is said.
    deduction: Option<Price>,
    /// Whether the goods return to the stock.
    #[serde(default)]
    restock: bool,
}

/// Why the money is withheld.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithholdBody {
    /// What the buyer is to bear.
    extra_charge: Price,
    /// Why.
    #[schema(inline)]
    reason: Text<1, 200>,
}

/// Why a claim is refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectBody {
    /// Why.
    #[schema(inline)]
    reason: Text<1, 200>,
    /// By which carrier the goods go back to the buyer, if they had come.
    #[schema(inline)]
    carrier: Option<Text<1, 50>>,
    /// And under which number.
    #[schema(inline)]
    invoice_number: Option<Text<1, 100>>,
}

impl From<ParcelBody> for Parcel {
    fn from(body: ParcelBody) -> Self {
        Self { carrier: body.carrier.0, invoice_number: body.invoice_number.0 }
    }
}

impl From<ApproveBody> for ClaimStep {
    fn from(ApproveBody { fault, deduction, restock }: ApproveBody) -> Self {
        let fault = fault.map(|fault| match fault {
            FaultShape::Buyer => Fault::Buyer,
            FaultShape::Seller => Fault::Seller,
        });
        Self::Approve { fault, deduction: deduction.map(Into::into), restock }
    }
}

impl From<WithholdBody> for ClaimStep {
    fn from(WithholdBody { extra_charge, reason }: WithholdBody) -> Self {
        Self::Withhold { extra_charge: extra_charge.into(), reason: reason.0 }
    }
}

impl From<RejectBody> for ClaimStep {
    fn from(RejectBody { reason, carrier, invoice_number }: RejectBody) -> Self {
        let parcel = carrier.zip(invoice_number);
        let parcel = parcel.map(|(carrier, number)| Parcel { carrier: carrier.0, invoice_number: number.0 });
        Self::Reject { reason: reason.0, parcel }
    }
}
