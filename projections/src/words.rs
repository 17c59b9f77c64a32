//! Events in plain words, for people who follow an order.

use domain::{
    Fact, Money,
    claim::{ClaimEvent, ClaimKind, CloseReason},
    escrow::{EscrowEvent, GatewayEscrow},
    order::{CancelledBy, ConfirmedBy, DeliverySource, OrderEvent, RefundCause},
    payment::{Doubt, PaymentEvent},
};

/// What happened, in a short sentence without personal data.
pub fn of(fact: &Fact) -> String {
    match fact {
        Fact::Order(_, event) => of_order(event),
        Fact::Payment(_, event) => of_payment(event),
        Fact::Escrow(_, event) => of_escrow(event),
        Fact::Claim(_, event) => of_claim(event),
        Fact::Customer(..) | Fact::Seller(..) | Fact::Product(..) => fact.name().to_owned(),
    }
}

fn of_order(event: &OrderEvent) -> String {
    match event {
        OrderEvent::OrderCreated { total, lines, .. } => {
            format!("Order placed: {} for {}.", counted(lines.len(), "item"), money(*total))
        }
        OrderEvent::PaymentStarted { .. } => "The buyer began to pay.".to_owned(),
        OrderEvent::PaymentAttemptFailed { .. } => "An attempt to pay came to nothing.".to_owned(),
        OrderEvent::ApprovalBegun { .. } => {
            "The stock is secured; the gateway is about to capture.".to_owned()
        }
        OrderEvent::ApprovalEnded { .. } => "The gateway waits for the buyer's deposit.".to_owned(),
        OrderEvent::PaymentWindowExtended { pay_by } => format!("The order can be paid until {pay_by}."),
        OrderEvent::OrderPaid { .. } => "The order is paid and the money is held.".to_owned(),
        OrderEvent::OrderExpired {} => "Nobody paid in time; the order is over.".to_owned(),
        OrderEvent::ShipmentDispatched { carrier, invoice_number, .. } => {
            format!("A parcel was handed to {carrier}, number {invoice_number}.")
        }
        OrderEvent::ShipmentDelivered { source, .. } => format!("A parcel arrived, says {}.", sayer(*source)),
        OrderEvent::ConfirmationDue { due_at, .. } => {
            format!("The goods arrived; the receipt counts as confirmed at {due_at}.")
        }
        OrderEvent::ConfirmationHeld { due_at, reason, .. } => {
            format!("The buyer asked for more time, until {due_at}: {reason}.")
        }
        OrderEvent::LinesContested { contest, items, .. } => {
            format!("{contest} is open on {}.", counted(items.len(), "item"))
        }
        OrderEvent::ContestEnded { contest, .. } => format!("{contest} is over."),
        OrderEvent::LinesRefundCommitted { cause, parts, reason, .. } => {
            format!("{} of {} goes back: {reason}.", cause_of(*cause), counted(parts.len(), "item"))
        }
        OrderEvent::LinesRefunded { .. } => "The money of single items is back with the buyer.".to_owned(),
        OrderEvent::EscrowConfirmed { by: ConfirmedBy::Buyer, .. } => {
            "The buyer confirmed the receipt.".to_owned()
        }
        OrderEvent::EscrowConfirmed { by: ConfirmedBy::BuyerAtGateway, .. } => {
            "The buyer confirmed the purchase on the gateway's page.".to_owned()
        }
        OrderEvent::EscrowConfirmed { by: ConfirmedBy::Clock, .. } => {
            "The confirmation period ended; the receipt counts as confirmed.".to_owned()
        }
        OrderEvent::CancelAccepted { by, reason, .. } => {
            format!("Cancelled by {}: {reason}. The money is going back.", canceller(*by))
        }
        OrderEvent::OrderCancelled { by, reason } => {
            format!("The order is over, cancelled by {}: {reason}.", canceller(*by))
        }
    }
}

