//! What a killed process left behind. Usually its guardian has seen to it; this is for a killed guardian.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::folder::{OWNER_LOCK, PREFIX, parents};
use super::user::{owns, unprivileged};

/// Stops the servers and removes the folders of processes that are gone. What cannot be removed is left: it is in
/// nobody's way.
pub(super) fn remove_what_dead_processes_left() {
    let Ok(user) = unprivileged() else { return };
    for entry in parents(user).iter().flat_map(fs::read_dir).flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && owns(&entry.path()) {
            remove_if_dead(&entry.path());
        }
    }
}

fn remove_if_dead(folder: &Path) {
    let Ok(owner) = File::open(folder.join(OWNER_LOCK)) else { return };
    // The lock is kept until the folder is gone, so that of two runs only one does this.
    if owner.try_lock().is_err() {
        return;
    }
    if let Some(server) = server_of(&folder.join("data")) {
        let _ = kill(server, Signal::SIGQUIT);
        for _ in 0..200 {
            if kill(server, None).is_err() {
                break;
            }
            sleep(Duration::from_millis(10));
        }
    }
    let _ = fs::remove_dir_all(folder);
}

/// The running server of this data folder. A pid may have been given to another process since: its command line must
/// name the folder.
fn server_of(data: &Path) -> Option<Pid> {
    let file = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid: i32 = file.lines().next()?.trim().parse().ok().filter(|pid| *pid > 1)?;
    let command_line = command_line(pid)?;
    (command_line.contains("postgres") && command_line.contains(data.to_str()?)).then(|| Pid::from_raw(pid))
}

fn command_line(pid: i32) -> Option<String> {
    if let Ok(bytes) = fs::read(format!("/proc/{pid}/cmdline")) {
        return Some(String::from_utf8_lossy(&bytes).replace('\0', " "));
    }
    let output = Command::new("ps").args(["-o", "command=", "-p", &pid.to_string()]).output().ok()?;
    String::from_utf8(output.stdout).ok()
}
