//! `column_type = ".."`: constructors of `sea_orm::ColumnType`, evaluated.

use sea_query::{Alias, ColumnType, DynIden, IntoIden as _, PgInterval, RcOrArc, StringLen};
use syn::{Expr, ExprLit, Lit, LitStr};

use super::diagnostic::Diagnostic;
use super::nesting;
use super::source_file::SourceFile;

/// The column type that a string names: what SeaORM puts behind `ColumnType::`.
pub(super) fn parse(text: &LitStr, file: &SourceFile) -> Result<ColumnType, Diagnostic> {
    let constructor: Expr = nesting::code(text).map_err(|error| file.syntax_error(&error))?;
    evaluate(&constructor).ok_or_else(|| refuse(text, file))
}

fn refuse(text: &LitStr, file: &SourceFile) -> Diagnostic {
    if text.value().starts_with("Year") {
        return file
            .error(text.span(), "Postgres has no type for a year")
            .help("write `column_type = \"SmallInteger\"`, which holds every year that MySQL's holds");
    }
    file.error(text.span(), format!("cannot read the column type `{}`", text.value()))
        .help("write a constructor of sea_orm::ColumnType with literals: `column_type = \"Decimal(Some((19, 4)))\"`")
        .help("or name the SQL type: `column_type = \"custom(\\\"citext\\\")\"`")
}

/// A constructor with literal arguments, with or without a path before its name.
pub(super) fn evaluate(expression: &Expr) -> Option<ColumnType> {
    match expression {
        Expr::Path(path) => unit(&last(&path.path)?),
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return None };
            let arguments: Vec<&Expr> = call.args.iter().collect();
            match (last(&function.path)?.as_str(), arguments.as_slice()) {
                // `RcOrArc::new(..)`, `Arc::new(..)`, `Box::new(..)` around an element.
                ("new" | "from", [inner]) => evaluate(inner),
                (name, arguments) => constructed(name, arguments),
            }
        }
        Expr::MethodCall(call) if is_conversion(call) => evaluate(&call.receiver),
        Expr::Paren(inner) => evaluate(&inner.expr),
        Expr::Group(inner) => evaluate(&inner.expr),
        Expr::Reference(inner) => evaluate(&inner.expr),
        Expr::Struct(inner) if last(&inner.path)? == "Enum" => {
            let field = |name: &str| {
                inner.fields.iter().find(|field| matches!(&field.member, syn::Member::Named(member) if member == name))
            };
            let name = iden(&field("name")?.expr)?;
            let variants = idens(&field("variants")?.expr)?;
            Some(ColumnType::Enum { name, variants })
        }
        _ => None,
    }
}

fn unit(name: &str) -> Option<ColumnType> {
    Some(match name {
        "Text" => ColumnType::Text,
        "Blob" => ColumnType::Blob,
        "TinyInteger" => ColumnType::TinyInteger,
        "SmallInteger" => ColumnType::SmallInteger,
        "Integer" => ColumnType::Integer,
        "BigInteger" => ColumnType::BigInteger,
        "TinyUnsigned" => ColumnType::TinyUnsigned,
        "SmallUnsigned" => ColumnType::SmallUnsigned,
        "Unsigned" => ColumnType::Unsigned,
        "BigUnsigned" => ColumnType::BigUnsigned,
        "Float" => ColumnType::Float,
        "Double" => ColumnType::Double,
        "DateTime" => ColumnType::DateTime,
        "Timestamp" => ColumnType::Timestamp,
        "TimestampWithTimeZone" => ColumnType::TimestampWithTimeZone,
        "Time" => ColumnType::Time,
        "Date" => ColumnType::Date,
        "Boolean" => ColumnType::Boolean,
        "Json" => ColumnType::Json,
        "JsonBinary" => ColumnType::JsonBinary,
        "Uuid" => ColumnType::Uuid,
        "Cidr" => ColumnType::Cidr,
        "Inet" => ColumnType::Inet,
        "MacAddr" => ColumnType::MacAddr,
        "LTree" => ColumnType::LTree,
        _ => return None,
    })
}

fn constructed(name: &str, arguments: &[&Expr]) -> Option<ColumnType> {
    Some(match (name, arguments) {
        ("Char", [length]) => ColumnType::Char(optional(length, number)?),
        ("String", [length]) => ColumnType::String(string_length(length)?),
        ("string", [length]) => ColumnType::string(optional(length, number)?),
        ("Decimal", [precision]) => ColumnType::Decimal(optional(precision, pair)?),
        ("Money", [precision]) => ColumnType::Money(optional(precision, pair)?),
        // 0.12 has precisions here; Postgres' writer ignored none of them.
        ("Binary", [_length]) => ColumnType::Blob,
        ("VarBinary", [length]) => {
            ColumnType::VarBinary(string_length(length).or_else(|| number(length).map(StringLen::N))?)
        }
        ("var_binary", [length]) => ColumnType::var_binary(number(length)?),
        ("Bit", [length]) => ColumnType::Bit(optional(length, number)?),
        ("VarBit", [length]) => ColumnType::VarBit(number(length)?),
        ("Interval", [fields, precision]) => {
            ColumnType::Interval(optional(fields, interval)?, optional(precision, number)?)
        }
        ("Vector", [size]) => ColumnType::Vector(optional(size, number)?),
        ("Custom" | "custom", [name]) => ColumnType::Custom(iden(name)?),
        ("Array", [element]) => ColumnType::Array(RcOrArc::new(evaluate(element)?)),
        _ => return None,
    })
}

