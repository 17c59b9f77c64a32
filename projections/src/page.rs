//! Keyset paging: a page starts after the last key of the one before, so it costs the same wherever it is, and rows
//! that come or go between two pages move nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

/// The most rows of one page.
pub const PAGE_MAX: u32 = 100;
/// The rows of a page when nobody says.
pub const PAGE_DEFAULT: u32 = 20;

/// A page that cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadPage {
    /// The cursor is none of ours.
    #[error("the cursor is not one that a page of this list gave")]
    Cursor,
    /// The limit is nought or above the maximum.
    #[error("a page has 1 to {PAGE_MAX} rows")]
    Limit,
}

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    pub(crate) after: Option<i64>,
    pub(crate) limit: u32,
}

impl PageRequest {
    /// The page after `cursor`, of `limit` rows.
    pub fn new(cursor: Option<&str>, limit: Option<u32>) -> Result<Self, BadPage> {
        let limit = limit.unwrap_or(PAGE_DEFAULT);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(BadPage::Limit);
        }
        Ok(Self { after: cursor.map(key_of).transpose()?, limit })
    }

    /// The first page, of the usual length.
    pub const fn first() -> Self {
        Self { after: None, limit: PAGE_DEFAULT }
    }

    /// One row more than the page has, to know whether another follows.
    pub(crate) fn fetch(self) -> u64 {
        u64::from(self.limit) + 1
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; none: this is the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    pub(crate) fn of(mut rows: Vec<T>, request: PageRequest, key: impl Fn(&T) -> i64) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|row| cursor_of(key(row))) } else { None };
        Self { items: rows, next }
    }

    pub(crate) fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}

fn cursor_of(key: i64) -> String {
    URL_SAFE_NO_PAD.encode(key.to_be_bytes())
}

fn key_of(cursor: &str) -> Result<i64, BadPage> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadPage::Cursor)?;
    let key = i64::from_be_bytes(bytes.try_into().map_err(|_| BadPage::Cursor)?);
    if key < 0 { Err(BadPage::Cursor) } else { Ok(key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_the_row_it_was_made_of() {
        let request = PageRequest::new(None, Some(2)).unwrap();
        let page = Page::of(vec![7_i64, 8, 9], request, |row| *row);
        assert_eq!(page.items, [7, 8]);
        let next = PageRequest::new(page.next.as_deref(), Some(2)).unwrap();
        assert_eq!(next, PageRequest { after: Some(8), limit: 2 });
        assert_eq!(Page::of(vec![9_i64], next, |row| *row).next, None);
    }

    #[test]
    fn what_is_no_page_is_refused() {
        assert_eq!(PageRequest::new(Some("%%%"), None), Err(BadPage::Cursor));
        assert_eq!(PageRequest::new(Some("AAAA"), None), Err(BadPage::Cursor));
        assert_eq!(PageRequest::new(Some(&cursor_of(-1)), None), Err(BadPage::Cursor));
        assert_eq!(PageRequest::new(None, Some(0)), Err(BadPage::Limit));
        assert_eq!(PageRequest::new(None, Some(101)), Err(BadPage::Limit));
    }
}
