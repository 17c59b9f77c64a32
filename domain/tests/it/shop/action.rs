//! What can be asked of the shop. Orders, attempts and parcels are numbered; a number is always the same id.

use proptest::prelude::*;

pub const ORDERS: u8 = 6;
pub const ATTEMPTS: u8 = 3;
pub const PARCELS: u8 = 3;
const PART_REFUNDS: u8 = 2;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Whatever comes next for an order on the straight way from its placing to its confirmation.
    Advance {
        order: u8,
        luck: u8,
    },
    Place {
        order: u8,
        basket: Vec<(u8, u32)>,
    },
    Expire {
        order: u8,
    },
    Ship {
        order: u8,
        seller: u8,
        parcel: u8,
        one: bool,
    },
    Deliver {
        order: u8,
        seller: u8,
        parcel: u8,
    },
    Pay {
        order: u8,
        attempt: u8,
        news: News,
    },
    Move {
        order: u8,
        how: Move,
    },
    Revise {
        product: u8,
        stock: u32,
        price: i64,
    },
    Stand {
        seller: u8,
        active: bool,
    },
    Wait {
        hours: i64,
    },
}

/// What is heard of an attempt to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Start { gateway: u8, escrow: bool },
    Prepare(Outcome),
    Account,
    Agree,
    Approval(Outcome),
    Capture { right: bool },
    Fail,
}

/// What moves the money of an order's holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Confirm,
    ConfirmLine { line: u8 },
    HoldBack { days: u32 },
    GiveUpUnit { line: u8, refund: u8, by_seller: bool },
    PayByBank { attempt: u8, refund: u8 },
    ClockConfirm { seller: u8 },
    Cancel,
    GiveUp,
    RefundPart { refund: u8, percent: u32 },
    Answer { attempt: u8, refund: u8, answer: Answer },
    Lock { seller: u8, percent: u32 },
    Unlock { seller: u8, percent: u32 },
}

/// What a gateway says to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Unanswered,
    Refused,
}

/// What becomes of a refund at the gateway, or of a refused one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Done,
    Pending,
    Refused,
    Unanswered,
    NotFound,
    AskAnew,
}

impl Answer {
    /// An answer by luck.
    pub fn by(luck: u8) -> Self {
        let all = [Self::Done, Self::Pending, Self::Refused, Self::Unanswered, Self::NotFound, Self::AskAnew];
        all[usize::from(luck) % all.len()]
    }
}

impl Action {
    /// Whether each asking is a new one by design.
    pub fn repeats(&self) -> bool {
        matches!(
            self,
            Self::Move { how: Move::Lock { .. } | Move::Unlock { .. } | Move::HoldBack { .. }, .. }
        )
    }
}

/// Any action, the straight way more often than the rest, or few orders would ever be confirmed.
pub fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        8 => (order(), any::<u8>()).prop_map(|(order, luck)| Action::Advance { order, luck }),
        4 => paying(),
        3 => delivering(),
        3 => ending(),
        2 => keeping(),
    ]
}

fn order() -> impl Strategy<Value = u8> + Clone {
    0..ORDERS
}

fn paying() -> impl Strategy<Value = Action> {
    let basket = proptest::collection::vec((0..4u8, 0..4u32), 0..4);
    let news = prop_oneof![
        (0..4u8, any::<bool>()).prop_map(|(gateway, escrow)| News::Start { gateway, escrow }),
        outcome().prop_map(News::Prepare),
        Just(News::Account),
        Just(News::Agree),
        outcome().prop_map(News::Approval),
        any::<bool>().prop_map(|right| News::Capture { right }),
        Just(News::Fail),
    ];
    prop_oneof![
        1 => (order(), basket).prop_map(|(order, basket)| Action::Place { order, basket }),
        5 => (order(), 0..ATTEMPTS, news)
            .prop_map(|(order, attempt, news)| Action::Pay { order, attempt, news }),
        1 => order().prop_map(|order| Action::Expire { order }),
    ]
}

fn delivering() -> impl Strategy<Value = Action> {
    let parcel = (order(), 0..2u8, 0..PARCELS);
    prop_oneof![
        (parcel.clone(), any::<bool>()).prop_map(|((order, seller, parcel), one)| Action::Ship {
            order,
            seller,
            parcel,
            one
        }),
        parcel.prop_map(|(order, seller, parcel)| Action::Deliver { order, seller, parcel }),
        moving(Just(Move::Confirm)),
        moving((0..3u8).prop_map(|line| Move::ConfirmLine { line })),
        moving((0..20u32).prop_map(|days| Move::HoldBack { days })),
        moving((0..2u8).prop_map(|seller| Move::ClockConfirm { seller })),
    ]
}

fn ending() -> impl Strategy<Value = Action> {
    let refund = (0..ATTEMPTS, 0..=PART_REFUNDS, answer());
    moving(prop_oneof![
        1 => Just(Move::Cancel),
        1 => Just(Move::GiveUp),
        2 => (0..3u8, PART_REFUNDS..PART_REFUNDS + 3, any::<bool>())
            .prop_map(|(line, refund, by_seller)| Move::GiveUpUnit { line, refund, by_seller }),
        2 => (0..ATTEMPTS, 0..=PART_REFUNDS).prop_map(|(attempt, refund)| Move::PayByBank { attempt, refund }),
        2 => (0..PART_REFUNDS, 1..=100u32)
            .prop_map(|(refund, percent)| Move::RefundPart { refund, percent }),
        6 => refund.prop_map(|(attempt, refund, answer)| Move::Answer { attempt, refund, answer }),
    ])
}

fn keeping() -> impl Strategy<Value = Action> {
    let share = (0..2u8, 1..=100u32);
    prop_oneof![
        moving(share.clone().prop_map(|(seller, percent)| Move::Lock { seller, percent })),
        moving(share.prop_map(|(seller, percent)| Move::Unlock { seller, percent })),
        (0..4u8, 0..60u32, 1..50_000i64).prop_map(|(product, stock, price)| Action::Revise {
            product,
            stock,
            price
        }),
        (0..2u8, any::<bool>()).prop_map(|(seller, active)| Action::Stand { seller, active }),
        (0..120i64).prop_map(|hours| Action::Wait { hours }),
    ]
}

fn moving(how: impl Strategy<Value = Move>) -> impl Strategy<Value = Action> {
    (order(), how).prop_map(|(order, how)| Action::Move { order, how })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(Outcome::Done), Just(Outcome::Unanswered), Just(Outcome::Refused)]
}

fn answer() -> impl Strategy<Value = Answer> {
    any::<u8>().prop_map(Answer::by)
}
