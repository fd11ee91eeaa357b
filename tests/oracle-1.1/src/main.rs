//! What SeaORM 1.1 makes of random entities, or with `--fixture` of those beside this file, as JSON.

#![allow(
    dead_code,
    missing_docs,
    nonstandard_style,
    unreachable_pub,
    unused_imports,
    clippy::all,
    reason = "written by a machine"
)]

#[path = "../../oracle/src/answer.rs"]
mod answer;
#[path = "../../oracle/ask_before_2.rs"]
mod ask;
mod fixture;

include!(concat!(env!("OUT_DIR"), "/random/src/lib.rs"));

fn main() -> serde_json::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("--fixture") => serde_json::to_writer(std::io::stdout(), &fixture::all()),
        _ => serde_json::to_writer(std::io::stdout(), &all()),
    }
}
