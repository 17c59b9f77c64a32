//! The end of an unpaid order's window: the gateway is asked once more, because the money may just have come.

use chrono::Duration;
use commands::{ExpireOrder, Failure, Refusal};
use domain::{
    id::OrderId,
    order::{Order, OrderRefusal},
};

use super::{Next, Runner, Source, again};

/// When an order is looked at again whose payment is being approved.
const LOOK_AGAIN: Duration = Duration::minutes(1);

impl Runner {
    pub(super) async fn expire(&self, order_id: OrderId) -> Next {
        let order = match self.commands.load::<Order>(order_id).await {
            Ok((order, _)) => order,
            Err(fault) => return again(&fault),
        };
        let Order::AwaitingPayment(terms, window) = order else { return Next::Done };
        if self.clock().now() < window.pay_by {
            // The window was extended; that event brought a task of its own.
            return Next::Done;
        }
        for attempt in terms.attempts {
            if let Err(error) = self.sync(attempt, Source::Poller).await {
                return Next::Again(error.to_string());
            }
        }
        match self.dispatch("order-expiry", ExpireOrder { order_id }).await {
            Ok(_) => Next::Done,
            Err(Failure::Refused(Refusal::Order(OrderRefusal::ApprovalUnderWay { .. }))) => {
                Next::At(self.clock().now() + LOOK_AGAIN, "a payment is being approved".to_owned())
            }
            Err(Failure::Refused(refusal)) => {
                tracing::debug!(%order_id, %refusal, "nothing left to expire");
                Next::Done
            }
            Err(Failure::Fault(fault)) => again(&fault),
        }
    }
}
