//! Commands that list and write revisions, in a history with branches, a merge and a dependency.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Result, ensure};

use crate::project::{CREATE_USERS, Project, revision};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("revisions::lists", lists),
        Case::new("revisions::json", json),
        Case::new("revisions::places", places),
        Case::new("revisions::what_is_applied", what_is_applied),
        Case::new("revisions::edit", edit),
        Case::new("revisions::version_locations", version_locations),
        Case::new("revisions::template", template),
        Case::new("revisions::hooks", hooks),
        Case::new("revisions::logging", logging),
        Case::new("revisions::git_branches_join", git::branches_join),
        Case::new("revisions::git_same_file_conflicts", git::the_same_file_conflicts),
        Case::new("revisions::reset_counts_rows", reset_counts_rows),
    ]
}

/// a1, then b2 (branch orders) and c3, joined by d4; e5 (branch shop) is a base that depends on b2.
fn branched() -> Result<Project> {
    let project = Project::new("", "models.rs")?;
    for (arguments, id) in [
        (&["make users"][..], "a1a1"),
        (&["make orders", "--branch-label", "orders"], "b2b2"),
        (&["-m", "make mails", "--head", "a1", "--splice"], "c3c3"),
        (&["make a shop", "--head", "base", "--branch-label", "shop", "--depends-on", "orders"], "e5e5"),
    ] {
        project.ok(&[&["create", "--no-autogenerate", "--rev-id", id], arguments].concat())?;
    }
    project.ok(&["merge", "c3", "orders", "--rev-id", "d4d4", "-m", "join them"])?;
    Ok(project)
}

fn lists(_: &Suite) -> Result<()> {
    let project = branched()?;
    let prints = |arguments: &[&str], expected: &str| -> Result<()> {
        let run = project.ok(arguments)?;
        ensure!(run.stdout == expected, "expected\n{expected}\n{}", run.told());
        Ok(())
    };
    prints(
        &["history"],
        "\
<base> (b2b2) -> e5e5 (shop) (head), make a shop
b2b2, c3c3 -> d4d4 (orders) (head) (mergepoint), join them
a1a1 -> c3c3, make mails
a1a1 -> b2b2 (orders), make orders
<base> -> a1a1 (branchpoint), make users
",
    )?;
    prints(
        &["history", "-r", "a1:orders"],
        "\
a1a1 -> b2b2 (orders), make orders
<base> -> a1a1 (branchpoint), make users
",
    )?;
    prints(
        &["history", "--graph"],
        "\
○  e5e5 (shop) (head)  make a shop
╷
╷ ○  d4d4 (orders) (head)  join them
╭─┤
│ ○  c3c3  make mails
○ │  b2b2 (orders)  make orders
├─╯
○  a1a1  make users
",
    )?;
    prints(&["heads"], "d4d4 (orders) (head) (mergepoint)\ne5e5 (shop) (head)\n")?;
    prints(&["branches"], "a1a1 (branchpoint)\n  -> b2b2 (orders)\n  -> c3c3\n\n")?;
    prints(
        &["show", "e5"],
        "\
Rev: e5e5 (head)
Parent: <base>
Also depends on: b2b2
Branch names: shop
Path: migrations/20241211_1430_e5e5_make_a_shop.sql
Proved: no (autogen prove e5e5)

    make a shop

    Revision ID: e5e5
    Revises:
    Create Date: 2024-12-11 14:30:00 UTC

",
    )?;
    project.run(&["history", "-r", "c3:b2"])?.says(1, &["c3c3 (make mails) and b2b2 (make orders) are not linked"])?;
    project
        .run(&["history", "-r", "d4:a1"])?
        .says(1, &["is not an ancestor of", "hint: the older one stands first: a1a1:d4d4"])?;
    project.run(&["history", "-r", "a1"])?.says(2, &["`a1` is no range", "abc123:head"])?;
    project.run(&["show", "zz"])?.says(1, &["there is no revision `zz`", "hint: autogen history"])?;
    project.run(&["show", "head"])?.says(8, &["there are several heads: d4d4 (join them), e5e5 (make a shop)"])
}

