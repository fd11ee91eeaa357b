//! Fetches the servers of these majors, or of all, into the cache: `cargo run --example fetch_servers -- 13 18`.
#![expect(clippy::print_stdout, reason = "it says what it did")]

use autogen::scratch::{Options, fetch_server};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut majors = std::env::args().skip(1).map(|major| major.parse()).collect::<Result<Vec<u32>, _>>()?;
    if majors.is_empty() {
        majors.extend(13..=18);
    }
    for major in majors {
        let options = Options { major: Some(major), ..Options::new(Options::user_cache()) };
        println!("{}", fetch_server(&options, &|_| {}).await?.display());
    }
    Ok(())
}
