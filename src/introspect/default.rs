//! `default_value` and `default_expr` → SQL, written by sea-query as SeaORM would.

use sea_query::extension::postgres::PgFunc;
use sea_query::{Alias, Expr, ExprTrait as _, Func, Keyword, PostgresQueryBuilder, Query, Value};
use syn::spanned::Spanned as _;
use syn::{ExprLit, Lit, LitStr, UnOp};

use super::column_type::{is_conversion, last, text};
use super::diagnostic::Diagnostic;
use super::nesting;
use super::source_file::SourceFile;

/// `default_value = 1`.
pub(super) fn of_literal(literal: &Lit, file: &SourceFile) -> Result<String, Diagnostic> {
    value(literal).map(|value| sql(Expr::val(value))).ok_or_else(|| {
        file.error(literal.span(), "cannot read this default")
            .help("write a string, a number or a boolean, or SQL: `default_expr = \"Expr::cust(\\\"..\\\")\"`")
    })
}

/// `default_expr = "Expr::current_timestamp()"`.
pub(super) fn of_expression(written: &LitStr, file: &SourceFile) -> Result<String, Diagnostic> {
    let parsed: syn::Expr = nesting::code(written).map_err(|error| file.syntax_error(&error))?;
    evaluate(&parsed).map(sql).ok_or_else(|| {
        file.error(written.span(), format!("cannot evaluate the default `{}`", written.value()))
            .help("write its SQL: `default_expr = r#\"Expr::cust(\"now() + interval '1 day'\")\"#`")
    })
}

/// `.default(Expr::current_timestamp())`, written as code.
pub(super) fn of_parsed(written: &syn::Expr, file: &SourceFile) -> Result<String, Diagnostic> {
    evaluate(written).map(sql).ok_or_else(|| {
        file.error(written.span(), "cannot evaluate this default")
            .help("write its SQL: `Expr::cust(\"now() + interval '1 day'\")`")
    })
}

fn sql(expression: Expr) -> String {
    let select = Query::select().expr(expression).to_string(PostgresQueryBuilder);
    select.strip_prefix("SELECT ").unwrap_or(&select).to_owned()
}

fn value(literal: &Lit) -> Option<Value> {
    Some(match literal {
        Lit::Str(text) => text.value().into(),
        Lit::Bool(flag) => flag.value.into(),
        Lit::Char(letter) => letter.value().into(),
        Lit::Byte(byte) => byte.value().into(),
        Lit::ByteStr(bytes) => bytes.value().into(),
        Lit::Float(number) if number.suffix() == "f32" => number.base10_parse::<f32>().ok()?.into(),
        Lit::Float(number) => number.base10_parse::<f64>().ok()?.into(),
        Lit::Int(number) if number.suffix() == "u64" => number.base10_parse::<u64>().ok()?.into(),
        Lit::Int(number) if number.suffix().starts_with('f') => number.base10_parse::<f64>().ok()?.into(),
        Lit::Int(number) => number.base10_parse::<i64>().ok()?.into(),
        _ => return None,
    })
}

fn evaluate(written: &syn::Expr) -> Option<Expr> {
    match written {
        syn::Expr::Lit(ExprLit { lit, .. }) => value(lit).map(Expr::val),
        syn::Expr::Unary(unary) => match (&unary.op, &*unary.expr) {
            (UnOp::Neg(_), syn::Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) => {
                Some(Expr::val(-number.base10_parse::<i64>().ok()?))
            }
            (UnOp::Neg(_), syn::Expr::Lit(ExprLit { lit: Lit::Float(number), .. })) => {
                Some(Expr::val(-number.base10_parse::<f64>().ok()?))
            }
            _ => None,
        },
        syn::Expr::Path(path) => keyword(&path.path).map(Expr::Keyword),
        syn::Expr::Call(call) => called(call),
        syn::Expr::MethodCall(call) if is_conversion(call) => evaluate(&call.receiver),
        syn::Expr::MethodCall(call) => {
            let receiver = evaluate(&call.receiver)?;
            let name = Alias::new(text(call.args.first()?)?);
            match call.method.to_string().as_str() {
                "cast_as" => Some(receiver.cast_as(name)),
                "as_enum" => Some(receiver.as_enum(name)),
                _ => None,
            }
        }
        syn::Expr::Paren(inner) => evaluate(&inner.expr),
        syn::Expr::Group(inner) => evaluate(&inner.expr),
        syn::Expr::Reference(inner) => evaluate(&inner.expr),
        _ => None,
    }
}

fn called(call: &syn::ExprCall) -> Option<Expr> {
    let syn::Expr::Path(function) = &*call.func else { return None };
    let owner = function.path.segments.iter().rev().nth(1).map(|segment| segment.ident.to_string());
    let arguments: Vec<&syn::Expr> = call.args.iter().collect();
    match (owner.as_deref().unwrap_or_default(), last(&function.path)?.as_str(), arguments.as_slice()) {
        ("Expr" | "SimpleExpr", "current_timestamp", []) => Some(Expr::current_timestamp()),
        ("Expr" | "SimpleExpr", "current_date", []) => Some(Expr::current_date()),
        ("Expr" | "SimpleExpr", "current_time", []) => Some(Expr::current_time()),
        ("Expr" | "SimpleExpr", "cust" | "Custom", [sql]) => text(sql).map(Expr::cust),
        ("Expr" | "SimpleExpr", "custom_keyword", [word]) => {
            text(word).map(|word| Expr::custom_keyword(Alias::new(word)))
        }
        ("Expr" | "SimpleExpr", "val" | "value" | "expr" | "Value", [inner]) => evaluate(inner),
        ("Expr" | "SimpleExpr", "Keyword" | "Constant" | "from", [inner]) => evaluate(inner),
        ("Func", "cust", [name]) => text(name).map(|name| Func::cust(Alias::new(name)).into()),
        ("Func", "random", []) => Some(Func::random().into()),
        ("PgFunc", "gen_random_uuid", []) => Some(PgFunc::gen_random_uuid().into()),
        // `Value::String(Some("x".into()))`
        ("Value", _, [inner]) => evaluate(inner),
        ("", "Some", [inner]) => evaluate(inner),
        ("String" | "Box", "from" | "new", [inner]) => evaluate(inner),
        _ => None,
    }
}

fn keyword(path: &syn::Path) -> Option<Keyword> {
    let mut backwards = path.segments.iter().rev().map(|segment| segment.ident.to_string());
    let (name, owner) = (backwards.next()?, backwards.next());
    match (owner.as_deref(), name.as_str()) {
        (Some("Keyword"), "CurrentTimestamp") => Some(Keyword::CurrentTimestamp),
        (Some("Keyword"), "CurrentDate") => Some(Keyword::CurrentDate),
        (Some("Keyword"), "CurrentTime") => Some(Keyword::CurrentTime),
        (Some("Keyword"), "Null") => Some(Keyword::Null),
        _ => None,
    }
}
