//! Brings the database of `DATABASE_URL` to head, from the migrations in this program; then once more, with the feature
//! `sea-orm` through SeaORM's connection, which finds nothing to do. Prints what was applied each time.

use std::error::Error;

use autogen::embed::Migrations;

static MIGRATIONS: Migrations = autogen::embed!("migrations");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    // As a server does it that goes on with other things meanwhile.
    let applied = tokio::spawn({
        let url = url.clone();
        async move { MIGRATIONS.upgrade(url, "head").await }
    });
    let applied = applied.await??;
    #[cfg(feature = "sea-orm")]
    let server = &sea_orm::Database::connect(&url).await?;
    #[cfg(not(feature = "sea-orm"))]
    let server = url.as_str();
    let again = MIGRATIONS.upgrade(server, "head").await?;
    let pending = MIGRATIONS.pending(server).await?;
    say(&format!("applied [{}], then [{}]; pending [{}]", applied.join(" "), again.join(" "), pending.join(" ")));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a program of its own")]
fn say(text: &str) {
    println!("{text}");
}
