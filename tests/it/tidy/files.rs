//! Sizes and contents of files, names of migrations.

use std::collections::BTreeSet;

use super::{assert_none, files, has_extension, texts};

const LONGEST_SOURCE: usize = 400;

/// What no source may hold, with the reason. Put together here, or this file would be its own first finding.
const NOT_IN_SOURCES: [(&str, &str); 4] = [
    (concat!("todo", "!("), "finish it, or leave it out"),
    (concat!("unimplemented", "!("), "finish it, or leave it out"),
    (concat!("FIX", "ME"), "fix it, or file an issue"),
    (concat!("thread::", "sleep("), "wait for what is awaited, by ambient::Clock"),
];

/// Paths of machines the project was made on, and hosts of package registries: they say nothing to a reader elsewhere.
const NOT_IN_ANY_FILE: [&str; 8] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/fa", "rm/"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("pypi", ".org"),
    concat!("registry.npmjs", ".org"),
    concat!("deb.debian", ".org"),
];

const DATABASES: [&str; 3] = ["postgres", "mysql", "sqlite"];

#[test]
fn sources_are_short() {
    let findings: Vec<String> = texts(|path| has_extension(path, "rs"))
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_SOURCE)
        .map(|(path, lines)| format!("{path}: {lines} lines; split it by idea"))
        .collect();
    assert_none("source files of at most 400 lines", &findings);
}

#[test]
fn nothing_is_left_undone() {
    let found = |path: &str, text: &str| -> Vec<String> {
        let holds = |words: &str| text.lines().position(|line| line.contains(words));
        let finding = |(words, reason): &(&str, &str)| {
            holds(words).map(|line| format!("{path}:{}: `{words}`: {reason}", line + 1))
        };
        NOT_IN_SOURCES.iter().filter_map(finding).collect()
    };
    let sources = texts(|path| ["rs", "ts", "vue"].iter().any(|kind| has_extension(path, kind)));
    assert!(sources.len() > 20, "the list of sources is wrong");
    let findings: Vec<String> = sources.iter().flat_map(|(path, text)| found(path, text)).collect();
    assert_none("nothing undone, nothing that sleeps", &findings);
}

#[test]
fn no_file_names_a_machine_or_a_registry_host() {
    let findings: Vec<String> = texts(|_| true)
        .iter()
        .flat_map(|(path, text)| {
            let named = NOT_IN_ANY_FILE.into_iter().filter(|words| names(text, words));
            named.map(|words| format!("{path}: {words}")).collect::<Vec<_>>()
        })
        .collect();
    assert_none("no path of a machine, no host of a registry", &findings);
}

/// Whether the text holds the words, not as the end of a longer name: `net` + `work/` is no path of a machine.
fn names(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|sign| sign.is_alphanumeric() || "_-.)}".contains(sign))
    })
}

#[test]
fn a_longer_name_is_not_a_machines_path() {
    let path = NOT_IN_ANY_FILE[0];
    assert!(names(&format!("see {path}notes"), path));
    assert!(names(&format!("`{path}notes`"), path));
    assert!(!names(&format!("target{path}notes"), path));
}

/// `migrations/<database>/<part>/0001_what_it_does.sql`: a number that is never given twice, so that a migration is
/// added and none replaced.
#[test]
fn migrations_are_numbered_and_named() {
    let mut taken = BTreeSet::new();
    let mut findings = Vec::new();
    for path in files().iter().filter(|path| path.starts_with("migrations/")) {
        match migration(path) {
            None => findings.push(format!("{path}: not <database>/<part>/0001_what_it_does.sql")),
            Some(place) => {
                if !taken.insert(place) {
                    findings.push(format!("{path}: its number is taken"));
                }
            }
        }
    }
    assert_none("names of migrations", &findings);
}

/// The database, part and number of a well-named migration.
fn migration(path: &str) -> Option<(&str, &str, &str)> {
    let mut folders = path.strip_prefix("migrations/")?.split('/');
    let (database, part, file) = (folders.next()?, folders.next()?, folders.next()?);
    let (number, name) = file.strip_suffix(".sql")?.split_once('_')?;
    let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    let well_named = DATABASES.contains(&database)
        && folders.next().is_none()
        && number.len() == 4
        && number.chars().all(|sign| sign.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(plain);
    well_named.then_some((database, part, number))
}

#[test]
fn a_badly_named_migration_is_noticed() {
    assert_eq!(migration("migrations/sqlite/log/0001_log.sql"), Some(("sqlite", "log", "0001")));
    for bad in
        ["sqlite/0001_log.sql", "oracle/log/0001_log.sql", "sqlite/log/1_log.sql", "sqlite/log/0001.sql"]
    {
        assert_eq!(migration(&format!("migrations/{bad}")), None, "{bad}");
    }
}
