//! What the user set: `autogen.toml`, the environment and flags, resolved once.
