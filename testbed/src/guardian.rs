//! A server process and the shell that outlives us to stop it.
//!
//! The guardian starts the server, prints its process id, then reads from a pipe whose other end we hold. Whatever
//! ends us ends the pipe, and the guardian stops the server and removes its files. It has a process group of its own,
//! so that Ctrl-C in a terminal does not take it before it has done its work.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{account::Account, error::TestbedError};

const SCRIPT: &str = r#"
home=$1; log=$2; signal=$3; shift 3
"$@" </dev/null >>"$log" 2>&1 &
server=$!
echo "$server"
exec >/dev/null 2>&1
word=
read -r word
kill -"$signal" "$server"
wait "$server"
[ "$word" = keep ] || rm -rf "$home"
"#;

/// How a server is to be started and stopped.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) account: Account,
    /// Its directory, removed at the end.
    pub(crate) home: PathBuf,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// The signal that ends it at once and tidily.
    pub(crate) signal: &'static str,
}

/// A running server; stopped, with its files removed, when dropped.
#[derive(Debug)]
pub(crate) struct Guarded {
    guardian: Child,
    server: u32,
    log: PathBuf,
    keep_files: bool,
}

impl Guarded {
    /// Starts the server under a guardian.
    pub(crate) fn start(service: &Service) -> Result<Self, TestbedError> {
        let log = service.home.join(format!("{}.log", ambient::fresh_id().simple()));
        let mut guardian = service
            .account
            .command(Path::new("/bin/sh"), &service.home)
            .args(["-c", SCRIPT, "guardian"])
            .args([&service.home, &log])
            .arg(service.signal)
            .arg(&service.program)
            .args(&service.arguments)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(TestbedError::at("starting", &service.program))?;
        let mut line = String::new();
        if let Some(printed) = guardian.stdout.take() {
            BufReader::new(printed)
                .read_line(&mut line)
                .map_err(TestbedError::machine("reading a process id"))?;
        }
        let server = line.trim().parse().map_err(|_| TestbedError::Failed {
            program: service.program.display().to_string(),
            output: format!("its guardian printed no process id but {line:?}"),
        })?;
        Ok(Self { guardian, server, log, keep_files: false })
    }

    /// The server's process id.
    pub(crate) const fn pid(&self) -> u32 {
        self.server
    }

    /// Whether the server has ended by itself, where the machine tells (Linux).
    pub(crate) fn has_ended(&self) -> bool {
        // Its guardian has not asked for its end yet, so an ended one stays listed, as a zombie.
        state_and_parent(self.server).is_some_and(|(state, _)| state == "Z")
    }

    /// What the server has logged since this start.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Kills the server and its processes as a power cut would. The files stay until this is dropped.
    pub(crate) fn kill(&mut self) {
        // A stopped server forks no more, so the list of its children is complete when they are killed.
        signal("STOP", &[self.server]);
        let mut all = children_of(self.server);
        all.push(self.server);
        signal("KILL", &all);
    }

    /// Stops the server, if it runs, and leaves its files for the next one.
    pub(crate) fn end_and_keep(mut self) {
        self.keep_files = true;
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(mut pipe) = self.guardian.stdin.take()
            && self.keep_files
        {
            // A guardian that is gone has nothing to be told.
            let _ = pipe.write_all(b"keep\n");
        }
        let _ = self.guardian.wait();
    }
}

fn signal(name: &str, processes: &[u32]) {
    let mut kill = Command::new("/bin/sh");
    kill.args(["-c", r#"kill -"$@""#, "kill", name]).args(processes.iter().map(u32::to_string));
    // It fails only where the process is gone already, which is what was wanted.
    let _ = kill.stderr(Stdio::null()).status();
}

/// The processes `parent` started, where the machine tells (Linux).
fn children_of(parent: u32) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|process| state_and_parent(*process).is_some_and(|(_, its_parent)| its_parent == parent))
        .collect()
}

fn state_and_parent(process: u32) -> Option<(String, u32)> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // `1234 (name) S 1 …`: the name may hold blanks and parentheses.
    let mut fields = line.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::parent_id;

    use super::*;

    #[test]
    fn our_parent_is_known_and_has_us_as_a_child() {
        let ours = std::process::id();
        assert_eq!(state_and_parent(ours).map(|(_, parent)| parent), Some(parent_id()));
        assert!(children_of(parent_id()).contains(&ours));
    }
}
