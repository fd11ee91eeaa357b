//! The constants in the text of an expression: who wrote `IN ('a', 'b')` or `> 17` has said which values he takes.

/// Strings and numbers of a text in Postgres' words, in their order.
pub(super) fn literals(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => {
                let length = string_length(rest);
                found.push(rest.get(1..length.max(2) - 1).unwrap_or_default().replace("''", "'"));
                length
            }
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            '0'..='9' => {
                let length = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
                found.push(rest[..length].to_owned());
                length
            }
            // Digits inside of a name are none of its numbers.
            c if c.is_alphabetic() || c == '_' => {
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len())
            }
            other => other.len_utf8(),
        };
        rest = &rest[length.min(rest.len())..];
    }
    found.dedup();
    found
}

/// With both quotes.
fn string_length(text: &str) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find('\'') {
        at += end + 1;
        if !text[at..].starts_with('\'') {
            return at;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::literals;

    #[test]
    fn strings_and_numbers_but_no_names() {
        assert_eq!(
            literals("((a1 >= 18) AND (kind = ANY (ARRAY['it''s'::text, ''::text])) AND \"c3\" < 2.5)"),
            ["18", "it's", "", "2.5"]
        );
        assert_eq!(literals("'open"), ["ope"]);
        assert_eq!(literals("'"), [""]);
    }
}
