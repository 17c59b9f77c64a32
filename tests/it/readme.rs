//! The README's ten minutes, run as a reader would: its own lines, in a shell, against the real program.

use std::process::{Command, Output};

use tests::program::Settings;

const README: &str = include_str!("../../README.md");

/// Every block of the README that is meant to be pasted into a shell, in order.
fn script() -> String {
    let blocks = README.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.collect::<Vec<_>>().join("\n")
}

async fn shell(script: String, folder: &std::path::Path) -> Output {
    let mut bash = Command::new("bash");
    bash.args(["-eu", "-c", &script]).current_dir(folder);
    tokio::task::spawn_blocking(move || bash.output().unwrap()).await.unwrap()
}

#[tokio::test]
async fn the_ten_minutes_work_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let [gateway, control] = [(); 2].map(|()| format!("127.0.0.1:{}", testbed::free_port().unwrap()));
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let settings = Settings::in_folder(&data)
        .with("ESCROW_DEMO_SHOP", "true")
        .with("ESCROW_SANDBOX_PORTONE_V2", gateway)
        .with("ESCROW_SANDBOX_CONTROL", control.clone());
    let program = settings.start().await;

    let here = script().replace("http://127.0.0.1:8080", &settings.url()).replace("127.0.0.1:8099", &control);
    let ran = shell(here, folder.path()).await;
    let (said, complaints) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}\n{complaints}");
    for expected in
        ["the payment is verified and the money is held", "the order is confirmed", "EscrowReleased"]
    {
        assert!(said.contains(expected), "{expected:?} is missing:\n{said}");
    }
    assert!(said.contains(r#""balance":0"#), "the books do not balance:\n{said}");

    let verified = settings.run(&["verify"]);
    assert!(String::from_utf8_lossy(&verified.stdout).starts_with("the log is whole: "));
    drop(program);
}
