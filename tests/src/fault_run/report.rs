//! What a run found, for people.

use std::{
    collections::BTreeMap,
    fmt::{Display, Formatter},
    sync::Mutex,
};

use super::catalogue::{Entry, GATEWAYS};

/// From how many payments for each line of the catalogue on every gateway must have its turn.
const STRIKES_EACH: usize = 40;

/// How often each trouble struck, by gateway.
#[derive(Debug, Default)]
pub struct Strikes(Mutex<BTreeMap<String, [usize; 4]>>);

impl Strikes {
    /// It struck.
    pub fn count(&self, name: &str, column: usize) {
        if !name.is_empty() {
            self.0.lock().unwrap().entry(name.to_owned()).or_default()[column] += 1;
        }
    }

    fn of(&self, name: &str) -> [usize; 4] {
        self.0.lock().unwrap().get(name).copied().unwrap_or_default()
    }
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Report {
    /// What everything followed from.
    pub seed: u64,
    /// How many payments were planned.
    pub planned: usize,
    /// How many attempts to pay were begun.
    pub attempts: usize,
    /// How often each line of the catalogue struck, by gateway.
    pub strikes: Vec<(String, [Option<usize>; 4])>,
    /// How the payments ended, by their status here.
    pub endings: BTreeMap<String, usize>,
    /// The sums of all payments, by name, in won.
    pub sums: Vec<(&'static str, i64)>,
    /// What does not agree, by payment, with what was done to it.
    pub differences: Vec<String>,
    /// How many events the log holds; all were verified.
    pub events: i64,
}

impl Report {
    /// Adds what another shop of the same run found.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.planned += other.planned;
        self.attempts += other.attempts;
        self.events += other.events;
        for (status, count) in other.endings {
            *self.endings.entry(status).or_default() += count;
        }
        if self.sums.is_empty() {
            self.sums = other.sums;
        } else {
            for ((_, sum), (_, more)) in self.sums.iter_mut().zip(other.sums) {
                *sum += more;
            }
        }
        self.differences.extend(other.differences);
        self
    }

    /// The table of what struck.
    pub fn table(catalogue: &[Entry], strikes: &Strikes) -> Vec<(String, [Option<usize>; 4])> {
        let line = |entry: &Entry| {
            let struck = strikes.of(&entry.name);
            let cell = |column: usize| entry.gateways.contains(&GATEWAYS[column]).then_some(struck[column]);
            (entry.name.clone(), std::array::from_fn(cell))
        };
        catalogue.iter().map(line).collect()
    }

    /// What of the catalogue never struck: in a large run through any one gateway that it can come through, else through
    /// none of them.
    pub fn never_struck(&self) -> Vec<&str> {
        let is_large = self.planned >= self.strikes.len() * STRIKES_EACH;
        let never = |cells: &[Option<usize>; 4]| {
            let mut possible = cells.iter().flatten();
            if is_large { possible.any(|struck| *struck == 0) } else { possible.all(|struck| *struck == 0) }
        };
        self.strikes.iter().filter(|(_, cells)| never(cells)).map(|(name, _)| name.as_str()).collect()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}: {} payments planned, {} attempts", self.seed, self.planned, self.attempts)?;
        let names = GATEWAYS.map(domain::payment::Gateway::name);
        writeln!(
            f,
            "\n{:<44}{:>11}{:>11}{:>9}{:>7}",
            "how often it struck", names[0], names[1], names[2], names[3]
        )?;
        for (name, cells) in &self.strikes {
            let cells = cells.map(|cell| cell.map_or("-".to_owned(), |struck| struck.to_string()));
            writeln!(f, "{name:<44}{:>11}{:>11}{:>9}{:>7}", cells[0], cells[1], cells[2], cells[3])?;
        }
        writeln!(f, "\nhow the payments ended")?;
        for (status, count) in &self.endings {
            writeln!(f, "{status:<44}{count:>11}")?;
        }
        writeln!(f, "\nthe books, in won")?;
        for (name, sum) in &self.sums {
            writeln!(f, "{name:<44}{sum:>15}")?;
        }
        writeln!(f, "\n{} events, verified", self.events)?;
        for difference in &self.differences {
            writeln!(f, "DIFFERENCE {difference}")?;
        }
        write!(f, "{} differences", self.differences.len())
    }
}
