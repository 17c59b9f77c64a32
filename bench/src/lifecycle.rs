//! `lifecycle`: the whole life of an order over HTTP against the real server, with the sandbox gateway and its signed
//! webhook; and a single command over HTTP. Beside it the same life on the stock framework, which is spared the
//! gateway, authentication and idempotency.

use domain::id::{CustomerId, Id, OrderId, PaymentId, ProductId, SellerId, ShipmentId};
use futures::future::try_join_all;
use serde_json::{Value, json};
use store::{Log, audit};

use crate::{
    Failure,
    args::Args,
    baseline::{self, VERBS},
    ground::Ground,
    http::{Http, Request, text},
    load::{Client, drive},
    report::{self, Aim, Report},
    rows::{DESCRIPTION, NAME, first_price},
    safety::{self, Switches},
    server::{self, Server},
    stats::{Series, ratio, rounded},
};

/// Clients at most: what the aim is about.
const MOST_CLIENTS: usize = 64;

#[derive(Default)]
struct Outcome {
    life: Series,
    single: Series,
    stock: Series,
    switches: Switches,
}

/// Runs it.
pub async fn run(args: &Args) -> Result<(), Failure> {
    let binary = server::build()?;
    let ground = Ground::prepare(args.store).await?;
    let clients = args.most_clients().min(MOST_CLIENTS);
    let bar = report::progress(3 * usize::from(args.rounds));
    let mut outcome = Outcome::default();
    for _ in 0..args.rounds {
        let folder = tempfile::tempdir_in(ground.folder())?;
        let (log, views) = (ground.fresh().await?, ground.fresh().await?);
        let server = Server::start(&binary, folder.path(), (&log, &views)).await?;
        let shop = Shop::open(&server).await?;
        bar.set_message("a single command over HTTP");
        outcome.single.add(drive(shop.revisers(clients).await?, args.slice()).await?);
        bar.inc(1);
        bar.set_message("the whole life of an order");
        outcome.life.add(drive(shop.lives(clients).await?, args.slice()).await?);
        bar.inc(1);
        drop(server);
        bar.set_message("the same life on the stock framework");
        let host = baseline::serve(&ground.fresh().await?, clients).await?;
        let stock = try_join_all((0..clients).map(|_| StockLife::open(&host))).await?;
        outcome.stock.add(drive(stock, args.slice()).await?);
        bar.inc(1);
        prove(&log, &mut outcome.switches).await?;
    }
    bar.finish_and_clear();
    tell(args, &outcome, clients);
    Ok(())
}

/// Reads the switches and verifies the log the server has left behind.
async fn prove(url: &str, switches: &mut Switches) -> Result<(), Failure> {
    let log = Log::open(url).await?;
    *switches = safety::read(&log).await?;
    let verified = audit::verify(&log, |_| {}).await?;
    let chain = format!("on: {} events in {} batches verified", verified.events, verified.batches);
    switches.push(("hash chain".to_owned(), chain));
    switches.push(("receipts".to_owned(), "on: an Idempotency-Key with each command".to_owned()));
    Ok(())
}

/// The demo shop of a running server.
struct Shop {
    host: String,
    buyer: String,
    seller: String,
}

impl Shop {
    async fn open(server: &Server) -> Result<Self, Failure> {
        let buyer = server.token("buyer@demo.escrow").await?;
        let seller = server.token("seller@demo.escrow").await?;
        Ok(Self { host: server.host.clone(), buyer, seller })
    }

    async fn list(&self, http: &mut Http) -> Result<String, Failure> {
        let body = product(first_price(), 1_000_000);
        let list = Request {
            method: "POST",
            path: "/products",
            token: &self.seller,
            keyed: true,
            body: &body,
            ..Request::default()
        };
        text(&http.json(list).await?, "product_id")
    }

    async fn revisers(&self, count: usize) -> Result<Vec<Reviser>, Failure> {
        let mut revisers = Vec::with_capacity(count);
        for _ in 0..count {
            let mut http = Http::connect(&self.host).await?;
            let path = format!("/products/{}", self.list(&mut http).await?);
            revisers.push(Reviser { http, token: self.seller.clone(), path, price: first_price() });
        }
        Ok(revisers)
    }

    async fn lives(&self, count: usize) -> Result<Vec<OurLife>, Failure> {
        let mut lives = Vec::with_capacity(count);
        for _ in 0..count {
            let mut http = Http::connect(&self.host).await?;
            let product = self.list(&mut http).await?;
            lives.push(OurLife {
                http,
                gateway: None,
                buyer: self.buyer.clone(),
                seller: self.seller.clone(),
                order: order(&product),
            });
        }
        Ok(lives)
    }
}

fn product(price: i64, stock: u32) -> String {
    let price = json!({ "amount": price, "currency": "KRW" });
    json!({ "name": NAME, "description": DESCRIPTION, "price": price, "stock": stock }).to_string()
}

fn order(product: &str) -> String {
    json!({
        "lines": [{ "product_id": product, "quantity": 1 }],
        "delivery_address": {
            "recipient": "홍길동", "phone": "010-1234-5678", "line1": "서울특별시 중구 세종대로 110",
            "postcode": "04524", "country": "KR",
        },
    })
    .to_string()
}

/// Revises one product's price again and again.
struct Reviser {
    http: Http,
    token: String,
    path: String,
    price: i64,
}

impl Client for Reviser {
    async fn step(&mut self) -> Result<u64, Failure> {
        self.price += 1;
        let body = product(self.price, 1_000_000);
        let Self { http, token, path, .. } = self;
        http.send(Request { method: "PUT", path, token, keyed: true, body: &body, ..Request::default() })
            .await?;
        Ok(1)
    }
}

