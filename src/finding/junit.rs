use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Finding, Findings, Rule, Severity, Verdict};
use crate::error::{Error, Kind, Result};

/// JUnit's XML: a case a finding, and a case that passes for each rule that found nothing. What is only good to know is
/// no failure.
///
/// # Errors
/// Never, as far as one can see: the text is made in memory.
pub fn junit(findings: &Findings) -> Result<String> {
    let mut suite = TestSuite::new("autogen check");
    for rule in Rule::ALL.into_iter().filter(|it| it.severity() == Severity::Error) {
        let found: Vec<&Finding> = findings.findings.iter().filter(|it| it.rule == rule).collect();
        let looked = findings.compared.database || rule.is_about_models();
        match found.as_slice() {
            [] if findings.verdict == Verdict::Failed => {
                let mut skipped = TestCaseStatus::skipped();
                skipped.set_message("nothing was compared");
                suite.add_test_case(case(rule, rule.description(), skipped));
            }
            [] if looked => {
                suite.add_test_case(case(rule, rule.description(), TestCaseStatus::success()));
            }
            [] => {
                let mut skipped = TestCaseStatus::skipped();
                skipped.set_message("there is no database to compare");
                suite.add_test_case(case(rule, rule.description(), skipped));
            }
            found => {
                suite.add_test_cases(found.iter().map(|it| failure(it)));
            }
        }
    }
    let mut report = Report::new("autogen");
    report.add_test_suite(suite);
    report.to_string().map_err(|cause| Error::new(Kind::Error, "the JUnit report cannot be made").caused_by(cause))
}

fn failure(finding: &Finding) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let place = finding.place.as_ref().map(|at| format!("{}:{}\n", at.file, at.line)).unwrap_or_default();
    status.set_message(finding.message.clone()).set_type(finding.rule.id());
    status.set_description(format!("{place}{}", finding.sentences()));
    let mut case = case(finding.rule, finding.object.as_deref().unwrap_or(&finding.message), status);
    if let Some(at) = &finding.place {
        // pytest's names for it, which GitLab and others read.
        case.extra.insert("file".into(), at.file.as_str().into());
        case.extra.insert("line".into(), at.line.to_string().into());
    }
    case
}

fn case(rule: Rule, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("autogen.{}", rule.id()));
    case
}