fn json(_: &Suite) -> Result<()> {
    let project = branched()?;
    let value = |arguments: &[&str]| -> Result<serde_json::Value> {
        Ok(serde_json::from_str(&project.ok(&[arguments, &["--json"]].concat())?.stdout)?)
    };
    let history = value(&["history"])?;
    ensure!(history[0]["revision"] == "e5e5" && history[0]["branch_labels"][0] == "shop", "{history:#}");
    ensure!(history[1]["parents"] == serde_json::json!(["b2b2", "c3c3"]), "{history:#}");
    ensure!(value(&["branches"])?[0]["branches_into"] == serde_json::json!(["b2b2", "c3c3"]));
    ensure!(value(&["heads"])?.as_array().is_some_and(|heads| heads.len() == 2));
    ensure!(value(&["show", "a1"])?[0]["message"] == "make users");
    Ok(())
}

fn places(_: &Suite) -> Result<()> {
    let project = branched()?;
    let create = |arguments: &[&str]| project.run(&[&["create", "x", "--no-autogenerate"], arguments].concat());
    create(&[])?.says(
        8,
        &["there are several heads", "autogen merge -m \"merge heads\" d4d4 e5e5", "--head ID   comes after"],
    )?;
    create(&["--head", "b2"])?.says(2, &["revision b2b2 (make orders) is not a head", "hint: --splice"])?;
    create(&["--head", "shop@head", "--branch-label", "orders"])?.says(1, &["branch label `orders` is there twice"])?;
    create(&["--head", "shop@head", "--branch-label", "head"])?.says(2, &["`head` cannot be a branch label"])?;
    create(&["--head", "shop@head", "--depends-on", "zz"])?.says(1, &["there is no revision `zz`"])?;
    create(&["--head", "shop@head", "--version-path", "nowhere"])?
        .says(2, &["nowhere is no folder of revisions", "migrations"])?;
    create(&["--head", "shop@head", "--rev-id", "f6f6"])?.says(0, &["created migrations/"])?;
    ensure!(fs::read_to_string(project.path("migrations/20241211_1430_f6f6_x.sql"))?.contains("-- Revises: e5e5\n"));
    project.run(&["merge", "a1", "f6"])?.says(2, &["revision a1a1 (make users) is not a head", "--splice"])?;
    project.run(&["merge", "d4"])?.says(2, &["there is nothing to join"])?;
    project.run(&["create"])?.says(2, &["<MESSAGE>"])?;
    project.run(&["create", "a", "-m", "b"])?.says(2, &["cannot be used with"])
}

fn what_is_applied(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(branched()?);
    project.run(&["db", "ensure-version"])?.says(0, &["tables are made in"])?;
    project.run(&["db", "ensure-version"])?.says(0, &["tables are there already in"])?;
    ensure!(
        database
            .psql("SELECT to_regclass('autogen_history') IS NOT NULL AND to_regclass('autogen_journal') IS NOT NULL")?
            == "t"
    );
    project.ok(&["upgrade", "orders"])?;
    project.ok(&["upgrade", "c3"])?;
    let run = project.ok(&["history", "--indicate-current", "-r", ":d4"])?;
    ensure!(run.stdout.contains("b2b2 (orders) (current), make orders\n"), "{}", run.told());
    ensure!(run.stdout.contains("-> c3c3 (current), make mails\n"), "{}", run.told());
    let run = project.ok(&["history", "-i", "--graph", "-r", ":d4"])?;
    for line in [
        "○    d4d4 (orders) (head)  join them\n",
        "@ │  b2b2 (orders) (current)  make orders\n",
        "●  a1a1  make users\n",
    ] {
        ensure!(run.stdout.contains(line) || run.stdout.replace("│ @", "@ │").contains(line), "{}", run.told());
    }
    project.run(&["history", "-r", "current:"])?.says(0, &["join them", "make orders", "make mails"])?;
    project.run(&["show", "current"])?.says(0, &["Rev: b2b2", "Rev: c3c3"])?;
    project
        .run(&["current", "--check-heads"])?
        .says(4, &["Database is not on all head revisions", "autogen upgrade heads"])?;
    project.run(&["stamp", "a1", "d4"])?.says(2, &["overlaps with", "name d4d4 alone"])?;
    project.ok(&["stamp", "d4", "shop"])?;
    project.run(&["current", "--check-heads"])?.says(0, &["d4d4 (head)", "e5e5 (head)"])
}

