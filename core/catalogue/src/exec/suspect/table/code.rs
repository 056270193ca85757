//! Programs with a language of their own: databases, calculators, editors of streams, compilers.

use super::super::freedom::{Form, QUERY};
use super::super::row::{Harm, Row, from, nth, operand, stdin, value};

const CODE: Form = Form::Any("(|!`\";\\/");

#[rustfmt::skip] // a row a program, read across
pub(super) const ROWS: &[Row] = &[
    Row::new(
        &["sqlite", "sqlite3"],
        &[
            nth(0, Form::File, Harm::Write, "any database"),
            from(1, Form::Start(".shell x"), Harm::Shell, ".shell"),
            from(1, QUERY, Harm::Write, "writefile(...) and any other query"),
            value(&["-cmd", "--cmd"], Form::Start(".shell x"), Harm::Shell, ".shell"),
            value(&["-cmd", "--cmd"], QUERY, Harm::Write, "any query"),
            value(&["-init", "--init"], Form::Content, Harm::Shell, ".shell in the file"),
            stdin(Form::Has(".\n "), Harm::Shell, ".shell"),
            stdin(Form::Start(".shell x"), Harm::Shell, ".shell"),
            stdin(QUERY, Harm::Write, "any query"),
        ],
    )
    .takes(&[
        "-separator", "--separator", "-newline", "-nullvalue", "-vfs", "-mmap", "-maxsize", "-lookaside",
        "-pagecache", "-A",
    ])
    .option("-cmd .shell")
    .safe(&["-safe", "--safe"]),
    Row::new(
        &["psql", "pgcli"],
        &[
            value(&["-c", "--command"], Form::Start("\\! x"), Harm::Shell, "\\!"),
            value(&["-c", "--command"], QUERY, Harm::Code, "any query, also COPY ... TO PROGRAM"),
            value(&["-v", "--set", "--variable"], Form::Start("PROMPT1=x"), Harm::Program, "PROMPT1=%`...`"),
            value(&["-f", "--file"], Form::Content, Harm::Shell, "\\! in the file"),
            value(&["-o", "--output"], Form::Start("|x"), Harm::Program, "|program"),
            value(&["-o", "--output", "-L", "--log-file"], Form::File, Harm::Write, ""),
            stdin(Form::Has("\\!"), Harm::Shell, "\\!"),
            stdin(QUERY, Harm::Code, "any query"),
        ],
    )
    .takes(&["-h", "--host", "-p", "--port", "-U", "--username", "-d", "--dbname"])
    .option("-c '\\!'"),
    Row::new(
        &["mysql", "mariadb", "mycli"],
        &[
            value(&["-e", "--execute", "--init-command"], Form::Has("\\!"), Harm::Shell, "\\!"),
            value(&["-e", "--execute", "--init-command"], QUERY, Harm::Code, "any query"),
            value(&["--pager", "--tee"], Form::Free, Harm::Program, "--pager"),
            value(&["--defaults-file", "--defaults-extra-file"],
                Form::Content, Harm::Library, "plugin-dir in the file"),
            value(&["--plugin-dir", "--default-auth"], Form::Content, Harm::Library, "--default-auth"),
            stdin(Form::Has("\\!"), Harm::Shell, "\\!"),
            stdin(QUERY, Harm::Code, "any query"),
        ],
    )
    .takes(&["-h", "-P", "-u", "-D", "-S"])
    .option("--pager"),
    Row::new(
        &["mongo", "mongosh"],
        &[
            value(&["--eval"], Form::Any("(;'\""), Harm::Code, "any script"),
            operand(Form::Content, Harm::Code, "a script"),
            stdin(Form::Free, Harm::Code, "any script"),
        ],
    ),
    Row::new(
        &["redis-cli", "valkey-cli"],
        &[
            value(&["--eval"], Form::Content, Harm::Code, "a script"),
            nth(0, Form::Start("CONFIG"), Harm::Write, "CONFIG SET dir"),
            stdin(Form::Free, Harm::Write, "CONFIG SET dir"),
        ],
    )
    .takes(&["-h", "-p", "-s", "-a", "-n", "-u", "--user", "--pass"]),
    Row::new(
        &["sqlplus", "isql", "tsql", "sqlcmd", "duckdb", "clickhouse-client"],
        &[
            value(&["-c", "-s", "-Q", "-q", "--query"], QUERY, Harm::Code, "any query"),
            value(&["-init"], Form::Content, Harm::Shell, ".shell in the file"),
            from(1, QUERY, Harm::Code, "any query"),
            stdin(Form::Free, Harm::Shell, "! or HOST"),
        ],
    ),
    Row::new(
        &["gdb", "lldb", "cgdb"],
        &[
            value(&["-ex", "-eval-command", "--eval-command", "-iex", "-o", "-O"], Form::Free, Harm::Shell, "shell"),
            value(&["-x", "-command", "--command", "-s", "-S", "-ix"],
                Form::Content, Harm::Shell, "shell in the file"),
            nth(0, Form::Content, Harm::Code, "the file's own scripts, by auto-load"),
            stdin(Form::Free, Harm::Shell, "shell"),
        ],
    )
    .takes(&["-p", "--pid"])
    .option("-ex '!sh'"),
    Row::new(
        &["awk", "gawk", "mawk", "nawk", "original-awk"],
        &[
            value(&["-f", "--file", "-i", "--include", "-E", "--exec"],
                Form::Content, Harm::Code, "system(...) in the file"),
            value(&["-l", "--load"], Form::Content, Harm::Library, "--load"),
            from(1, Form::File, Harm::Read, ""),
        ],
    )
    .takes(&["-F", "-v", "--field-separator", "--assign"])
    .safe(&["-S", "--sandbox"])
    .option("-f"),
    Row::new(
        &["sed", "ssed"],
        &[
            value(&["-f", "--file"], Form::Content, Harm::Shell, "e in the file"),
            from(1, Form::File, Harm::Read, ""),
        ],
    )
    .takes(&["-l"])
    .safe(&["--sandbox"])
    .option("-e '1e id'"),
    Row::new(
        &["jq", "gojq", "jaq", "yq"],
        &[
            value(&["-f", "--from-file"], Form::File, Harm::Read, ""),
            value(&["-L"], Form::Content, Harm::Code, "import"),
            from(1, Form::File, Harm::Read, ""),
        ],
    ),
    Row::new(
        &["bc", "dc"],
        &[
            operand(Form::File, Harm::Read, ""),
            value(&["-e", "--expression"], Form::Has("!"), Harm::Shell, "!"),
            value(&["-f", "--file"], Form::Content, Harm::Shell, "! in the file"),
            stdin(Form::Has("!"), Harm::Shell, "!"),
        ],
    ),
    Row::new(
        &["gnuplot"],
        &[
            value(&["-e"], Form::Any("'\";`!("), Harm::Shell, "system(...)"),
            operand(Form::Content, Harm::Shell, "system(...) in the file"),
            stdin(Form::Any("!(`"), Harm::Shell, "system(...)"),
        ],
    ),
    Row::new(
        &["octave", "matlab", "scilab", "maxima", "R", "Rscript", "julia", "ghci", "erl", "elixir", "iex", "scala",
            "groovy", "jshell", "jjs", "jrunscript", "gimp", "sagemath"],
        &[
            value(
                &["-e", "--eval", "-r", "-f", "--file", "--script", "-batch", "-b", "--batch-string", "-E", "-eval"],
                Form::Free,
                Harm::Code,
                "",
            ),
            nth(0, Form::Content, Harm::Code, "a script"),
            stdin(Form::Free, Harm::Code, ""),
        ],
    ),
    Row::new(
        &["gs", "ghostscript", "ps2pdf", "pdf2ps", "ps2ascii"],
        &[
            value(&["-c"], CODE, Harm::Code, "any PostScript"),
            operand(Form::Start("%pipe%x"), Harm::Program, "%pipe%"),
            operand(Form::File, Harm::Read, ""),
            value(&["-sOutputFile"], Form::Start("%pipe%x"), Harm::Program, "%pipe%"),
            value(&["-sOutputFile", "-o"], Form::File, Harm::Write, ""),
        ],
    )
    .option("-c"),
    Row::new(
        &["tex", "latex", "pdflatex", "xelatex", "lualatex", "luatex", "pdftex", "xetex", "latexmk"],
        &[
            operand(Form::Has("\\{"), Harm::Program, "\\write18{...} and \\input{...}"),
            operand(Form::Content, Harm::Read, "\\input in the file"),
            value(&["-jobname", "-output-directory"], Form::File, Harm::Write, ""),
        ],
    )
    .option("--shell-escape"),
    Row::new(
        &["m4"],
        &[
            operand(Form::Content, Harm::Shell, "syscmd in the file"),
            value(&["-D", "--define"], Form::Has("("), Harm::Shell, "syscmd(...)"),
            stdin(Form::Has("("), Harm::Shell, "syscmd(...)"),
        ],
    ),
    Row::new(
        &["gcc", "g++", "cc", "c++", "clang", "c89", "c99", "ld", "gcc-ar"],
        &[
            operand(Form::Start("@x"), Harm::Read, "@file"),
            operand(Form::File, Harm::Read, ""),
            value(&["-o"], Form::File, Harm::Write, ""),
            value(&["-wrapper", "-B", "-fplugin", "-plugin", "-specs"], Form::Content, Harm::Program, "-wrapper"),
        ],
    )
    .option("-wrapper sh,-s"),
    Row::new(
        &["as", "cpp", "nasm", "yasm"],
        &[
            operand(Form::File, Harm::Read, ""),
            operand(Form::Start("@x"), Harm::Read, "@file"),
            value(&["-o"], Form::File, Harm::Write, ""),
        ],
    ),
    Row::new(
        &["javac", "java", "jar", "kotlin"],
        &[
            operand(Form::Start("@x"), Harm::Read, "@file"),
            value(&["-cp", "-classpath", "--class-path", "-jar", "-javaagent"],
                Form::Content, Harm::Code, "the file"),
            nth(0, Form::Free, Harm::Code, "any class"),
        ],
    )
    .option("-javaagent"),
    Row::new(
        &["go", "cargo", "rustc", "dotnet", "msbuild", "mvn", "gradle", "ant", "sbt", "rake", "bundle", "bundler",
            "gem", "cmake", "ninja", "meson", "scons", "tox", "pytest", "invoke", "just"],
        &[
            value(&["-f", "-C", "-P", "--file", "--manifest-path", "--rakefile", "-d", "-c", "-e", "-o",
                "--settings"], Form::Content, Harm::Program, "what the files there say"),
            from(1, Form::Content, Harm::Program, "any task, or what the files there say"),
        ],
    ),
    Row::new(
        &["make", "gmake", "bmake"],
        &[
            operand(Form::Start("SHELL=x"), Harm::Program, "SHELL=..."),
            value(&["-f", "--file", "--makefile", "-C", "--directory", "-I", "--include-dir"],
                Form::Content, Harm::Program, "what the file says"),
            value(&["--eval", "-E"], Form::Has("$("), Harm::Shell, "$(shell ...)"),
        ],
    )
    .takes(&["-j", "-l", "-o", "-W"])
    .option("--eval"),
];
