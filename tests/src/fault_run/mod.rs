//! A simulation of many payments through all gateways at once, with everything going wrong that can.
//!
//! ```text
//! seed, number ─► plan ─► play (buyer, bank, console, script) ─► the clock passes every schedule ─► books
//! ```
//!
//! Each payment leads one line of the [`catalogue`] and may meet a second; what is done to it follows from the seed and
//! its number alone. Payments are played in waves, many at once, and the one clock of shop and gateways is moved between
//! the acts. Afterwards the shop's books are held against the gateways' own settlement files, which the shop never
//! reads, and a run in which a trouble never struck has shown nothing.

mod books;
mod catalogue;
mod plan;
mod play;
mod report;
mod shop;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use chrono::Duration;
use futures::future::join_all;
pub use report::Report;

use crate::World;
use plan::Plan;
use report::Strikes;
use shop::Shop;

/// The most payments of a run.
pub const MAX_PAYMENTS: i64 = 100_000;
/// How many payments are played together in one shop: the sandbox's script holds a thousand rules, and few payments have
/// more than two.
const WAVE: usize = 400;
/// How many hours pass after the last wave one by one: so long is asked, hourly, after a cancellation under way.
const HOURS: usize = 90;
/// And then, until nothing is left on any schedule.
const DAYS: [i64; 4] = [3, 10, 60, 1];

/// How many shops are open side by side, each with gateways and a clock of its own: what a payment waits for is mostly
/// a gateway's silence. Fewer where there are not enough payments for them all.
const SHOPS: usize = 6;

/// Plays so many payments and says what came of them. `tick` hears how many have been played.
pub async fn run(seed: u64, payments: u32, tick: impl Fn(u32)) -> Report {
    assert!(i64::from(payments) <= MAX_PAYMENTS, "at most {MAX_PAYMENTS} payments");
    let catalogue = catalogue::all();
    let numbers: Vec<usize> = (0..usize::try_from(payments).unwrap()).collect();
    let waves: Vec<&[usize]> = numbers.chunks(WAVE).collect();
    let (strikes, played) = (Arc::new(Strikes::default()), AtomicU32::new(0));
    let played = |more: usize| {
        let more = u32::try_from(more).unwrap();
        tick(played.fetch_add(more, Ordering::Relaxed) + more);
    };
    let shops = (0..SHOPS.min(waves.len())).map(|first| {
        let plans = waves.iter().skip(first).step_by(SHOPS);
        let plans = plans.map(|wave| wave.iter().map(|number| Plan::of(seed, *number, &catalogue)).collect());
        one_shop(plans.collect(), Arc::clone(&strikes), &played)
    });
    let reports = join_all(shops).await;
    let mut report = reports.into_iter().fold(Report::default(), Report::and);
    report.seed = seed;
    report.strikes = Report::table(&catalogue, &strikes);
    report
}

/// Plays the waves of one shop, lets its time pass, and looks at its books.
async fn one_shop(waves: Vec<Vec<Plan>>, strikes: Arc<Strikes>, played: &impl Fn(usize)) -> Report {
    let mut world = World::open().await;
    let url = world.url();
    // Gateways reach this shop, and ask it before they capture.
    world.restart_with(|config| config.public_url = Some(url)).await;
    let shop = Shop::open(world, strikes).await;
    let mut cases = vec![];
    for plans in waves {
        let more = plans.len();
        cases.extend(play::wave(&shop, plans).await);
        played(more);
    }
    for _ in 0..HOURS {
        shop.world.passes(Duration::hours(1)).await;
    }
    for days in DAYS {
        shop.world.passes(Duration::days(days)).await;
    }
    shop.pays_what_is_owed(&cases).await;
    books::compared(&shop, &cases).await
}