fn edit(_: &Suite) -> Result<()> {
    let project = branched()?.env("EDITOR", "sed -i s/make.users/made_users/");
    project
        .run(&["edit", "a1"])?
        .says(0, &["ok edited migrations/20241211_1430_a1a1_make_users.sql", "autogen prove a1a1"])?;
    project.run(&["edit", "a1"])?.says(0, &["is as it was"])?;
    project.run(&["history"])?.says(0, &["a1a1 (branchpoint), made_users"])?;
    let project = project.env("VISUAL", "sed -i '/autogen: downgrade/d'");
    project.run(&["edit", "a1"])?.says(1, &["the marker `-- autogen: downgrade` is missing"])?;
    let project = branched()?.env("VISUAL", "false");
    project.run(&["edit", "a1"])?.says(1, &["the editor failed on migrations/"])?;
    branched()?.run(&["edit", "a1"])?.says(2, &["no editor is named", "EDITOR=vim autogen edit"])?;
    let project = Project::new("", "models.rs")?.env("EDITOR", "sed -i 's/^-- autogen: upgrade$/&\\nSELECT 1;/'");
    project.run(&["create", "x", "--no-autogenerate", "--edit"])?.says(0, &["ok created", "ok edited"])
}

fn version_locations(_: &Suite) -> Result<()> {
    let config = "version_locations = [\"migrations\", \"shop/migrations\"]";
    let project = Project::new(config, "models.rs")?;
    let create = |arguments: &[&str]| project.run(&[&["create", "x", "--no-autogenerate"], arguments].concat());
    create(&["--rev-id", "a1"])?.says(
        2,
        &[
            "into which folder does the revision belong?",
            "--version-path FOLDER   names one of migrations, shop/migrations",
        ],
    )?;
    create(&["--rev-id", "a1", "--version-path", "shop/migrations"])?.says(0, &["created shop/migrations/"])?;
    create(&["--rev-id", "b2"])?.says(0, &["created shop/migrations/"])?;
    create(&["--rev-id", "c3", "--head", "base", "--version-path", "./migrations"])?
        .says(0, &["created migrations/"])?;
    project.run(&["heads"])?.says(0, &["b2 (head)", "c3 (head)"])?;

    let project = Project::new("recursive_version_locations = true", "models.rs")?;
    project.write("migrations/2024/a.sql", &revision("a1", "", "SELECT 1;", ""))?;
    project.write("migrations/2024/.hidden/b.sql", "not a migration")?;
    project.run(&["create", "x", "--no-autogenerate"])?.says(0, &["created migrations/2024/"])?;
    project.write("autogen.toml", "")?;
    project.run(&["heads"])?.says(0, &["there is no revision yet"])
}

const TEMPLATE: &str = "{{ header }}\n-- Ticket: {{ message|upper }}\n\n-- autogen: upgrade\n\n{{ upgrade }}\n\n-- autogen: downgrade\n\n{{ downgrade }}\n";

