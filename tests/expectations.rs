//! What is asked of the rows before a type change, against what Postgres itself refuses: value by value.

use autogen::expectation::{Probe, expectations};
use autogen::operation::{Change, Operation};
use autogen::render::Words;
use autogen::schema::{BaseType, Column, ColumnDefault, DataType, QualifiedName};
use autogen::scratch::{Options, Scratch};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Types, what they become, and values at the edges.
const CHANGES: [(&str, &[&str], &[&str]); 9] = [
    (
        "text",
        &["character varying(3)", "character(3)"],
        &["", "abc", "abcd", "abc  ", "abc d", "ab   c", "   ", "    x", "äöü", "äöüß", "ab\tc", "abc\t"],
    ),
    ("character varying(9)[]", &["character varying(3)[]"], &["{}", "{abc,NULL}", "{abcd}", "{{a,b},{c,dddd}}"]),
    (
        "bigint",
        &["smallint", "integer", "numeric(3)", "numeric(5,2)", "numeric(3,-2)", "character varying(3)"],
        &[
            "0",
            "-100",
            "999",
            "1000",
            "-999",
            "-1000",
            "99949",
            "99950",
            "-99950",
            "32767",
            "32768",
            "-32768",
            "-32769",
            "2147483647",
            "2147483648",
            "-2147483648",
            "-2147483649",
        ],
    ),
    ("bigint[]", &["integer[]"], &["{}", "{2147483647,NULL}", "{1,2147483648}"]),
    (
        "numeric",
        &["smallint", "bigint", "numeric(5,2)", "numeric(3,1)", "numeric(2,4)", "character varying(4)"],
        &[
            "0",
            "999.994",
            "999.995",
            "-999.995",
            "999.99",
            "99.94",
            "99.949999",
            "99.95",
            "-99.95",
            "0.00994",
            "0.00995",
            "0.0099499",
            "32767.4",
            "32767.5",
            "-32768.4",
            "-32768.5",
            "9223372036854775807.4",
            "9223372036854775807.5",
            "-9223372036854775808.4",
            "-9223372036854775808.5",
            "NaN",
            "Infinity",
            "-Infinity",
        ],
    ),
    (
        "numeric(6,3)",
        &["numeric(5,2)", "numeric(6,2)", "numeric(4,1)"],
        &["999.994", "999.995", "-999.999", "999.95", "0"],
    ),
    (
        "double precision",
        &["smallint", "integer", "bigint", "numeric(5,2)"],
        &[
            "0",
            "32767.4",
            "32767.5",
            "-32768.5",
            "-32768.6",
            "2147483647.4",
            "2147483647.5",
            "-2147483648.5",
            "-2147483648.6",
            "9223372036854774784",
            "9223372036854775807",
            "-9223372036854775808",
            "1e19",
            "999.99",
            "999.994",
            "999.9949999999999",
            "999.99499999999999",
            "999.995",
            "1000",
            "NaN",
            "Infinity",
            "-Infinity",
        ],
    ),
    (
        "real",
        &["smallint", "numeric(3,1)"],
        &["99.94", "99.949", "99.95", "99.9499999", "32767.5", "32767", "NaN", "Infinity"],
    ),
    ("bit varying(8)", &["bit varying(4)"], &["", "1", "1010", "10101", "10100"]),
];

async fn works(conn: &mut PgConnection, sql: &str) -> bool {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.is_ok()
}

/// The query that is to find what is in the way of the change; none where nothing can be.
fn query(from: &str, to: &str) -> Option<String> {
    let column = |printed: &str| Column {
        name: "v".to_owned(),
        data_type: DataType::parse(printed, BaseType::Builtin),
        nullable: true,
        default: ColumnDefault::None,
        collation: None,
        comment: None,
    };
    let change = Change::Alter { from: column(from), to: column(to) };
    let operation = Operation::Column(QualifiedName::new("public", "t"), change);
    let found = expectations(&[operation], &Words::new("public"));
    let probes = found.into_iter().flatten().map(|it| match it.probe {
        Probe::Rows(query) => query.find,
        Probe::Values(_) | Probe::Later => panic!("{from} to {to}: {}", it.holds),
    });
    probes.collect::<Vec<_>>().pop()
}

#[tokio::test]
async fn what_is_asked_is_what_postgres_refuses() {
    let given = std::env::var("AUTOGEN_SCRATCH_URL").ok().map(|url| url.parse().unwrap());
    let scratch = Scratch::start(Options { given, ..Options::new(Options::user_cache()) }, &|_| ()).await.unwrap();
    let database = scratch.database().await.unwrap();
    let mut conn = database.connect().await.unwrap();
    let (mut asked, mut refused, mut wrong) = (0, 0, Vec::new());
    for (from, targets, values) in CHANGES {
        for (to, value) in targets.iter().flat_map(|to| values.iter().map(move |value| (to, value))) {
            let table = format!("DROP TABLE IF EXISTS t; CREATE TABLE t (v {from}); INSERT INTO t VALUES ('{value}')");
            if !works(&mut conn, &table).await {
                continue;
            }
            let offends = match query(from, to) {
                None => false,
                Some(find) => {
                    !works(&mut conn, &format!("SELECT 1 / (SELECT (count(*) = 0)::integer FROM ({find}) AS f)")).await
                }
            };
            let refuses = !works(&mut conn, &format!("ALTER TABLE t ALTER COLUMN v TYPE {to}")).await;
            asked += 1;
            refused += i32::from(refuses);
            if offends != refuses {
                wrong.push(format!(
                    "{from} '{value}' to {to}: {}",
                    if refuses { "refused, not found" } else { "found, not refused" }
                ));
            }
        }
    }
    conn.close().await.unwrap();
    scratch.stop().await.unwrap();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked > 200 && refused > 80, "{refused} of {asked}");
}
