//! The one integration binary: what no single crate can show.

#[cfg(test)]
mod tidy;
