//! What people live through with an order, from beginning to end; after each the books balance.

mod by_line;
mod cancelled;
mod claimed;
mod gateway_trouble;
mod given_back;
mod mismatched;
mod paid;
mod unpaid;
mod webhooks;
