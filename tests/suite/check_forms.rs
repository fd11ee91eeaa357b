//! What `check` finds, in every form, and what its exit code means.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::project::{CREATE_USERS, Project, users};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("check::forms_of_one_run", forms_of_one_run),
        Case::new("check::columns_that_block_inserts", columns_that_block_inserts),
        Case::new("check::refuses_wrong_forms", refuses_wrong_forms),
        Case::new("check::what_cannot_be_compared_is_told", what_cannot_be_compared_is_told),
    ]
}

/// A run that fails has its reports too: a job that uploads them finds them, and says why.
fn what_cannot_be_compared_is_told(suite: &Suite) -> Result<()> {
    let project = suite.scratch(Project::with_models(&users("    pub bio: Unheard,\n"))?)?;
    let reports = ["--report=sarif=out.sarif", "--report=junit=out.xml", "--report=markdown=out.md"];
    let run = project.run(&[&["check", "--format", "github"], &reports[..]].concat())?;
    run.says(2, &["the models cannot be read", "Unheard"])?;
    let annotation = "::error file=models.rs,line=9,col=";
    ensure!(
        run.stdout.starts_with(annotation) && run.stdout.contains("title=autogen%3A unreadable::"),
        "{}",
        run.told()
    );
    let read = |file: &str| std::fs::read_to_string(project.path(file)).context(file.to_owned());
    let sarif: Value = serde_json::from_str(&read("out.sarif")?)?;
    let invocation = &sarif["runs"][0]["invocations"][0];
    ensure!(invocation["executionSuccessful"] == false && invocation["exitCode"] == 2, "{sarif:#}");
    ensure!(sarif["runs"][0]["results"][0]["ruleId"] == "unreadable", "{sarif:#}");
    let junit = read("out.xml")?;
    ensure!(junit.contains("failures=\"1\"") && junit.contains("nothing was compared"), "{junit}");
    ensure!(read("out.md")?.contains("nothing was compared"), "{}", read("out.md")?);
    let json: Value = serde_json::from_str(&project.run(&["check", "--json"])?.stdout)?;
    ensure!(json["verdict"] == "failed" && json["findings"][0]["place"]["line"] == 9, "{json:#}");
    // A history that does not replay.
    project.write("models.rs", &users(""))?;
    project.write_revision("000000000001", "", "CREATE TABLE users (id unheard);", "SELECT 1;")?;
    let run = project.run(&["check", "--format", "gitlab"])?;
    let gitlab: Value = serde_json::from_str(&run.stdout).with_context(|| run.told())?;
    ensure!(run.code == 1 && gitlab[0]["check_name"] == "autogen/failed", "{}", run.told());
    Ok(())
}

