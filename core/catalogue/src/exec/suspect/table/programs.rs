//! Programs that start others by an option, a setting or a word that seems harmless.

use super::super::freedom::Form;
use super::super::row::{Harm, Row, from, nth, operand, stdin, value};

#[rustfmt::skip] // a row a program, read across
pub(super) const ROWS: &[Row] = &[
    Row::new(
        &["python", "pypy", "ipython", "jython", "bpython"],
        &[value(&["-m"], Form::Free, Harm::Code, "any module"), value(&["-W", "-X"], Form::Free, Harm::Code, "-X")],
    )
    .option("-c"),
    Row::new(
        &["perl", "cpan", "prove", "perlbug"],
        &[
            value(&["-M", "-m", "-I"], Form::Free, Harm::Code, "-M"),
            value(&["--exec", "-e"], Form::Free, Harm::Program, "--exec"),
        ],
    )
    .option("-e"),
    Row::new(
        &["cpan", "cpanm"],
        &[operand(Form::Free, Harm::Code, "the module's own Makefile.PL"), stdin(Form::Free, Harm::Code, "!")],
    )
    .option("-M"),
    Row::new(
        &["tic", "infocmp", "captoinfo", "infotocap"],
        &[
            operand(Form::File, Harm::Read, ""),
            value(&["-o"], Form::File, Harm::Write, "-o"),
            value(&["-A", "-B"], Form::File, Harm::Read, ""),
        ],
    )
    .takes(&["-R", "-e", "-v", "-w", "-s", "-Q"])
    .option("-o"),
    Row::new(
        &["red"],
        &[operand(Form::File, Harm::Read, ""), stdin(Form::Free, Harm::Write, "w")],
    )
    .takes(&["-p"]),
    Row::new(
        &["ruby", "irb", "jruby", "pry"],
        &[value(&["-r", "-I", "-C"], Form::Content, Harm::Code, "-r")],
    )
    .option("-e"),
    Row::new(
        &["node", "nodejs", "deno", "bun", "tsx", "ts-node"],
        &[value(&["-r", "--require", "--import", "--loader", "--experimental-loader", "--env-file"],
            Form::Content, Harm::Code, "--require")],
    )
    .option("--eval"),
    Row::new(
        &["php", "php-cgi", "hhvm"],
        &[
            value(&["-d"], Form::Start("auto_prepend_file=x"), Harm::Code, "auto_prepend_file=..."),
            value(&["-c", "-z", "-f"], Form::Content, Harm::Code, "the file"),
        ],
    )
    .option("-r"),
    Row::new(
        &["emacs", "emacsclient", "vim", "nvim", "vi", "gvim", "vimdiff", "nano", "pico"],
        &[value(&["-c", "--cmd", "-S", "--eval", "-e", "--load", "-l", "-s", "--speller"],
            Form::Free, Harm::Shell, "!")],
    )
    .option("-c '!sh'"),
    Row::new(
        &["man", "info", "pinfo", "perldoc", "pydoc", "apropos"],
        &[
            value(&["-P", "--pager", "-H", "--html", "-C", "--config-file", "-M", "--preprocessor"],
                Form::Free, Harm::Program, "-P"),
            nth(0, Form::File, Harm::Read, ""),
        ],
    )
    .option("-P"),
    Row::new(
        &["xdg-open", "open", "run-mailcap", "see", "edit", "print", "gio", "gtk-launch", "exo-open", "kde-open"],
        &[operand(Form::Content, Harm::Program, "whatever opens such a file")],
    ),
    Row::new(
        &["run-parts", "daemon", "daemonize", "cpulimit", "cgexec", "capsh", "bwrap", "proot", "faketime",
            "dbus-launch", "perf", "rr", "gcore", "rlwrap", "multitime", "watchexec", "numactl", "newgrp", "sg",
            "xvfb-run", "ld.so", "softlimit", "setuidgid", "envdir", "chpst", "tini", "dumb-init", "su-exec",
            "runcon", "torify", "vglrun", "catchsegv", "uclampset", "coresched"],
        &[
            operand(Form::Free, Harm::Program, "any program's name"),
            value(&["-x", "--exec", "-c", "-S", "--startas", "-n", "--command"], Form::Free, Harm::Program, "--exec"),
        ],
    )
    .takes(&["-u", "-g", "-p", "-l", "-o", "-e", "-s", "--user", "--group", "--pidfile"]),
    Row::new(
        &["systemd-run", "systemd-nspawn", "systemd-analyze", "systemd-socket-activate"],
        &[
            value(&["-p", "--property", "-E", "--setenv", "--on-active"],
                Form::Start("ExecStartPre=x"), Harm::Program, "ExecStartPre=..."),
            value(&["--bind", "-D", "--directory", "--image", "-i"], Form::File, Harm::Write, ""),
        ],
    ),
    Row::new(
        &["screen", "tmux", "byobu", "dtach", "abduco", "tmate", "zellij", "dvtm"],
        &[
            value(&["-X", "-c", "-f", "-S", "-L", "-A", "-n"], Form::Free, Harm::Shell, "-X exec"),
            operand(Form::Free, Harm::Program, "new-session or any program"),
        ],
    )
    .option("-X exec"),
    Row::new(
        &["logrotate", "anacron", "cron", "crond", "fcron", "incrond", "monit", "supervisord", "supervisorctl",
            "god", "forever", "pm2", "runsv", "runsvdir", "s6-svscan", "svscan", "init"],
        &[
            operand(Form::Content, Harm::Program, "what the file says"),
            value(&["-c", "-t", "-s", "-l", "--state", "--log"], Form::Content, Harm::Program, "what the file says"),
        ],
    ),
    Row::new(
        &["ldconfig", "ld.so", "ldd", "ld-linux", "ld-linux-x86-64.so", "modprobe", "insmod", "kmod", "depmod",
            "dlltool"],
        &[
            operand(Form::Content, Harm::Library, "the file itself"),
            value(&["-f", "-C", "-d", "-r", "-S", "--preload", "--library-path"], Form::Content, Harm::Library, ""),
        ],
    )
    .option("--preload"),
    Row::new(
        &["pkexec", "doas", "sudo"],
        &[value(&["-C", "-p", "-T", "-D", "-R", "--chroot", "-A"], Form::Content, Harm::Program, "-C")],
    ),
    Row::new(
        &["gawk", "busybox", "toybox", "sash", "rescue", "coreutils", "uutils"],
        &[nth(0, Form::Free, Harm::Shell, "sh")],
    ),
    Row::new(
        &["xterm", "urxvt", "rxvt", "gnome-terminal", "konsole", "alacritty", "kitty", "foot", "xfce4-terminal"],
        &[
            value(&["-e", "-x", "--command", "--execute"], Form::Free, Harm::Program, "-e"),
            operand(Form::Free, Harm::Program, "any program"),
        ],
    )
    .takes(&["-T", "-title", "-geometry", "-fn", "-bg", "-fg"])
    .option("-e"),
    Row::new(
        &["cowsay", "cowthink"],
        &[value(&["-f"], Form::Content, Harm::Code, "a cow is Perl")],
    )
    .takes(&["-e", "-T", "-W"])
    .option("-f"),
    Row::new(
        &["dosbox"],
        &[
            value(&["-c"], Form::Free, Harm::Write, "copy"),
            value(&["-conf"], Form::Content, Harm::Write, "copy in the file"),
            operand(Form::Content, Harm::Code, "a program"),
        ],
    )
    .option("-c copy"),
    Row::new(
        &["tclsh", "wish", "slsh", "expect", "autoexpect", "elvish", "nu", "xonsh", "posh", "tasksh", "msfconsole",
            "r2", "radare2", "wine", "gtester", "ansible-console"],
        &[
            nth(0, Form::Content, Harm::Code, "a script"),
            value(&["-c", "-e", "-i", "-r", "-x", "-q"], Form::Free, Harm::Code, "-c"),
            stdin(Form::Free, Harm::Code, ""),
        ],
    )
    .option("-c"),
    Row::new(
        &["rpmquery", "rpmverify", "rpmdb", "rpmbuild", "rpmspec"],
        &[
            value(&["--eval", "-E", "--define", "-D", "--pipe", "--queryformat", "--qf"],
                Form::Has("%"), Harm::Shell, "%(...)"),
            value(&["--pipe"], Form::Free, Harm::Program, "--pipe"),
            value(&["-ba", "-bb", "-bp", "--rebuild", "--load", "--macros"],
                Form::Content, Harm::Program, "what the file says"),
        ],
    )
    .option("--eval '%(sh)'"),
    Row::new(
        &["scrot", "feh", "nsxiv", "sxiv"],
        &[
            value(&["-e", "--exec", "-A", "--action", "--info"], Form::Free, Harm::Shell, "-e"),
            value(&["-f", "--filelist", "-o"], Form::File, Harm::Read, ""),
        ],
    )
    .takes(&["-d", "-q", "-s"])
    .option("-e"),
    Row::new(
        &["varnishncsa", "varnishlog", "varnishd"],
        &[
            value(&["-w", "-P"], Form::File, Harm::Write, "-w"),
            value(&["-f"], Form::Content, Harm::Code, "inline C in the file"),
        ],
    )
    .option("-w"),
    Row::new(
        &["qemu", "qemu-system-x86_64", "qemu-img", "qemu-nbd", "kvm"],
        &[
            value(&["-monitor", "-serial", "-chardev", "-drive", "-hda", "-cdrom", "-kernel", "-netdev", "-device",
                "-object"], Form::Free, Harm::Write, "-drive file=..."),
            operand(Form::File, Harm::Write, ""),
        ],
    )
    .option("-drive"),
    Row::new(
        &["xmodmap", "xmore", "xpad", "zsoelim", "yelp", "efax", "espeak", "links", "links2", "surf", "zathura",
            "evince", "fping"],
        &[
            operand(Form::File, Harm::Read, ""),
            value(&["-f", "--file", "-d", "-source"], Form::File, Harm::Read, ""),
        ],
    )
    .option("-f"),
    Row::new(
        &["pg_dump", "pg_dumpall", "mysqldump", "mariadb-dump", "mongodump", "mongoexport"],
        &[
            value(&["-f", "--file", "-r", "--result-file", "-T", "--tab", "-o", "--out"],
                Form::File, Harm::Write, ""),
            value(&["--defaults-file", "--defaults-extra-file", "--plugin-dir"],
                Form::Content, Harm::Library, "plugin-dir in the file"),
        ],
    ),
    Row::new(
        &["pdb", "pdb3", "idle", "2to3", "pydoc3", "coverage", "nose2", "flask", "django-admin", "celery",
            "gunicorn", "uwsgi", "ab", "locust", "jupyter"],
        &[
            operand(Form::Content, Harm::Code, "a module or a file"),
            value(&["-c", "--config", "-A", "--app", "--settings", "--pythonpath"],
                Form::Content, Harm::Code, "a module or a file"),
        ],
    ),
    Row::new(
        &["xargs", "parallel", "env", "flock", "watch", "entr"],
        &[
            value(&["-a", "--arg-file", "--arg-file", "-I"], Form::File, Harm::Read, ""),
            value(&["-S", "--split-string", "-c", "--command"], Form::Free, Harm::Program, "-S"),
        ],
    ),
    Row::new(
        &["loginctl", "machinectl", "busctl", "hostnamectl", "resolvectl", "bootctl", "coredumpctl"],
        &[
            value(&["-H", "--host", "-M", "--machine"], Form::Free, Harm::Program, "--host, by ssh"),
            value(&["--debugger", "-A", "--debugger-arguments", "-o", "--output", "-D", "--directory"],
                Form::File, Harm::Program, "--debugger"),
            from(2, Form::File, Harm::Write, "").only(&["copy-to", "copy-from", "import-tar", "export-tar"]),
        ],
    )
    .option("--host"),
];
