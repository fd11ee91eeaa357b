//! Random entities, compiled, and what SeaORM makes of them as JSON; `build.rs` writes them.

#![allow(
    dead_code,
    missing_docs,
    nonstandard_style,
    unreachable_pub,
    unused_imports,
    clippy::all,
    reason = "written by a machine"
)]

#[path = "../../src/answer.rs"]
mod answer;
#[path = "../../src/ask.rs"]
mod ask;

include!(concat!(env!("OUT_DIR"), "/random/src/lib.rs"));

fn main() -> serde_json::Result<()> {
    serde_json::to_writer(std::io::stdout(), &all())
}