fn template(suite: &Suite) -> Result<()> {
    let project = Project::new("template_folder = \"templates\"", "models.rs")?;
    project.write("models.rs", crate::project::USERS)?;
    let project = suite.scratch(project)?;
    project.run(&["create", "x"])?.says(2, &["cannot read the template templates/migration.sql", "{{ upgrade }}"])?;
    project.write("templates/migration.sql", TEMPLATE)?;
    project
        .run(&["create", "make users", "--rev-id", "a1", "--dry-run"])?
        .says(0, &["-- Ticket: MAKE USERS\n\n-- autogen: upgrade"])?;
    project.ok(&["create", "make users", "--rev-id", "a1"])?;
    let text = fs::read_to_string(project.path("migrations/20241211_1430_a1_make_users.sql"))?;
    ensure!(text.contains("-- Create Date: 2024-12-11 14:30:00 UTC\n-- Ticket: MAKE USERS\n\n-- autogen: upgrade\n\n-- create table users"), "{text}");
    project.ok(&["check"])?;
    let refused = |template: &str, texts: &[&str]| -> Result<()> {
        project.write("templates/migration.sql", template)?;
        project.run(&["create", "x", "--no-autogenerate"])?.says(2, texts)
    };
    refused(
        "{{ header }}\n{{ upgrade }}",
        &["the template templates/migration.sql is refused", "the marker `-- autogen: upgrade` is missing"],
    )?;
    refused(&TEMPLATE.replace("{{ upgrade }}", "SET x = 1;"), &["reads otherwise than it was planned"])?;
    refused("{{ headr }}", &["templates/migration.sql:1: undefined value", "a template may use {{ header }}"])?;
    refused("{% if %}", &["templates/migration.sql:1: "])?;
    ensure!(project.revisions()?.len() == 1);
    Ok(())
}

fn hooks(suite: &Suite) -> Result<()> {
    let hook = |name: &str, script: &str| -> Result<Project> {
        let options = "options = \"--file REVISION_SCRIPT_FILENAME\"";
        let config = "";
        let project = Project::new(config, "models.rs")?;
        project.write("models.rs", crate::project::USERS)?;
        project.write("tools/hook", &format!("#!/bin/sh\nset -e\n{script}\n"))?;
        fs::set_permissions(project.path("tools/hook"), fs::Permissions::from_mode(0o755))?;
        let toml = fs::read_to_string(project.path("autogen.toml"))?;
        let section = format!(
            "\n[[post_write_hooks]]\nname = \"{name}\"\nexecutable = \"tools/hook\"\n{options}\ncwd = \"tools\"\n"
        );
        project.write("autogen.toml", &format!("{toml}{section}"))?;
        suite.scratch(project)
    };
    let create = ["create", "make users", "--rev-id", "a1"];
    let file = "migrations/20241211_1430_a1_make_users.sql";

    // A formatter: the proof holds on, and the file does not count as edited.
    let project = hook("format", "sed -i 's/^CREATE TABLE/create  table/' \"$2\"; pwd > pwd")?;
    project.run(&create)?.says(0, &["running post write hook `format`", "ok created"])?;
    ensure!(fs::read_to_string(project.path(file))?.contains("create  table"));
    ensure!(fs::read_to_string(project.path("tools/pwd"))?.trim_end().ends_with("/tools"));
    let run = project.run(&["show", "a1"])?;
    run.says(0, &["Proved: PostgreSQL"])?;

    // Other statements were never proved.
    let project = hook("rewrite", "sed -i 's/\"users\"/\"people\"/' \"$2\"")?;
    project.run(&create)?.says(0, &["warning: a hook changed statements", "autogen prove"])?;
    project.run(&["show", "a1"])?.says(0, &["Proved: no"])?;

    // What fails or breaks the file leaves it as it was written.
    for (script, text) in [
        ("echo 'line 3 is ugly' >&2; exit 3", "line 3 is ugly"),
        ("echo broken > \"$2\"", "left a file that is no migration"),
        ("sed -i 's/Revision ID: a1/Revision ID: b2/' \"$2\"", "changed the header of the file"),
    ] {
        let project = hook("lint", script)?;
        project.run(&create)?.says(1, &["the hook `lint` ", text, "stays as it was written"])?;
        project.run(&["show", "a1"])?.says(0, &["Proved: PostgreSQL"])?;
    }
    let project = hook("gone", "true")?;
    fs::remove_file(project.path("tools/hook"))?;
    project.run(&create)?.says(2, &["the hook `gone` cannot be started", "[[post_write_hooks]]"])
}

