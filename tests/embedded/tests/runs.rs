//! The program against a real server: alone, and eight of it at once.

use std::process::{Child, Command, Stdio};

use anyhow::{Result, ensure};
use autogen::scratch::{Options, Scratch};
use sqlx::ConnectOptions as _;

fn start(url: &str) -> Result<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_embedded"));
    Ok(command.env("DATABASE_URL", url).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
}

fn said(child: Child) -> Result<String> {
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test]
async fn of_eight_programs_that_start_at_once_one_applies() -> Result<()> {
    let scratch = Scratch::start(Options::new(Options::user_cache()), &|_| {}).await?;
    let database = scratch.database().await?;
    let url = database.options().to_url_lossy().to_string();
    let programs = (0..8).map(|_| start(&url)).collect::<Result<Vec<_>>>()?;
    let mut said = programs.into_iter().map(said).collect::<Result<Vec<_>>>()?;
    said.sort();
    let nothing = "applied [], then []; pending []\n";
    assert_eq!(said.iter().filter(|it| *it == nothing).count(), 7, "{said:?}");
    assert!(said.contains(&"applied [00000000000a 00000000000b], then []; pending []\n".to_owned()), "{said:?}");
    scratch.stop().await?;
    Ok(())
}
