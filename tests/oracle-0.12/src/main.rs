//! What SeaORM 0.12 makes of the entities of published crates, as JSON.

#![allow(
    dead_code,
    missing_docs,
    nonstandard_style,
    unreachable_pub,
    unused_imports,
    clippy::all,
    reason = "others wrote them"
)]

#[path = "../../oracle/src/answer.rs"]
mod answer;
#[path = "../../oracle/ask_before_2.rs"]
mod ask;

include!(concat!(env!("OUT_DIR"), "/random/src/lib.rs"));

fn main() -> serde_json::Result<()> {
    serde_json::to_writer(std::io::stdout(), &all())
}
