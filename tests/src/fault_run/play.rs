//! The acts: what buyer, bank and console do to the payments of a wave, and how time passes between.

use std::collections::BTreeMap;

use ambient::Clock;
use chrono::Duration;
use serde_json::{Value, json};

use super::{
    catalogue::{After, Deposit, GATEWAYS, Whim},
    plan::{Method, Plan},
    shop::{Case, Shop, each},
};
use crate::{Leaving, actors::Payment};

/// How long one waits for webhooks to be taken, and how often one looks.
const BETWEEN_LOOKS: Duration = Duration::milliseconds(10);
const LOOKS: usize = 40;
/// How the clock goes while buyers are in their windows: by so much, every so often.
const TICKS: Duration = Duration::seconds(3);
const TICK: Duration = Duration::milliseconds(250);

/// Plays the payments of a wave to their end, as far as it can come before the gateways' longest schedules.
pub async fn wave(shop: &Shop, plans: Vec<Plan>) -> Vec<Case> {
    let mut alike: BTreeMap<String, Vec<Plan>> = BTreeMap::new();
    for plan in plans {
        let fault = plan.preparation().map(|scripted| scripted.fault.to_string());
        alike.entry(fault.unwrap_or_default()).or_default().push(plan);
    }
    let mut cases = vec![];
    for (_, plans) in alike {
        cases.extend(shop.opens_alike(plans).await);
    }
    shop.passes(&[3]).await;
    cases = shop.while_time_passes(each(cases, |case| shop.at_the_window(case))).await;
    shop.passes(&[0, 3, 12, 45, 120]).await;
    cases = each(cases, |case| shop.at_the_bank(case)).await;
    shop.passes(&[0, 5, 30, 240]).await;
    cases = each(cases, |case| shop.afterwards(case)).await;
    shop.passes(&[0, 3, 15, 40, 180]).await;
    shop.passes(&[420]).await;
    cases = each(cases, |case| shop.late(case)).await;
    shop.passes(&[0, 10, 660, 3_900, 3_900]).await;
    shop.closes_script(&mut cases).await;
    cases
}

impl Case {
    fn did(&mut self, shop: &Shop, name: &str, struck: bool) {
        if struck {
            shop.strikes.count(name, self.plan.column());
        }
        if name.is_empty() {
            return;
        }
        let reached = if struck { "" } else { "(in vain) " };
        self.notes.push(format!("{reached}{name}"));
    }
}

impl Shop {
    /// Browsers wait for approvals, and approvals in doubt wait for the clock.
    async fn while_time_passes<T>(&self, acts: impl Future<Output = T>) -> T {
        let passing = async {
            loop {
                Clock::system().sleep(TICK).await;
                self.world.clock.advance(TICKS);
            }
        };
        tokio::select! {
            done = acts => done,
            never = passing => never,
        }
    }

    async fn passes(&self, seconds: &[i64]) {
        for seconds in seconds {
            self.world.passes(Duration::seconds(*seconds)).await;
        }
    }

    /// The buyer agrees in the window. What was not captured is approved when the browser is back.
    pub async fn agrees(&self, case: &mut Case) -> Option<Leaving> {
        let action = match (case.plan.method, case.plan.gateway) {
            (Method::Account, domain::payment::Gateway::PortoneV1 | domain::payment::Gateway::PortoneV2) => {
                "issue"
            }
            (Method::Account | Method::Card | Method::Transfer, _) => "approve",
        };
        self.presses(&case.payments[0], action).await
    }

    async fn at_the_window(&self, mut case: Case) -> Case {
        if let Some(name) = case.plan.stranger.clone() {
            let paid = self.a_stranger_pays(&mut case).await;
            case.did(self, &name, paid);
        }
        let (whim, name) = case.plan.whim.clone();
        let struck = match whim {
            Whim::PaysLate | Whim::Abandons => true,
            Whim::Pays => {
                let left = self.agrees(&mut case).await;
                self.returns(left.as_ref()).await
            }
            Whim::ClosesBrowser => self.agrees(&mut case).await.is_some(),
            Whim::ReturnsTwice => {
                let left = self.agrees(&mut case).await;
                let both = futures::join!(self.returns(left.as_ref()), self.returns(left.as_ref()));
                both.0 && both.1
            }
            Whim::ReturnsAfterWebhook => {
                let left = self.agrees(&mut case).await;
                let first = self.was_told(&case.payments[0]).await;
                self.returns(left.as_ref()).await && first
            }
            // It was paid when it was begun; the webhook came then.
            Whim::PaysBeforeOurCommit => self.was_told(&case.payments[0]).await,
            Whim::Declines => {
                let left = self.presses(&case.payments[0], "decline").await;
                self.returns(left.as_ref()).await
            }
            Whim::PaysTwice => self.pays_in_two_tabs(&mut case).await,
        };
        if !matches!(whim, Whim::PaysLate) {
            case.did(self, &name, struck);
        }
        case
    }

    /// Somebody pays at the same gateway into the shop's account, for nothing the shop has ever heard of.
    async fn a_stranger_pays(&self, case: &mut Case) -> bool {
        let stranger = Payment {
            gateway_id: format!("{:032x}", u128::MAX - u128::try_from(case.plan.number).unwrap()),
            escrow: false,
            ..case.payments[0].clone()
        };
        let paid = self.world.counter.captures_elsewhere(&stranger).await;
        case.stranger = Some(stranger);
        paid
    }

    async fn returns(&self, left: Option<&Leaving>) -> bool {
        match left {
            Some(left) => self.world.comes_back(left).await.status < 500,
            None => false,
        }
    }

