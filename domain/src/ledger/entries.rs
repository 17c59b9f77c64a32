//! From events to entries. Whoever adds an event that moves money adds its posting here, or nothing balances.

use super::{Account, Entry, Side};
use crate::{Fact, Money, escrow::EscrowEvent, id::EscrowId, payment::PaymentEvent};

/// The entries of an event: none, or a set whose debits equal its credits per currency.
pub fn entries(fact: &Fact) -> Vec<Entry> {
    match fact {
        Fact::Escrow(id, event) => of_escrow(*id, event),
        Fact::Payment(_, event) => of_payment(event),
        Fact::Customer(..) | Fact::Seller(..) | Fact::Product(..) | Fact::Order(..) | Fact::Claim(..) => {
            vec![]
        }
    }
}

fn of_escrow(id: EscrowId, event: &EscrowEvent) -> Vec<Entry> {
    let held = Account::EscrowLiability(id);
    let locked = Account::EscrowLocked(id);
    match event {
        EscrowEvent::EscrowFunded { amount, gateway, custody, .. } => {
            transfer(*amount, Account::captured(*gateway, *custody), held)
        }
        EscrowEvent::EscrowLocked { amount, .. } => transfer(*amount, held, locked),
        EscrowEvent::EscrowUnlocked { amount, .. } => transfer(*amount, locked, held),
        EscrowEvent::EscrowReleased { seller_id, amount, commission, commission_vat, net, .. } => {
            let mut posting = vec![debit(held, *amount)];
            posting.extend(nonzero(Account::SellerPayable(*seller_id), *net));
            posting.extend(nonzero(Account::Commission, *commission));
            posting.extend(nonzero(Account::OutputVat, *commission_vat));
            posting
        }
        EscrowEvent::EscrowRefundCommitted { refund_id, amount } => {
            transfer(*amount, held, Account::RefundPayable(*refund_id))
        }
        EscrowEvent::ReleaseReversed { .. } => of_reversal(event),
        EscrowEvent::LogisticsRegistered { .. }
        | EscrowEvent::LogisticsRegistrationRequested { .. }
        | EscrowEvent::LogisticsRegistrationFailed { .. }
        | EscrowEvent::GatewayEscrowChanged { .. }
        | EscrowEvent::EscrowClosed {} => vec![],
    }
}

/// The mirror of a release; what the seller has been paid already becomes their debt.
fn of_reversal(event: &EscrowEvent) -> Vec<Entry> {
    let EscrowEvent::ReleaseReversed {
        seller_id,
        refund_id,
        amount,
        commission,
        commission_vat,
        net,
        receivable,
    } = event
    else {
        return vec![];
    };
    let payable = Money { amount: net.amount.saturating_sub(receivable.amount), ..*net };
    let borne = [
        (Account::SellerPayable(*seller_id), payable),
        (Account::SellerReceivable(*seller_id), *receivable),
        (Account::Commission, *commission),
        (Account::OutputVat, *commission_vat),
    ];
    let borne = borne.into_iter().filter(|(_, share)| share.is_positive());
    let mut posting: Vec<Entry> = borne.map(|(account, share)| debit(account, share)).collect();
    posting.push(credit(Account::RefundPayable(*refund_id), *amount));
    posting
}

fn of_payment(event: &PaymentEvent) -> Vec<Entry> {
    match event {
        PaymentEvent::PaymentQuarantined { captured, custody, gateway, .. } => {
            if captured.is_positive() {
                transfer(*captured, Account::captured(*gateway, *custody), Account::Suspense(*gateway))
            } else {
                vec![]
            }
        }
        PaymentEvent::Refunded { refund_id, amount, gateway, custody, quarantined, .. } => {
            let owed =
                if *quarantined { Account::Suspense(*gateway) } else { Account::RefundPayable(*refund_id) };
            transfer(*amount, owed, Account::captured(*gateway, *custody))
        }
        PaymentEvent::RefundedByBank { refund_id, amount, gateway, quarantined, .. } => {
            let owed =
                if *quarantined { Account::Suspense(*gateway) } else { Account::RefundPayable(*refund_id) };
            transfer(*amount, owed, Account::CustomerFunds)
        }
        PaymentEvent::DepositLost { refund_id, amount, gateway, custody } => {
            transfer(*amount, Account::RefundPayable(*refund_id), Account::captured(*gateway, *custody))
        }
        PaymentEvent::ChargedBack { amount, gateway, custody, .. } => {
            transfer(*amount, Account::Chargebacks(*gateway), Account::captured(*gateway, *custody))
        }
        // The hold is funded by `EscrowFunded`, in the same unit; posting here too would count it twice.
        PaymentEvent::PaymentAuthorized { .. }
        | PaymentEvent::PaymentCreated { .. }
        | PaymentEvent::PaymentPrepared {}
        | PaymentEvent::PaymentPreparationFailed { .. }
        | PaymentEvent::PaymentInDoubt { .. }
        | PaymentEvent::DoubtResolved { .. }
        | PaymentEvent::VirtualAccountIssued { .. }
        | PaymentEvent::PaymentAuthenticated { .. }
        | PaymentEvent::DepositReversed {}
        | PaymentEvent::DepositRestored {}
        | PaymentEvent::PaymentFailed { .. }
        | PaymentEvent::PaymentExpired {}
        | PaymentEvent::PaymentCancelled {}
        | PaymentEvent::RefundRequested { .. }
        | PaymentEvent::RefundPending { .. }
        | PaymentEvent::RefundFailed { .. }
        | PaymentEvent::GatewayDidNotAnswer { .. }
        | PaymentEvent::GatewayAnswered {} => vec![],
    }
}

fn transfer(amount: Money, from: Account, to: Account) -> Vec<Entry> {
    vec![debit(from, amount), credit(to, amount)]
}

fn debit(account: Account, amount: Money) -> Entry {
    Entry { account, side: Side::Debit, amount }
}

fn credit(account: Account, amount: Money) -> Entry {
    Entry { account, side: Side::Credit, amount }
}

fn nonzero(account: Account, amount: Money) -> Option<Entry> {
    amount.is_positive().then(|| credit(account, amount))
}
