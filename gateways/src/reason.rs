//! Where a gateway keeps no id of ours with a cancellation, our refund's id stands behind the reason, in brackets.
//! That is how a cancellation is found again in every gateway's document.

use crate::http::IdempotencyKey;

/// How long a reason may be for every gateway: `NicePay` and the PGs behind `PortOne` take a hundred bytes.
const MAX_BYTES: usize = 100;

/// The reason as sent, cut so that the id has its place.
pub(crate) fn with_key(reason: &str, key: &IdempotencyKey) -> String {
    let behind = format!(" [{}]", key.as_str());
    let room = MAX_BYTES.saturating_sub(behind.len());
    let end = (0..=reason.len().min(room)).rev().find(|at| reason.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{behind}", reason.get(..end).unwrap_or_default())
}

/// The id behind a reason, if one of ours is there.
pub(crate) fn key_in(reason: &str) -> Option<String> {
    let (_, key) = reason.strip_suffix(']')?.rsplit_once(" [")?;
    IdempotencyKey::new(key).ok().map(|key| key.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_found_again_however_long_the_reason_is() {
        let key = IdempotencyKey::new("ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab.2").unwrap();
        for reason in ["", "단순 변심", &"가".repeat(80), "with [brackets] in it"] {
            let sent = with_key(reason, &key);
            assert!(sent.len() <= MAX_BYTES, "{sent}");
            assert_eq!(key_in(&sent).as_deref(), Some(key.as_str()), "{sent}");
        }
        assert_eq!(with_key("단순 변심", &key), "단순 변심 [ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab.2]");
    }

    #[test]
    fn what_people_write_is_no_id_of_ours() {
        for theirs in ["", "고객 요청", "고객 요청 [급함]", "[ref_018f3c1e-7a2b-7c3d-8e4f-0123456789ab]"]
        {
            assert_eq!(key_in(theirs), None, "{theirs}");
        }
    }
}