fn logging(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let talk = |config: &str, arguments: &[&str]| -> Result<String> {
        let project = database.project(Project::new("", "models.rs")?);
        project.write("autogen.toml", config)?;
        project.write_revision("a1", "", CREATE_USERS, "DROP TABLE users;")?;
        let said = project.ok(&[&["upgrade"], arguments].concat())?.stderr;
        project.ok(&["downgrade", "base", "--yes"])?;
        Ok(said)
    };
    let level = |level: &str| format!("[logging]\nlevel = \"{level}\"\n");
    ensure!(talk("", &[])? == "Running upgrade  -> a1, written by hand\n");
    ensure!(talk(&level("INFO"), &["-q"])?.is_empty());
    ensure!(talk(&level("error"), &[])?.is_empty());
    ensure!(talk(&level("error"), &["-v"])? == "Running upgrade  -> a1, written by hand\n");
    ensure!(talk(&level("debug"), &[])?.contains("CREATE TABLE users"));
    Ok(())
}

fn reset_counts_rows(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(Project::new("", "models.rs")?);
    let upgrade = format!("{CREATE_USERS}\nCREATE TABLE \"Odd \"\"name\" ();\nCREATE TABLE none ();");
    project.write_revision("a1", "", &upgrade, "DROP TABLE none;\nDROP TABLE \"Odd \"\"name\";\nDROP TABLE users;")?;
    project.ok(&["upgrade"])?;
    database
        .psql("INSERT INTO users SELECT FROM generate_series(1, 1234); INSERT INTO \"Odd \"\"name\" DEFAULT VALUES")?;
    let run = project.run(&["db", "reset"])?;
    run.says(5, &["these rows will be lost:", "users      1,234 rows\n", "1 row\n", "--yes   answers yes"])?;
    ensure!(!run.stderr.contains("none"), "{}", run.told());
    project.ok(&["db", "reset", "--yes"])?;
    ensure!(database.psql("SELECT count(*) FROM users")? == "0");
    project.run(&["db", "reset", "--yes"])?.says(0, &["no table holds a row"])
}

/// Two people on branches, and git in between.
mod git {
    use std::process::Command;

    use anyhow::{Context as _, Result, ensure};

    use crate::Suite;
    use crate::project::{Project, users};

