//! What happens to one payment: everything follows from the seed and the payment's number.

use domain::payment::Gateway;
use serde_json::{Value, json};

use super::catalogue::{After, Deposit, Entry, GATEWAYS, Step, Trouble, Whim};
use crate::random::Chance;

/// Of a hundred payments, how many meet a second trouble.
const SECOND_TROUBLE: usize = 35;

/// How one pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By card; nobody holds it in escrow.
    Card,
    /// By transfer, held in escrow by the gateway.
    Transfer,
    /// Into a virtual account, held in escrow by the gateway.
    Account,
}

impl Method {
    /// Its name in our API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Transfer => "transfer",
            Self::Account => "virtual_account",
        }
    }
}

/// A trouble that the sandbox's script plays.
#[derive(Debug, Clone)]
pub struct Scripted {
    /// What it is called.
    pub name: String,
    /// At which call; at a webhook or a capture if none.
    pub at: At,
    /// As the sandbox names it.
    pub fault: Value,
}

/// Where the script interferes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A call of ours.
    Call(Step),
    /// A webhook.
    Webhook,
    /// The capture.
    Capture,
}

/// What happens to one payment.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Which payment.
    pub number: usize,
    /// Through which gateway.
    pub gateway: Gateway,
    /// How it is paid.
    pub method: Method,
    /// What the script plays.
    pub scripted: Vec<Scripted>,
    /// What the buyer does.
    pub whim: (Whim, String),
    /// What the bank does, if it is paid into an account.
    pub deposit: (Deposit, String),
    /// What comes after the capture.
    pub after: (After, String),
    /// What a stranger's payment into the shop's account is called, if there is one.
    pub stranger: Option<String>,
    /// How many units are bought.
    pub quantity: i64,
    set: Vec<Slot>,
}

/// What a trouble decides; two that decide the same do not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Call(Step),
    Webhook,
    Capture,
    Window,
    After,
    Beside,
}

impl Plan {
    /// The plan of a payment.
    pub fn of(seed: u64, number: usize, catalogue: &[Entry]) -> Self {
        let mut chance =
            Chance::of(seed ^ u64::try_from(number).unwrap().wrapping_mul(0x2545_f491_4f6c_dd1d));
        chance.next();
        let (round, line) = (number / catalogue.len(), number % catalogue.len());
        let lead = &catalogue[line];
        let gateway = lead.gateways[(round + line) % lead.gateways.len()];
        let none = String::new;
        let mut plan = Self {
            number,
            gateway,
            method: *chance.one_of(&[Method::Card, Method::Card, Method::Transfer]),
            scripted: vec![],
            whim: (Whim::Pays, none()),
            deposit: (Deposit::Exact, none()),
            after: (After::Keeps, none()),
            stranger: None,
            quantity: 1 + i64::try_from(chance.below(3)).unwrap(),
            set: vec![],
        };
        plan.meets(lead);
        if chance.below(100) < SECOND_TROUBLE {
            let second = chance.one_of(catalogue);
            if second.gateways.contains(&gateway) {
                plan.meets(second);
            }
        }
        if !plan.set.contains(&Slot::After) {
            plan.after.0 = *chance.one_of(&[
                After::Keeps,
                After::Keeps,
                After::GivesUp,
                After::PartBack,
                After::Releases,
            ]);
        }
        plan
    }

    /// The gateway's column in the report.
    pub fn column(&self) -> usize {
        GATEWAYS.iter().position(|gateway| *gateway == self.gateway).unwrap()
    }

    /// What goes wrong when the payment is registered.
    pub fn preparation(&self) -> Option<&Scripted> {
        self.scripted.iter().find(|scripted| scripted.at == At::Call(Step::Prepare))
    }

    /// Takes a trouble on, if nothing that is planned stands against it.
    fn meets(&mut self, entry: &Entry) {
        let slots: &[Slot] = match &entry.trouble {
            Trouble::Call(Step::Cancel, _) => &[Slot::Call(Step::Cancel), Slot::After],
            Trouble::Call(step, _) => &[Slot::Call(*step)],
            Trouble::Webhook(_) => &[Slot::Webhook],
            Trouble::Capture(_) => &[Slot::Capture, Slot::Window, Slot::After],
            Trouble::Buyer(Whim::PaysBeforeOurCommit) => {
                &[Slot::Window, Slot::Capture, Slot::Call(Step::Prepare)]
            }
            Trouble::Buyer(_) | Trouble::Bank(_) => &[Slot::Window, Slot::Capture],
            Trouble::Later(_) => &[Slot::After, Slot::Window],
            Trouble::Stranger => &[Slot::Beside],
        };
        if slots.iter().any(|slot| self.set.contains(slot)) {
            return;
        }
        self.set.extend(slots);
        let name = entry.name.clone();
        let mut script = |at, fault: &Value| {
            self.scripted.push(Scripted { name: name.clone(), at, fault: fault.clone() });
        };
        match &entry.trouble {
            Trouble::Call(step, fault) => {
                script(At::Call(*step), fault);
                if *step == Step::Cancel {
                    self.after.0 = After::GivesUp;
                }
            }
            Trouble::Webhook(fault) => script(At::Webhook, fault),
            Trouble::Stranger => self.stranger = Some(name),
            Trouble::Capture(fault) => {
                script(At::Capture, fault);
                self.method = Method::Transfer;
            }
            Trouble::Buyer(whim) => {
                self.whim = (*whim, name);
                if *whim == Whim::PaysBeforeOurCommit {
                    let fault = json!({ "delay": { "millis": 250 } });
                    self.scripted.push(Scripted { name: String::new(), at: At::Call(Step::Prepare), fault });
                }
            }
            Trouble::Bank(deposit) => {
                self.deposit = (*deposit, name);
                self.method = Method::Account;
            }
            Trouble::Later(after) => {
                self.after = (*after, name);
                self.method = Method::Card;
                if let After::CancelledLater | After::CancelledInVain = after {
                    let fault = Value::from("cancel_requested");
                    self.scripted.push(Scripted { name: String::new(), at: At::Call(Step::Cancel), fault });
                    self.set.push(Slot::Call(Step::Cancel));
                }
            }
        }
    }
}
