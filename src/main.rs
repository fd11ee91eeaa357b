//! The `autogen` command.

fn main() -> std::process::ExitCode {
    autogen::cli::main()
}
