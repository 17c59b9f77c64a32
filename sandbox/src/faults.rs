//! What shall go wrong, and when: a script of rules, each for a route or for webhooks, for one payment or all, so
//! many times, after so many that go well, or by a chance that follows from the seed.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use serde::{Deserialize, Serialize};

use crate::{app::hold, payment::Payment, protocol::Protocol};

/// How many rules may wait at once.
pub const MAX_RULES: usize = 1_000;

/// What a webhook's rule is written under instead of a route.
pub const WEBHOOK: &str = "webhook";
/// What the rule of a capture is written under: what the buyer's bank takes is not what was asked for.
pub const CAPTURE: &str = "capture";

/// One rule of the script.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// `POST /payments/{id}/cancel`, `webhook`, `capture`, or `*` for every call.
    pub route: String,
    /// For this protocol alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// For the payment of this id alone, be it the gateway's or the shop's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
    /// For this kind of webhook alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What goes wrong.
    pub fault: Fault,
    /// How often; for ever if not given as a number.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// How many go well first.
    #[serde(default)]
    pub skip: u32,
    /// Of a thousand fitting ones, how many go wrong.
    #[serde(default = "always")]
    pub per_mille: u32,
}

#[expect(clippy::unnecessary_wraps, reason = "serde wants the field's type")]
const fn once() -> Option<u32> {
    Some(1)
}

const fn always() -> u32 {
    1_000
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The effect and the answer come late.
    Delay {
        /// By how much.
        millis: u32,
    },
    /// Nothing is done and nothing is answered.
    TimeoutBefore,
    /// It is done and nothing is answered.
    TimeoutAfter,
    /// Nothing is done; this status is answered.
    Error {
        /// 500, 429, 503 …
        status: u16,
    },
    /// It is done; this status is answered all the same.
    ErrorAfter {
        /// 500, 502 …
        status: u16,
    },
    /// Nothing is done; the connection is cut.
    Reset,
    /// It is done; the connection is cut.
    ResetAfter,
    /// It is done; half of the JSON is answered.
    Truncated,
    /// It is done; what is answered is no JSON.
    InvalidJson,
    /// It is done; a proxy's error page is answered.
    Html,
    /// A cancellation is taken on and carried out later.
    CancelRequested,
    /// A cancellation fails at the PG.
    CancelFailed,
    /// The PG behind the gateway says no.
    PgRefuses,
    /// What is captured is so much more than asked for, or less.
    OtherAmount {
        /// More, or less if negative.
        by: i64,
    },
    /// What is captured is not held in escrow, although that was asked for.
    LostEscrow,
    /// A webhook is never sent.
    Drop,
    /// A webhook is sent twice.
    Duplicate,
    /// A webhook is sent after the one that follows it.
    Reorder,
    /// A webhook is signed with a secret that is not ours; where webhooks are not signed, it is a lie.
    Forge,
    /// A webhook is signed ten minutes ago; where webhooks are not signed, it comes ten minutes late.
    Stale,
}

/// The script.
#[derive(Debug)]
pub struct Faults {
    /// Nothing is scripted in a benchmark: then nothing is locked.
    any: AtomicBool,
    script: Mutex<Script>,
}

#[derive(Debug)]
struct Script {
    rules: Vec<Rule>,
    chance: u64,
}

impl Faults {
    pub const fn new(seed: u64) -> Self {
        Self { any: AtomicBool::new(false), script: Mutex::new(Script { rules: Vec::new(), chance: seed }) }
    }

    /// Adds a rule, if there is room.
    pub fn add(&self, rule: Rule) -> bool {
        let mut script = hold(&self.script);
        if script.rules.len() >= MAX_RULES {
            return false;
        }
        script.rules.push(rule);
        self.any.store(true, Ordering::Release);
        true
    }

    pub fn clear(&self) {
        hold(&self.script).rules.clear();
        self.any.store(false, Ordering::Release);
    }

    pub fn all(&self) -> Vec<Rule> {
        hold(&self.script).rules.clone()
    }

    /// Whether there is a script at all.
    pub fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// The fault for a call about what is known by any of `names`.
    pub fn of_call(&self, protocol: Protocol, route: &str, names: &[String]) -> Option<Fault> {
        self.take(|rule| {
            (rule.route == route || rule.route == "*")
                && rule.protocol.is_none_or(|wanted| wanted == protocol)
                && rule.payment_id.as_ref().is_none_or(|wanted| names.contains(wanted))
        })
    }

    /// The fault for a webhook.
    pub fn of_webhook(&self, kind: &str, payment: &Payment) -> Option<Fault> {
        self.take(|rule| {
            rule.route == WEBHOOK && is_of(rule, payment) && rule.kind.as_deref().is_none_or(|it| it == kind)
        })
    }

    /// The fault for a capture.
    pub fn of_capture(&self, payment: &Payment) -> Option<Fault> {
        self.take(|rule| rule.route == CAPTURE && is_of(rule, payment))
    }

    fn take(&self, fits: impl Fn(&Rule) -> bool) -> Option<Fault> {
        if !self.any() {
            return None;
        }
        let script = &mut *hold(&self.script);
        let index = script.rules.iter().position(fits)?;
        let rule = script.rules.get_mut(index)?;
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        if rule.per_mille < 1_000 && u64::from(rule.per_mille) <= next(&mut script.chance) % 1_000 {
            return None;
        }
        let fault = rule.fault;
        if let Some(times) = rule.times.as_mut() {
            *times = times.saturating_sub(1);
            if *times == 0 {
                script.rules.remove(index);
                self.any.store(!script.rules.is_empty(), Ordering::Release);
            }
        }
        Some(fault)
    }
}

fn is_of(rule: &Rule, payment: &Payment) -> bool {
    rule.protocol.is_none_or(|wanted| wanted == payment.protocol)
        && rule.payment_id.as_ref().is_none_or(|wanted| *wanted == payment.id || *wanted == payment.order_id)
}

/// SplitMix64.
const fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const V2: Protocol = Protocol::PortoneV2;

    fn rule(text: &str) -> Rule {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_rule_plays_so_many_times_after_so_many_that_go_well() {
        let faults = Faults::new(1);
        faults.add(rule(
            r#"{"route":"GET /payments/{id}","paymentId":"p","fault":"reset","times":2,"skip":1}"#,
        ));
        let played: Vec<_> =
            (0..5).map(|_| faults.of_call(V2, "GET /payments/{id}", &["p".into()])).collect();
        assert_eq!(played, [None, Some(Fault::Reset), Some(Fault::Reset), None, None]);
        assert_eq!(faults.of_call(V2, "GET /payments/{id}", &["q".into()]), None);
        assert!(faults.all().is_empty());
    }

    #[test]
    fn chances_follow_from_the_seed() {
        let play = |seed| {
            let faults = Faults::new(seed);
            faults.add(rule(r#"{"route":"*","fault":{"error":{"status":500}},"times":null,"perMille":300}"#));
            (0..200).map(|_| faults.of_call(V2, "x", &[]).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(play(7), play(7));
        assert_ne!(play(7), play(8));
        let hits = play(7).iter().filter(|hit| **hit).count();
        assert!((30..90).contains(&hits), "{hits}");
    }
}
