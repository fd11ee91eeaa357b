use super::{Findings, Severity};

/// Workflow commands: GitHub Actions makes each an annotation on its line of the pull request.
///
/// The form and its escapes: GitHub docs, "Workflow commands for GitHub Actions"; `toCommandValue` and `escapeProperty`
/// of actions/toolkit.
#[must_use]
pub fn github(findings: &Findings) -> String {
    let line = |finding: &super::Finding| {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let place = finding
            .place
            .as_ref()
            .map_or(String::new(), |at| format!("file={},line={},col={},", property(&at.file), at.line, at.column));
        let title = property(&format!("autogen: {}", finding.rule.id()));
        let hazards: String = finding.hazards.iter().map(|it| format!("\n{}: {}", it.kind, it.message)).collect();
        let remedy = finding.remedy.as_ref().map(|it| format!("\n{it}")).unwrap_or_default();
        format!("::{command} {place}title={title}::{}\n", value(&format!("{}{hazards}{remedy}", finding.message)))
    };
    findings.findings.iter().map(line).collect()
}

fn value(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    value(text).replace(':', "%3A").replace(',', "%2C")
}
