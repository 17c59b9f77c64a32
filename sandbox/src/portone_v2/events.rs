//! PortOne's webhooks of version 2024-04-25.

pub mod tell {
    //! Says what happened to a payment.

    use bytes::Bytes;
    use serde_json::json;

    use crate::{
        app::App,
        payment::{Cancellation, Outcome, Payment, State},
        portone_v2::document::{status, time},
    };

    /// Says that the payment's own state changed.
    pub fn state(app: &App, payment: &mut Payment) {
        let kind = match payment.state {
            State::Ready => "Transaction.Ready",
            State::Pending => "Transaction.PayPending",
            State::AccountIssued { .. } => "Transaction.VirtualAccountIssued",
            State::Paid { .. } => "Transaction.Paid",
            State::Failed { .. } => "Transaction.Failed",
        };
        event(app, payment, kind, None);
    }

    /// Says what came of a cancellation; a failed one is not said.
    pub fn cancellation(app: &App, payment: &mut Payment, made: &Cancellation) {
        let kind = match made.outcome {
            Outcome::Requested => "Transaction.CancelPending",
            Outcome::Succeeded if payment.cancelled() < payment.terms.total => "Transaction.PartialCancelled",
            Outcome::Succeeded => "Transaction.Cancelled",
            Outcome::Failed => return,
        };
        event(app, payment, kind, Some(&made.id));
    }

    fn event(app: &App, payment: &mut Payment, kind: &'static str, cancellation: Option<&str>) {
        let mut data = json!({
            "storeId": payment.terms.store_id,
            "paymentId": payment.id,
            "transactionId": payment.transaction_id,
        });
        if let (Some(id), Some(fields)) = (cancellation, data.as_object_mut()) {
            fields.insert("cancellationId".into(), id.into());
        }
        let body = json!({ "type": kind, "timestamp": time(app.now()), "data": data });
        app.announce(payment, kind, status(payment), &Bytes::from(body.to_string()));
    }
}
