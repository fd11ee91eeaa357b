//! On which values a type change fails (chapter CREATE CAST; what each assignment cast refuses was tried on 13 to 18).

use super::before::Before;
use super::column::Altered;
use super::{Expectation, Probe, Values, sentence};
use crate::render::{identifier, literal};
use crate::schema::{DataType, Object};

/// What must hold of the values of a column that becomes another type.
pub(super) fn expectation(altered: &Altered<'_>) -> Option<Expectation> {
    let (from, to) = (&altered.from.data_type, &altered.to.data_type);
    if from == to {
        return None;
    }
    let words = altered.before.words;
    let answered = words.using.contains_key(&Object::Column(altered.table.clone(), altered.to.name.clone()));
    if answered {
        return Some(computed(altered));
    }
    let column = identifier(altered.name);
    let rows = |condition: &dyn Fn(&str) -> String| {
        let condition = each(&column, from, to, condition);
        Probe::rows(format!("SELECT * FROM {} WHERE {condition}", altered.there.sql(words)))
    };
    let shown = to.to_string();
    if to.enum_name().is_some() && from.array == to.array {
        let rows = || labels(altered.before, to).map(|labels| rows(&|value| format!("{value}::text {labels}")));
        return (from.enum_name().is_some() || from.is_text()).then(|| {
            altered.expectation(|names| sentence::becomes(names, &shown), rows().unwrap_or(Probe::Later)).guarded()
        });
    }
    if from.array != to.array {
        return words.using(altered.table, &altered.to.name, from, to).map(|_| computed(altered));
    }
    if let Some(narrower) = narrower(from, to) {
        let probe = rows(&|value| narrower.condition(value, from));
        let said = |names: &_| match &narrower {
            Narrower::Characters(limit) => sentence::longer(names, limit, "characters"),
            Narrower::Bits(limit) => sentence::longer(names, limit, "bits"),
            Narrower::Between(..) | Narrower::Below(_) => sentence::fits(names, &shown),
        };
        return Some(altered.expectation(said, probe).guarded());
    }
    may_not_become(from, to).then(|| computed(altered))
}

/// What only trying every value tells.
fn computed(altered: &Altered<'_>) -> Expectation {
    let Altered { before, there, table, from, to, .. } = altered;
    let words = before.words;
    let expression = words.using(table, &to.name, &from.data_type, &to.data_type);
    let probe = match there.source(words, &["ctid", "tableoid"]) {
        Some(source) => Probe::Values(Values {
            table: there.sql(words),
            source,
            condition: None,
            expression: expression.unwrap_or_else(|| identifier(&to.name)),
            data_type: words.data_type(&to.data_type),
            not_null: !from.nullable && !to.nullable,
        }),
        None => Probe::Later,
    };
    altered.expectation(|names| sentence::becomes(names, &to.data_type.to_string()), probe)
}

/// The condition on a value, or that one of an array's values fulfils it.
fn each(column: &str, from: &DataType, to: &DataType, condition: &dyn Fn(&str) -> String) -> String {
    if from.array && to.array {
        format!("EXISTS (SELECT FROM unnest({column}) AS element WHERE {})", condition("element"))
    } else {
        condition(column)
    }
}

/// That a text is no label of an enum type. A type whose labels get other names cannot be asked.
fn labels(before: &Before<'_>, to: &DataType) -> Option<String> {
    let name = to.enum_name()?;
    match (before.labels(name), before.enum_type(name)) {
        (Some(labels), _) => {
            let labels: Vec<String> = labels.iter().map(|label| literal(label)).collect();
            Some(format!("NOT IN ({})", labels.join(", ")))
        }
        (None, Some(_)) if before.relabels(name) => None,
        (None, Some(there)) => Some(format!("<> ALL (enum_range(NULL::{})::text[])", before.words.name(&there))),
        (None, None) => None,
    }
}

/// A target that holds less than the source, and an assignment cast that refuses the rest.
enum Narrower {
    /// At most so many characters; blanks at the end are cut without a word.
    Characters(String),
    /// At most so many bits.
    Bits(String),
    /// An integer of this range, bounds included, after rounding.
    Between(i64, i64),
    /// A number whose absolute value is less than this.
    Below(String),
}

const INTEGERS: [(&str, i64, i64); 3] = [
    ("smallint", i16::MIN as i64, i16::MAX as i64),
    ("integer", i32::MIN as i64, i32::MAX as i64),
    ("bigint", i64::MIN, i64::MAX),
];

/// Where an integer type stands among the integers.
fn rank(data_type: &DataType) -> Option<usize> {
    INTEGERS.iter().position(|(name, ..)| Some(*name) == data_type.builtin_name())
}

fn is_fractional(data_type: &DataType) -> bool {
    matches!(data_type.builtin_name(), Some("numeric" | "real" | "double precision"))
}

fn narrower(from: &DataType, to: &DataType) -> Option<Narrower> {
    let less = |to: i32| from.precision().is_none_or(|from| from > to);
    match to.builtin_name()? {
        "character" | "character varying" => {
            let limit = to.precision()?;
            (!from.is_text() || less(limit)).then(|| Narrower::Characters(limit.to_string()))
        }
        "bit varying" => to.precision().filter(|to| less(*to)).map(|limit| Narrower::Bits(limit.to_string())),
        "smallint" | "integer" | "bigint" => {
            let (_, least, most) = INTEGERS[rank(to)?];
            let narrows = rank(from).map_or_else(|| is_fractional(from), |from| rank(to) < Some(from));
            narrows.then_some(Narrower::Between(least, most))
        }
        "numeric" => {
            let (digits, scale) = (to.precision()?, to.scale()?);
            let before = match from.builtin_name()? {
                "smallint" => Some(5),
                "integer" => Some(10),
                "bigint" => Some(19),
                "numeric" => from.precision().map(|digits| digits - from.scale().unwrap_or(0)),
                "real" | "double precision" => None,
                _ => return None,
            };
            // Rounding may carry into one digit more: 99.95 becomes 100.0 in numeric(3,1).
            let carries = from.scale().unwrap_or(0) > scale;
            let room = digits - scale;
            before.is_none_or(|before| before > room || (carries && before == room)).then(|| bound(digits, scale))
        }
        _ => None,
    }
}

