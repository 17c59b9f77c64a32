//! Every verb in every state. The table that is asserted is the documentation: `docs/states.md` is its rendering.

mod claim;
mod customer;
mod escrow;
mod order;
mod payment;
mod product;
mod seller;
mod table;

use std::fs;

use crate::samples::{repository_file, updating};

const HEAD: &str = "\
# Every verb in every state

Generated from the domain by its tests (`UPDATE_GOLDENS=1 cargo test -p domain`), and compared with it by every run.
A column is a state, a row is a verb, where needed with what is special about the asking. A cell is the answer:
the **events** that follow, – where it is true already or no longer matters, or the *code of the refusal*.
No verb gives its events twice when asked twice, except where the row is marked ↻: there each asking is a new one.
";

#[test]
fn the_documented_states_are_the_domain() {
    let parts = [
        product::table().check_and_render(),
        order::table().check_and_render(),
        payment::table().check_and_render(),
        escrow::table().check_and_render(),
        claim::table().check_and_render(),
        seller::table().check_and_render(),
        customer::table().check_and_render(),
    ];
    let rendered = format!("{HEAD}\n{}", parts.join("\n"));
    let path = repository_file("docs/states.md");
    if updating() {
        fs::write(&path, &rendered).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differing = rendered.lines().zip(committed.lines()).find(|(ours, theirs)| ours != theirs);
    assert_eq!(differing, None, "docs/states.md is not what the domain does");
    assert_eq!(
        rendered.lines().count(),
        committed.lines().count(),
        "docs/states.md has lines too many or few"
    );
}
