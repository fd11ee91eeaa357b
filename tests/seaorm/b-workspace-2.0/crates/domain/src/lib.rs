pub mod tables;

pub struct NotAnEntity;