fn string_length(length: &Expr) -> Option<StringLen> {
    match length {
        Expr::Path(path) => match last(&path.path)?.as_str() {
            "None" => Some(StringLen::None),
            "Max" => Some(StringLen::Max),
            _ => None,
        },
        // `StringLen::N(255)`, and `Some(255)` before SeaORM 1.0.
        Expr::Call(call) => match (&*call.func, call.args.first()) {
            (Expr::Path(function), Some(argument)) if matches!(last(&function.path)?.as_str(), "N" | "Some") => {
                number(argument).map(StringLen::N)
            }
            _ => None,
        },
        _ => None,
    }
}

fn optional<T>(value: &Expr, inner: impl Fn(&Expr) -> Option<T>) -> Option<Option<T>> {
    match value {
        Expr::Path(path) if last(&path.path)? == "None" => Some(None),
        Expr::Call(call) => match (&*call.func, call.args.first()) {
            (Expr::Path(function), Some(argument)) if last(&function.path)? == "Some" => inner(argument).map(Some),
            _ => None,
        },
        _ => None,
    }
}

fn number(value: &Expr) -> Option<u32> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Paren(inner) => number(&inner.expr),
        _ => None,
    }
}

fn pair(value: &Expr) -> Option<(u32, u32)> {
    let Expr::Tuple(tuple) = value else { return None };
    match (tuple.elems.first(), tuple.elems.get(1), tuple.elems.len()) {
        (Some(first), Some(second), 2) => Some((number(first)?, number(second)?)),
        _ => None,
    }
}

fn interval(fields: &Expr) -> Option<PgInterval> {
    let Expr::Path(path) = fields else { return None };
    Some(match last(&path.path)?.as_str() {
        "Year" => PgInterval::Year,
        "Month" => PgInterval::Month,
        "Day" => PgInterval::Day,
        "Hour" => PgInterval::Hour,
        "Minute" => PgInterval::Minute,
        "Second" => PgInterval::Second,
        "YearToMonth" => PgInterval::YearToMonth,
        "DayToHour" => PgInterval::DayToHour,
        "DayToMinute" => PgInterval::DayToMinute,
        "DayToSecond" => PgInterval::DayToSecond,
        "HourToMinute" => PgInterval::HourToMinute,
        "HourToSecond" => PgInterval::HourToSecond,
        "MinuteToSecond" => PgInterval::MinuteToSecond,
        _ => return None,
    })
}

fn iden(value: &Expr) -> Option<DynIden> {
    text(value).map(|text| Alias::new(text).into_iden())
}

fn idens(list: &Expr) -> Option<Vec<DynIden>> {
    let elements = match list {
        Expr::Array(array) => array.elems.iter().cloned().collect(),
        Expr::Macro(call) if call.mac.path.is_ident("vec") => {
            let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
            call.mac.parse_body_with(parser).ok()?.into_iter().collect::<Vec<_>>()
        }
        Expr::MethodCall(call) if is_conversion(call) => return idens(&call.receiver),
        _ => return None,
    };
    elements.iter().map(iden).collect()
}

/// A string, also inside `Alias::new(..)`, `.into()`, `String::from(..)` and the like.
pub(super) fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::MethodCall(call) if is_conversion(call) => text(&call.receiver),
        Expr::Call(call) => match (&*call.func, call.args.first(), call.args.len()) {
            (Expr::Path(function), Some(argument), 1)
                if matches!(last(&function.path)?.as_str(), "new" | "from" | "SeaRc") =>
            {
                text(argument)
            }
            _ => None,
        },
        Expr::Reference(inner) => text(&inner.expr),
        Expr::Paren(inner) => text(&inner.expr),
        Expr::Group(inner) => text(&inner.expr),
        _ => None,
    }
}

/// A method that changes how a value is held and not what it is.
pub(super) fn is_conversion(call: &syn::ExprMethodCall) -> bool {
    call.args.is_empty()
        && matches!(
            call.method.to_string().as_str(),
            "into" | "into_iden" | "to_owned" | "to_string" | "clone" | "to_vec"
        )
}

/// The last segment of a path.
pub(super) fn last(path: &syn::Path) -> Option<String> {
    path.segments.last().map(|segment| segment.ident.to_string())
}
