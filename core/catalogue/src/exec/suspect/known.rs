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
            "byobu", "ed", "elinks", "emacs", "ex", "gvim", "helix", "hx", "irssi", "joe", "kak", "less", "lynx",
            "man", "mc", "micro", "more", "most", "nano", "nvi", "nvim", "perlbug", "pg", "pico", "ranger", "rview",
            "rvim", "screen", "sudoedit", "tmux", "vi", "view", "vim", "vimdiff", "vipw", "vis", "visudo", "w3m",
        ],
        Repute::Escape,
    ),
    (
        &["awk", "gawk", "mawk", "nawk", "sed", "jq", "gojq", "jaq", "yq"],
        Repute::Script,
    ),
    (
        &[
            "autossh", "mosh", "parallel", "rsh", "script", "sem", "sg", "ssh", "su", "watch",
        ],
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

/// A program that runs another, which its arguments name.
struct Wrapper {
    names: &'static [&'static str],
    /// Options whose value is a word of its own.
    takes: &'static [&'static str],
    /// Words that it takes for itself before the program, such as a time or a folder.
    own_words: usize,
}

const fn wrapper(names: &'static [&'static str], takes: &'static [&'static str], own_words: usize) -> Wrapper {
    Wrapper {
        names,
        takes,
        own_words,
    }
}

/// By their manuals.
#[rustfmt::skip] // a row a program, read across
const WRAPPERS: &[Wrapper] = &[
    wrapper(&["aa-exec"], &["-n", "--namespace", "-p", "--profile"], 0),
    wrapper(&["catatonit", "chronic", "cset", "eatmydata", "gamemoderun", "i386", "ifne", "linux32", "linux64", "nocache",
        "nohup", "optirun", "primusrun", "setsid", "systemd-inhibit", "time", "tsocks", "unbuffer", "x86_64"],
        &["-f", "-o", "--format", "--output"], 0),
    wrapper(&["ccache", "distcc", "hyperfine", "sccache", "valgrind"], &[], 0),
    wrapper(&["choom"], &["-n", "--adjust"], 0),
    wrapper(&["chroot"], &[], 1),
    wrapper(&["chrt"], &["-T", "-P", "-D", "--sched-runtime", "--sched-period", "--sched-deadline"], 1),
    wrapper(&["dbus-run-session"], &["--config-file", "--dbus-daemon"], 0),
    wrapper(&["doas", "pkexec", "runuser", "sudo"], &["-C", "-D", "-U", "-g", "-h", "-p", "-r", "-t", "-u", "--user",
        "--group"], 0),
    wrapper(&["entr"], &[], 0),
    wrapper(&["env"], &["-C", "-u", "--chdir", "--unset"], 0),
    wrapper(&["fakechroot", "fakeroot"], &["-b", "-c", "-d", "-e", "-i", "-l", "-s", "--faked", "--lib"], 0),
    wrapper(&["firejail"], &[], 0),
    wrapper(&["flock"], &["-E", "-w", "--conflict-exit-code", "--timeout", "--wait"], 1),
    wrapper(&["gosu"], &[], 1),
    wrapper(&["heaptrack"], &["-o", "--output", "-p", "--pid"], 0),
    wrapper(&["ionice", "nice"], &["-c", "-n", "--adjustment", "--class", "--classdata"], 0),
    wrapper(&["lckdo", "logsave"], &[], 1),
    wrapper(&["mpiexec", "mpirun", "srun"], &["-H", "-N", "-c", "-n", "-np", "-p", "-w", "--host", "--hostfile"], 0),
    wrapper(&["msgexec", "msgfilter"], &["-D", "-i", "-o", "--directory", "--input", "--output-file"], 0),
    wrapper(&["nsenter"], &["-G", "-S", "-t", "--setgid", "--setuid", "--target"], 0),
    wrapper(&["prlimit"], &["-o", "-p", "--output", "--pid"], 0),
    wrapper(&["proxychains"], &["-f"], 0),
    wrapper(&["schedtool"], &["-a", "-n", "-p"], 0),
    wrapper(&["setarch"], &[], 0),
    wrapper(&["setpriv"], &["--ambient-caps", "--apparmor-profile", "--bounding-set", "--egid", "--euid", "--groups",
        "--inh-caps", "--landlock-access", "--landlock-rule", "--pdeathsig", "--ptracer", "--regid", "--reuid", "--rgid",
        "--ruid", "--seccomp-filter", "--securebits", "--selinux-label"], 0),
    wrapper(&["ssh-agent"], &["-E", "-O", "-P", "-a", "-t"], 0),
    wrapper(&["sshpass"], &["-P", "-d", "-f", "-p"], 0),
    wrapper(&["start-stop-daemon"], &[], 0),
    wrapper(&["stdbuf"], &["-e", "-i", "-o", "--error", "--input", "--output"], 0),
    wrapper(&["ltrace", "strace"], &["-E", "-I", "-O", "-P", "-S", "-X", "-a", "-b", "-e", "-o", "-p", "-s", "-u"], 0),
    wrapper(&["systemd-cat"], &["-p", "-t", "--identifier", "--priority"], 0),
    wrapper(&["systemd-run"], &["-E", "-H", "-M", "-p", "-u", "--description", "--gid", "--on-active", "--on-calendar",
        "--property", "--setenv", "--slice", "--uid", "--unit", "--working-directory"], 0),
    wrapper(&["taskset"], &[], 1),
    wrapper(&["tcpserver"], &["-L", "-b", "-c", "-g", "-l", "-t", "-u", "-x"], 2),
    wrapper(&["timeout"], &["-k", "-s", "--kill-after", "--signal"], 1),
    wrapper(&["torsocks"], &["-P", "-a", "-p", "-u", "--address", "--pass", "--port", "--user"], 0),
    wrapper(&["trickle"], &["-L", "-d", "-l", "-n", "-t", "-u", "-w"], 0),
    wrapper(&["unshare"], &["-G", "-R", "-S", "-w", "--propagation", "--root", "--setgid", "--setgroups", "--setuid",
        "--wd"], 0),
    wrapper(&["xargs"], &["-E", "-I", "-L", "-P", "-a", "-d", "-n", "-s"], 0),
];

