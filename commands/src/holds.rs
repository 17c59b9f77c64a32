//! Steps over all holds of an order, shared by the commands that move its money.

use domain::{
    Money,
    escrow::{Escrow, EscrowRefusal, Fund},
    id::PaymentId,
    id::{EscrowId, RefundId, SellerId},
    order::Terms,
    payment::{Capture, Gateway},
    product::Product,
    seller::Seller,
};
use store::Desk;

use crate::{Step, Stop};

/// What may leave each hold of the order now, with the hold's seller.
pub(crate) fn movable(desk: &Desk<'_>, terms: &Terms) -> Result<Vec<(EscrowId, Money)>, Stop> {
    let mut found = vec![];
    for seller in terms.sums_by_seller().into_keys() {
        let escrow_id = EscrowId::of(terms.order_id, seller);
        if let Ok(hold) = desk.get::<Escrow>(escrow_id)?.0.open() {
            found.push((escrow_id, hold.movable().map_err(EscrowRefusal::from)?));
        }
    }
    Ok(found)
}

/// Puts a captured payment's money into the order's holds, each seller's sum into theirs, and sells the stock.
pub(crate) fn fund_and_sell<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    terms: &Terms,
    paid: (PaymentId, Gateway, &Capture),
) -> Result<(), Stop> {
    let (payment_id, gateway, capture) = paid;
    for (seller_id, amount) in terms.sums_by_seller() {
        let escrow_id = EscrowId::of(terms.order_id, seller_id);
        let (escrow, version) = desk.fresh::<Escrow>(escrow_id)?;
        let custody = capture.custody;
        let fund = Fund { order_id: terms.order_id, seller_id, payment_id, amount, gateway, custody };
        step.with::<Escrow>(escrow_id, version, escrow.fund(fund)?);
    }
    for line in &terms.lines {
        let (product, version) = desk.get::<Product>(line.product_id)?;
        step.with::<Product>(line.product_id, version, product.commit(terms.order_id)?);
    }
    Ok(())
}

/// Releases one hold to its seller; answers with the gross and net amounts. Nothing is released from a hold that
/// refunds have emptied, and nothing while part of it is locked: the rest would be stranded.
pub(crate) fn release<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    terms: &Terms,
    seller_id: SellerId,
) -> Result<Option<(Money, Money)>, Stop> {
    let escrow_id = EscrowId::of(terms.order_id, seller_id);
    let (escrow, version) = desk.get::<Escrow>(escrow_id)?;
    if let Escrow::Closed(_) = escrow {
        return Ok(None);
    }
    let (seller, seller_version) = desk.get::<Seller>(seller_id)?;
    let account = seller.account().ok_or(domain::seller::SellerRefusal::UnknownSeller)?;
    let amount = escrow.open()?.held().map_err(EscrowRefusal::from)?;
    let split = account.commission.split(amount).map_err(domain::seller::SellerRefusal::from)?;
    step.with::<Escrow>(escrow_id, version, escrow.release(amount, split)?);
    step.with::<Seller>(seller_id, seller_version, seller.credit(escrow_id, terms.order_id, split.net)?);
    Ok(Some((amount, split.net)))
}

/// Commits `amounts` of the order's holds to a refund.
pub(crate) fn commit_refund<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    refund_id: RefundId,
    amounts: &[(EscrowId, Money)],
) -> Result<(), Stop> {
    for (escrow_id, amount) in amounts.iter().filter(|(_, amount)| amount.is_positive()) {
        let (escrow, version) = desk.get::<Escrow>(*escrow_id)?;
        step.with::<Escrow>(*escrow_id, version, escrow.refund(refund_id, *amount)?);
    }
    Ok(())
}

/// Spreads a refund over holds in proportion to what may leave each; refused if that is less than the refund.
pub(crate) fn spread(
    amount: Money,
    holds: &[(EscrowId, Money)],
) -> Result<Vec<(EscrowId, Money)>, EscrowRefusal> {
    let movable = Money::sum(amount.currency, holds.iter().map(|(_, movable)| *movable))?;
    if amount.compare(movable)?.is_gt() {
        return Err(EscrowRefusal::ExceedsHold { wanted: amount, movable });
    }
    let weights: Vec<i64> = holds.iter().map(|(_, movable)| movable.amount).collect();
    let parts = amount.allocate(&weights)?;
    Ok(holds.iter().map(|(escrow_id, _)| *escrow_id).zip(parts).collect())
}

/// Puts the units of every line back on sale.
pub(crate) fn restock<T>(step: &mut Step<T>, desk: &Desk<'_>, terms: &Terms) -> Result<(), Stop> {
    for line in &terms.lines {
        let (product, version) = desk.get::<Product>(line.product_id)?;
        step.with::<Product>(line.product_id, version, product.give_back(terms.order_id, line.quantity)?);
    }
    Ok(())
}

/// Puts the reserved units of every line back on sale.
pub(crate) fn release_stock<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    terms: &Terms,
    reason: domain::product::ReleaseReason,
) -> Result<(), Stop> {
    for line in &terms.lines {
        let (product, version) = desk.get::<Product>(line.product_id)?;
        step.with::<Product>(line.product_id, version, product.release(terms.order_id, reason)?);
    }
    Ok(())
}
