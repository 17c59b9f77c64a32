//! A table of one aggregate: states against verbs.

use std::{collections::BTreeSet, fmt::Debug, fmt::Write};

use domain::{Aggregate, Event};
use serde::Serialize;

type Answer<A> = Result<Vec<<A as Aggregate>::Event>, String>;

type Asking<A> = dyn Fn(&A) -> Answer<A>;

struct Row<A: Aggregate> {
    verb: &'static str,
    case: &'static str,
    repeats: bool,
    ask: Box<Asking<A>>,
}

/// States against verbs, with the sources in which the verbs are.
pub struct Table<A: Aggregate> {
    sources: &'static [&'static str],
    states: Vec<(&'static str, A)>,
    rows: Vec<Row<A>>,
}

impl<A: Aggregate> Table<A> {
    pub fn of(sources: &'static [&'static str]) -> Self {
        Self { sources, states: vec![("Absent", A::default())], rows: vec![] }
    }

    pub fn state(mut self, name: &'static str, state: A) -> Self {
        self.states.push((name, state));
        self
    }

    /// A verb, and what is special about this asking.
    pub fn row<R: Serialize>(
        self,
        verb: &'static str,
        case: &'static str,
        ask: impl Fn(&A) -> Result<Vec<A::Event>, R> + 'static,
    ) -> Self {
        self.push(verb, case, false, ask)
    }

    /// A verb for which each asking is a new one.
    pub fn repeating<R: Serialize>(
        self,
        verb: &'static str,
        case: &'static str,
        ask: impl Fn(&A) -> Result<Vec<A::Event>, R> + 'static,
    ) -> Self {
        self.push(verb, case, true, ask)
    }

    fn push<R: Serialize>(
        mut self,
        verb: &'static str,
        case: &'static str,
        repeats: bool,
        ask: impl Fn(&A) -> Result<Vec<A::Event>, R> + 'static,
    ) -> Self {
        let ask = Box::new(move |state: &A| ask(state).map_err(|refusal| code(&refusal)));
        self.rows.push(Row { verb, case, repeats, ask });
        self
    }

    pub fn check_and_render(&self) -> String {
        self.check_that_no_verb_is_missing();
        let names: Vec<&str> = self.states.iter().map(|(name, _)| *name).collect();
        let title = A::TYPE;
        let mut text = format!("## {title}\n\n| verb | {} |\n|---|", names.join(" | "));
        text.push_str(&"---|".repeat(names.len()));
        text.push('\n');
        for row in &self.rows {
            let cells: Vec<String> =
                self.states.iter().map(|(name, state)| Self::cell(row, name, state)).collect();
            let case = if row.case.is_empty() { String::new() } else { format!(" {}", row.case) };
            let mark = if row.repeats { " ↻" } else { "" };
            writeln!(text, "| `{}`{case}{mark} | {} |", row.verb, cells.join(" | ")).unwrap();
        }
        text
    }

    fn cell(row: &Row<A>, name: &str, state: &A) -> String {
        let events = match (row.ask)(state) {
            Err(code) => return format!("*{code}*"),
            Ok(events) if events.is_empty() => return "–".to_owned(),
            Ok(events) => events,
        };
        let next = fold(state.clone(), &events);
        let place = format!("{} {} {} in {name}", A::TYPE, row.verb, row.case);
        assert_ne!(next, *state, "{place}: the events change nothing");
        let again = (row.ask)(&next).unwrap_or_default();
        assert!(row.repeats || again.is_empty(), "{place}: asked twice, happened twice: {again:?}");
        let names: Vec<&str> = events.iter().map(Event::name).collect();
        format!("**{}**", names.join(", "))
    }

    fn check_that_no_verb_is_missing(&self) {
        let listed: BTreeSet<&str> = self.rows.iter().map(|row| row.verb).collect();
        let functions: Vec<(&str, &str)> = self.sources.iter().flat_map(|source| functions(source)).collect();
        for (function, signature) in &functions {
            let decides = signature.contains("&self") && signature.contains("Result<Vec<");
            assert!(!decides || listed.contains(function), "{}: no row asks {function}", A::TYPE);
        }
        for verb in listed {
            assert!(functions.iter().any(|(function, _)| *function == verb), "{verb} is not in the sources");
        }
    }
}

/// The public functions of a source, each with its signature.
fn functions(source: &str) -> impl Iterator<Item = (&str, &str)> {
    source.split("\n    pub fn ").skip(1).map(|rest| {
        let signature = rest.split(" {\n").next().unwrap();
        (signature.split(['(', '<']).next().unwrap(), signature)
    })
}

fn code(refusal: &impl Serialize) -> String {
    let document = serde_json::to_value(refusal).unwrap();
    document.get("code").and_then(|code| code.as_str()).unwrap().to_owned()
}

fn fold<A: Aggregate>(mut state: A, events: &[A::Event]) -> A {
    for event in events {
        state.evolve(event);
    }
    state
}

/// The state after a verb that must be allowed and must make a difference.
pub fn after<A: Aggregate, R: Debug>(state: &A, verb: impl FnOnce(&A) -> Result<Vec<A::Event>, R>) -> A {
    let events = verb(state).unwrap();
    assert!(!events.is_empty(), "nothing happened in {state:?}");
    fold(state.clone(), &events)
}
