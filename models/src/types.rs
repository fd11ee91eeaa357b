//! Types that several entities share.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A moment, always in UTC.
pub type Moment = DateTimeUtc;

/// The key of an organisation.
pub type OrganizationId = i64;

/// An address that has been normalised to lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, DeriveValueType)]
#[sea_orm(column_type = "String(StringLen::N(320))")]
pub struct EmailAddress(pub String);

/// What an organisation pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "plan", rename_all = "snake_case")]
pub enum Plan {
    Free,
    Team,
    SelfHosted,
}

/// What a member may do in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "member_role")]
pub enum MemberRole {
    #[sea_orm(string_value = "owner")]
    Owner,
    #[sea_orm(string_value = "maintainer")]
    Maintainer,
    #[sea_orm(string_value = "member")]
    Member,
}

/// Where an account stands. Kept as text, since states come and go faster than migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "kebab-case")]
pub enum AccountStatus {
    Invited,
    Active,
    Locked,
}

/// What a memory is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "Enum", db_type = "Enum", enum_name = "memory_kind", rename_all = "snake_case")]
pub enum MemoryKind {
    Fact,
    Preference,
    Decision,
    CodeSnippet,
}

/// How one memory relates to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
pub enum LinkKind {
    Mentions = 1,
    Supports = 2,
    Contradicts = 3,
}

/// What an API key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "api_scope", rename_all = "snake_case")]
pub enum ApiScope {
    ReadMemories,
    WriteMemories,
    ManageMembers,
}
