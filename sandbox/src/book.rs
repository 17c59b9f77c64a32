//! All payments: found by the gateway's id or the shop's, listed in the order in which their windows were opened.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use crate::{
    app::hold,
    payment::{Payment, Registered},
    protocol::Protocol,
};

/// What is known under one id.
#[derive(Debug)]
pub struct Entry {
    pub protocol: Protocol,
    pub id: String,
    /// What the shop registered beforehand, where this is the shop's id.
    pub registered: Option<Registered>,
    /// The payment, from when its window was opened.
    pub payment: Option<Payment>,
}

/// An entry that is locked on its own.
pub type Slot = Arc<Mutex<Entry>>;

/// An id means something in one protocol only.
type Key = (Protocol, String);

/// All payments.
#[derive(Debug, Default)]
pub struct Book {
    by_id: RwLock<HashMap<Key, Slot>>,
    by_order: RwLock<HashMap<Key, Vec<Slot>>>,
    opened: RwLock<HashMap<Protocol, Vec<Slot>>>,
}

impl Book {
    /// What is known under `id`.
    pub fn find(&self, protocol: Protocol, id: &str) -> Option<Slot> {
        let by_id = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        by_id.get(&(protocol, id.to_owned())).cloned()
    }

    /// The payments of the shop's `order_id`, oldest first.
    pub fn of_order(&self, protocol: Protocol, order_id: &str) -> Vec<Slot> {
        let by_order = self.by_order.read().unwrap_or_else(PoisonError::into_inner);
        by_order.get(&(protocol, order_id.to_owned())).cloned().unwrap_or_default()
    }

    /// The payment of that id, or else the last one of that order.
    pub fn payment(&self, protocol: Protocol, id: &str) -> Option<Slot> {
        let is_payment = |slot: &Slot| hold(slot).payment.is_some();
        let found = self.find(protocol, id).filter(is_payment);
        found.or_else(|| self.of_order(protocol, id).pop())
    }

    /// The shop's id of a payment that is known by the gateway's.
    pub fn order_of(&self, protocol: Protocol, id: &str) -> Option<String> {
        let slot = self.find(protocol, id)?;
        let entry = hold(&slot);
        entry.payment.as_ref().map(|payment| payment.order_id.clone()).filter(|order| order != id)
    }

    /// What is known under `id`, which is nothing yet if it is new.
    pub fn entry(&self, protocol: Protocol, id: &str) -> Slot {
        if let Some(slot) = self.find(protocol, id) {
            return slot;
        }
        let mut by_id = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let entry = Entry { protocol, id: id.to_owned(), registered: None, payment: None };
            Arc::new(Mutex::new(entry))
        };
        Arc::clone(by_id.entry((protocol, id.to_owned())).or_insert_with(new))
    }

    /// Lists a payment whose window was opened for the first time.
    pub fn list(&self, protocol: Protocol, order_id: &str, slot: Slot) {
        let mut by_order = self.by_order.write().unwrap_or_else(PoisonError::into_inner);
        by_order.entry((protocol, order_id.to_owned())).or_default().push(Arc::clone(&slot));
        drop(by_order);
        self.opened.write().unwrap_or_else(PoisonError::into_inner).entry(protocol).or_default().push(slot);
    }

    /// At most `limit` payments from the `from`-th on.
    pub fn opened(&self, protocol: Protocol, from: usize, limit: usize) -> Vec<Slot> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let all = opened.get(&protocol).map(Vec::as_slice).unwrap_or_default();
        all.iter().skip(from).take(limit).cloned().collect()
    }
}
