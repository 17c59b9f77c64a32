//! The shop of a run, with its people, and what each payment went through.

use std::sync::Arc;

use chrono::Duration;
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::{
    catalogue::{Step, Whim, route},
    plan::{At, Plan, Scripted},
    report::Strikes,
};
use crate::{
    Leaving, World,
    actors::{Buyer, Counted, Order, Payment, Product, Seller},
    counter::{CHANNEL, WEBHOOK},
    http::{Caller, Reply},
};

/// How many acts are under way at once.
const AT_ONCE: usize = 64;
const BUYERS: usize = 50;
const SELLERS: usize = 4;
const PRODUCTS: i64 = 6;
const STOCK: i64 = 1_000_000;

/// A shop with its people.
pub struct Shop {
    /// Everything.
    pub world: World,
    /// What struck, here and in the shops beside.
    pub strikes: Arc<Strikes>,
    buyers: Vec<Buyer>,
    products: Vec<(Seller, Product)>,
    browser: Caller,
}

/// What one payment went through.
#[derive(Debug)]
pub struct Case {
    /// What was planned.
    pub plan: Plan,
    /// The order.
    pub order: Order,
    /// The attempts to pay it.
    pub payments: Vec<Payment>,
    /// What somebody paid into the shop's account for nothing the shop knows of.
    pub stranger: Option<Payment>,
    /// What was done, in order.
    pub notes: Vec<String>,
}

impl Shop {
    /// Opens the shop.
    pub async fn open(world: World, strikes: Arc<Strikes>) -> Self {
        let mut products = vec![];
        for number in 0..SELLERS {
            let seller = world.seller(&format!("seller-{number}")).await;
            for line in 0..PRODUCTS {
                let product =
                    seller.sells(&format!("product {number}-{line}"), 3_000 + 1_700 * line, STOCK).await;
                products.push((seller.clone(), product));
            }
        }
        let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let browser = Caller::nobody(browser.build().unwrap(), "");
        let buyers = world.crowd(BUYERS);
        Self { world, strikes, buyers, products, browser }
    }

    /// Whoever buys under this number.
    pub fn buyer(&self, number: usize) -> &Buyer {
        &self.buyers[number % self.buyers.len()]
    }

    /// Whoever sells under this number, and what.
    pub fn product(&self, number: usize) -> &(Seller, Product) {
        &self.products[(number / 7) % self.products.len()]
    }

    /// Orders, begins to pay, and has the script written for what comes then.
    pub async fn opens(&self, plan: Plan) -> Case {
        let (buyer, (_, product)) = (self.buyer(plan.number), self.product(plan.number));
        let order = buyer.orders(&[(product, plan.quantity)]).await;
        let payment = buyer.begins_to_pay_at(&order, plan.gateway.name(), plan.method.name()).await;
        let mut case = Case { plan, order, payments: vec![payment], stranger: None, notes: vec![] };
        if case.plan.whim.0 == Whim::PaysBeforeOurCommit {
            self.agrees(&mut case).await;
        }
        for scripted in case.plan.scripted.iter().filter(|scripted| scripted.at != At::Call(Step::Prepare)) {
            self.script(&rule(&case, scripted)).await;
        }
        case
    }

    /// The same for payments that all meet the same when they are registered, which is as soon as they are begun: the
    /// script cannot name them yet, and so nobody else begins to pay meanwhile.
    pub async fn opens_alike(&self, plans: Vec<Plan>) -> Vec<Case> {
        for plan in &plans {
            if let Some(scripted) = plan.preparation() {
                let (route, protocol) =
                    (route(plan.gateway, Step::Prepare), plan.gateway.name().replace('_', "-"));
                self.script(&json!({ "protocol": protocol, "route": route, "fault": scripted.fault })).await;
            }
        }
        let mut cases = each(plans, |plan| self.opens(plan)).await;
        self.world.settle_processes().await;
        let is_over = self.world.counter.script().await.iter().all(|rule| rule.get("paymentId").is_some());
        for case in &mut cases {
            if let Some(scripted) = case.plan.preparation().filter(|_| is_over).cloned() {
                self.strikes.count(&scripted.name, case.plan.column());
                case.notes.push(format!("{} {}", scripted.name, scripted.fault));
            }
        }
        cases
    }

