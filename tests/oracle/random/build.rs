//! Writes the entities: the same ones everywhere, unless `ORACLE_SEED` or `ORACLE_COUNT` say otherwise. With
//! `ORACLE_SOURCE`, a file that holds them, nothing is generated.

use std::path::Path;
use std::{env, fs};

use oracle_generator::{Crate, Version};

const SEED: u64 = 20_241_211;
const COUNT: usize = 150;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for name in ["ORACLE_SEED", "ORACLE_COUNT", "ORACLE_SOURCE"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let folder = Path::new(&env::var("OUT_DIR")?).join("random");
    fs::create_dir_all(folder.join("src"))?;
    let seed = env::var("ORACLE_SEED").map_or(Ok(SEED), |seed| seed.parse())?;
    let count = env::var("ORACLE_COUNT").map_or(Ok(COUNT), |count| count.parse())?;
    // Also the build script of the workspace of 1.1.
    let version = if env::var("CARGO_PKG_NAME")? == "oracle-random" { Version::Two } else { Version::One };
    let made = Crate::random(seed, version, count);
    fs::write(folder.join("Cargo.toml"), made.manifest())?;
    let source = match env::var("ORACLE_SOURCE") {
        Ok(file) => {
            println!("cargo::rerun-if-changed={file}");
            fs::read_to_string(file)?
        }
        Err(_) => made.source(),
    };
    fs::write(folder.join("src/lib.rs"), source)?;
    println!("cargo::rustc-env=ORACLE_RANDOM={}", folder.display());
    println!("cargo::rustc-env=ORACLE_RANDOM_SEED={seed}");
    Ok(())
}
