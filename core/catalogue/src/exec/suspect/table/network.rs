//! Programs that talk to other machines.

use super::super::freedom::Form;
use super::super::row::{Harm, Row, from, nth, operand, stdin, value};

const CONFIG: &str = "what the file says";

#[rustfmt::skip] // a row a program, read across
pub(super) const ROWS: &[Row] = &[
    Row::new(
        &["curl"],
        &[
            operand(Form::Start("file:///x"), Harm::Read, "file:///..."),
            value(&["--url"], Form::Start("file:///x"), Harm::Read, "file:///..."),
            value(&["-o", "--output", "--output-dir", "-D", "--dump-header", "-c", "--cookie-jar", "--trace",
                "--trace-ascii", "--stderr", "--libcurl", "--etag-save", "--hsts", "--alt-svc"],
                Form::File, Harm::Write, ""),
            value(&["-d", "--data", "--data-binary", "--data-ascii", "--data-urlencode", "-H", "--header", "--json",
                "-b", "--cookie"], Form::Start("@/x"), Harm::Read, "@file"),
            value(&["-F", "--form"], Form::Any("@<"), Harm::Read, "name=@file"),
            value(&["-T", "--upload-file", "-K", "--config", "--netrc-file", "-E", "--cert", "--key", "--cacert"],
                Form::File, Harm::Read, ""),
            value(&["-K", "--config"], Form::Content, Harm::Write, CONFIG),
            value(&["--engine"], Form::Content, Harm::Library, "--engine"),
            stdin(Form::Free, Harm::Write, "what is read by -K -"),
        ],
    )
    .takes(&["-X", "-u", "-A", "-e", "-m", "--max-time", "-x", "--proxy", "-w", "--connect-timeout", "--retry", "-r",
        "--resolve", "--user"])
    .option("-K"),
    Row::new(
        &["wget", "wget2", "aria2c", "axel", "httrack", "lwp-download", "GET", "http", "https", "httpie", "xh"],
        &[
            value(&["-O", "--output-document", "-P", "--directory-prefix", "-o", "--output-file", "-a",
                "--append-output", "--save-cookies", "-d", "--dir"], Form::File, Harm::Write, ""),
            value(&["-i", "--input-file", "--post-file", "--body-file", "--load-cookies", "--ca-certificate"],
                Form::File, Harm::Read, ""),
            value(&["--use-askpass", "-e", "--execute", "--config", "--on-download-complete", "--on-download-error",
                "--on-download-start"], Form::Content, Harm::Program, "--use-askpass"),
            from(1, Form::Start("@/x"), Harm::Read, "@file"),
        ],
    )
    .takes(&["-t", "-T", "-U", "-q", "--header", "--user", "--password", "--timeout"])
    .option("--use-askpass"),
    Row::new(
        &["ssh", "autossh", "slogin", "sshpass", "dropbear", "dbclient"],
        &[
            value(&["-o"], Form::Start("ProxyCommand=x"), Harm::Shell, "ProxyCommand=..."),
            value(&["-F"], Form::Content, Harm::Shell, "ProxyCommand in the file"),
            value(&["-I", "-S", "-E"], Form::Content, Harm::Library, "-I"),
            value(&["-J"], Form::Start("-x"), Harm::Shell, "-oProxyCommand=..."),
        ],
    )
    .option("-o ProxyCommand=..."),
    Row::new(
        &["scp", "sftp", "pscp"],
        &[
            value(&["-S", "-D"], Form::Content, Harm::Program, "-S"),
            value(&["-o"], Form::Start("ProxyCommand=x"), Harm::Shell, "ProxyCommand=..."),
            value(&["-F"], Form::Content, Harm::Shell, "ProxyCommand in the file"),
            operand(Form::File, Harm::Write, ""),
            value(&["-b"], Form::Content, Harm::Shell, "! in the file"),
            stdin(Form::Start("!x"), Harm::Shell, "!"),
        ],
    )
    .takes(&["-P", "-i", "-l", "-c", "-J"])
    .option("-o ProxyCommand=..."),
    Row::new(
        &["ssh-keygen"],
        &[
            value(&["-D", "-w"], Form::Content, Harm::Library, "-D"),
            value(&["-f", "-s", "-I", "-O"], Form::File, Harm::Write, ""),
        ],
    )
    .option("-D"),
    Row::new(
        &["ssh-add", "ssh-agent", "ssh-copy-id", "ssh-keyscan"],
        &[
            value(&["-s", "-S", "-P"], Form::Content, Harm::Library, "-s"),
            value(&["-f", "-i"], Form::File, Harm::Read, ""),
            value(&["-o"], Form::Start("ProxyCommand=x"), Harm::Shell, "ProxyCommand=..."),
        ],
    )
    .option("-s"),
    Row::new(
        &["rsync"],
        &[
            value(&["-e", "--rsh", "--rsync-path"], Form::Free, Harm::Shell, "-e"),
            value(&["--files-from", "--exclude-from", "--include-from", "--password-file"],
                Form::File, Harm::Read, ""),
            value(&["--log-file", "--backup-dir", "--partial-dir", "-T", "--temp-dir", "--write-batch"],
                Form::File, Harm::Write, ""),
            value(&["-M", "--remote-option"], Form::Free, Harm::Shell, "--remote-option"),
            operand(Form::File, Harm::Write, ""),
        ],
    )
    .takes(&["-f", "--filter", "-B", "--exclude", "--include", "--port", "--bwlimit"])
    .option("-e"),
    Row::new(
        &["git"],
        &[
            value(&["-c"], Form::Start("core.pager=x"), Harm::Shell, "core.pager=..."),
            value(&["-C", "--git-dir", "--work-tree"], Form::Content, Harm::Shell, "core.fsmonitor in its config"),
            value(&["--exec-path", "--upload-pack", "-u", "--receive-pack", "--exec", "-x", "--open-files-in-pager",
                "-O", "--config-env", "--template"], Form::Free, Harm::Program, "--upload-pack"),
            from(1, Form::Start("ext::x"), Harm::Shell, "ext::...")
                .only(&["clone", "fetch", "pull", "push", "ls-remote", "remote", "submodule", "archive"]),
            from(1, Form::Free, Harm::Shell, "an alias or core.pager").only(&["config"]),
            from(1, Form::File, Harm::Read, "").only(&["diff", "apply", "am", "hash-object", "blame"]),
            value(&["--output", "-o", "--output-directory"], Form::File, Harm::Write, ""),
            value(&["-F", "--file", "--pathspec-from-file"], Form::File, Harm::Read, ""),
        ],
    )
    .takes(&["-n", "-m", "--author", "--format", "-b", "--depth", "--namespace"])
    .option("--upload-pack"),
    Row::new(
        &["hg", "svn", "bzr", "brz", "cvs", "fossil", "darcs"],
        &[
            value(&["--config", "--config-option", "-R", "--config-dir", "--editor-cmd", "--diff-cmd"],
                Form::Content, Harm::Shell, "alias.x=!..."),
            from(1, Form::Start("svn+ssh://-x"), Harm::Program, "svn+ssh://-oProxyCommand=..."),
            from(1, Form::Start("ssh://-x"), Harm::Program, "ssh://-oProxyCommand=..."),
            value(&["-F", "-l", "--file", "--logfile"], Form::File, Harm::Read, ""),
        ],
    )
    .option("--config alias.x='!sh'"),
    Row::new(
        &["socat", "socat1"],
        &[
            operand(Form::Start("EXEC:x"), Harm::Program, "EXEC:..."),
            operand(Form::Start("SYSTEM:x"), Harm::Shell, "SYSTEM:..."),
            operand(Form::Start("exec:x"), Harm::Program, "exec:..."),
            operand(Form::Start("system:x"), Harm::Shell, "system:..."),
            operand(Form::Has("/"), Harm::Write, "any file"),
        ],
    ),
    Row::new(
        &["nc", "ncat", "netcat", "nc.traditional", "nc.openbsd"],
        &[
            value(&["-e", "--exec", "-c", "--sh-exec", "--lua-exec"], Form::Free, Harm::Program, "-e"),
            value(&["-o", "--output", "-U"], Form::File, Harm::Write, ""),
        ],
    )
    .takes(&["-p", "-s", "-w", "-i", "-q", "-X", "-x"])
    .option("-e"),
    Row::new(
        &["openssl"],
        &[
            value(&["-engine", "-provider", "-provider-path"], Form::Content, Harm::Library, "-engine"),
            value(&["-out", "-keyout", "-writerand", "-CAserial"], Form::File, Harm::Write, ""),
            value(&["-in", "-inkey", "-key", "-cert", "-CAfile", "-rand", "-config", "-kfile", "-certfile",
                "-infile"], Form::File, Harm::Read, ""),
            value(&["-passin", "-passout", "-pass"], Form::Start("file:/x"), Harm::Read, "file:..."),
            value(&["-config"], Form::Content, Harm::Library, "an engine in the file"),
            nth(0, Form::Free, Harm::Library, "engine"),
        ],
    )
    .option("-engine"),
    Row::new(
        &["tcpdump", "dumpcap", "tshark", "wireshark", "tcpflow", "ngrep"],
        &[
            value(&["-z"], Form::Free, Harm::Program, "-z"),
            value(&["-w", "-W", "-O"], Form::File, Harm::Write, ""),
            value(&["-r", "-F", "-V"], Form::File, Harm::Read, ""),
            value(&["-X"], Form::Start("lua_script:x"), Harm::Code, "lua_script:..."),
        ],
    )
    .takes(&["-i", "-c", "-s", "-C", "-G", "-f", "-Y", "-T", "-e", "-E", "-y", "-Z", "-B"])
    .option("-z"),
    Row::new(
        &["nmap"],
        &[
            value(&["--script", "--script-args-file", "--datadir", "--servicedb", "--versiondb", "--script-args"],
                Form::Content, Harm::Code, "--script"),
            value(&["-iL", "--excludefile", "--resume"], Form::File, Harm::Read, "-iL"),
            value(&["-oN", "-oX", "-oS", "-oG", "-oA"], Form::File, Harm::Write, "-oN"),
        ],
    )
    .takes(&["-p", "-e", "-S", "-D", "-g", "--top-ports", "--host-timeout"])
    .option("--script"),
    Row::new(
        &["masscan", "nikto", "sqlmap", "hydra", "medusa", "hping3", "check_by_ssh", "check_log", "check_raid",
            "check_statusfile", "check_cups", "check_memory"],
        &[
            value(&["-c", "--conf", "-iL", "-f", "-F", "-L", "-P", "-C", "--eval", "-o", "-O", "-r", "-config"],
                Form::Free, Harm::Program, "-o ProxyCommand=... or --eval"),
            operand(Form::File, Harm::Read, ""),
        ],
    )
    .option("--eval"),
    Row::new(
        &["dig", "host", "nslookup", "delv", "drill", "kdig"],
        &[value(&["-f"], Form::File, Harm::Read, "-f")],
    )
    .takes(&["-t", "-p", "-b", "-c", "-k", "-x", "-q", "-y"])
    .option("-f"),
    Row::new(&["mtr", "arp", "ss", "bridge", "ip", "tc", "nft", "iptables-restore", "ip6tables-restore", "ethtool",
        "rtmon"], &[
        value(&["-F", "-f", "--filename", "-b", "-batch", "-force", "-D", "--diag", "file"],
            Form::File, Harm::Read, "-f"),
    ])
    .takes(&["-n", "-c", "-i", "-s"])
    .option("-f"),
    Row::new(
        &["ip"],
        &[
            // `ip netns exec NAME PROGRAM`, `ip vrf exec NAME PROGRAM`
            from(3, Form::Free, Harm::Program, "any program's name").only(&["exec"]),
            nth(0, Form::Free, Harm::Program, "netns"),
            value(&["-b", "-batch"], Form::Content, Harm::Program, "netns exec in the file"),
        ],
    )
    .takes(&["-n", "-netns", "-f", "-family", "-l", "-loops", "-rc", "-rcvbuf"])
    .option("-batch"),
    Row::new(
        &["openvpn", "pppd", "wg-quick", "stunnel", "stunnel4", "wpa_supplicant", "dhclient", "udhcpc", "dnsmasq",
            "nginx", "apache2", "apachectl", "httpd", "lighttpd", "haproxy", "squid", "exim", "exim4", "sendmail",
            "postfix", "slapd", "sshd", "vsftpd"],
        &[
            value(&["--config", "-c", "-C", "-f", "-g", "-cf", "-sf", "--up", "--dhcp-script", "-s", "--conf-file",
                "-d", "-bs", "-be"], Form::Content, Harm::Program, CONFIG),
            operand(Form::Content, Harm::Program, CONFIG),
        ],
    )
    .option("--config"),
    Row::new(
        &["ftp", "tftp", "telnet", "rlogin", "lftp", "ncftp", "smbclient", "cadaver", "finger", "whois"],
        &[
            stdin(Form::Start("!x"), Harm::Shell, "!"),
            value(&["-c", "-e", "-f"], Form::Free, Harm::Shell, "!"),
            value(&["-n", "-l", "-o", "-O"], Form::File, Harm::Write, ""),
        ],
    )
    .option("-c '!sh'"),
    Row::new(
        &["restic", "borg", "rclone", "duplicity", "kopia", "rdiff-backup", "rsnapshot", "bconsole", "unison"],
        &[
            value(&["--password-command", "-o", "--option", "--rsh", "--remote-schema", "--password-file",
                "--config", "--sshcmd", "-c"], Form::Content, Harm::Program, "--password-command"),
            value(&["-r", "--repo", "--target"], Form::File, Harm::Write, ""),
            from(1, Form::File, Harm::Read, ""),
        ],
    )
    .option("--password-command"),
    Row::new(
        &["mail", "mailx", "s-nail", "bsd-mailx", "mutt", "neomutt", "msmtp", "swaks", "sendemail"],
        &[
            value(&["-a", "-A", "--attach", "-q", "--body"], Form::File, Harm::Read, "an attached file"),
            value(&["-e", "-C", "-F", "-S", "-E"], Form::Free, Harm::Program, "shell in a setting"),
            stdin(Form::Start("~!x"), Harm::Shell, "~!"),
            stdin(Form::Has("\n~!"), Harm::Shell, "~!"),
        ],
    )
    .takes(&["-s", "-r", "-c", "-b"])
    .option("--exec='!sh'"),
    Row::new(
        &["aws", "gcloud", "az", "s3cmd", "gsutil", "mc"],
        &[
            value(&["--cli-input-json", "--cli-input-yaml", "--body", "--template-body", "--user-data", "--payload"],
                Form::Start("file:///x"), Harm::Read, "file://..."),
            value(&["--config", "-c", "--flags-file"],
                Form::Content, Harm::Program, "credential_process in the file"),
            nth(0, Form::Free, Harm::Program, "any of its commands, such as ssh"),
            from(1, Form::Start("file:///x"), Harm::Read, "file://..."),
        ],
    )
    .option("--cli-input-json file://..."),
];