    async fn script(&self, rule: &Value) {
        self.world.counter.control().post("/faults", rule).send().await.ok();
    }

    /// Counts what of the script has been played, and forgets the rest of it.
    pub async fn closes_script(&self, cases: &mut [Case]) {
        let left = self.world.counter.script().await;
        for case in cases {
            let column = case.plan.column();
            let scripted = case.plan.scripted.clone();
            for scripted in scripted.iter().filter(|scripted| scripted.at != At::Call(Step::Prepare)) {
                let wanted = rule(case, scripted);
                let is_same = |rule: &Value| {
                    ["route", "paymentId", "fault"].iter().all(|name| rule[*name] == wanted[*name])
                };
                if left.iter().any(is_same) {
                    case.notes.push(format!("(not reached: {} {})", scripted.name, scripted.fault));
                } else {
                    self.strikes.count(&scripted.name, column);
                    case.notes.push(format!("{} {}", scripted.name, scripted.fault));
                }
            }
        }
        self.world.counter.heals().await;
    }

    /// A person opens the pay page and presses a button. Nothing where the window says no.
    pub async fn presses(&self, payment: &Payment, action: &str) -> Option<Leaving> {
        let pay_url = payment.pay_url.as_deref().unwrap();
        if !self.browser.get(pay_url).send().await.is_success() {
            return None;
        }
        let path = pay_url.split('?').next().unwrap();
        let form = self.browser.ask(reqwest::Method::POST, path).raw(format!("action={action}"));
        let sent = form.header("content-type", "application/x-www-form-urlencoded").send().await;
        match sent.status {
            303 => Some(Leaving { to: sent.header("location").unwrap().to_owned(), form: None }),
            200 if sent.text().contains("<form") => Some(Leaving::by_form(&sent.text())),
            _ => None,
        }
    }

    /// The buyer pays in a window that does not ask the shop before it captures.
    pub async fn captures(&self, payment: &Payment) -> Reply {
        let mut window = json!({
            "orderName": "fault run", "totalAmount": payment.amount, "currency": "KRW",
            "payMethod": if payment.escrow { "TRANSFER" } else { "CARD" }, "isEscrow": payment.escrow,
        });
        if payment.gateway == "portone_v2" {
            window["channelKey"] = CHANNEL.into();
        }
        self.world.counter.act(payment, "approve", json!({ "checkout": window })).await
    }

    /// What a gateway still owes a buyer is asked for anew by an operator, who then goes to the gateway's console.
    pub async fn pays_what_is_owed(&self, cases: &[Case]) {
        for at_console in [false, true] {
            let payments = cases.iter().flat_map(|case| &case.payments);
            each(payments, |payment| self.pays_back(payment, at_console)).await;
            self.world.settle().await;
            for minutes in [1, 5, 20, 70] {
                self.world.passes(Duration::minutes(minutes)).await;
            }
        }
    }

    async fn pays_back(&self, payment: &Payment, at_console: bool) {
        let shown = self.world.operator.payment(payment).await;
        let wanted = match shown["payment_status"].as_str().unwrap() {
            "quarantined" => shown.won("captured_amount"),
            "deposit_lost" => return,
            _ => shown.won("escrow_refunded"),
        };
        let owed = wanted - shown.won("refunded_amount");
        if owed > 0 && at_console {
            self.world.counter.act(payment, "cancel", json!({ "amount": owed })).await;
        } else if owed > 0 && shown["failure_reason"] == "REFUND_ACCOUNT_MISSING" {
            self.world.operator.refunds_to_account(payment).await;
        } else if owed > 0 {
            self.world.operator.refunds(payment).await;
        }
    }
}

/// Does one thing for each, many at once; the answers are in order.
pub async fn each<T, F: Future>(all: impl IntoIterator<Item = T>, act: impl Fn(T) -> F) -> Vec<F::Output> {
    stream::iter(all).map(act).buffered(AT_ONCE).collect().await
}

fn rule(case: &Case, scripted: &Scripted) -> Value {
    let route = match scripted.at {
        At::Call(step) => route(case.plan.gateway, step),
        At::Webhook => WEBHOOK,
        At::Capture => "capture",
    };
    let (payment, fault) = (&case.payments[0], &scripted.fault);
    json!({ "protocol": payment.protocol(), "route": route, "paymentId": payment.gateway_id, "fault": fault })
}
