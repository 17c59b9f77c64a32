//! The rules, a row per gateway and PG.

use chrono::TimeDelta;

use super::{
    Approval, Capabilities, CheckoutField,
    LogisticsField::{
        self, ArrivalDay, Destination, Products, ReceiverAddress, ReceiverName, ReceiverPhone,
        ReceiverPostcode, SenderAddress, SenderName, SenderPhone, SenderPostcode, SenderRelationship,
    },
    LogisticsRules, WebhookProof,
};
use crate::{checkout::Method, pg::Pg};

const TRANSFERS: &[Method] = &[Method::Transfer, Method::VirtualAccount];
const CARDS_TOO: &[Method] = &[Method::Card, Method::Transfer, Method::VirtualAccount];

const BOTH_ENDS: &[LogisticsField] = &[
    SenderName,
    SenderPhone,
    SenderPostcode,
    SenderAddress,
    ReceiverName,
    ReceiverPhone,
    ReceiverPostcode,
    ReceiverAddress,
];
const BOTH_ENDS_AND_PRODUCTS: &[LogisticsField] = &[
    SenderName,
    SenderPhone,
    SenderPostcode,
    SenderAddress,
    ReceiverName,
    ReceiverPhone,
    ReceiverPostcode,
    ReceiverAddress,
    Products,
];

const CONSOLE_ONLY: LogisticsRules = LogisticsRules { register: false, modify: false, required: &[] };

/// What holds at `PortOne` V1 whatever the PG.
const V1: Capabilities = Capabilities {
    pg: Pg::Unknown,
    escrow_methods: &[],
    wanted_at_checkout: &[],
    logistics: CONSOLE_ONLY,
    confirm_by_api: false,
    shows_escrow_state: false,
    partial_cancel_of_escrow: false,
    approval: Approval::ByGateway,
    undo_approval_within: None,
    idempotency_key_lasts: None,
    webhooks: WebhookProof::None,
    lists: true,
};

/// What holds at `PortOne` V2 whatever the PG.
const V2: Capabilities = Capabilities {
    confirm_by_api: true,
    shows_escrow_state: true,
    idempotency_key_lasts: Some(TimeDelta::hours(3)),
    webhooks: WebhookProof::Signature,
    ..V1
};

static PORTONE_V1: [Capabilities; 7] = [
    V1,
    Capabilities {
        pg: Pg::KgInicis,
        escrow_methods: TRANSFERS,
        logistics: LogisticsRules { register: true, modify: true, required: BOTH_ENDS },
        ..V1
    },
    Capabilities {
        pg: Pg::NhnKcp,
        escrow_methods: TRANSFERS,
        wanted_at_checkout: &[CheckoutField::Products],
        logistics: LogisticsRules { register: true, modify: false, required: &[] },
        ..V1
    },
    Capabilities {
        pg: Pg::Kiwoompay,
        logistics: LogisticsRules {
            register: true,
            modify: true,
            required: &[SenderRelationship, ArrivalDay, Destination],
        },
        ..V1
    },
    Capabilities {
        pg: Pg::Smartro,
        escrow_methods: CARDS_TOO,
        logistics: LogisticsRules { register: true, modify: true, required: BOTH_ENDS },
        ..V1
    },
    Capabilities {
        pg: Pg::Nicepay,
        escrow_methods: CARDS_TOO,
        wanted_at_checkout: &[CheckoutField::BuyerEmail],
        logistics: LogisticsRules { register: true, modify: false, required: &[] },
        ..V1
    },
    Capabilities { pg: Pg::TossPayments, escrow_methods: TRANSFERS, ..V1 },
];

static PORTONE_V2: [Capabilities; 7] = [
    V2,
    Capabilities {
        pg: Pg::KgInicis,
        escrow_methods: TRANSFERS,
        logistics: LogisticsRules { register: true, modify: true, required: BOTH_ENDS_AND_PRODUCTS },
        ..V2
    },
    Capabilities {
        pg: Pg::NhnKcp,
        escrow_methods: TRANSFERS,
        logistics: LogisticsRules { register: true, modify: true, required: &[Products] },
        ..V2
    },
    Capabilities { pg: Pg::Kiwoompay, ..V2 },
    Capabilities {
        pg: Pg::Smartro,
        escrow_methods: CARDS_TOO,
        logistics: LogisticsRules { register: true, modify: true, required: BOTH_ENDS },
        ..V2
    },
    Capabilities {
        pg: Pg::Nicepay,
        escrow_methods: CARDS_TOO,
        wanted_at_checkout: &[CheckoutField::BuyerEmail],
        logistics: LogisticsRules { register: true, modify: false, required: &[] },
        ..V2
    },
    Capabilities { pg: Pg::TossPayments, escrow_methods: TRANSFERS, ..V2 },
];

static NICEPAY: Capabilities = Capabilities {
    pg: Pg::Nicepay,
    escrow_methods: CARDS_TOO,
    wanted_at_checkout: &[CheckoutField::BuyerEmail],
    logistics: CONSOLE_ONLY,
    confirm_by_api: false,
    shows_escrow_state: false,
    partial_cancel_of_escrow: false,
    // The window's own time; nobody has confirmed how long an agreement waits.
    approval: Approval::ByUs { within: TimeDelta::minutes(10) },
    undo_approval_within: Some(TimeDelta::hours(1)),
    idempotency_key_lasts: None,
    webhooks: WebhookProof::Signature,
    lists: false,
};

static TOSS: Capabilities = Capabilities {
    pg: Pg::TossPayments,
    escrow_methods: TRANSFERS,
    wanted_at_checkout: &[],
    logistics: CONSOLE_ONLY,
    confirm_by_api: false,
    shows_escrow_state: false,
    partial_cancel_of_escrow: false,
    approval: Approval::ByUs { within: TimeDelta::minutes(10) },
    undo_approval_within: None,
    idempotency_key_lasts: Some(TimeDelta::days(15)),
    webhooks: WebhookProof::PaymentSecret,
    lists: true,
};

const fn row(pg: Pg) -> usize {
    match pg {
        Pg::Unknown => 0,
        Pg::KgInicis => 1,
        Pg::NhnKcp => 2,
        Pg::Kiwoompay => 3,
        Pg::Smartro => 4,
        Pg::Nicepay => 5,
        Pg::TossPayments => 6,
    }
}

impl Capabilities {
    /// Through `PortOne` V1.
    #[expect(clippy::indexing_slicing, reason = "`row` has one for each PG")]
    pub fn of_portone_v1(pg: Pg) -> &'static Self {
        &PORTONE_V1[row(pg)]
    }

    /// Through `PortOne` V2.
    #[expect(clippy::indexing_slicing, reason = "`row` has one for each PG")]
    pub fn of_portone_v2(pg: Pg) -> &'static Self {
        &PORTONE_V2[row(pg)]
    }

    /// At `NicePay` itself.
    pub const fn of_nicepay() -> &'static Self {
        &NICEPAY
    }

    /// At Toss Payments itself.
    pub const fn of_toss() -> &'static Self {
        &TOSS
    }
}
