//! What people live through with an order, from beginning to end; after each the books balance.

mod cancelled;
mod gateway_trouble;
mod given_back;
mod mismatched;
mod paid;
mod unpaid;
mod webhooks;
