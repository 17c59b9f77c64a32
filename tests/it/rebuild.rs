//! After a long random history every projection that is folded anew is the one that was folded as things happened,
//! over HTTP and on all three databases.

use std::collections::BTreeMap;

use chrono::Duration;
use serde_json::{Value, json};
use tests::{
    Databases, World,
    actors::{Buyer, Order, Parcel, Payment, Product, Seller},
    counter::WEBHOOK,
    random::Chance,
};

/// Steps of the history.
const STEPS: usize = 120;

/// A shop that lives by chance.
struct Shop {
    world: World,
    chance: Chance,
    sellers: Vec<Seller>,
    buyers: Vec<Buyer>,
    products: Vec<(usize, Product)>,
    orders: Vec<(usize, Order, Option<Payment>)>,
    parcels: Vec<(usize, Parcel)>,
}

impl Shop {
    async fn open(databases: Databases, seed: u64) -> Self {
        let world = World::open_on(databases).await;
        let (mut sellers, mut buyers, mut products) = (vec![], vec![], vec![]);
        for name in ["carpenter", "smith"] {
            sellers.push(world.seller(name).await);
        }
        for name in ["hong", "kim", "lee"] {
            buyers.push(world.buyer(name).await);
        }
        for (seller, name, price) in [(0, "chair", 12_000), (0, "table", 45_500), (1, "lamp", 7_900)] {
            products.push((seller, sellers[seller].sells(name, price, 12).await));
        }
        let chance = Chance::of(seed);
        Self { world, chance, sellers, buyers, products, orders: vec![], parcels: vec![] }
    }

    /// Does something. What the state refuses is part of the history: nobody here keeps book of what is allowed.
    async fn step(&mut self) {
        match self.chance.below(12) {
            0..=2 => self.order().await,
            3..=5 => self.pay().await,
            6 => self.ship().await,
            7 => self.deliver().await,
            8 => self.confirm_or_cancel().await,
            9 => self.refund().await,
            10 => self.revise().await,
            _ => self.wait().await,
        }
    }

    async fn order(&mut self) {
        let buyer = self.chance.below(self.buyers.len());
        let (first, second) = (self.chance.below(3), self.chance.below(3));
        let quantity = i64::try_from(1 + self.chance.below(3)).unwrap();
        let mut lines = vec![(&self.products[first].1, quantity)];
        if second != first {
            lines.push((&self.products[second].1, 1));
        }
        let reply = self.buyers[buyer].tries_to_order(&lines).await;
        if reply.is_success() {
            self.orders.push((buyer, Order::placed(&reply), None));
        } else {
            reply.refused(409, "out_of_stock");
        }
    }

    async fn pay(&mut self) {
        let Some(index) = self.any_order() else { return };
        let (buyer, order, _) = self.orders[index].clone();
        let reply = self.buyers[buyer].tries_to_pay(&order).await;
        if !reply.is_success() {
            return;
        }
        let payment = Payment::begun(&reply);
        self.orders[index].2 = Some(payment.clone());
        self.world.settle().await;
        match self.chance.below(8) {
            0 => return,
            1 => self.world.counter.declines(&payment).await,
            2 => self.world.counter.approves_otherwise(&payment, json!({ "totalAmount": 1_000 })).await,
            3 => {
                self.world.counter.fault(WEBHOOK, json!("duplicate"), 1).await;
                self.world.counter.approves(&payment).await;
            }
            _ => self.world.counter.approves(&payment).await,
        }
        self.world.counter.webhooks_are_out(&payment).await;
    }

    async fn ship(&mut self) {
        let Some(index) = self.any_order() else { return };
        let order = self.orders[index].1.clone();
        for seller in 0..self.sellers.len() {
            let reply = self.sellers[seller].tries_to_ship(&order).await;
            if reply.is_success() {
                self.parcels
                    .push((seller, Parcel { id: reply.ok()["shipment_id"].as_str().unwrap().to_owned() }));
            }
        }
    }

    async fn deliver(&mut self) {
        if !self.parcels.is_empty() {
            let at = self.chance.below(self.parcels.len());
            let (seller, parcel) = self.parcels.swap_remove(at);
            let path = format!("/shipments/{}/delivered", parcel.id);
            self.sellers[seller].0.http.post(&path, &json!({})).send().await;
        }
    }