    pub(super) fn branches_join(suite: &Suite) -> Result<()> {
        let project = suite.scratch(Project::new("", "models.rs")?)?;
        project.ok(&["init"])?;
        project.write("models.rs", &users(""))?;
        project.write(".gitignore", "home\n")?;
        project.ok(&["create", "make users", "--rev-id", "a1a1a1"])?;
        git(&project, &["init", "-q", "-b", "main"])?;
        commit(&project, "make users")?;

        git(&project, &["switch", "-qc", "left"])?;
        project.write("models.rs", &users("    #[sea_orm(nullable)]\n    pub name: Option<String>,\n\n\n"))?;
        project.ok(&["create", "add a name", "--rev-id", "b2b2b2"])?;
        commit(&project, "add a name")?;

        git(&project, &["switch", "-q", "main"])?;
        project.write("models.rs", &users("\n\n    #[sea_orm(nullable)]\n    pub age: Option<i32>,\n"))?;
        project.ok(&["create", "add an age", "--rev-id", "c3c3c3"])?;
        commit(&project, "add an age")?;

        // Only the entity, where both wrote, is a conflict.
        let merged = git_output(&project, &["merge", "-q", "--no-edit", "left"])?;
        ensure!(!merged.status.success(), "models.rs does not conflict");
        let conflicts = git(&project, &["diff", "--name-only", "--diff-filter=U"])?;
        ensure!(conflicts == "models.rs\n", "{conflicts}");
        let both = "    #[sea_orm(nullable)]\n    pub name: Option<String>,\n    #[sea_orm(nullable)]\n    pub age: Option<i32>,\n";
        project.write("models.rs", &users(both))?;
        commit(&project, "merge")?;

        project.run(&["check"])?.says(8, &["there are several heads: b2b2b2 (add a name), c3c3c3 (add an age)"])?;
        project.ok(&["merge", "heads", "--rev-id", "d4d4d4"])?;
        project.run(&["check"])?.says(0, &[])?;
        let lock = std::fs::read_to_string(project.path("migrations/autogen.lock"))?;
        for line in ["b2b2b2 + column public.users.name", "c3c3c3 + column public.users.age"] {
            ensure!(lock.matches(line).count() == 1, "`{line}` is not there once:\n{lock}");
        }
        let sorted = lock.lines().skip(1).map(|line| &line[..6]).is_sorted();
        ensure!(sorted && !lock.contains("<<<<"), "{lock}");

        // What both own by now goes by one of them.
        project.write("models.rs", &users(""))?;
        project
            .run(&["create", "nothing again", "--no-rename"])?
            .says(0, &["- column users.name", "- column users.age"])
    }

    /// The same revision, written otherwise on both sides, is a conflict of its file.
    pub(super) fn the_same_file_conflicts(suite: &Suite) -> Result<()> {
        let project = suite.scratch(Project::new("", "models.rs")?)?;
        project.ok(&["init"])?;
        project.write(".gitignore", "home\n")?;
        project.ok(&["create", "by hand", "--no-autogenerate", "--rev-id", "a1a1a1"])?;
        git(&project, &["init", "-q", "-b", "main"])?;
        commit(&project, "begin")?;
        let file = format!(
            "migrations/{}",
            project.revisions()?.into_iter().find(|it| it.ends_with(".sql")).context("a file")?
        );
        let text = std::fs::read_to_string(project.path(&file))?;
        let edit = |sql: &str| project.write(&file, &text.replace("upgrade\n", &format!("upgrade\n{sql}\n")));
        for (branch, sql) in [("left", "SELECT 1;"), ("right", "SELECT 2;")] {
            git(&project, &["switch", "-qc", branch, "main"])?;
            edit(sql)?;
            project.ok(&["prove"])?;
            commit(&project, sql)?;
        }
        let merged = git_output(&project, &["merge", "-q", "--no-edit", "left"])?;
        ensure!(!merged.status.success());
        let conflicts = git(&project, &["diff", "--name-only", "--diff-filter=U"])?;
        ensure!(conflicts == format!("{file}\n"), "{conflicts}");
        // The ledger keeps both hashes: whichever side is taken, the file does not count as edited.
        edit("SELECT 2;")?;
        let run = project.run(&["show", "a1a1a1"])?;
        run.says(0, &["Proved: PostgreSQL"])?;
        edit("SELECT 3;")?;
        project.run(&["show", "a1a1a1"])?.says(0, &["Proved: not since it was edited"])
    }

    fn commit(project: &Project, message: &str) -> Result<()> {
        git(project, &["add", "-A"])?;
        git(project, &["commit", "-qm", message]).map(|_| ())
    }

    fn git(project: &Project, arguments: &[&str]) -> Result<String> {
        let output = git_output(project, arguments)?;
        ensure!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    fn git_output(project: &Project, arguments: &[&str]) -> Result<std::process::Output> {
        let settings = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"];
        let mut command = Command::new("git");
        command.args(settings).args(arguments).current_dir(project.path("")).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("HOME", project.path("home")).env_remove("GIT_DIR").output().context("git is needed for this test")
    }
}
