use serde_json::{Value, json};

use super::gitlab::fingerprint;
use super::{Finding, Findings, Rule, Verdict};

/// SARIF 2.1.0, as GitHub's code scanning and others read it.
#[must_use]
pub fn sarif(findings: &Findings) -> String {
    let rules: Value = Rule::ALL.into_iter().map(descriptor).collect();
    let results: Value = findings.findings.iter().map(result).collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "autogen", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": findings.verdict != Verdict::Failed,
                "exitCode": findings.exit_code,
                "exitCodeDescription": match findings.verdict {
                    Verdict::Agree => "agree",
                    Verdict::Different => "different",
                    Verdict::NotAtHead => "not at head",
                    Verdict::Failed => "failed",
                },
            }],
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn descriptor(rule: Rule) -> Value {
    json!({
        "id": rule.id(),
        "shortDescription": { "text": rule.description() },
        "defaultConfiguration": { "level": rule.severity().word() },
    })
}

fn result(finding: &Finding) -> Value {
    let at = finding.somewhere();
    json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": Rule::ALL.iter().position(|it| *it == finding.rule),
        "level": finding.severity.word(),
        "message": { "text": finding.sentences() },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&at.file), "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": at.line, "startColumn": at.column },
            },
            "logicalLocations": finding.object.iter().map(|it| json!({ "fullyQualifiedName": it })).collect::<Value>(),
        }],
        "partialFingerprints": { "autogen/v1": fingerprint(finding) },
    })
}

/// A relative reference: what is no character of a path there is written in percent.
fn uri(path: &str) -> String {
    let keeps = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    path.bytes().map(|byte| if keeps(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