/// What just does not fit any more: half a unit of the last digit above the greatest number.
fn bound(digits: i32, scale: i32) -> Narrower {
    let nines = "9".repeat(digits.unsigned_abs() as usize);
    let number = format!("{nines}5");
    let fraction = scale + 1;
    Narrower::Below(match usize::try_from(fraction) {
        Ok(fraction) if fraction < number.len() => {
            let (whole, part) = number.split_at(number.len() - fraction);
            if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
        }
        Ok(fraction) => format!("0.{}{number}", "0".repeat(fraction - number.len())),
        Err(_) => format!("{number}{}", "0".repeat(fraction.unsigned_abs() as usize)),
    })
}

impl Narrower {
    /// That a value does not fit.
    fn condition(&self, value: &str, from: &DataType) -> String {
        match self {
            Self::Characters(limit) if from.is_text() => format!("char_length(rtrim({value}, ' ')) > {limit}"),
            Self::Characters(limit) => format!("char_length({value}::text) > {limit}"),
            Self::Bits(limit) => format!("length({value}) > {limit}"),
            Self::Between(least, most) if is_fractional(from) => {
                format!("round({value}) < {least} OR round({value}) >= {}", i128::from(*most) + 1)
            }
            Self::Between(least, most) => format!("{value} NOT BETWEEN {least} AND {most}"),
            Self::Below(bound) if from.builtin_name() == Some("numeric") => {
                format!("abs({value}) >= {bound} AND {value} <> 'NaN'")
            }
            // The cast keeps fewer digits than the comparison would.
            Self::Below(bound) if is_fractional(from) => {
                format!("abs({value}::numeric) >= {bound} AND {value} <> 'NaN'")
            }
            Self::Below(bound) => format!("abs({value}) >= {bound}"),
        }
    }
}

/// Casts that fail on values for reasons that no condition says.
fn may_not_become(from: &DataType, to: &DataType) -> bool {
    if to.is_text() {
        return false;
    }
    match (from.builtin_name(), to.builtin_name()) {
        (Some(_), _) if from.is_text() => true,
        (Some(source), Some("smallint" | "integer" | "bigint")) => {
            source != "boolean" && rank(from).is_none() && !is_fractional(from)
        }
        (Some("json"), Some("jsonb")) => true,
        // A domain may refuse any value.
        (_, None) => to.enum_name().is_none() && from.base != to.base,
        _ => false,
    }
}

/// Whether every value that fits means the same before and after, so that what is asked of one is asked of the other.
pub(super) fn keeps_values(from: &DataType, to: &DataType) -> bool {
    let both = |is: fn(&DataType) -> bool| is(from) && is(to);
    from.array == to.array
        && (both(DataType::is_text)
            || both(|it| rank(it).is_some())
            || (from.base == to.base && from.scale().unwrap_or(0) <= to.scale().unwrap_or(i32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::BaseType;

    fn condition(from: &str, to: &str) -> Option<String> {
        let parse = |printed: &str| DataType::parse(printed, BaseType::Builtin);
        let (from, to) = (parse(from), parse(to));
        narrower(&from, &to).map(|narrower| narrower.condition("c", &from))
    }

    #[test]
    fn what_does_not_fit() {
        for (from, to) in [
            ("character varying(20)", "character varying(50)"),
            ("character varying(20)", "text"),
            ("integer", "bigint"),
            ("smallint", "numeric(10,2)"),
            ("numeric(10,2)", "numeric(12,2)"),
            ("numeric(10,2)", "numeric(12,4)"),
            ("numeric(10,2)", "numeric"),
            ("boolean", "integer"),
        ] {
            assert_eq!(condition(from, to), None, "{from} to {to}");
        }
        for (from, to, expected) in [
            ("text", "character varying(3)", "char_length(rtrim(c, ' ')) > 3"),
            ("integer", "character varying(3)", "char_length(c::text) > 3"),
            ("bigint", "integer", "c NOT BETWEEN -2147483648 AND 2147483647"),
            ("numeric", "smallint", "round(c) < -32768 OR round(c) >= 32768"),
            ("integer", "numeric(5,2)", "abs(c) >= 999.995"),
            ("numeric(10,4)", "numeric(8,2)", "abs(c) >= 999999.995 AND c <> 'NaN'"),
            ("numeric", "numeric(2,4)", "abs(c) >= 0.00995 AND c <> 'NaN'"),
            ("bigint", "numeric(3)", "abs(c) >= 999.5"),
            ("real", "numeric(3)", "abs(c::numeric) >= 999.5 AND c <> 'NaN'"),
            ("bigint", "numeric(3,-2)", "abs(c) >= 99950"),
            ("bit varying(8)", "bit varying(4)", "length(c) > 4"),
        ] {
            assert_eq!(condition(from, to).as_deref(), Some(expected), "{from} to {to}");
        }
    }
}
