//! The tree against known answers: the example of the Certificate Transparency reference implementation (RFC 6962),
//! and checkpoints against the signed note of Go's `sumdb/note`.

use store::audit::{BadCheckpoint, Checkpoint, Hash, SealVerifier, hex, is_continued, is_included, root_of};

const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const A: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const B: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const C: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const D: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const E: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const F: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.bytes().map(|digit| u8::try_from((digit as char).to_digit(16).unwrap()).unwrap()).collect();
    digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect()
}

fn leaf(text: &str) -> Hash {
    use sha2::Digest;
    sha2::Sha256::new_with_prefix([0]).chain_update(bytes(text)).finalize().into()
}

fn tree(size: usize) -> Checkpoint {
    let root = hex::hash(ROOTS[size - 1]).unwrap();
    Checkpoint { origin: "ct".to_owned(), size: i64::try_from(size).unwrap(), root, note: String::new() }
}

fn path(hashes: &[&str]) -> Vec<Hash> {
    hashes.iter().map(|text| hex::hash(text).unwrap()).collect()
}

#[test]
fn roots_are_those_of_the_reference() {
    let leaves: Vec<Hash> = LEAVES.iter().map(|text| leaf(text)).collect();
    for size in 1..=8 {
        assert_eq!(hex::text(&root_of(&leaves[..size])), ROOTS[size - 1]);
    }
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(hex::text(&root_of(&[])), nothing);
}

#[test]
fn audit_paths_are_those_of_the_reference() {
    let proofs: [(i64, usize, &[&str]); 5] = [
        (1, 1, &[]),
        (1, 8, &[A, B, C]),
        (6, 8, &[D, E, ROOTS[3]]),
        (3, 3, &[ROOTS[1]]),
        (2, 5, &[ROOTS[0], B, D]),
    ];
    for (position, size, hashes) in proofs {
        let leaf = leaf(LEAVES[usize::try_from(position - 1).unwrap()]);
        assert!(is_included(&path(hashes), &tree(size), position, &leaf), "{position} in {size}");
        assert!(!is_included(&path(hashes), &tree(size), position, &[1; 32]));
        assert!(!is_included(&path(hashes), &tree(size), position + 1, &leaf));
        assert!(!is_included(&[path(hashes), vec![leaf]].concat(), &tree(size), position, &leaf));
    }
}

#[test]
fn consistency_proofs_are_those_of_the_reference() {
    let proofs: [(usize, usize, &[&str]); 4] =
        [(1, 1, &[]), (1, 8, &[A, B, C]), (6, 8, &[F, E, ROOTS[3]]), (2, 5, &[B, D])];
    for (from, to, hashes) in proofs {
        assert!(is_continued(&path(hashes), &tree(from), &tree(to)), "{from} to {to}");
        assert!(!is_continued(&path(hashes), &tree(from), &Checkpoint { root: [1; 32], ..tree(to) }));
        assert!(from == to || !is_continued(&path(&hashes[1..]), &tree(from), &tree(to)));
    }
}

/// The public key and a note of `golang.org/x/mod/sumdb/note`'s documentation, whose text is no checkpoint.
#[test]
fn a_note_of_the_reference_opens_up_to_what_it_says() {
    let key: SealVerifier =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let note = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n\
                \n\
                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    assert_eq!(key.open(note), Err(BadCheckpoint::Form));
    let altered = note.replace("answer", "Answer");
    assert_eq!(key.open(&altered), Err(BadCheckpoint::Signature));
    let nobody = note.replace("— PeterNeumann", "— PeterNewman");
    assert!(matches!(key.open(&nobody), Err(BadCheckpoint::OtherKey { .. })));
    for text in ["", "\n\n", "x", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"] {
        assert!(text.parse::<SealVerifier>().is_err() && key.open(text).is_err(), "{text:?}");
    }
}
