//! Stdout. A reader that has seen enough (`| head`) is no failure; a full disk is one.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

use crate::error::{Error, Kind};

/// Writes data. Where that fails, what was to be told cannot be told, and the run ends.
pub(super) fn write(text: Arguments<'_>) {
    let mut out = anstream::stdout();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(cause) if cause.kind() == ErrorKind::BrokenPipe => {}
        Err(cause) => {
            let error = Error::new(Kind::Error, "cannot write to stdout").caused_by(cause);
            super::failure(&error);
            std::process::exit(i32::from(error.kind().exit_code()));
        }
    }
}

macro_rules! print {
    ($($text:tt)*) => { $crate::cli::report::out::write(::std::format_args!($($text)*)) };
}

macro_rules! println {
    () => { $crate::cli::report::out::write(::std::format_args!("\n")) };
    ($($text:tt)*) => { $crate::cli::report::out::write(::std::format_args!("{}\n", ::std::format_args!($($text)*))) };
}

pub(super) use {print, println};
