//! The fault run in a size for every day. `cargo run --release -p tests --bin fault-run` is the whole of it.

use tests::fault_run;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_the_shops_books_and_the_gateways_agree() {
    let report = fault_run::run(7, 240, |_| {}).await;
    assert_eq!(report.never_struck(), Vec::<&str>::new(), "{report}");
    assert!(report.differences.is_empty(), "{report}");
}