/// What `setarch` takes before the program, if it is there.
const ARCHITECTURES: &[&str] = &[
    "aarch64", "arm", "i386", "i486", "i586", "i686", "linux32", "linux64", "ppc", "ppc64", "ppc64le", "riscv64",
    "s390x", "uname26", "x86_64",
];

/// The program's own name, and without the version at its end.
fn names(program: &str) -> Option<[&str; 2]> {
    let name = Path::new(program).file_name()?.to_str()?;
    let versionless = name.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    Some([name, versionless])
}

fn wrapper_of(names: [&str; 2]) -> Option<&'static Wrapper> {
    // `linux32` is a name with its version.
    let has = |wrapper: &&Wrapper| names.iter().any(|name| wrapper.names.contains(name));
    WRAPPERS.iter().find(has)
}

pub(super) fn repute(program: &str) -> Option<Repute> {
    let names = names(program)?;
    let is_one = |known: &&(&[&str], Repute)| names.iter().any(|name| known.0.contains(name));
    let known = KNOWN.iter().find(is_one).map(|(_, repute)| *repute);
    known.or_else(|| wrapper_of(names).map(|_| Repute::Wrapper))
}

/// Where the program stands among a wrapper's arguments: behind its own options, their values, and the words that it takes
/// for itself, such as a time or a folder. `is_own` tells options and variables.
pub(super) fn program_position(wrapper: &str, arguments: &[Element], is_own: impl Fn(&Element) -> bool) -> usize {
    let known = names(wrapper).and_then(wrapper_of);
    let (takes, mut words) = known.map_or((&[][..], 0), |known| (known.takes, known.own_words));
    let is_architecture =
        |element: &Element| matches!(element, Element::Literal(literal) if ARCHITECTURES.contains(&&**literal));
    if wrapper.ends_with("setarch") && arguments.first().is_some_and(is_architecture) {
        words = 1;
    }
    let mut position = 0;
    while let Some(element) = arguments.get(position) {
        if is_own(element) {
            let takes = matches!(element, Element::Literal(literal) if takes.contains(&&**literal));
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