    async fn confirm_or_cancel(&mut self) {
        let Some(index) = self.any_order() else { return };
        let (buyer, order, _) = &self.orders[index];
        if self.chance.below(2) == 0 {
            self.buyers[*buyer].tries_to_confirm(order).await;
        } else {
            self.buyers[*buyer].tries_to_cancel(order).await;
        }
    }

    async fn refund(&mut self) {
        let Some(index) = self.any_order() else { return };
        if let Some(payment) = &self.orders[index].2 {
            self.world.operator.refunds(payment).await;
        }
    }

    async fn revise(&mut self) {
        let (seller, product) = self.chance.one_of(&self.products).clone();
        let stock = self.chance.below(20);
        let body = json!({
            "name": format!("changed {stock}"), "description": "다시", "price": tests::actors::won(product.price), "stock": stock,
        });
        self.sellers[seller].0.http.put(&format!("/products/{}", product.id), &body).send().await.ok();
    }

    async fn wait(&mut self) {
        let time = *self.chance.one_of(&[Duration::seconds(20), Duration::minutes(16), Duration::days(9)]);
        self.world.passes(time).await;
    }

    fn any_order(&mut self) -> Option<usize> {
        (!self.orders.is_empty()).then(|| self.chance.below(self.orders.len()))
    }

    /// Everything that can be read, by its address.
    async fn everything(&self) -> BTreeMap<String, Value> {
        let (operator, mut all) = (&self.world.operator, BTreeMap::new());
        for list in ["/products", "/orders", "/ledger/journal"] {
            all.insert(list.to_owned(), Value::Array(operator.all(list).await));
        }
        let mut single = vec!["/ledger/trial-balance".to_owned()];
        single.extend(
            ["1200", "1210", "2100", "2120", "2200", "2500"].map(|code| format!("/ledger/accounts/{code}")),
        );
        single.extend(self.products.iter().map(|(_, product)| format!("/products/{}", product.id)));
        for (_, order, payment) in &self.orders {
            single.push(format!("/orders/{}", order.id));
            let timeline = format!("/orders/{}/timeline", order.id);
            all.insert(timeline.clone(), Value::Array(operator.all(&timeline).await));
            single.extend(payment.iter().map(|payment| format!("/payments/{}/status", payment.id)));
        }
        for path in single {
            all.insert(path.clone(), operator.0.http.get(&path).send().await.json());
        }
        all.insert("users".into(), self.world.users(&self.people()).await);
        all
    }

    fn people(&self) -> Vec<String> {
        let sellers = self.sellers.iter().map(|seller| seller.0.id.clone());
        sellers.chain(self.buyers.iter().map(|buyer| buyer.0.id.clone())).collect()
    }
}

async fn rebuilt_is_live(databases: Databases, seed: u64) {
    let mut shop = Shop::open(databases, seed).await;
    for _ in 0..STEPS {
        shop.step().await;
    }
    shop.world.audit().await;
    let live = shop.everything().await;
    assert!(shop.orders.len() > 10 && live.len() > 50, "seed {seed}: {} orders", shop.orders.len());
    let statuses: std::collections::BTreeSet<&str> =
        live["/orders"].as_array().unwrap().iter().filter_map(|order| order["status"].as_str()).collect();
    assert!(statuses.len() >= 4, "seed {seed} leads to too little: {statuses:?}");

    shop.world.rebuilds().await;
    let rebuilt = shop.everything().await;
    for (path, live) in &live {
        assert_eq!(rebuilt.get(path), Some(live), "seed {seed}: {path}");
    }
    // And life goes on, on what was rebuilt.
    shop.order().await;
    shop.pay().await;
    shop.world.audit().await;
}

#[tokio::test]
async fn on_sqlite() {
    rebuilt_is_live(Databases::sqlite(), 20_261).await;
}

#[tokio::test]
async fn on_postgres() {
    rebuilt_is_live(Databases::postgres().await, 20_266).await;
}

#[tokio::test]
async fn on_mariadb_over_a_log_in_postgres() {
    rebuilt_is_live(Databases::postgres_and_mariadb().await, 20_263).await;
}
