use super::{Finding, Findings, Rule, Severity, Verdict};

/// For a comment on a pull request: GitHub's and GitLab's Markdown. The first line is a mark by which a job finds its
/// own comment again.
#[must_use]
pub fn markdown(findings: &Findings) -> String {
    let sign = if findings.verdict == Verdict::Agree { "✅" } else { "❌" };
    let mut text = format!("<!-- autogen check -->\n### {sign} autogen: {}\n", findings.summary());
    let (models, rest): (Vec<_>, Vec<_>) = findings.findings.iter().partition(|it| it.rule.is_about_models());
    let (errors, others): (Vec<_>, Vec<_>) =
        rest.into_iter().filter(|it| it.rule != Rule::LeftAlone).partition(|it| it.severity == Severity::Error);
    if !models.is_empty() {
        text.push_str("\nThe next migration would be:\n\n");
        text.push_str(&table(&models));
    }
    if !errors.is_empty() {
        text.push_str("\nThe database:\n\n");
        text.push_str(&table(&errors));
    }
    if !others.is_empty() {
        text.push('\n');
        text.extend(others.iter().map(|it| format!("- **{}**: {}\n", it.severity.word(), plain(&it.message))));
    }
    if !findings.hints.is_empty() {
        text.push('\n');
        text.extend(findings.hints.iter().map(|it| format!("> {}\n", plain(it))));
    }
    text.push_str(&left_alone(findings));
    text
}

fn table(findings: &[&Finding]) -> String {
    let mut text = String::from("| | what | | where |\n|---|---|---|---|\n");
    for finding in findings {
        let sign = finding.change.map_or("!", super::ChangeWord::sign);
        let place = finding.place.as_ref().map(|at| cell(&format!("{}:{}", at.file, at.line))).unwrap_or_default();
        let what = finding.object.as_deref().map_or_else(|| plain(&finding.message), cell);
        // What is not said by sign and object.
        let told = match finding.change {
            Some(_) if finding.detail.is_empty() => String::new(),
            Some(_) => cell(&finding.detail),
            None if finding.object.is_some() => plain(&finding.sentences()),
            None => finding.remedy.as_deref().map(plain).unwrap_or_default(),
        };
        let hazards: String =
            finding.hazards.iter().map(|it| format!("<br>⚠ **{}**: {}", it.kind, plain(&it.message))).collect();
        text.push_str(&format!("| {sign} | {what} | {told}{hazards} | {place} |\n"));
    }
    text
}

fn left_alone(findings: &Findings) -> String {
    if findings.left_alone.is_empty() {
        return String::new();
    }
    let list: String =
        findings.left_alone.iter().map(|it| format!("- {} {}\n", plain(&it.kind), code(&it.name))).collect();
    let counted = findings.findings.iter().find(|it| it.rule == Rule::LeftAlone);
    let sentence = counted.map_or("left alone", |it| it.message.as_str());
    format!("\n<details><summary>{}</summary>\n\n{list}\n</details>\n", plain(sentence))
}

/// Code in a cell of a table: there a bar ends the cell, also inside of code.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// As code, in more backticks than stand in it.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest > 0 { format!("{fence} {text} {fence}") } else { format!("{fence}{text}{fence}") }
}

/// As it is read, on one line: nothing in it is markup, nobody is mentioned.
fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}
