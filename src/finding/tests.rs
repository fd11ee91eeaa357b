use super::{At, ChangeWord, Compared, FORMAT, Finding, Findings, LeftAlone, Risk, Rule, Verdict};
use super::{github, gitlab, joined, junit, markdown, sarif};

/// Something of everything, with what each form has to escape.
fn findings() -> Findings {
    let at = |line| Some(At { file: "models/src/a user.rs".to_owned(), line, column: 5 });
    let mut missing = Finding::new(Rule::Missing, "column users.<b>|`x` is declared, and 100 % of it\nis not made");
    missing.object = Some("column users.<b>|`x`".to_owned());
    missing.change = Some(ChangeWord::Add);
    missing.detail = "text not null default '|'".to_owned();
    missing.place = at(21);
    missing.remedy = Some("autogen create \"what changes\"".to_owned());
    missing.hazards = vec![Risk { kind: "may-fail".to_owned(), message: "this fails if <rows> are there.".to_owned() }];
    let mut drift = Finding::new(Rule::Drift, "the database has column users.by_hand");
    drift.object = Some("column users.by_hand".to_owned());
    drift.change = Some(ChangeWord::Drop);
    let edited = Finding::new(Rule::Edited, "migrations/1.sql was edited by @someone");
    Findings {
        format: FORMAT,
        verdict: Verdict::Different,
        exit_code: 3,
        compared: Compared { tables: 2, revisions: 1, database: true },
        findings: vec![missing, drift, edited],
        left_alone: vec![LeftAlone { kind: "index".to_owned(), name: "users.ix".to_owned() }],
        hints: vec!["write the migration: autogen create \"what changes\"".to_owned()],
    }
}

#[test]
fn github_escapes_what_ends_a_command() {
    let text = github(&findings().from_root("back:end"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "::error file=back%3Aend/models/src/a user.rs,line=21,col=5,title=autogen%3A missing::column users.<b>|`x` is \
         declared, and 100 %25 of it%0Ais not made%0Amay-fail: this fails if <rows> are there.%0Aautogen create \
         \"what changes\""
    );
    assert_eq!(lines[1], "::error title=autogen%3A drift::the database has column users.by_hand");
    assert!(lines[2].starts_with("::warning title=autogen%3A edited::"), "{text}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn gitlab_has_a_place_and_a_stable_print_for_each() {
    let prints = |findings: Findings| -> Vec<String> {
        let issues: serde_json::Value = serde_json::from_str(&gitlab(&findings)).unwrap();
        let issues = issues.as_array().unwrap();
        assert!(issues.iter().all(|it| it["location"]["lines"]["begin"].as_u64() >= Some(1)));
        issues.iter().map(|it| it["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let mut moved = findings();
    moved.findings[0].place.as_mut().unwrap().line = 99;
    assert_eq!(prints(findings()), prints(moved));
    let mut all = prints(findings());
    all.dedup();
    assert_eq!(all.len(), 3);
}

#[test]
fn markdown_shows_text_as_it_is() {
    let text = markdown(&findings());
    assert!(text.starts_with("<!-- autogen check -->\n### ❌ autogen: models and migrations differ\n"), "{text}");
    assert!(text.contains("| + | `` column users.<b>\\|`x` `` | `text not null default '\\|'`<br>"), "{text}");
    assert!(text.contains("this fails if &lt;rows&gt; are there."), "{text}");
    assert!(text.contains("edited by &#64;someone"), "{text}");
    // A row is a line, and every cell of a table is closed.
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.iter().all(|row| row.replace("\\|", "").matches('|').count() == 5), "{rows:#?}");
}

#[test]
fn junit_has_a_case_for_each_rule() {
    let text = junit(&findings()).unwrap();
    assert!(text.contains("tests=\"8\"") && text.contains("failures=\"2\""), "{text}");
    assert!(text.contains("column users.&lt;b&gt;|`x`"), "{text}");
}

#[test]
fn sarif_is_valid() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/schemas/sarif-2.1.0.json")).expect("the schema is JSON");
    for findings in [findings(), Findings { findings: Vec::new(), ..findings() }] {
        let document = serde_json::from_str(&sarif(&findings.from_root(""))).unwrap();
        must_fit(&schema, &document);
    }
    // A schema that lets everything pass would prove nothing.
    let mut broken: serde_json::Value = serde_json::from_str(&sarif(&findings())).unwrap();
    broken["runs"][0]["results"][0]["level"] = "bad".into();
    assert!(validate(&schema, &broken).is_err());
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = serde_json::to_value(Findings::json_schema()).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&findings().json()).unwrap();
    must_fit(&schema, &document);
    document["findings"][0]["rule"] = "unheard-of".into();
    assert!(validate(&schema, &document).is_err());
}

#[test]
fn the_published_schema_is_up_to_date() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.schema.json");
    let schema = format!("{:#}\n", serde_json::to_value(Findings::json_schema()).unwrap());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(file, &schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), schema, "UPDATE_EXPECT=1 writes it anew");
}

#[test]
fn places_from_the_root_of_the_repository() {
    assert_eq!(joined("", "models/a.rs"), "models/a.rs");
    assert_eq!(joined("backend/db", "../models/a.rs"), "backend/models/a.rs");
    assert_eq!(joined("backend", "./a.rs"), "backend/a.rs");
    assert_eq!(joined("backend", "/q/../a.rs"), "/a.rs");
}

fn must_fit(schema: &serde_json::Value, document: &serde_json::Value) {
    if let Err(problem) = validate(schema, document) {
        panic!("{problem}");
    }
}

/// boon, which shares no code with what makes the schema.
fn validate(schema: &serde_json::Value, document: &serde_json::Value) -> Result<(), String> {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("schema.json", schema.clone()).map_err(|cause| cause.to_string())?;
    let compiled = compiler.compile("schema.json", &mut schemas).map_err(|cause| cause.to_string())?;
    schemas.validate(document, compiled).map_err(|cause| cause.to_string())
}