    /// Whether a webhook about the payment was taken before we gave up waiting for it.
    async fn was_told(&self, payment: &Payment) -> bool {
        for _ in 0..LOOKS {
            let webhooks = self.world.counter.webhooks(payment).await;
            if webhooks.iter().any(|webhook| webhook["outcome"] == "delivered") {
                return true;
            }
            Clock::system().sleep(BETWEEN_LOOKS).await;
        }
        false
    }

    /// The second tab is at a gateway that captures by itself and does not ask the shop before.
    async fn pays_in_two_tabs(&self, case: &mut Case) -> bool {
        let second = GATEWAYS[case.plan.number % 2];
        let buyer = self.buyer(case.plan.number);
        let method = case.plan.method.name();
        let second = buyer.begins_to_pay_at(&case.order, second.name(), method).await;
        case.payments.push(second);
        self.world.settle_processes().await;
        let first = self.agrees(case).await;
        let (returned, captured) =
            futures::join!(self.returns(first.as_ref()), self.captures(&case.payments[1]));
        returned && captured.is_success()
    }

    /// The bank moves.
    async fn at_the_bank(&self, mut case: Case) -> Case {
        let (deposit, name) = case.plan.deposit.clone();
        if case.plan.method != Method::Account {
            return case;
        }
        let amount = case.payments[0].amount;
        let body = match deposit {
            Deposit::Exact | Deposit::Reversed | Deposit::Restored => json!({}),
            Deposit::Short => json!({ "amount": amount - 500 }),
            Deposit::Over => json!({ "amount": amount + 500 }),
            Deposit::Late => return case,
            Deposit::Never => {
                case.did(self, &name, true);
                return case;
            }
        };
        let came = self.acts(&case, "deposit", body).await;
        match deposit {
            Deposit::Reversed | Deposit::Restored => case.notes.push(format!("deposited: {came}")),
            Deposit::Exact | Deposit::Short | Deposit::Over | Deposit::Late | Deposit::Never => {
                case.did(self, &name, came);
            }
        }
        case
    }

    async fn acts(&self, case: &Case, action: &str, body: Value) -> bool {
        self.world.counter.act(&case.payments[0], action, body).await.is_success()
    }

    async fn afterwards(&self, mut case: Case) -> Case {
        if matches!(case.plan.deposit.0, Deposit::Reversed | Deposit::Restored)
            && case.plan.method == Method::Account
        {
            let (deposit, name) = case.plan.deposit.clone();
            let taken_back = self.acts(&case, "reverse", json!({})).await;
            if deposit == Deposit::Reversed {
                case.did(self, &name, taken_back);
            }
            return case;
        }
        let (after, name) = case.plan.after.clone();
        let payment = case.payments[0].clone();
        let struck = match after {
            After::Keeps => true,
            After::GivesUp | After::CancelledLater | After::CancelledInVain => {
                let buyer = self.buyer(case.plan.number);
                match case.plan.method {
                    Method::Account => buyer.tries_to_cancel_to_account(&case.order).await.is_success(),
                    Method::Card | Method::Transfer => buyer.tries_to_cancel(&case.order).await.is_success(),
                }
            }
            After::OperatorGivesBack => self.world.operator.refunds(&payment).await.is_success(),
            After::PartBack => {
                let (seller, _) = self.product(case.plan.number);
                seller.refunds(&payment, payment.amount / 3).await.is_success()
            }
            After::Releases | After::ChargedBackAfterRelease => self.is_released(&case).await,
            After::ConsoleCancels => self.acts(&case, "cancel", json!({})).await,
            After::ConsoleCancelsPart => {
                self.acts(&case, "cancel", json!({ "amount": payment.amount / 4 })).await
            }
            After::ChargedBack => self.acts(&case, "chargeback", json!({})).await,
        };
        match after {
            After::CancelledLater | After::CancelledInVain | After::ChargedBackAfterRelease => {}
            After::Keeps
            | After::GivesUp
            | After::OperatorGivesBack
            | After::PartBack
            | After::Releases
            | After::ConsoleCancels
            | After::ConsoleCancelsPart
            | After::ChargedBack => {
                let name = if name.is_empty() { format!("{after:?}") } else { name };
                case.did(self, &name, struck);
            }
        }
        case
    }

    async fn is_released(&self, case: &Case) -> bool {
        let (seller, _) = self.product(case.plan.number);
        if !seller.tries_to_ship(&case.order).await.is_success() {
            return false;
        }
        self.buyer(case.plan.number).tries_to_confirm(&case.order).await.is_success()
    }

    async fn late(&self, mut case: Case) -> Case {
        let (whim, name) = case.plan.whim.clone();
        if whim == Whim::PaysLate {
            let paid = self.captures(&case.payments[0]).await.is_success();
            case.did(self, &name, paid);
        }
        if case.plan.method == Method::Account {
            let (deposit, name) = case.plan.deposit.clone();
            if let Deposit::Late | Deposit::Restored = deposit {
                let came = self.acts(&case, "deposit", json!({ "late": true })).await;
                case.did(self, &name, came);
            }
        }
        let (after, name) = case.plan.after.clone();
        let struck = match after {
            After::CancelledLater => self.acts(&case, "settle", json!({ "succeeded": true })).await,
            After::CancelledInVain => self.acts(&case, "settle", json!({ "succeeded": false })).await,
            After::ChargedBackAfterRelease => self.acts(&case, "chargeback", json!({})).await,
            After::Keeps
            | After::GivesUp
            | After::OperatorGivesBack
            | After::PartBack
            | After::Releases
            | After::ConsoleCancels
            | After::ConsoleCancelsPart
            | After::ChargedBack => return case,
        };
        case.did(self, &name, struck);
        case
    }
}