fn of_payment(event: &PaymentEvent) -> String {
    match event {
        PaymentEvent::PaymentCreated { amount, gateway, .. } => {
            format!("Payment of {} begun through {}.", money(*amount), gateway.name())
        }
        PaymentEvent::PaymentPrepared {} => "The gateway knows the payment.".to_owned(),
        PaymentEvent::PaymentPreparationFailed { reason } => {
            format!("The gateway would not take the payment: {reason}.")
        }
        PaymentEvent::PaymentInDoubt { doubt } => {
            format!("The gateway did not answer about {}; it will be looked up.", doubted(*doubt))
        }
        PaymentEvent::DoubtResolved { doubt } => format!("The look-up about {} answered.", doubted(*doubt)),
        PaymentEvent::VirtualAccountIssued { due_at } => {
            format!("A virtual account waits for the deposit until {due_at}.")
        }
        PaymentEvent::PaymentAuthenticated { .. } => {
            "The buyer agreed; the gateway is asked to capture.".to_owned()
        }
        PaymentEvent::DepositReversed {} => "The bank took the deposit back.".to_owned(),
        PaymentEvent::DepositRestored {} => "The deposit is there again.".to_owned(),
        PaymentEvent::DepositLost { amount, .. } => {
            format!("The deposit of {} did not come again; the order is given up.", money(*amount))
        }
        PaymentEvent::ChargedBack { amount, .. } => {
            format!("The gateway took {} back that the holds no longer have.", money(*amount))
        }
        PaymentEvent::PaymentAuthorized { amount, method, .. } => {
            format!("{} paid by {method} and verified.", money(*amount))
        }
        PaymentEvent::PaymentFailed { reason } => format!("The payment failed: {reason}."),
        PaymentEvent::PaymentExpired {} => "The payment was not made in time.".to_owned(),
        PaymentEvent::PaymentCancelled {} => "The payment was cancelled before it was made.".to_owned(),
        PaymentEvent::PaymentQuarantined { captured, .. } => {
            format!("{} were captured but are not as asked for; they go back.", money(*captured))
        }
        PaymentEvent::RefundRequested { amount, .. } => format!("Refund of {} asked for.", money(*amount)),
        PaymentEvent::RefundPending { .. } => "The gateway took the refund on.".to_owned(),
        PaymentEvent::Refunded { amount, .. } => format!("{} refunded.", money(*amount)),
        PaymentEvent::RefundedByBank { amount, bank_reference, .. } => {
            format!("{} sent to the buyer by bank, reference {bank_reference}.", money(*amount))
        }
        PaymentEvent::RefundFailed { refund_id, reason } if reason == "REFUND_ACCOUNT_MISSING" => {
            format!("The refund {refund_id} waits for an account of the buyer's to go to.")
        }
        PaymentEvent::RefundFailed { refund_id, reason } => {
            format!("The gateway refused the refund {refund_id}: {reason}.")
        }
        PaymentEvent::GatewayDidNotAnswer { reason } => {
            format!("The gateway does not answer ({reason}); it is asked again.")
        }
        PaymentEvent::GatewayAnswered {} => "The gateway answers again.".to_owned(),
    }
}

fn of_escrow(event: &EscrowEvent) -> String {
    match event {
        EscrowEvent::EscrowFunded { amount, .. } => format!("{} held for the seller.", money(*amount)),
        EscrowEvent::EscrowLocked { amount, reason, .. } => format!("{} locked: {reason}.", money(*amount)),
        EscrowEvent::EscrowUnlocked { amount, .. } => format!("{} unlocked.", money(*amount)),
        EscrowEvent::EscrowReleased { net, .. } => format!("{} released to the seller.", money(*net)),
        EscrowEvent::EscrowRefundCommitted { amount, .. } => {
            format!("{} of the held money are going back to the buyer.", money(*amount))
        }
        EscrowEvent::ReleaseReversed { amount, receivable, .. } if receivable.is_positive() => format!(
            "{} of what was released go back to the buyer; the seller owes {} of them.",
            money(*amount),
            money(*receivable)
        ),
        EscrowEvent::ReleaseReversed { amount, .. } => {
            format!("{} of what was released go back to the buyer.", money(*amount))
        }
        EscrowEvent::LogisticsRegistered { .. } => "The gateway's escrow knows the parcel.".to_owned(),
        EscrowEvent::LogisticsRegistrationFailed { reason, .. } => {
            format!("The gateway's escrow could not be told of the parcel: {reason}.")
        }
        EscrowEvent::LogisticsRegistrationRequested { .. } => {
            "The gateway's escrow is told of the parcel once more.".to_owned()
        }
        EscrowEvent::GatewayEscrowChanged { status } => {
            format!("The gateway's escrow: {}.", gateway_escrow(*status))
        }
        EscrowEvent::EscrowClosed {} => "Nothing is held any more.".to_owned(),
    }
}

