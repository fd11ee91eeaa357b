//! The entities of a small context-memory service.
