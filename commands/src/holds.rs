//! Steps over all holds of an order, shared by the commands that move its money.

use domain::{
    Money,
    escrow::{Escrow, EscrowRefusal, Fund, Hold},
    id::{EscrowId, LineId, OrderId, PaymentId, RefundId, SellerId},
    money::MoneyError,
    order::{Item, Order, OrderRefusal, Paid, Part, RefundCause, RefundLines, Terms},
    payment::{Capture, Gateway},
    product::Product,
    seller::{Seller, SellerRefusal},
};
use store::Desk;

use crate::{Step, Stop, draft::Draft};

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

/// Releases what a hold has for `lines` to their seller; answers with the gross and net amounts. The lines that are
/// still open keep their part; the last take whatever is there, so nothing is ever stranded. Nothing is released from a
/// hold that refunds have emptied.
pub(crate) fn release<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    (order_id, paid): (OrderId, &Paid),
    (seller_id, lines): (SellerId, &[LineId]),
) -> Result<Option<(Money, Money)>, Stop> {
    let escrow_id = EscrowId::of(order_id, seller_id);
    let (escrow, version) = desk.get::<Escrow>(escrow_id)?;
    if let Escrow::Closed(_) = escrow {
        return Ok(None);
    }
    let hold = escrow.open()?;
    let part = paid.parts.get(&seller_id).ok_or(OrderRefusal::NotASellerOfThisOrder)?;
    let amount = share_of(hold, part, lines).map_err(EscrowRefusal::from)?;
    if !amount.is_positive() {
        return Ok(None);
    }
    let (seller, seller_version) = desk.get::<Seller>(seller_id)?;
    let account = seller.account().ok_or(SellerRefusal::UnknownSeller)?;
    let split = account.commission.split_next(hold.split, amount).map_err(SellerRefusal::from)?;
    step.with::<Escrow>(escrow_id, version, escrow.release(amount, split)?);
    step.with::<Seller>(seller_id, seller_version, seller.credit(escrow_id, order_id, split.net)?);
    Ok(Some((amount, split.net)))
}

/// What of a hold belongs to `lines`, in proportion to what is left of all lines that are open.
fn share_of(hold: &Hold, part: &Part, lines: &[LineId]) -> Result<Money, MoneyError> {
    let open: Vec<_> = part.lines.iter().filter(|(_, line)| line.is_open()).collect();
    let held = hold.held()?;
    if open.iter().all(|(line_id, _)| lines.contains(line_id)) {
        return Ok(held);
    }
    let weights: Vec<i64> = open.iter().map(|(_, line)| line.left.amount).collect();
    let shares = open.iter().zip(held.allocate(&weights)?);
    let named = shares.filter(|((line_id, _), _)| lines.contains(line_id)).map(|(_, share)| share);
    Money::sum(held.currency, named)
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

/// Puts units of the order's lines back on sale.
pub(crate) fn restock<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    terms: &Terms,
    items: &[Item],
) -> Result<(), Stop> {
    for Item { line_id, quantity } in items {
        let line = terms.lines.iter().find(|line| line.line_id == *line_id);
        let line = line.ok_or(OrderRefusal::NotALine { line_id: *line_id })?;
        let (product, version) = desk.get::<Product>(line.product_id)?;
        step.with::<Product>(line.product_id, version, product.give_back(terms.order_id, *quantity)?);
    }
    Ok(())
}

/// Spreads a refund that names no lines over each seller's open lines, so that what is left of them is what is held.
pub(crate) fn reduce_lines(
    order: &mut Draft<Order>,
    (refund_id, cause): (RefundId, RefundCause),
    reason: &str,
    amounts: &[(EscrowId, Money)],
) -> Result<(), Stop> {
    let Order::Paid(terms, paid) = &order.state else { return Ok(()) };
    let mut commands = vec![];
    for seller_id in paid.parts.keys().copied() {
        let escrow_id = EscrowId::of(terms.order_id, seller_id);
        let Some((_, amount)) = amounts.iter().find(|(id, amount)| *id == escrow_id && amount.is_positive())
        else {
            continue;
        };
        let parts = paid.spread(seller_id, *amount)?;
        let (reason, restock, contest) = (reason.to_owned(), false, None);
        commands.push(RefundLines { seller_id, refund_id, cause, reason, parts, restock, contest });
    }
    for command in commands {
        order.then(|order| order.refund_lines(command))?;
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