fn of_claim(event: &ClaimEvent) -> String {
    match event {
        ClaimEvent::ClaimOpened { kind, amount, .. } => {
            let what = match kind {
                ClaimKind::Return => "give back",
                ClaimKind::Exchange => "exchange",
            };
            format!("The buyer wants to {what} goods for {}.", money(*amount))
        }
        ClaimEvent::CollectionArranged { carrier, invoice_number } => {
            format!("The goods are on their way back with {carrier}, number {invoice_number}.")
        }
        ClaimEvent::GoodsReceived { decide_by, .. } => {
            format!("The goods are back with the seller, who has until {decide_by} to decide.")
        }
        ClaimEvent::ClaimWithheld { extra_charge, reason, .. } => {
            format!("The seller wants {} first: {reason}.", money(*extra_charge))
        }
        ClaimEvent::ReturnApproved { refund, deduction, .. } if deduction.is_positive() => {
            format!("The return is approved: {} go back, {} are kept.", money(*refund), money(*deduction))
        }
        ClaimEvent::ReturnApproved { refund, .. } => {
            format!("The return is approved: {} go back.", money(*refund))
        }
        ClaimEvent::ExchangeApproved { refund, .. } if refund.is_positive() => {
            format!(
                "The exchange is approved; {} go back, because the other goods cost less.",
                money(*refund)
            )
        }
        ClaimEvent::ExchangeApproved { .. } => "The exchange is approved; the goods are reserved.".to_owned(),
        ClaimEvent::ClaimConverted {} => {
            "There are no other goods; the exchange becomes a return.".to_owned()
        }
        ClaimEvent::GoodsRedispatched { carrier, invoice_number } => {
            format!("Other goods were handed to {carrier}, number {invoice_number}.")
        }
        ClaimEvent::GoodsRedelivered {} => "The other goods arrived.".to_owned(),
        ClaimEvent::ClaimRejected { reason, .. } => format!("The seller refused: {reason}."),
        ClaimEvent::ClaimWithdrawn {} => "The buyer keeps the goods.".to_owned(),
        ClaimEvent::ClaimClosed { reason: CloseReason::NoParcel, .. } => {
            "No parcel came back in time; the claim is over.".to_owned()
        }
        ClaimEvent::ClaimClosed { reason: CloseReason::Disputed, .. } => {
            "A dispute took the claim over.".to_owned()
        }
        ClaimEvent::ClaimClosed { reason: CloseReason::MoneyLost, .. } => {
            "The order's money was lost; the claim is over.".to_owned()
        }
        ClaimEvent::ClaimRefunded { .. } => "The money for the goods is back with the buyer.".to_owned(),
    }
}

/// `20000 KRW`, `12.50 USD`: the currency's own number of decimals.
fn money(amount: Money) -> String {
    let exponent = amount.currency.exponent().unwrap_or(0);
    let code = amount.currency.code();
    let scale = 10_u64.saturating_pow(u32::from(exponent));
    let (minus, minor) = (if amount.amount < 0 { "-" } else { "" }, amount.amount.unsigned_abs());
    if scale == 1 {
        return format!("{minus}{minor} {code}");
    }
    let (whole, rest) = (minor / scale, minor % scale);
    format!("{minus}{whole}.{rest:0width$} {code}", width = usize::from(exponent))
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

const fn cause_of(cause: RefundCause) -> &'static str {
    match cause {
        RefundCause::Cancelled => "Given up: money",
        RefundCause::OutOfStock => "Out of stock: money",
        RefundCause::Reduced => "Price reduced: money",
        RefundCause::AtGateway => "Cancelled at the gateway: money",
        RefundCause::Returned => "Returned: money",
        RefundCause::Exchanged => "Exchanged for less: money",
        RefundCause::Awarded => "Awarded: money",
    }
}

const fn canceller(by: CancelledBy) -> &'static str {
    match by {
        CancelledBy::Buyer => "the buyer",
        CancelledBy::Seller => "the seller",
        CancelledBy::Operator => "an operator",
    }
}

const fn sayer(source: DeliverySource) -> &'static str {
    match source {
        DeliverySource::Carrier => "the carrier",
        DeliverySource::Seller => "the seller",
        DeliverySource::Buyer => "the buyer",
        DeliverySource::Operator => "an operator",
        DeliverySource::Gateway => "the gateway",
    }
}

const fn gateway_escrow(status: GatewayEscrow) -> &'static str {
    match status {
        GatewayEscrow::Registered => "the delivery is registered",
        GatewayEscrow::Delivered => "the goods arrived",
        GatewayEscrow::Confirmed => "the purchase is confirmed",
        GatewayEscrow::Rejected => "the buyer refused the purchase",
        GatewayEscrow::RejectionAccepted => "the refusal was accepted",
        GatewayEscrow::Cancelled => "the deal was called off",
    }
}

const fn doubted(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Preparation {} => "the payment",
        Doubt::Approval {} => "the approval",
        Doubt::Refund { .. } => "the refund",
    }
}

#[cfg(test)]
mod tests {
    use domain::Currency;

    use super::*;

    #[test]
    fn money_is_written_with_its_own_decimals() {
        assert_eq!(money(Money::krw(20_000)), "20000 KRW");
        assert_eq!(money(Money::new(-1_205, Currency::USD)), "-12.05 USD");
    }
}
