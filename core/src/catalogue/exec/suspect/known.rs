//! What programs and variables are known for.

use std::path::Path;

/// What a program is known for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repute {
    /// Runs code that follows one of these options.
    Interpreter(&'static [&'static str]),
    /// Runs a program that its arguments name.
    Wrapper,
    /// Lets who uses it start a shell.
    Escape,
    /// Starts programs when one of these options tells it to.
    Options(&'static [&'static str]),
    /// Runs code in its first argument.
    Script,
    /// Has a shell take its arguments apart, here or on another machine.
    Remote,
    /// Runs what it reads.
    Reader,
}

const SHELL: Repute = Repute::Interpreter(&["-c"]);
const EVALUATES: Repute = Repute::Interpreter(&["-c", "-e", "-E", "-r", "-p", "--eval", "--print", "--execute"]);

/// By the program's name, without the version at its end.
const KNOWN: &[(&[&str], Repute)] = &[
    (
        &[
            "ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "mksh", "pwsh", "rbash", "sh", "tcsh", "zsh",
        ],
        SHELL,
    ),
    (
        &[
            "deno", "expect", "gdb", "guile", "irb", "lua", "luajit", "mysql", "node", "nodejs", "octave", "perl",
            "php", "psql", "python", "ruby", "sqlite", "tclsh",
        ],
        EVALUATES,
    ),
    (
        &[
            "chroot",
            "chrt",
            "doas",
            "env",
            "flock",
            "ionice",
            "ltrace",
            "make",
            "nice",
            "nohup",
            "nsenter",
            "pkexec",
            "runuser",
            "setarch",
            "setpriv",
            "setsid",
            "socat",
            "stdbuf",
            "strace",
            "sudo",
            "systemd-run",
            "taskset",
            "time",
            "timeout",
            "unshare",
            "xargs",
        ],
        Repute::Wrapper,
    ),
    (
        &[
            "byobu", "ed", "elinks", "emacs", "ex", "ftp", "gvim", "helix", "hx", "irssi", "joe", "kak", "less",
            "lftp", "lynx", "man", "mail", "mc", "micro", "more", "most", "mutt", "nano", "nvi", "nvim", "pg", "pico",
            "ranger", "rview", "rvim", "screen", "sftp", "sudoedit", "telnet", "tmux", "vi", "view", "vim", "vimdiff",
            "vipw", "vis", "visudo", "w3m",
        ],
        Repute::Escape,
    ),
    (
        &["awk", "gawk", "mawk", "nawk", "sed", "jq", "m4", "bc", "dc"],
        Repute::Script,
    ),
    (
        &["mosh", "parallel", "rsh", "script", "ssh", "su", "watch"],
        Repute::Remote,
    ),
    (&["at", "batch", "crontab"], Repute::Reader),
    (
        &["find"],
        Repute::Options(&["-exec", "-execdir", "-ok", "-okdir", "-fprintf", "-fprint"]),
    ),
    (
        &["tar", "bsdtar"],
        Repute::Options(&[
            "--to-command",
            "--checkpoint-action",
            "--use-compress-program",
            "-I",
            "--info-script",
            "--rsh-command",
            "-F",
        ]),
    ),
    (
        &["git"],
        Repute::Options(&[
            "-c",
            "--exec-path",
            "--upload-pack",
            "--receive-pack",
            "--ext-diff",
            "--config-env",
        ]),
    ),
    (&["docker", "kubectl", "podman"], Repute::Options(&["run", "exec"])),
    (&["systemctl"], Repute::Options(&["edit", "--host", "-H"])),
    (&["rsync"], Repute::Options(&["-e", "--rsh", "--rsync-path"])),
    (&["scp"], Repute::Options(&["-S", "-o", "-F"])),
    (&["zip"], Repute::Options(&["-TT", "--unzip-command"])),
    (&["tcpdump"], Repute::Options(&["-z"])),
    (&["nmap"], Repute::Options(&["--script"])),
    (&["split"], Repute::Options(&["--filter"])),
    (&["sort"], Repute::Options(&["--compress-program"])),
    (&["wget"], Repute::Options(&["--use-askpass", "-e", "--execute"])),
];

pub(super) fn repute(program: &str) -> Option<Repute> {
    let name = Path::new(program).file_name()?.to_str()?;
    let versionless = name.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    let has = |names: &[&str]| names.contains(&name) || names.contains(&versionless);
    KNOWN.iter().find(|(names, _)| has(names)).map(|(_, repute)| *repute)
}

/// Whether a variable of the environment makes programs load code, so that no value should choose it.
pub(in crate::catalogue) fn is_code_variable(name: &str) -> bool {
    const NAMES: [&str; 28] = [
        "BASH_ENV",
        "BROWSER",
        "CDPATH",
        "EDITOR",
        "ENV",
        "GCONV_PATH",
        "GIT_ASKPASS",
        "GIT_EDITOR",
        "GIT_EXTERNAL_DIFF",
        "GIT_PAGER",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "IFS",
        "JAVA_TOOL_OPTIONS",
        "LESSOPEN",
        "MANPAGER",
        "NODE_OPTIONS",
        "PAGER",
        "PATH",
        "PERL5LIB",
        "PERL5OPT",
        "PROMPT_COMMAND",
        "PS4",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "RUBYLIB",
        "RUBYOPT",
        "VISUAL",
    ];
    name.starts_with("LD_") || name.starts_with("DYLD_") || NAMES.contains(&name)
}
