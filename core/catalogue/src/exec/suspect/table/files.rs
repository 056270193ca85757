//! Programs that read, write, pack and change files.

use super::super::freedom::Form;
use super::super::row::{Harm, Hazard, Row, from, nth, operand, stdin, value};

const READS: &[Hazard] = &[
    operand(Form::File, Harm::Read, ""),
    value(
        &["-f", "--file", "--files0-from", "--reference", "--from-file"],
        Form::File,
        Harm::Read,
        "",
    ),
];
const WRITES: &[Hazard] = &[
    operand(Form::File, Harm::Write, ""),
    value(
        &["-t", "--target-directory", "--reference"],
        Form::File,
        Harm::Write,
        "",
    ),
];

/// What tar is told without a dash, where the next word is the archive.
const OLD_STYLE: &[&str] = &[
    "xf", "cf", "tf", "rf", "uf", "xzf", "czf", "tzf", "xjf", "cjf", "tjf", "xJf", "cJf", "tJf", "xaf", "caf", "xvf",
    "cvf", "tvf", "xvzf", "cvzf", "xzvf", "czvf",
];

/// What makes tar put files into an archive.
const CREATES: &[&str] = &[
    "cf", "rf", "uf", "czf", "cjf", "cJf", "caf", "cvf", "cvzf", "czvf", "-c", "-r", "-u", "-cf", "-rf", "-uf", "-czf",
    "-cjf", "-cJf", "-caf", "-cvf", "-cvzf", "-czvf", "--create", "--append", "--update",
];

