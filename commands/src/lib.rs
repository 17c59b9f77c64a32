//! What was asked: load, decide, append.
//!
//! A command is a plain value with one pure function, `decide`, that reads current states from a desk and answers
//! with the events of a unit, or a typed refusal. [`Commands::dispatch`] runs it on the log's writer, which may run
//! it again after a conflict; the answer is kept as a receipt, so that the same command asked twice happens once.
//! Everything that changes together, an order with its stock, a confirmation with its hold and its seller, is one
//! unit here: no process ever has to mend what two streams disagree on.

mod approve;
mod caller;
mod cancel;
mod claims;
mod command;
mod confirm;
mod context;
mod customers;
mod deliver;
mod dispatch;
mod draft;
mod expire;
mod foreign;
mod holds;
mod lines;
mod lost;
mod mirror;
mod order;
mod owed;
mod pay;
mod pay_window;
mod payment;
mod policy;
mod products;
mod refund;
mod refund_account;
mod refusal;
mod seen;
mod silence;

pub use approve::{
    Approvable, ApprovalResult, AuthenticatePayment, RecordApproval, RecordApprovalFailure, SecureStock,
};
pub use caller::Caller;
pub use cancel::{CancelAnswer, CancelOrder, CancelState};
pub use claims::{AdvanceClaim, ClaimFallsDue, ClaimStep, ClaimTold, OpenClaim, status as claim_status};
pub use command::{Command, Step, Stop};
pub use confirm::{AutoConfirm, ConfirmOrder, Confirmed, ConfirmedAtGateway, ConfirmedPart};
pub use context::Context;
pub use customers::{ChangeProfile, GrantRole, RegisterCustomer, Registered};
pub use deliver::{Delivered, DispatchShipment, Dispatched, RecordDelivery, SaidBy};
pub use dispatch::{Commands, Executed, Failure};
pub use expire::{ExpireOrder, Expired};
pub use lines::{GiveUpLines, HeldBack, HoldBack, LinesGivenUp};
pub use mirror::{GatewayEscrowNews, RecordGatewayEscrow, RegisterAnew, RegisteredAnew};
pub use order::{OrderPlaced, PlaceOrder, WantedLine};
pub use pay::{PaymentStarted, StartPayment};
pub use pay_window::{OpenWindow, PayWindow, PaymentTerms};
pub use payment::{PaymentState, Preparation, RecordPreparation, RecordReading};
pub use policy::Policy;
pub use products::{ListProduct, ProductSaved, ReviseProduct};
pub use refund::{BookBankRefund, RecordRefund, RefundAnswer, RefundPayment, RefundResult, RetryRefund};
pub use refusal::{CallerRefusal, Refusal};
pub use seen::{ForeignCancellation, Reading, Standing};
pub use silence::RecordSilence;
