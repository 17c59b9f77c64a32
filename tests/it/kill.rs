//! The server is killed (SIGKILL) in the middle of its work, again and again, and started again.
//!
//! What clients were told is written down here, outside of it. The gateway lives on. After the last start every
//! acknowledged command answers what it answered, every unanswered one can be asked again under its key, nothing has
//! happened twice or by half, and our books and the gateway's agree.

mod checks;
mod clients;
mod moments;

use std::sync::Arc;

use ambient::Clock;
use chrono::Duration;
use futures::future::join_all;
use serde_json::json;
use tests::{
    Databases, Mint, World,
    actors::{Account, Buyer, Product, Seller, text},
    counter::Counter,
    http::{Caller, client},
    program::Settings,
    random::Chance,
    shop_at,
    world::PASSWORD,
};

use self::clients::{Client, Record};

/// How often it is killed.
const KILLS: u64 = 5;
/// How many shop at once.
const CLIENTS: usize = 6;
/// Units of the one product, more than can be sold.
const STOCK: i64 = 100_000;

/// Opens accounts and puts the product on sale.
async fn opens(folder: &std::path::Path, url: &str) -> (Vec<Buyer>, Seller, Product) {
    let (nobody, mint) = (Caller::nobody(client(), url), Mint::of(folder));
    let mut accounts = Vec::new();
    for (number, role) in std::iter::once("seller").chain(["buyer"; CLIENTS]).enumerate() {
        let email = format!("{role}{number}@example.com");
        let body = json!({ "email": email, "password": PASSWORD, "name": role, "phone": "010-1234-5678", "role": role });
        let id = text(&nobody.post("/auth/signup", &body).send().await.ok(), "customer_id");
        let http = nobody.with_token(mint.token(&id, &[role], Clock::system().now()));
        accounts.push(Account { http, id, email });
    }
    let seller = Seller(accounts.remove(0));
    let chair = seller.sells("chair", 10_000, STOCK).await;
    (accounts.into_iter().map(Buyer).collect(), seller, chair)
}

async fn is_killed_and_loses_nothing(databases: Databases, seed: u64) {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let settings = Settings::in_folder(folder.path()).on(&databases);
    let counter = Arc::new(Counter::open(Clock::system(), shop_at(settings.listen())).await);
    let settings = settings.at(&counter);
    let mut chance = Chance::of(seed);
    let record = Arc::new(Record::default());
    let mut program = settings.start().await;
    let (buyers, seller, chair) = opens(folder.path(), &settings.url()).await;

    for kill in 0..KILLS {
        let shopping = buyers.iter().enumerate().map(|(number, buyer)| {
            let client = Client {
                buyer: buyer.clone(),
                seller: seller.clone(),
                product: chair.clone(),
                counter: Arc::clone(&counter),
                record: Arc::clone(&record),
                chance: Chance::of(seed + 1_000 * kill + u64::try_from(number).unwrap()),
                name: format!("{kill}.{number}"),
            };
            tokio::spawn(client.shops_until_nobody_answers())
        });
        let shopping: Vec<_> = shopping.collect();
        let after = Duration::milliseconds(i64::try_from(250 + chance.below(500)).unwrap());
        Clock::system().sleep(after).await;
        program.kill();
        for ended in join_all(shopping).await {
            ended.unwrap();
        }
        program = settings.start().await;
    }
    program.kill();
    let verified = settings.run(&["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));

    // From here on the time is ours. What a killed worker had taken is taken over at the start.
    let clock = Clock::virtual_at(Clock::system().now());
    let counter = Arc::try_unwrap(counter).unwrap();
    let world =
        World::take_over(&databases, folder, settings.listen(), (counter, settings.accounts()), clock).await;
    checks::all(&world, &record, &chair, STOCK).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    is_killed_and_loses_nothing(Databases::sqlite(), 7).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    is_killed_and_loses_nothing(Databases::postgres().await, 11).await;
}
