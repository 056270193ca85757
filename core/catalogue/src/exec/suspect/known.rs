//! What programs and variables are known for.

use std::path::Path;

use super::super::template::Element;

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
            "deno", "expect", "guile", "irb", "lua", "luajit", "node", "nodejs", "octave", "perl", "php", "pypy",
            "python", "ruby", "tclsh", "texlua",
        ],
        EVALUATES,
    ),
    (
        &[
            "aa-exec",
            "choom",
            "chroot",
            "chrt",
            "doas",
            "dbus-run-session",
            "eatmydata",
            "env",
            "fakeroot",
            "firejail",
            "flock",
            "gosu",
            "hyperfine",
            "ionice",
            "linux32",
            "linux64",
            "logsave",
            "ltrace",
            "nice",
            "nohup",
            "nsenter",
            "pkexec",
            "prlimit",
            "proxychains",
            "runuser",
            "setarch",
            "setpriv",
            "setsid",
            "start-stop-daemon",
            "stdbuf",
            "strace",
            "sudo",
            "systemd-cat",
            "systemd-inhibit",
            "systemd-run",
            "taskset",
            "time",
            "timeout",
            "torsocks",
            "unbuffer",
            "unshare",
            "valgrind",
            "xargs",
        ],
        Repute::Wrapper,
    ),
    (
        &[
            "byobu", "ed", "elinks", "emacs", "ex", "gvim", "helix", "hx", "irssi", "joe", "kak", "less", "lynx",
            "man", "mc", "micro", "more", "most", "nano", "nvi", "nvim", "pg", "pico", "ranger", "rview", "rvim",
            "screen", "sudoedit", "tmux", "vi", "view", "vim", "vimdiff", "vipw", "vis", "visudo", "w3m",
        ],
        Repute::Escape,
    ),
    (&["awk", "gawk", "mawk", "nawk", "sed", "jq"], Repute::Script),
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

/// Where the program stands among a wrapper's arguments: behind its own options, their values, and the words that it takes
/// for itself, such as a time or a folder. `is_own` tells options and variables.
pub(super) fn program_position(wrapper: &str, arguments: &[Element], is_own: impl Fn(&Element) -> bool) -> usize {
    let name = Path::new(wrapper)
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let (with_value, mut words): (&[&str], usize) = match name {
        "chroot" | "flock" | "gosu" | "setarch" | "taskset" | "timeout" => (&["-s", "-k", "-w", "-E"], 1),
        "chrt" => (&["-T", "-P", "-D"], 1),
        "doas" | "pkexec" | "runuser" | "sudo" => (&["-C", "-D", "-U", "-g", "-h", "-p", "-r", "-t", "-u"], 0),
        "env" => (&["-C", "-u"], 0),
        "ionice" | "nice" => (&["-c", "-n"], 0),
        "stdbuf" => (&["-e", "-i", "-o"], 0),
        "strace" | "ltrace" => (&["-E", "-a", "-e", "-o", "-p", "-s", "-u"], 0),
        "systemd-run" => (&["-E", "-M", "-p", "-u"], 0),
        "xargs" => (&["-E", "-I", "-L", "-P", "-a", "-d", "-n", "-s"], 0),
        _ => (&[], 0),
    };
    let mut position = 0;
    while let Some(element) = arguments.get(position) {
        if is_own(element) {
            let takes = matches!(element, Element::Literal(literal) if with_value.contains(&&**literal));
            position += 1 + usize::from(takes);
        } else if words > 0 {
            words -= 1;
            position += 1;
        } else {
            break;
        }
    }
    position
}

/// Whether a variable of the environment makes programs load code, so that no value should choose it.
pub(crate) fn is_code_variable(name: &str) -> bool {
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
