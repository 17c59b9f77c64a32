//! Who may hear of an event. An order's buyer and sellers never change, so what was learnt once is kept; what belongs
//! to no order is for operators and auditors, except products, which everybody may see.
//!
//! Streams are sorted by the type the log names them by, and a type that is not known here is for operators and
//! auditors only: an aggregate that is new tells nobody anything until somebody decides that it should.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    Aggregate,
    claim::{Case, Claim},
    escrow::Escrow,
    id::{ClaimId, CustomerId, OrderId, PaymentId, SellerId},
    order::Order,
    payment::Payment,
    product::Product,
};
use store::{Fault, RawEvent};

use crate::{extract::Identity, services::Services};

/// Streams in one generation; there are two.
const GENERATION: usize = 20_000;

/// Who has a part in an order, or in a claim: that has one seller only.
#[derive(Debug)]
pub struct Party {
    order_id: OrderId,
    buyer: CustomerId,
    sellers: Vec<SellerId>,
}

/// For whom an event is.
#[derive(Debug, Clone)]
pub enum Audience {
    /// Everybody.
    All,
    /// Operators and auditors.
    Reviewers,
    /// They, and the buyer and sellers of an order or a claim.
    Parties(Arc<Party>),
    /// They, and the buyer of an order: sellers have no part in its payments.
    Buyer(Arc<Party>),
}

/// The parties of streams that were heard of lately.
#[derive(Default)]
pub struct Parties(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<String, Arc<Party>>,
    old: HashMap<String, Arc<Party>>,
}

impl Audience {
    /// Whether somebody is in it.
    pub fn holds(&self, identity: &Identity) -> bool {
        let buys = |party: &Party| party.buyer == identity.customer_id;
        let sells = |party: &Party| party.sellers.contains(&SellerId::of(identity.customer_id));
        identity.sees_all()
            || match self {
                Self::All => true,
                Self::Reviewers => false,
                Self::Parties(party) => buys(party) || sells(party),
                Self::Buyer(party) => buys(party),
            }
    }

    /// The order it is about.
    pub fn order_id(&self) -> Option<OrderId> {
        match self {
            Self::All | Self::Reviewers => None,
            Self::Parties(party) | Self::Buyer(party) => Some(party.order_id),
        }
    }
}

/// For whom an event is.
pub async fn audience(services: &Services, event: &RawEvent) -> Result<Audience, Fault> {
    let stream = event.aggregate_id.as_str();
    let kind = event.aggregate_type.as_str();
    if kind == Product::TYPE {
        return Ok(Audience::All);
    }
    if ![Order::TYPE, Payment::TYPE, Escrow::TYPE, Claim::TYPE].contains(&kind) {
        return Ok(Audience::Reviewers);
    }
    let known = services.parties.of(stream);
    let party = match known {
        Some(party) => Some(party),
        None => learnt(services, stream).await?,
    };
    Ok(match party {
        None => Audience::Reviewers,
        Some(party) if kind == Payment::TYPE => Audience::Buyer(party),
        Some(party) => Audience::Parties(party),
    })
}

async fn learnt(services: &Services, stream: &str) -> Result<Option<Arc<Party>>, Fault> {
    let found = match stream.parse::<ClaimId>() {
        Ok(claim_id) => of_claim(services, claim_id).await?,
        Err(_) => of_order(services, stream).await?,
    };
    let Some(party) = found.map(Arc::new) else { return Ok(None) };
    services.parties.learn(stream.to_owned(), party.clone());
    Ok(Some(party))
}

async fn of_claim(services: &Services, claim_id: ClaimId) -> Result<Option<Party>, Fault> {
    let (claim, _) = services.commands.load::<Claim>(claim_id).await?;
    let party =
        |case: &Case| Party { order_id: case.order_id, buyer: case.buyer_id, sellers: vec![case.seller_id] };
    Ok(claim.case().ok().map(party))
}

async fn of_order(services: &Services, stream: &str) -> Result<Option<Party>, Fault> {
    let Some(order_id) = order_of(services, stream).await? else { return Ok(None) };
    let (order, _) = services.commands.load::<Order>(order_id).await?;
    let Ok(terms) = order.terms() else { return Ok(None) };
    let mut sellers: Vec<SellerId> = terms.lines.iter().map(|line| line.seller_id).collect();
    sellers.sort_unstable();
    sellers.dedup();
    Ok(Some(Party { order_id, buyer: terms.buyer_id, sellers }))
}

async fn order_of(services: &Services, stream: &str) -> Result<Option<OrderId>, Fault> {
    if let Ok(order_id) = stream.parse() {
        return Ok(Some(order_id));
    }
    if let Ok(payment_id) = stream.parse::<PaymentId>() {
        let (payment, _) = services.commands.load::<Payment>(payment_id).await?;
        return Ok(payment.attempt().ok().map(|attempt| attempt.order_id));
    }
    let Ok(escrow_id) = stream.parse() else { return Ok(None) };
    Ok(match services.commands.load::<Escrow>(escrow_id).await?.0 {
        Escrow::Absent => None,
        Escrow::Open(hold) | Escrow::Closed(hold) => Some(hold.order_id),
    })
}

impl Parties {
    fn of(&self, stream: &str) -> Option<Arc<Party>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.young.get(stream).or_else(|| known.old.get(stream)).cloned()
    }

    fn learn(&self, stream: String, party: Arc<Party>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.young.len() >= GENERATION {
            known.old = std::mem::take(&mut known.young);
        }
        known.young.insert(stream, party);
    }
}
