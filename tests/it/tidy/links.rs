//! Links in the documentation lead somewhere: to a file that is there, to a heading that is in it.

use std::path::{Component, Path, PathBuf};

use super::{assert_none, has_extension, root, texts};

#[test]
fn links_lead_somewhere() {
    let findings: Vec<String> = texts(|path| has_extension(path, "md"))
        .iter()
        .flat_map(|(path, text)| {
            let broken = |link: &String| !leads_somewhere(path, link);
            links(text).into_iter().filter(broken).map(|link| format!("{path}: {link}")).collect::<Vec<_>>()
        })
        .collect();
    assert_none("links that lead nowhere", &findings);
}

/// The targets of a page's inline links, those in code left out.
fn links(page: &str) -> Vec<String> {
    prose(page)
        .iter()
        .flat_map(|line| {
            // Every second part of a line between backticks is code.
            let outside_code = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
            let targets = outside_code.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            targets
                .map(|(target, _)| target.split(' ').next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn prose(page: &str) -> Vec<&str> {
    let mut in_code = false;
    page.lines()
        .filter(|line| {
            let fence = line.trim_start().starts_with("```");
            in_code ^= fence;
            !in_code && !fence
        })
        .collect()
}

fn leads_somewhere(page: &str, link: &str) -> bool {
    if ["https://", "http://", "mailto:"].iter().any(|outside| link.starts_with(outside)) {
        return true;
    }
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        root().join(page)
    } else {
        plain(&root().join(page).parent().unwrap().join(file))
    };
    if !target.starts_with(root()) || !target.exists() {
        return false;
    }
    heading.is_empty() || !has_extension(&target.to_string_lossy(), "md") || {
        let text = std::fs::read_to_string(&target).unwrap();
        prose(&text).iter().filter(|line| line.starts_with('#')).any(|line| anchor(line) == heading)
    }
}

/// The path without its `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

/// A heading's anchor, as code hosts make it.
fn anchor(heading: &str) -> String {
    let kept = |sign: &char| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_');
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(kept)
        .collect::<String>()
        .replace(' ', "-")
}

#[test]
fn a_broken_link_is_noticed() {
    let page =
        "See [one](docs/none.md) and [two](Cargo.toml \"title\").\n```\n[code](nowhere)\n```\nand `[c](x)`.";
    assert_eq!(links(page), ["docs/none.md", "Cargo.toml"]);
    assert!(!leads_somewhere("README.md", "docs/none.md"));
    assert!(!leads_somewhere("README.md", "../elsewhere"));
    assert!(leads_somewhere("README.md", "Cargo.toml"));
    assert!(leads_somewhere("docs/some.md", "../Cargo.toml"));
    assert_eq!(anchor("## Two commands, `serve` & `demo`"), "two-commands-serve--demo");
}
