//! Which order a parcel belongs to. That never changes, so what was learnt once need not be asked of a view, which
//! may not have heard of a parcel that was dispatched a moment ago.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::id::{OrderId, ShipmentId};

/// Parcels in one generation; there are two.
const GENERATION: usize = 50_000;

/// The orders of parcels that were dispatched or asked for lately.
#[derive(Default)]
pub struct Parcels(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<ShipmentId, OrderId>,
    old: HashMap<ShipmentId, OrderId>,
}

impl Parcels {
    /// The order of a parcel, if it was learnt.
    pub fn order_of(&self, parcel: ShipmentId) -> Option<OrderId> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.young.get(&parcel).or_else(|| known.old.get(&parcel)).copied()
    }

    /// Learns it.
    pub fn learn(&self, parcel: ShipmentId, order: OrderId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.young.len() >= GENERATION {
            known.old = std::mem::take(&mut known.young);
        }
        known.young.insert(parcel, order);
    }
}
