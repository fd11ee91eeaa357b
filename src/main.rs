//! The `autogen` command.

/// Reading sources is many small allocations: glibc's own takes half as long again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    autogen::cli::main()
}
