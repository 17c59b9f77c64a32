//! What a gateway can do through a channel, and the rules of the PG behind it. Where nobody has confirmed that
//! something is possible, the table says it is not: the house then waits for a person or pays back by bank.

mod refund;
mod tables;

use chrono::TimeDelta;
pub use refund::{BankRefund, RefundRoute};

use crate::{
    checkout::Method,
    logistics::{Logistics, Party},
    pg::Pg,
};

/// What a gateway can do through the channels of one PG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of yes and no")]
pub struct Capabilities {
    /// The PG.
    pub pg: Pg,
    /// With which methods it holds money in escrow; none where nobody has confirmed any.
    pub escrow_methods: &'static [Method],
    /// What the pay window wants to know beside the payment.
    pub wanted_at_checkout: &'static [CheckoutField],
    /// The delivery of an escrow payment.
    pub logistics: LogisticsRules,
    /// Whether we can confirm the purchase over the API; else only the buyer can, on the PG's page.
    pub confirm_by_api: bool,
    /// Whether a look-up shows how far the PG's escrow is; else only the buyer's word to us does.
    pub shows_escrow_state: bool,
    /// Whether a part of an escrow payment can be cancelled; else the platform pays that part back by bank.
    pub partial_cancel_of_escrow: bool,
    /// Who captures.
    pub approval: Approval,
    /// How long an approval without an answer can be undone; `None` if it cannot.
    pub undo_approval_within: Option<TimeDelta>,
    /// How long a call under the same key is carried out once; `None` where look-ups have to do.
    pub idempotency_key_lasts: Option<TimeDelta>,
    /// How its webhooks are proven.
    pub webhooks: WebhookProof,
    /// Whether payments can be listed, and not only looked up.
    pub lists: bool,
}

/// Who captures a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// The gateway, as soon as the buyer agreed.
    ByGateway,
    /// We, within a time, after the browser came back.
    ByUs {
        /// Within how long.
        within: TimeDelta,
    },
}

/// How webhooks are proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookProof {
    /// They are signed.
    Signature,
    /// Some carry the payment's secret, the others nothing.
    PaymentSecret,
    /// Not at all.
    None,
}

/// What the pay window wants to know beside the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckoutField {
    /// What is bought.
    Products,
    /// The buyer's e-mail address.
    BuyerEmail,
    /// The buyer's name.
    BuyerName,
}

/// What holds for the delivery of an escrow payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogisticsRules {
    /// Whether it can be registered over the API.
    pub register: bool,
    /// Whether a registered one can be corrected.
    pub modify: bool,
    /// What must be told. No registration, no settlement.
    pub required: &'static [LogisticsField],
}

/// A part of [`Logistics`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogisticsField {
    /// The sender's name.
    SenderName,
    /// The sender's telephone number.
    SenderPhone,
    /// The sender's postal code.
    SenderPostcode,
    /// The sender's address.
    SenderAddress,
    /// What the sender is to the seller.
    SenderRelationship,
    /// The receiver's name.
    ReceiverName,
    /// The receiver's telephone number.
    ReceiverPhone,
    /// The receiver's postal code.
    ReceiverPostcode,
    /// The receiver's address.
    ReceiverAddress,
    /// The day of arrival.
    ArrivalDay,
    /// Where it goes.
    Destination,
    /// What is in it.
    Products,
}

impl LogisticsField {
    fn is_in(self, logistics: &Logistics) -> bool {
        let Logistics { sender, receiver, .. } = logistics;
        let named = |party: &Party| party.name.is_some();
        match self {
            Self::SenderName => named(sender),
            Self::SenderPhone => sender.phone.is_some(),
            Self::SenderPostcode => sender.postcode.is_some(),
            Self::SenderAddress => sender.address.is_some(),
            Self::SenderRelationship => sender.relationship.is_some(),
            Self::ReceiverName => named(receiver),
            Self::ReceiverPhone => receiver.phone.is_some(),
            Self::ReceiverPostcode => receiver.postcode.is_some(),
            Self::ReceiverAddress => receiver.address.is_some(),
            Self::ArrivalDay => logistics.arrives_on.is_some(),
            Self::Destination => logistics.destination.is_some(),
            Self::Products => !logistics.products.is_empty(),
        }
    }
}

impl LogisticsRules {
    /// What the PG wants to know and is not told.
    pub fn missing(&self, logistics: &Logistics) -> Vec<LogisticsField> {
        self.required.iter().copied().filter(|field| !field.is_in(logistics)).collect()
    }
}

#[cfg(test)]
mod tests;
