use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Finding, Findings, Severity};

/// A Code Quality report: GitLab shows each on its line of the merge request.
///
/// The fields that GitLab reads: GitLab docs, "Code Quality report format".
#[must_use]
pub fn gitlab(findings: &Findings) -> String {
    let issues: Value = findings.findings.iter().map(issue).collect();
    format!("{issues:#}\n")
}

fn issue(finding: &Finding) -> Value {
    let at = finding.somewhere();
    json!({
        "description": finding.sentences(),
        "check_name": format!("autogen/{}", finding.rule.id()),
        "fingerprint": fingerprint(finding),
        "severity": match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        "location": { "path": at.file, "lines": { "begin": at.line } },
    })
}

/// The same as long as the same is wrong, on whatever line it stands.
pub(super) fn fingerprint(finding: &Finding) -> String {
    let file = finding.place.as_ref().map_or("", |at| at.file.as_str());
    let object = finding.object.as_deref().unwrap_or(&finding.message);
    let text = [finding.rule.id(), file, object, &finding.detail].join("\0");
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
