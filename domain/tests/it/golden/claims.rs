//! One event of each kind that a claim has.

use domain::{
    Money,
    claim::{ClaimActor, ClaimEvent, ClaimKind, ClaimReason, CloseReason, Fault, Replacement},
    id::EscrowId,
    order::Item,
};

use crate::samples::{anna, at, buyer, id, lamps, order_id, payment_id, refund_id};

fn text(text: &str) -> String {
    text.to_owned()
}

pub fn events(escrow_id: EscrowId) -> Vec<ClaimEvent> {
    let refund_id = refund_id();
    vec![
        ClaimEvent::ClaimOpened {
            claim_id: id(12),
            kind: ClaimKind::Exchange,
            order_id: order_id(),
            escrow_id,
            payment_id: payment_id(),
            seller_id: anna(),
            buyer_id: buyer(),
            items: vec![Item { line_id: lamps().line_id, quantity: 1 }],
            amount: Money::krw(10_000),
            released: false,
            reason: ClaimReason::Defective,
            replacement: Some(Replacement {
                product_id: lamps().product_id,
                quantity: 1,
                amount: Money::krw(9_000),
            }),
            close_by: at("2026-03-19T14:59:59Z"),
        },
        ClaimEvent::CollectionArranged {
            carrier: text("kr.cjlogistics"),
            invoice_number: text("601234567890"),
        },
        ClaimEvent::GoodsReceived {
            received_at: at("2026-03-04T03:00:00Z"),
            decide_by: at("2026-03-09T14:59:59Z"),
        },
        ClaimEvent::ClaimWithheld {
            reason: text("the box is gone"),
            extra_charge: Money::krw(3_000),
            answer_by: at("2026-03-12T14:59:59Z"),
        },
        ClaimEvent::ReturnApproved {
            by: ClaimActor::Clock,
            fault: Fault::Buyer,
            refund_id: Some(refund_id),
            refund: Money::krw(7_000),
            deduction: Money::krw(3_000),
        },
        ClaimEvent::ExchangeApproved {
            by: ClaimActor::Seller,
            refund: Money::krw(1_000),
            refund_id: Some(refund_id),
        },
        ClaimEvent::ClaimConverted {},
        ClaimEvent::GoodsRedispatched {
            carrier: text("kr.cjlogistics"),
            invoice_number: text("601234567891"),
        },
        ClaimEvent::GoodsRedelivered {},
        ClaimEvent::ClaimRejected {
            by: ClaimActor::Operator,
            reason: text("it was used"),
            carrier: Some(text("kr.cjlogistics")),
            invoice_number: Some(text("601234567892")),
        },
        ClaimEvent::ClaimWithdrawn {},
        ClaimEvent::ClaimClosed { reason: CloseReason::Disputed, dispute_id: Some(id(13)) },
        ClaimEvent::ClaimRefunded { refund_id },
    ]
}
