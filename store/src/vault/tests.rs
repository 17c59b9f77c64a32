//! The vault in SQLite; the PostgreSQL side runs in the store's conformance suite.

use domain::id::{CustomerId, Id};

use super::*;

struct Place {
    vault: Vault,
    folder: tempfile::TempDir,
    url: String,
}

async fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("log.db").display());
    let tables = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::raw_sql(include_str!("../../../migrations/sqlite/log/0010_vault.sql"))
        .execute(&tables)
        .await
        .unwrap();
    tables.close().await;
    let vault = Vault::start(&url, folder.path(), Clock::system()).await.unwrap();
    Place { vault, folder, url }
}

#[tokio::test]
async fn what_is_sealed_opens_for_its_subject_only_also_after_a_restart() {
    let place = place().await;
    let (mine, yours) = (ambient::fresh_id(), ambient::fresh_id());
    let sealed = place.vault.seal(mine, "홍길동").await.unwrap();
    assert!(!sealed.0.contains("홍길동"));
    place.vault.seal(yours, "other").await.unwrap();
    assert!(matches!(place.vault.open(yours, &sealed).await, Err(VaultError::NotOurs)));
    let again = Vault::start(&place.url, place.folder.path(), Clock::system()).await.unwrap();
    assert_eq!(again.open(mine, &sealed).await.unwrap().as_deref(), Some("홍길동"));
}

#[tokio::test]
async fn a_forgotten_subject_stays_forgotten() {
    let place = place().await;
    let subject = ambient::fresh_id();
    let sealed = place.vault.seal(subject, "x").await.unwrap();
    place.vault.forget(subject).await.unwrap();
    assert_eq!(place.vault.open(subject, &sealed).await.unwrap(), None);
    assert!(matches!(place.vault.seal(subject, "y").await, Err(VaultError::Forgotten)));
}

#[tokio::test]
async fn another_master_key_opens_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let place = place().await;
    let file = place.folder.path().join(master::FILE_NAME);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let subject = ambient::fresh_id();
    let sealed = place.vault.seal(subject, "x").await.unwrap();
    std::fs::remove_file(file).unwrap();
    let other = Vault::start(&place.url, place.folder.path(), Clock::system()).await.unwrap();
    assert!(matches!(other.open(subject, &sealed).await, Err(VaultError::NotOurs)));
}

#[tokio::test]
async fn an_email_is_taken_in_any_case_and_a_username_once() {
    let place = place().await;
    let credential = |email: &str, username: &str| Credential {
        customer_id: CustomerId::from_uuid(ambient::fresh_id()),
        email: email.to_owned(),
        username: username.to_owned(),
        password_hash: "hash".to_owned(),
    };
    let first = credential("Buyer@Example.com", "buyer");
    assert_eq!(place.vault.register(&first).await.unwrap(), Registration::Created);
    let again = place.vault.register(&credential("buyer@example.com", "other")).await.unwrap();
    assert!(
        matches!(again, Registration::EmailTaken(ref taken) if taken.customer_id == first.customer_id),
        "{again:?}"
    );
    let username = place.vault.register(&credential("else@example.com", "buyer")).await.unwrap();
    assert_eq!(username, Registration::UsernameTaken);
    let kept = place.vault.credential(first.customer_id).await.unwrap().unwrap();
    assert_eq!((kept.email.as_str(), kept.password_hash.as_str()), ("buyer@example.com", "hash"));
}
