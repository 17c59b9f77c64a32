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

use chrono::Duration;
pub use report::Report;

use crate::World;
use plan::Plan;
use shop::Shop;

/// The most payments of a run.
pub const MAX_PAYMENTS: i64 = 100_000;
/// How many payments are played together: the sandbox's script holds a thousand rules, and few have more than two.
const WAVE: usize = 400;
/// How many hours pass after the last wave one by one: so long is asked, hourly, after a cancellation under way.
const HOURS: usize = 90;
/// And then, until nothing is left on any schedule.
const DAYS: [i64; 4] = [3, 10, 60, 1];

/// Plays so many payments and says what came of them. `tick` hears how many have been played.
pub async fn run(seed: u64, payments: u32, tick: impl Fn(u32)) -> Report {
    assert!(i64::from(payments) <= MAX_PAYMENTS, "at most {MAX_PAYMENTS} payments");
    let catalogue = catalogue::all();
    let mut world = World::open().await;
    let url = world.url();
    // Gateways reach this shop, and ask it before they capture.
    world.restart_with(|config| config.public_url = Some(url)).await;
    let shop = Shop::open(world).await;
    let numbers: Vec<u32> = (0..payments).collect();
    let mut cases = vec![];
    for wave in numbers.chunks(WAVE) {
        let plans =
            wave.iter().map(|number| Plan::of(seed, usize::try_from(*number).unwrap(), &catalogue)).collect();
        cases.extend(play::wave(&shop, plans).await);
        tick(u32::try_from(cases.len()).unwrap());
    }
    for _ in 0..HOURS {
        shop.world.passes(Duration::hours(1)).await;
    }
    for days in DAYS {
        shop.world.passes(Duration::days(days)).await;
    }
    shop.pays_what_is_owed(&cases).await;
    let mut report = books::compared(&shop, &cases).await;
    report.seed = seed;
    report.strikes = Report::table(&catalogue, &shop.strikes);
    report
}
