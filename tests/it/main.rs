//! The one integration binary: what no single crate can show.

#[cfg(test)]
mod authorisation;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod console;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod fault_run;
#[cfg(test)]
mod full_audit;
#[cfg(test)]
mod gateways;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod live;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod rebuild;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod time_travel;
