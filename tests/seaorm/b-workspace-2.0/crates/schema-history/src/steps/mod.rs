pub(crate) mod v1_authors;
pub(crate) mod v2_books;
