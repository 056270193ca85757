//! Programs that run a machine: services, logs, disks, users, clocks.

use super::super::freedom::Form;
use super::super::row::{Harm, Row, from, nth, operand, stdin, value};

#[rustfmt::skip] // a row a program, read across
pub(super) const ROWS: &[Row] = &[
    Row::new(
        &["systemctl"],
        &[
            from(1, Form::Has("/"), Harm::Program, "a unit's file by its path").only(&["link", "enable", "reenable"]),
            from(1, Form::Free, Harm::Program, "any variable of all services").only(&["set-environment",
                "import-environment"]),
            from(2, Form::Start("ExecStart=x"), Harm::Program, "ExecStart=...").only(&["set-property"]),
            value(&["-H", "--host", "-M", "--machine"], Form::Free, Harm::Program, "--host, by ssh"),
            value(&["--root", "--image"], Form::File, Harm::Write, ""),
        ],
    )
    .takes(&["-t", "--type", "-p", "--property", "-n", "--lines", "-o", "--state", "-s", "--signal"])
    .option("--host"),
    Row::new(
        &["journalctl"],
        &[
            value(&["--file", "-i", "-D", "--directory", "--root", "--image", "--cursor-file"],
                Form::File, Harm::Read, ""),
            operand(Form::Start("/x"), Harm::Read, "messages of any program"),
        ],
    )
    .takes(&["-u", "--unit", "-n", "--lines", "-o", "-p", "-S", "--since", "-U", "--until", "-t", "-g", "--grep",
        "-b"])
    .option("--file"),
    Row::new(
        &["service", "invoke-rc.d", "rc-service", "initctl", "sv", "svc"],
        &[nth(0, Form::Has("/"), Harm::Program, "../../bin/sh, since it is a file's name")],
    ),
    Row::new(
        &["update-alternatives", "dpkg-reconfigure", "debconf-set-selections", "update-rc.d", "chkconfig"],
        &[operand(Form::Has("/"), Harm::Write, "--install"), value(&["--admindir", "--altdir"],
            Form::File, Harm::Write, "")],
    ),
    Row::new(
        &["mount", "umount", "losetup", "swapon", "swapoff", "cryptsetup", "fusermount", "mount.cifs", "mount.nfs",
            "zfs", "zpool", "btrfs", "lvm", "dmsetup", "mdadm", "parted", "fdisk", "sfdisk", "cfdisk", "gdisk",
            "sgdisk", "mkfs", "mkswap", "wipefs", "blkdiscard", "hdparm", "sdparm", "tune2fs", "resize2fs", "fsck",
            "e2fsck", "xfs_admin", "badblocks"],
        &[
            operand(Form::Has("/"), Harm::Write, "any device or folder"),
            value(&["-o", "--options", "-F", "--fstab", "-i", "-b", "--key-file", "-z", "-d"],
                Form::Free, Harm::Write, "-o bind"),
        ],
    )
    .takes(&["-t", "--types", "-L", "-U"])
    .option("-o bind"),
    Row::new(
        &["date"],
        &[value(&["-f", "--file", "-r", "--reference"], Form::File, Harm::Read, "-f")],
    )
    .takes(&["-d", "-s"])
    .option("-f"),
    Row::new(
        &["dmesg", "last", "lastb", "lastlog", "who", "w", "utmpdump", "ausearch", "aureport"],
        &[value(&["-F", "--file", "-f", "-if", "--input", "-K", "--kmsg-file"],
            Form::File, Harm::Read, "-F"), nth(0, Form::File, Harm::Read, "")],
    )
    .takes(&["-n", "-l", "-s", "-t", "-u", "-k"])
    .option("-F"),
    Row::new(
        &["useradd", "usermod", "adduser", "groupadd", "userdel", "newusers", "chpasswd", "passwd", "gpasswd",
            "chsh", "chfn", "vigr", "deluser", "groupmod", "groupmems"],
        &[
            value(&["-s", "--shell", "-d", "--home", "-m", "-k", "--skel", "-b", "-R", "--root", "-P", "--prefix",
                "--conf"], Form::Has("/"), Harm::Write, "any folder, or any program as a shell"),
            value(&["-G", "--groups", "-g", "--gid", "-aG", "-a", "-A"],
                Form::Free, Harm::Program, "a group such as sudo"),
        ],
    )
    .option("--groups sudo"),
    Row::new(
        &["sysctl"],
        &[
            operand(Form::Has("="), Harm::Program, "kernel.core_pattern=|..."),
            value(&["-w", "--write"], Form::Has("="), Harm::Program, "kernel.core_pattern=|..."),
            value(&["-p", "--load"], Form::File, Harm::Read, "-p"),
        ],
    )
    .option("-w"),
    Row::new(
        &["crontab", "at", "batch"],
        &[
            operand(Form::Content, Harm::Program, "the lines of the file"),
            value(&["-f"], Form::Content, Harm::Program, "the lines of the file"),
        ],
    )
    .takes(&["-u", "-q", "-t", "-l"])
    .option("-e"),
    Row::new(
        &["ipmitool", "ipmi-console", "virsh", "virt-install", "xl", "VBoxManage", "lxc", "incus", "qm", "pct",
            "vmtoolsd"],
        &[
            value(&["exec", "-f", "--file", "--import", "--hook", "--cdrom", "--disk", "--qemu-commandline"],
                Form::Content, Harm::Program, "what the file says"),
            from(1, Form::Has("/"), Harm::Program, "a file that says what to run").only(&["exec", "define", "create",
                "attach-device", "edit", "config", "snapshot-create"]),
        ],
    ),
    Row::new(
        &["hostname", "domainname", "timedatectl", "localectl", "hwclock", "readprofile", "setfont", "loadkeys",
            "kbd_mode", "dmidecode", "smartctl", "sensors", "lshw", "acpid", "udevadm", "kexec", "setterm",
            "loadunimap", "dumpkeys"],
        &[
            value(&["-F", "--file", "-f", "--adjtime", "-m", "-M", "--dump-bin", "--from-dump", "-c", "-B", "--load",
                "--initrd"], Form::File, Harm::Read, ""),
        ],
    )
    .option("-F"),
    Row::new(
        &["certbot", "acme.sh", "dehydrated", "lego"],
        &[value(&["--pre-hook", "--post-hook", "--deploy-hook", "--renew-hook", "--manual-auth-hook", "--reloadcmd",
            "--hook", "--config", "-c", "--renew-hook"], Form::Free, Harm::Shell, "--pre-hook")],
    )
    .option("--pre-hook"),
    Row::new(
        &["gpg", "gpg2", "gpgsm", "age", "ccrypt", "openpgp", "sq", "minisign", "pass"],
        &[
            operand(Form::File, Harm::Read, ""),
            value(&["-o", "--output", "--export-secret-keys"], Form::File, Harm::Write, ""),
            value(&["--passphrase-file", "--options", "--homedir", "-i", "-R"], Form::Content, Harm::Read, ""),
            value(&["--photo-viewer", "--agent-program", "--exec-path", "--dirmngr-program", "--pinentry-program"],
                Form::Free, Harm::Program, "--agent-program"),
        ],
    )
    .takes(&["-r", "--recipient", "-u", "--local-user", "--default-key"])
    .option("--agent-program"),
    Row::new(
        &["inotifywait", "fswatch", "fuser", "lsof", "pidstat", "sar", "iostat", "sadf", "top", "htop", "atop",
            "iotop", "nmon", "tcpkill", "tload", "pmap"],
        &[
            value(&["--fromfile", "-o", "--outfile", "-f", "-r", "-w", "-F"], Form::File, Harm::Write, ""),
        ],
    )
    .takes(&["-d", "-n", "-p", "-u", "-t", "-e"])
    .option("-o"),
    Row::new(
        &["wall", "write", "logger", "systemd-cat"],
        &[
            value(&["-f", "--file"], Form::File, Harm::Read, "-f"),
        ],
    )
    .takes(&["-t", "-p", "-n", "-P", "-g"])
    .option("-f"),
    Row::new(
        &["wall"],
        &[nth(0, Form::File, Harm::Read, "a file's name instead of a message")],
    ),
    Row::new(
        &["xdotool", "xsel", "xclip", "dbus-send", "gdbus", "notify-send", "qdbus", "swaymsg", "i3-msg", "hyprctl",
            "wmctrl", "bspc"],
        &[
            operand(Form::Start("exec"), Harm::Program, "exec"),
            value(&["-i", "--file", "--dest", "-f"], Form::File, Harm::Read, ""),
            stdin(Form::Start("exec"), Harm::Program, "exec"),
        ],
    ),
];