#[rustfmt::skip] // a row a program, read across
pub(super) const ROWS: &[Row] = &[
    Row::new(
        &[
            "acpica", "ascii-xfr", "ascii85", "base32", "base58", "base64", "basenc", "basez", "bat", "batcat",
            "bzcat", "bzmore",
            "cat", "catdoc", "cksum", "cmp", "column", "comm", "cut", "diff", "diff3", "dog", "expand", "exiftool",
            "fmt",
            "fold", "hd", "head", "hexdump", "highlight", "iconv", "join", "lz4cat", "lzcat", "lzmore", "nl",
            "objdump", "od",
            "paste", "pr", "ptx", "pygmentize", "readelf", "rev", "shuf", "strings", "sum", "tac", "tail", "tbl",
            "tsort", "ul",
            "unexpand", "uniq", "wc", "xxd", "xzcat", "xzmore", "zcat", "zmore", "zstdcat", "look", "antiword",
            "eqn", "hexyl",
            "md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "nm", "size", "tidy",
            "xmllint",
            "soelim", "uuencode", "base", "ctags", "sdiff", "colordiff", "wdiff", "docx2txt", "pdftotext",
            "html2text", "aspell", "hunspell",
        ],
        READS,
    )
    .takes(&["-n", "-c", "-w", "-d", "-s", "-j", "-N", "-e"]),
    Row::new(
        &["grep", "egrep", "fgrep", "zgrep", "zegrep", "zfgrep", "bzgrep", "xzgrep", "rg", "ag", "ack", "ugrep",
            "pcregrep", "agrep"],
        &[
            from(1, Form::File, Harm::Read, ""),
            value(&["-f", "--file", "--exclude-from"], Form::File, Harm::Read, ""),
            value(&["--pre", "--pager"], Form::Free, Harm::Program, "--pre"),
        ],
    )
    .takes(&["-A", "-B", "-C", "-m", "-D", "-d", "--include", "--exclude", "-g", "-t"])
    .option("-f"),
    Row::new(
        &["file"],
        &[
            value(&["-f", "--files-from"], Form::File, Harm::Read, "-f"),
            value(&["-m", "--magic-file"], Form::File, Harm::Read, "-m"),
        ],
    )
    .option("-f"),
    Row::new(
        &["sort"],
        &[
            operand(Form::File, Harm::Read, ""),
            value(&["-o", "--output"], Form::File, Harm::Write, ""),
            value(&["--files0-from"], Form::File, Harm::Read, ""),
            value(&["--compress-program"], Form::Free, Harm::Program, "--compress-program"),
        ],
    )
    .takes(&["-k", "-t", "-S", "-T"])
    .option("--compress-program"),
    Row::new(
        &["tee", "sponge"],
        &[operand(Form::File, Harm::Write, "")],
    ),
    Row::new(
        &["cp", "mv", "ln", "install", "link", "dpkg-divert", "rename", "mmv", "rcp"],
        WRITES,
    )
    .takes(&["-m", "-o", "-g", "-S"])
    .option("--target-directory"),
    Row::new(
        &["rm", "unlink", "shred", "truncate", "touch", "mkfifo", "mknod", "srm", "wipe", "rmdir", "mkdir",
            "fallocate"],
        WRITES,
    )
    .takes(&["-s", "-n", "-d", "-r"]),
    Row::new(
        &["chmod", "chown", "chgrp", "setfacl", "chattr", "setcap", "chcon", "xattr", "setfattr"],
        &[
            from(1, Form::File, Harm::Write, "the rights of any file"),
            value(&["--reference", "-M", "-X"], Form::File, Harm::Read, ""),
            value(&["--restore"], Form::Content, Harm::Write, "--restore"),
        ],
    )
    .option("--reference"),
    Row::new(
        &["dd", "dcfldd", "ddrescue"],
        &[
            operand(Form::Start("of=/x"), Harm::Write, "of=..."),
            operand(Form::Start("if=/x"), Harm::Read, "if=..."),
            value(&["of="], Form::File, Harm::Write, ""),
            value(&["if="], Form::File, Harm::Read, ""),
        ],
    ),
    Row::new(
        &["split", "csplit"],
        &[
            nth(0, Form::File, Harm::Read, ""),
            nth(1, Form::File, Harm::Write, ""),
            value(&["-f", "--prefix"], Form::File, Harm::Write, ""),
            value(&["--filter"], Form::Free, Harm::Shell, "--filter"),
        ],
    )
    .takes(&["-l", "-b", "-C", "-n", "-a"])
    .option("--filter"),
    Row::new(
        &["tar", "gtar", "bsdtar", "star", "pax"],
        &[
            value(&["-f", "--file"], Form::Start("x:y"), Harm::Program, "host:file, by rsh"),
            value(&["-f", "--file"], Form::File, Harm::Write, ""),
            nth(1, Form::Start("x:y"), Harm::Program, "host:file, by rsh").only(OLD_STYLE),
            nth(1, Form::File, Harm::Write, "").only(OLD_STYLE),
            operand(Form::File, Harm::Read, "").only(CREATES),
            value(&["-T", "--files-from", "-X", "--exclude-from"], Form::File, Harm::Read, ""),
            value(&["-C", "--directory", "--one-top-level"], Form::File, Harm::Write, ""),
            value(
                &["-I", "--use-compress-program", "--to-command", "--checkpoint-action", "-F", "--info-script",
                    "--new-volume-script", "--rsh-command", "--rmt-command"],
                Form::Free,
                Harm::Program,
                "",
            ),
        ],
    )
    .option("--checkpoint-action=exec=..."),
    Row::new(
        &["cpio"],
        &[
            value(&["-I", "-O", "-F", "--file"], Form::Start("x:y"), Harm::Program, "host:file, by rsh"),
            value(&["-I", "-O", "-F", "--file", "-D", "--directory"], Form::File, Harm::Write, ""),
            value(&["--rsh-command"], Form::Free, Harm::Program, "--rsh-command"),
            stdin(Form::File, Harm::Read, ""),
        ],
    )
    .option("--rsh-command"),
    Row::new(
        &["zip"],
        &[
            nth(0, Form::File, Harm::Write, ""),
            from(1, Form::File, Harm::Read, ""),
            value(&["-TT", "--unzip-command"], Form::Free, Harm::Shell, "-TT"),
            value(&["-b", "-O"], Form::File, Harm::Write, ""),
        ],
    )
    .takes(&["-P", "-n", "-t", "-tt", "-i", "-x"])
    .option("-T -TT"),
    Row::new(
        &["unzip", "7z", "7za", "7zr", "7zz", "p7zip", "unrar", "rar", "unar", "lsar", "ar", "arj", "lha", "unace",
            "cabextract", "zoo"],
        &[
            operand(Form::Start("@x"), Harm::Read, "@file"),
            operand(Form::File, Harm::Read, ""),
            value(&["-d", "-o", "--directory", "-C"], Form::File, Harm::Write, ""),
        ],
    )
    .takes(&["-P", "-x", "-p"]),
    Row::new(
        &["gzip", "gunzip", "bzip2", "bunzip2", "xz", "unxz", "lzma", "unlzma", "zstd", "unzstd", "lz4", "lzop",
            "compress", "uncompress", "pigz", "lrzip", "brotli"],
        &[
            operand(Form::File, Harm::Write, ""),
            value(&["-o", "--output"], Form::File, Harm::Write, ""),
            value(&["--files", "--files0", "--filelist", "-D", "-L"], Form::File, Harm::Read, ""),
        ],
    ),
    Row::new(
        &["patch"],
        &[
            operand(Form::File, Harm::Write, ""),
            value(&["-o", "-r", "-d", "--output", "--directory", "--reject-file"], Form::File, Harm::Write, ""),
            value(&["-i", "--input"], Form::Content, Harm::Write, "the names in the patch"),
            stdin(Form::Has("+\n"), Harm::Write, "the names in the patch"),
        ],
    ),
    Row::new(
        &["pandoc"],
        &[
            value(&["-o", "--output", "--extract-media"], Form::File, Harm::Write, ""),
            value(&["-F", "--filter", "-L", "--lua-filter", "--pdf-engine", "-t", "--to", "-f", "--from"],
                Form::Content, Harm::Code, "--lua-filter"),
            operand(Form::File, Harm::Read, ""),
        ],
    )
    .safe(&["--sandbox"])
    .option("--lua-filter"),
    Row::new(
        &["convert", "magick", "mogrify", "identify", "composite", "montage", "gm", "display", "import"],
        &[
            operand(Form::Start("x:y"), Harm::Read, "msl:, text: and the like"),
            operand(Form::Start("@x"), Harm::Read, "@file"),
            operand(Form::File, Harm::Write, ""),
            value(&["-write", "-path"], Form::File, Harm::Write, ""),
        ],
    )
    .option("-write"),
    Row::new(
        &["ffmpeg", "ffprobe", "ffplay", "avconv"],
        &[
            value(&["-i"], Form::Start("x:y"), Harm::Read, "concat:, file: and other protocols"),
            value(&["-i"], Form::Content, Harm::Read, "a playlist in the file"),
            operand(Form::File, Harm::Write, ""),
            value(&["-vf", "-af", "-filter_complex", "-lavfi"], Form::Has("="), Harm::Read, "movie=..."),
        ],
    )
    .takes(&["-f", "-t", "-ss", "-c", "-c:v", "-c:a", "-r", "-s", "-b:v", "-b:a", "-map"])
    .option("-filter_complex"),
    Row::new(
        &["groff", "nroff", "troff", "grotty", "pic", "preconv"],
        &[
            operand(Form::Content, Harm::Read, ".so in the file"),
            value(&["-T"], Form::File, Harm::Read, ""),
            stdin(Form::Start(".so /x"), Harm::Read, ".so"),
        ],
    )
    .option("-U"),
    Row::new(
        &["find", "fd", "fdfind", "bfs"],
        &[
            value(&["-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch"],
                Form::Free, Harm::Program, "-exec"),
            value(&["-fprint", "-fprint0", "-fprintf", "-fls"], Form::File, Harm::Write, ""),
            value(&["-files0-from"], Form::File, Harm::Read, ""),
        ],
    )
    .option("-exec"),
    Row::new(
        &["locate", "plocate", "mlocate", "updatedb"],
        &[value(&["-d", "--database", "-o", "--output"], Form::File, Harm::Read, "")],
    )
    .option("--database"),
    Row::new(
        &["dialog", "whiptail", "zenity", "yad"],
        &[value(&["--textbox", "--tailbox", "--editbox", "--filename"], Form::File, Harm::Read, "")],
    )
    .option("--textbox"),
    Row::new(
        &["enscript", "a2ps", "lp", "lpr", "cupsfilter", "mpage", "paps"],
        &[
            operand(Form::File, Harm::Read, ""),
            value(&["-I", "--filter"], Form::Free, Harm::Program, "--filter"),
            value(&["-p", "-o", "--output"], Form::Start("|x"), Harm::Program, "|program"),
        ],
    )
    .takes(&["-d", "-P", "-n"])
    .option("--filter"),
    Row::new(
        &["genisoimage", "mkisofs", "xorriso", "mksquashfs", "unsquashfs", "mkfs.ext4", "mke2fs", "debugfs",
            "e2image"],
        &[
            operand(Form::File, Harm::Write, ""),
            value(&["-o", "-output", "-d"], Form::File, Harm::Write, ""),
            value(&["-path-list", "-sort", "-ef"], Form::File, Harm::Read, ""),
            value(&["-R", "-f"], Form::Free, Harm::Write, "write"),
        ],
    ),
];
