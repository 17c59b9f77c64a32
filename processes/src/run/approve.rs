//! Approval by us. That the buyer agreed is in the log, and the stock is secured; now the gateway is asked, once, and
//! what it did is read from its books.
//!
//! Where the gateway knows keys, asking again under the same key is the same question. Where it does not, nothing is
//! sent before a look-up shows that nothing was sent with effect; a doubt that look-ups do not settle is ended by
//! undoing the approval, while the gateway still lets us.

use commands::{ApprovalResult, RecordApproval, RecordApprovalFailure};
use domain::{
    id::PaymentId,
    order::Order,
    payment::{Agreement, Attempt, Payment, Progress},
};
use gateways::{Answer, Approve, IdempotencyKey, PaymentGateway, Pg, Secret};
use store::Fault;

use super::{Next, Runner, Source, again};

const PROCESS: &str = "payment-approval";
/// How often one only looks before an approval in doubt is undone.
const LOOKS_BEFORE_UNDOING: i32 = 4;
/// What a failure is called that we brought about ourselves.
const UNDONE: &str = "APPROVAL_UNDONE";
/// What an attempt is called that its order no longer waits for.
const ORDER_DOES_NOT_WAIT: &str = "ORDER_DOES_NOT_WAIT";

impl Runner {
    pub(super) async fn approve(&self, payment_id: PaymentId, attempts: i32) -> Next {
        let payment = match self.commands.load::<Payment>(payment_id).await {
            Ok((payment, _)) => payment,
            Err(fault) => return again(&fault),
        };
        let Payment::Open(attempt, progress) = &payment else { return Next::Done };
        let gateway = match self.gateways.get(attempt.gateway) {
            Ok(gateway) => gateway.as_ref(),
            Err(missing) => return Next::Again(missing.to_string()),
        };
        match progress {
            Progress::Authenticated(agreement) => {
                let is_awaited = match self.is_awaited(attempt).await {
                    Ok(is_awaited) => is_awaited,
                    Err(next) => return next,
                };
                // Somebody may have asked before and not lived to write it down.
                let has_keys = gateway.capabilities(Pg::Unknown).idempotency_key_lasts.is_some();
                if (!has_keys || !is_awaited)
                    && let Some(next) = self.look_first(payment_id).await
                {
                    return next;
                }
                if !is_awaited {
                    return self.not_approved(payment_id, ORDER_DOES_NOT_WAIT).await;
                }
                self.ask(gateway, (attempt, agreement)).await
            }
            Progress::ApprovalInDoubt(_) => self.end_doubt(gateway, payment_id, attempts).await,
            Progress::Created
            | Progress::PreparationInDoubt
            | Progress::Prepared
            | Progress::AwaitingDeposit { .. } => Next::Done,
        }
    }

    /// Whether nothing of the payment is being approved.
    pub(crate) async fn agreement_is_settled(&self, payment_id: PaymentId) -> Result<bool, Fault> {
        let (payment, _) = self.commands.load::<Payment>(payment_id).await?;
        Ok(payment.agreement().is_none())
    }

    async fn is_awaited(&self, attempt: &Attempt) -> Result<bool, Next> {
        let (order, _) =
            self.commands.load::<Order>(attempt.order_id).await.map_err(|fault| again(&fault))?;
        let Order::AwaitingPayment(_, window) = &order else { return Ok(false) };
        Ok(window.approving.is_some_and(|approving| approving.payment_id == attempt.payment_id))
    }

