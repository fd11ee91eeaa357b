use super::{Finding, Findings, Severity};

/// For a terminal without colours, or the message of a test.
#[must_use]
pub fn text(findings: &Findings) -> String {
    let mut text = format!("{}\n", findings.summary());
    text.extend(findings.findings.iter().filter(|it| it.severity != Severity::Note).map(line));
    text.extend(findings.hints.iter().map(|it| format!("hint: {it}\n")));
    text
}

fn line(finding: &Finding) -> String {
    let place = finding.place.as_ref().map(|at| format!("   {}:{}", at.file, at.line)).unwrap_or_default();
    let hazards: String = finding.hazards.iter().map(|it| format!("      {}: {}\n", it.kind, it.message)).collect();
    match (finding.change, &finding.object) {
        (Some(change), Some(object)) => {
            format!("{}{place}\n{hazards}", format!("  {} {object}  {}", change.sign(), finding.detail).trim_end())
        }
        _ => format!("  ! {}{place}\n", finding.message),
    }
}
