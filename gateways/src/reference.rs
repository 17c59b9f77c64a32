//! The name a payment attempt has at the gateway: 32 characters of `[0-9a-f]`, which every gateway and every PG
//! behind it accepts (at most 40 characters, letters and digits alone, never used twice).

use domain::id::{Id, PaymentId};
use uuid::Uuid;

/// What the gateway calls our attempt.
pub fn payment_reference(payment_id: PaymentId) -> String {
    payment_id.uuid().simple().to_string()
}

/// Which of our attempts the gateway means, if it can be one of ours.
pub fn payment_of(reference: &str) -> Option<PaymentId> {
    let of_our_form =
        reference.len() == 32 && reference.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    of_our_form.then(|| Uuid::try_parse(reference).ok().map(PaymentId::from_uuid)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_names_its_payment_and_nothing_else_does() {
        let id = PaymentId::from_uuid(Uuid::from_u128(0x018f_3c1e_7a2b_7c3d_8e4f_0123_4567_89ab));
        assert_eq!(payment_reference(id), "018f3c1e7a2b7c3d8e4f0123456789ab");
        assert_eq!(payment_of(&payment_reference(id)), Some(id));
        for foreign in
            ["", "018f3c1e-7a2b-7c3d-8e4f-0123456789ab", "018F3C1E7A2B7C3D8E4F0123456789AB", "ord_01J"]
        {
            assert_eq!(payment_of(foreign), None, "{foreign}");
        }
    }
}