    async fn ask(&self, gateway: &dyn PaymentGateway, (attempt, agreement): (&Attempt, &Agreement)) -> Next {
        let payment_id = attempt.payment_id;
        let token = match self.token(attempt, agreement).await {
            Ok(token) => token,
            Err(why) => return Next::Again(why),
        };
        let key = match IdempotencyKey::new(format!("approval-{}", payment_id.at_gateway())) {
            Ok(key) => key,
            Err(error) => return Next::Again(error.to_string()),
        };
        let approve = Approve {
            id: payment_id.at_gateway(),
            transaction_id: agreement.transaction_id.clone(),
            token,
            amount: attempt.amount,
            key,
        };
        match gateway.approve(&approve).await {
            Answer::Done(()) | Answer::Pending(()) => match self.look_first(payment_id).await {
                Some(next) => next,
                None => self.in_doubt(payment_id, "approved, says the gateway, and does not show it").await,
            },
            // The gateway's books decide, never its refusal: it may be of an approval that went through before.
            Answer::Refused(refusal) => match self.look_first(payment_id).await {
                Some(next) => next,
                None => self.not_approved(payment_id, &refusal.code).await,
            },
            Answer::InDoubt => self.in_doubt(payment_id, "the gateway did not answer").await,
        }
    }

    async fn token(&self, attempt: &Attempt, agreement: &Agreement) -> Result<Option<Secret>, String> {
        use domain::id::Id;
        let Some(sealed) = &agreement.token else { return Ok(None) };
        let opened = self.vault.open(attempt.buyer_id.uuid(), sealed).await;
        opened.map(|token| token.map(Secret::new)).map_err(|error| error.to_string())
    }

    /// A look-up that settles it ends the task; one that says nothing happened leaves it open.
    async fn look_first(&self, payment_id: PaymentId) -> Option<Next> {
        if let Err(error) = self.sync(payment_id, Source::Poller).await {
            return Some(Next::Again(error.to_string()));
        }
        match self.commands.load::<Payment>(payment_id).await {
            Ok((payment, _)) => payment.agreement().is_none().then_some(Next::Done),
            Err(fault) => Some(again(&fault)),
        }
    }

    async fn end_doubt(&self, gateway: &dyn PaymentGateway, payment_id: PaymentId, attempts: i32) -> Next {
        let looked = self.look_first(payment_id).await;
        if let Some(Next::Done) = looked {
            return Next::Done;
        }
        let capabilities = gateway.capabilities(Pg::Unknown);
        if capabilities.undo_approval_within.is_some() && attempts >= LOOKS_BEFORE_UNDOING {
            return self.undo(gateway, payment_id).await;
        }
        match looked {
            Some(next) => next,
            None if capabilities.idempotency_key_lasts.is_some() => {
                let result = ApprovalResult::NotFound;
                match self.record(PROCESS, RecordApproval { payment_id, result }).await {
                    Next::Done => {
                        Next::Again("not approved yet; it is asked for again under its key".to_owned())
                    }
                    next @ (Next::At(..) | Next::Again(_)) => next,
                }
            }
            None => Next::Again("the gateway does not show an approval".to_owned()),
        }
    }

    /// Takes an approval back that nobody can tell the outcome of. What it left is looked up once more.
    async fn undo(&self, gateway: &dyn PaymentGateway, payment_id: PaymentId) -> Next {
        match gateway.undo_approval(&payment_id.at_gateway()).await {
            Answer::Done(()) => match self.look_first(payment_id).await {
                Some(next) => next,
                None => self.not_approved(payment_id, UNDONE).await,
            },
            Answer::Refused(refusal) => match self.look_first(payment_id).await {
                Some(next) => next,
                None => self.not_approved(payment_id, &refusal.code).await,
            },
            Answer::Pending(()) | Answer::InDoubt => {
                Next::Again("the gateway did not answer whether the approval is undone".to_owned())
            }
        }
    }

    async fn in_doubt(&self, payment_id: PaymentId, why: &str) -> Next {
        let result = ApprovalResult::InDoubt;
        match self.record(PROCESS, RecordApproval { payment_id, result }).await {
            Next::Done => Next::Again(why.to_owned()),
            next @ (Next::At(..) | Next::Again(_)) => next,
        }
    }

    async fn not_approved(&self, payment_id: PaymentId, reason: &str) -> Next {
        self.record(PROCESS, RecordApprovalFailure { payment_id, reason: reason.to_owned() }).await
    }
}
