use clap::{CommandFactory as _, Parser as _};

use super::Cli;

#[test]
fn the_commands_are_well_formed() {
    Cli::command().debug_assert();
}

/// Lines of documents that run autogen, whatever stands before it in a list or a YAML file.
fn commands(text: &str) -> Vec<String> {
    let behind = |line: &str| {
        let line = line.trim();
        let rest = ["$ ", "- run: ", "- ", "entry: "].iter().find_map(|it| line.strip_prefix(it)).unwrap_or(line);
        let command = rest.strip_prefix("cargo autogen ").or_else(|| rest.strip_prefix("autogen "))?;
        let words = shell_words::split(command).ok()?;
        let end = |it: &String| ["|", "||", "&&", ">", ";", "#"].contains(&it.as_str());
        Some(words.into_iter().take_while(|it| !end(it)).collect::<Vec<_>>().join("\u{1f}"))
    };
    text.lines().filter_map(behind).collect()
}

#[test]
fn what_documents_say_to_run_can_be_run() {
    let mut seen = 0;
    for file in ["docs/ci.md", ".pre-commit-hooks.yaml"] {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/").to_owned() + file).unwrap();
        for command in commands(&text) {
            let words = ["autogen"].into_iter().chain(command.split('\u{1f}'));
            if let Err(problem) = Cli::try_parse_from(words) {
                panic!("{file}: {}: {problem}", command.replace('\u{1f}', " "));
            }
            seen += 1;
        }
    }
    assert!(seen > 15, "only {seen} commands were found");
    let wrong = commands("- run: autogen check --formt github > x");
    assert!(Cli::try_parse_from(["autogen"].into_iter().chain(wrong[0].split('\u{1f}'))).is_err());
}
