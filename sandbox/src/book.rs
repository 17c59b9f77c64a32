//! All payments: found by id, listed in the order in which their pay windows were opened.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use crate::payment::{Payment, Registered};

/// What is known under one payment id.
#[derive(Debug, Default)]
pub struct Entry {
    /// What the shop registered beforehand.
    pub registered: Option<Registered>,
    /// The payment, from when its window was opened.
    pub payment: Option<Payment>,
}

/// An entry that is locked on its own.
pub type Slot = Arc<Mutex<Entry>>;

/// All payments.
#[derive(Debug, Default)]
pub struct Book {
    by_id: RwLock<HashMap<String, Slot>>,
    opened: RwLock<Vec<Slot>>,
}

impl Book {
    /// What is known under `id`.
    pub fn find(&self, id: &str) -> Option<Slot> {
        self.by_id.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// What is known under `id`, which is nothing yet if it is new.
    pub fn entry(&self, id: &str) -> Slot {
        if let Some(slot) = self.find(id) {
            return slot;
        }
        let mut by_id = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(by_id.entry(id.to_owned()).or_default())
    }

    /// Lists a payment whose window was opened for the first time.
    pub fn list(&self, slot: Slot) {
        self.opened.write().unwrap_or_else(PoisonError::into_inner).push(slot);
    }

    /// At most `limit` payments from the `from`-th on.
    pub fn opened(&self, from: usize, limit: usize) -> Vec<Slot> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        opened.iter().skip(from).take(limit).cloned().collect()
    }
}