/// Lives one order after the other.
struct OurLife {
    http: Http,
    gateway: Option<Http>,
    buyer: String,
    seller: String,
    order: String,
}

impl OurLife {
    async fn post(&mut self, path: &str, as_seller: bool, body: &str) -> Result<Value, Failure> {
        let token = if as_seller { &self.seller } else { &self.buyer };
        self.http.json(Request { method: "POST", path, token, keyed: true, body, ..Request::default() }).await
    }

    /// Opens the gateway's pay window and clicks "approve"; the gateway sends its webhook, the buyer comes back.
    async fn approve(&mut self, pay_url: &str) -> Result<(), Failure> {
        let rest = pay_url.strip_prefix("http://").ok_or("no pay window")?;
        let (host, path) = rest.split_once('/').ok_or("no pay window")?;
        let gateway = match &mut self.gateway {
            Some(gateway) => gateway,
            empty @ None => empty.insert(Http::connect(host).await?),
        };
        let path = format!("/{path}");
        gateway.send(Request { method: "GET", path: &path, ..Request::default() }).await?;
        let content_type = "application/x-www-form-urlencoded";
        let click = Request {
            method: "POST",
            path: &path,
            content_type,
            body: "action=approve",
            ..Request::default()
        };
        gateway.send(click).await.map(|_| ())
    }
}

impl Client for OurLife {
    async fn step(&mut self) -> Result<u64, Failure> {
        let body = self.order.clone();
        let order = text(&self.post("/orders", false, &body).await?, "order_id")?;
        let body = json!({ "order_id": order, "escrow": true }).to_string();
        let payment = self.post("/payments", false, &body).await?;
        self.approve(&text(&payment, "pay_url")?).await?;
        let payment = text(&payment, "payment_id")?;
        self.post(&format!("/payments/{payment}/confirm"), false, "").await?;
        let body = r#"{"carrier":"CJGLS","invoice_number":"639812345678"}"#;
        let shipment =
            text(&self.post(&format!("/orders/{order}/shipments"), true, body).await?, "shipment_id")?;
        self.post(&format!("/shipments/{shipment}/delivered"), true, "").await?;
        self.post(&format!("/orders/{order}/confirm"), false, "").await?;
        Ok(1)
    }
}

/// The same on the rival.
struct StockLife {
    http: Http,
    life: baseline::Life,
}

impl StockLife {
    async fn open(host: &str) -> Result<Self, Failure> {
        let id = ambient::fresh_id;
        let life = baseline::Life {
            buyer: CustomerId::from_uuid(id()),
            seller: SellerId::from_uuid(id()),
            product: ProductId::from_uuid(id()),
            order: OrderId::from_uuid(id()),
            payment: PaymentId::from_uuid(id()),
            shipment: ShipmentId::from_uuid(id()),
        };
        let mut stock = Self { http: Http::connect(host).await?, life };
        stock.act("open").await?;
        Ok(stock)
    }

    async fn act(&mut self, verb: &str) -> Result<(), Failure> {
        let (path, body) = (format!("/{verb}"), serde_json::to_string(&self.life)?);
        self.http
            .send(Request { method: "POST", path: &path, body: &body, ..Request::default() })
            .await
            .map(|_| ())
    }
}

impl Client for StockLife {
    async fn step(&mut self) -> Result<u64, Failure> {
        self.life.order = OrderId::from_uuid(ambient::fresh_id());
        self.life.payment = PaymentId::from_uuid(ambient::fresh_id());
        self.life.shipment = ShipmentId::from_uuid(ambient::fresh_id());
        for verb in VERBS {
            self.act(verb).await?;
        }
        Ok(1)
    }
}

fn tell(args: &Args, outcome: &Outcome, clients: usize) {
    let (report, store) = (Report::new(args), args.store.name());
    let Outcome { life, single, stock, .. } = outcome;
    report.title(&format!(
        "lifecycle on {store}, over HTTP, {clients} clients; medians of {} rounds",
        args.rounds
    ));
    let row = |name: &str, series: &Series| {
        let mut row = vec![name.to_owned()];
        row.extend(report::columns(series));
        row
    };
    report.table(
        &["", "per second", "spread", "p50 ms", "p99 ms"],
        vec![
            row("ours: lives, with gateway", life),
            row("stock: lives, no gateway", stock),
            row("ours: single command", single),
        ],
    );
    let vs_stock = ratio(life.operations(), stock.operations());
    let mut all =
        vec![Aim { what: "lives ÷ stock's lives".to_owned(), value: vs_stock, bound: 5.0, at_most: false }];
    all.push(Aim {
        what: "single commands a second".to_owned(),
        value: single.operations(),
        bound: 10_000.0,
        at_most: false,
    });
    all.push(Aim {
        what: "single command, p99 ms".to_owned(),
        value: single.p99(),
        bound: 15.0,
        at_most: true,
    });
    report::aims(&report, &all);
    report.object(&json!({
        "bench": "lifecycle", "store": store, "clients": clients,
        "ours": rounded(life.operations(), 1), "stock": rounded(stock.operations(), 1),
        "vs_stock": rounded(vs_stock, 2), "life_p50_ms": rounded(life.p50(), 2), "life_p99_ms": rounded(life.p99(), 2),
        "single": rounded(single.operations(), 0), "single_p50_ms": rounded(single.p50(), 2),
        "single_p99_ms": rounded(single.p99(), 2), "spread": rounded(life.spread(), 3),
        "rounds": args.rounds, "seconds": args.seconds,
    }));
    safety::tell(&report, "lifecycle", store, &outcome.switches);
}