/// One run, every form, each from the root of the repository.
fn forms_of_one_run(suite: &Suite) -> Result<()> {
    let project = Project::new("", "models.rs")?;
    for file in ["autogen.toml", "models.rs"] {
        project.write(&format!("back end/{file}"), "[entities]\npath = \"models.rs\"\n")?;
    }
    project.write("back end/models.rs", &users("    pub bio: Option<String>,\n"))?;
    project.write(".git/HEAD", "")?;
    let history = "-- x\n--\n-- Revision ID: aaa\n-- Revises:\n-- Create Date: 2024-01-01 00:00:00 UTC\n\n-- autogen: upgrade\n\n";
    let gone = "CREATE INDEX ix ON users (id);";
    project.write("back end/migrations/1.sql", &format!("{history}{CREATE_USERS}{gone}\n\n-- autogen: downgrade\n"))?;
    let project = suite.scratch(project)?;
    let forms = ["markdown", "github", "gitlab", "sarif", "junit", "json"];
    let mut arguments = vec!["-C".to_owned(), "back end".to_owned(), "check".to_owned()];
    arguments.extend(forms.iter().map(|it| format!("--report={it}=../out/{it}")));
    let run = project.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())?;
    run.says(3, &["+ column users.bio", "models.rs:9", "left alone: 1 index that nobody declares"])?;
    let read = |form: &str| std::fs::read_to_string(project.path(&format!("out/{form}"))).context(form.to_owned());
    let object: Value = serde_json::from_str(&read("json")?)?;
    ensure!(object["verdict"] == "different" && object["exit_code"] == 3, "{object:#}");
    ensure!(object["findings"][0]["place"]["file"] == "models.rs", "places of JSON are from autogen.toml: {object:#}");
    ensure!(object["left_alone"] == serde_json::json!([{ "kind": "index", "name": "users.ix" }]), "{object:#}");
    let github = read("github")?;
    ensure!(github.starts_with("::error file=back end/models.rs,line=9,col=9,title=autogen%3A missing::"), "{github}");
    ensure!(github.lines().count() == 2 && github.contains("::notice title=autogen%3A left-alone::"), "{github}");
    let gitlab: Value = serde_json::from_str(&read("gitlab")?)?;
    ensure!(gitlab[0]["location"] == serde_json::json!({ "path": "back end/models.rs", "lines": { "begin": 9 } }));
    let sarif: Value = serde_json::from_str(&read("sarif")?)?;
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    ensure!(place["artifactLocation"]["uri"] == "back%20end/models.rs", "{sarif:#}");
    ensure!(read("junit")?.contains("failures=\"1\""), "{}", read("junit")?);
    ensure!(read("markdown")?.contains("| + | `column users.bio` | `character varying` | `back end/models.rs:9` |"));
    // The same to stdout, and nothing else with it.
    for form in forms {
        let run = project.run(&["-C", "back end", "check", "--format", form])?;
        ensure!(run.code == 3 && run.stdout == read(form)?, "{}", run.told());
    }
    Ok(())
}

/// A NOT NULL column that the entity does not know makes every insert fail.
fn columns_that_block_inserts(suite: &Suite) -> Result<()> {
    let project = Project::with_models(&users(""))?;
    let table = "CREATE DOMAIN counted AS integer DEFAULT 0;
        CREATE TABLE users (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, tenant integer NOT NULL,
            born date, since date NOT NULL DEFAULT now(), visits counted NOT NULL, no serial NOT NULL,
            twice integer NOT NULL GENERATED ALWAYS AS (id * 2) STORED);";
    project.write_revision("000000000001", "", table, "DROP TABLE users;")?;
    let project = suite.scratch(project)?;
    let run = project.run(&["check"])?;
    run.says(3, &["inserts through these entities fail", "! column users.tenant  integer not null", "models.rs:6"])?;
    ensure!(run.stdout.matches("  ! ").count() == 1, "{}", run.told());
    // A trigger may fill it: nobody can say.
    let trigger = "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.tenant = 1; RETURN NEW; END';
        CREATE TRIGGER fill BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fill();";
    project.write_revision("000000000002", "000000000001", trigger, "DROP FUNCTION fill() CASCADE;")?;
    project.run(&["check"])?.says(0, &["the trigger fill may fill it"])?;
    std::fs::remove_file(project.path("migrations/20240101_0000_000000000002_by_hand.sql"))?;
    // Somebody else's, by the user's own word.
    let config = std::fs::read_to_string(project.path("autogen.toml"))?;
    project.write("autogen.toml", &format!("{config}\n[unmanaged]\ncolumns = [\"users.tenant\"]\n"))?;
    project.run(&["check"])?.says(0, &["models and migrations agree"])
}

fn refuses_wrong_forms(_: &Suite) -> Result<()> {
    let project = Project::with_models(&users(""))?;
    project.run(&["check", "--report", "sarif"])?.says(2, &["`sarif` names no file", "sarif=autogen.sarif"])?;
    project.run(&["check", "--report", "xml=a"])?.says(2, &["`xml` is no form"])?;
    project.run(&["check", "--report", "text=a"])?.says(2, &["the text is for stdout"])?;
    project.run(&["check", "--format", "xml"])?.says(2, &["possible values: text, json, markdown"])
}
