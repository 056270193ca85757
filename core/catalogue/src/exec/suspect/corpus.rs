//! Command lines with one param `x`, and what is told of each: part of the message, or nothing at all. Both directions: what
//! is known to be dangerous must be told, and what a param's type, choices or pattern rules out must not.

use super::tests::told;

use crate::param::{Choice, Param, ParamKind, PathKind, PathRule};
use crate::pattern::Pattern;

/// `string`, `path`, `integer` ..., `choices`, `/pattern/`, `max:N`, `dash`, `list`, `stdin`; several with blanks between.
fn param(spec: &str) -> (Param, bool) {
    let mut param = Param::new("x");
    let mut stdin = false;
    let (words, pattern) = spec.split_once('/').unwrap_or((spec, ""));
    if let Some(pattern) = pattern.strip_suffix('/') {
        param.pattern = Some(Pattern::new(pattern).unwrap());
    }
    for word in words.split_whitespace() {
        match word {
            "string" => {}
            "stdin" => stdin = true,
            "dash" => param.allow_dash = true,
            "list" => param.list = true,
            "choices" => {
                let value = "a".to_owned();
                param.choices = vec![Choice { value, about: None }];
            }
            "path" => {
                param.kind = ParamKind::Path;
                param.path = Some(PathRule {
                    root: "/srv".into(),
                    stands_for: None,
                    must_exist: true,
                    kind: PathKind::Any,
                    open: false,
                });
            }
            "url" => {
                param.kind = ParamKind::Url;
                param.schemes = vec!["http".to_owned(), "https".to_owned()];
            }
            word if word.starts_with("max:") => param.max_len = word[4..].parse().ok(),
            word => {
                let kinds = ParamKind::ORDINARY.iter().copied();
                param.kind = kinds.into_iter().find(|kind| kind.as_str() == word).expect("a kind");
            }
        }
    }
    (param, stdin)
}

const SHELL: &str = "start a shell";
const PROGRAM: &str = "start another program";
const CODE: &str = "run code";
const PART: &str = "becomes part of the code";
const WRITE: &str = "write, replace or remove any file";
const READ: &str = "read any file";
const LIBRARY: &str = "load a library";
const OPTION: &str = "may be any option";
const CHOOSES: &str = "may choose which";
const SPLIT: &str = "take its arguments apart";
const ESCAPE: &str = "lets who uses it start a shell";
const SILENT: &str = "";

const CORPUS: &[(&str, &str, &str)] = &[
    // Databases.
    ("sqlite3 DB {x}", "string", SHELL),
    ("sqlite3 -readonly DB {x}", "string", SHELL),
    ("sqlite3 -safe DB {x}", "string", SILENT),
    ("sqlite3 DB {x}", "choices", SILENT),
    ("sqlite3 DB {x}", "integer", SILENT),
    ("sqlite3 DB {x}", "/[a-z]+/", SILENT),
    ("sqlite3 DB {x}", "/[a-z ;']+/", WRITE),
    ("sqlite3 DB {x}", "max:4", WRITE),
    ("sqlite3 DB id={x}", "string", WRITE),
    ("sqlite3 DB id={x}", "/[A-Za-z0-9]+/", SILENT),
    ("sqlite3 DB id={x}", "date", SILENT),
    ("sqlite3 {x} .tables", "string", WRITE),
    ("sqlite3 {x} .tables", "path", SILENT),
    ("sqlite3 -separator , {x} .tables", "path", SILENT),
    ("sqlite3 -cmd {x} DB", "string", SHELL),
    ("sqlite3 -init {x} DB", "path", SHELL),
    ("sqlite3 DB", "stdin string", SHELL),
    ("sqlite3 DB", "stdin integer", SILENT),
    ("sudo sqlite3 DB {x}", "string", SHELL),
    ("nice -n 10 sqlite3 DB {x}", "string", SHELL),
    ("psql -c {x}", "string", SHELL),
    ("psql -c {x}", "/[a-z]+/", SILENT),
    ("psql -d shop -c id={x}", "string", CODE),
    ("psql -v who={x} -f /opt/report.sql", "string", SILENT),
    ("psql --command={x}", "string", SHELL),
    ("psql -o {x}", "string", PROGRAM),
    ("psql -h db {x}", "string", SILENT),
    ("psql", "stdin string", SHELL),
    ("mysql -e {x}", "string", SHELL),
    ("mysql -D shop -e id={x}", "/[0-9]+/", SILENT),
    ("mysql --pager={x}", "string", PROGRAM),
    ("mysql --defaults-file={x}", "path", LIBRARY),
    ("mongosh --eval {x}", "string", CODE),
    ("redis-cli --eval {x}", "path", CODE),
    ("redis-cli get {x}", "string", SILENT),
    ("duckdb DB {x}", "string", CODE),
    ("gdb -ex {x} /bin/ls", "string", SHELL),
    ("gdb -p {x}", "integer", SILENT),
    // Code.
    ("make -C DIR {x}", "string", PROGRAM),
    ("make -C DIR {x}", "/[a-z-]+/", SILENT),
    ("make -C DIR {x}", "choices", SILENT),
    ("make -C {x}", "path", PROGRAM),
    ("make -j {x} all", "integer", SILENT),
    ("make VERSION={x} all", "string", SILENT),
    ("make SHELL={x} all", "string", PROGRAM),
    ("make {x}", "string list", PROGRAM),
    ("awk {x} f", "string", PART),
    ("awk -F , print {x}", "string", READ),
    ("awk -f {x}", "path", CODE),
    ("gawk --sandbox print {x}", "string", SILENT),
    ("awk print {x}", "path", SILENT),
    ("sed s/{x}/y/ f", "string", PART),
    ("sed s/{x}/y/ f", "/[a-z]+/", SILENT),
    ("sed s/{x}/y/ f", "integer", SILENT),
    ("sed -n 1p {x}", "string", READ),
    ("sed -f {x} f", "path", SHELL),
    ("jq {x} f", "string", PART),
    ("jq . {x}", "string", READ),
    ("yq {x} f", "string", PART),
    ("yq . {x}", "string", READ),
    ("yq .a {x}", "path", SILENT),
    ("jq .a|.b {x}", "path", SILENT),
    ("bc", "stdin string", SHELL),
    ("gnuplot -e {x}", "string", SHELL),
    ("gs -sOutputFile={x} f", "string", PROGRAM),
    ("gs -c {x}", "string", CODE),
    ("pdflatex {x}", "string", PROGRAM),
    ("m4 -D {x} f", "string", SHELL),
    ("gcc {x}", "string", READ),
    ("gcc -o /srv/a {x}", "path", SILENT),
    ("julia -e {x}", "string", CODE),
    ("java -jar {x}", "path", CODE),
    ("ruby -r {x} /opt/a.rb", "string", PART),
    ("php -d {x} /opt/a.php", "string", CODE),
    ("python3 -m {x}", "string", CODE),
    ("python3 {x}", "path", "chooses which script"),
    ("python3 {x}", "choices", SILENT),
    ("python3 -c print({x})", "string", PART),
    ("python3 -c print({x})", "integer", SILENT),
    ("sh -c head{x}", "/[a-z]+/", SILENT),
    ("sh -c head{x}", "string", PART),
    ("sh -c head{x}", "path", PART),
    ("sh -c {x}", "/[a-z]+/", PART),
    ("perl -M{x} /opt/a.pl", "string", CODE),
    ("node --require {x} /opt/a.js", "string", CODE),
    // Files.
    ("cat {x}", "string", READ),
    ("cat {x}", "path", SILENT),
    ("cat {x}", "choices", SILENT),
    ("cat {x}", "/[a-z.]+/", SILENT),
    ("cat {x}", "/[a-z./]+/", READ),
    ("cat -- {x}", "string", READ),
    ("cat /srv/{x}", "string", READ),
    ("cat /srv/{x}", "/[a-z.]+/", SILENT),
    ("cat /srv/{x}", "date", SILENT),
    ("head -n {x} f", "integer", SILENT),
    ("head -n 5 {x}", "string", READ),
    ("tail -n 20 {x}", "string list", READ),
    ("nl {x}", "string", READ),
    ("base64 {x}", "string", READ),
    ("diff /etc/motd {x}", "string", READ),
    ("xxd {x}", "string", READ),
    ("grep {x} /srv/log", "string", SILENT),
    ("grep error {x}", "string", READ),
    ("grep -f {x} /srv/log", "string", READ),
    ("grep -f {x} /srv/log", "dash string", READ),
    ("grep {x} /srv/log", "dash string", OPTION),
    ("grep -- {x} /srv/log", "dash string", SILENT),
    ("sort -o {x} f", "string", WRITE),
    ("sort --compress-program={x} f", "string", PROGRAM),
    ("file {x}", "string", SILENT),
    ("file -f {x}", "string", READ),
    ("tee {x}", "string", WRITE),
    ("tee -a {x}", "path", SILENT),
    ("cp /srv/a {x}", "string", WRITE),
    ("cp /srv/a {x}", "path", SILENT),
    ("install -m 644 /srv/a {x}", "string", WRITE),
    ("ln -s {x} /srv/a", "string", WRITE),
    ("rm {x}", "string", WRITE),
    ("rm /srv/tmp/{x}", "string", WRITE),
    ("rm /srv/tmp/{x}", "/[0-9]+/", SILENT),
    ("chmod {x} /srv/a", "/[0-7]{3}/", SILENT),
    ("chmod 644 {x}", "string", WRITE),
    ("chown --reference={x} /srv/a", "string", READ),
    ("dd of={x}", "string", WRITE),
    ("dd of={x}", "path", SILENT),
    ("dd {x}", "string", WRITE),
    ("dd if=/dev/zero bs=1M count={x}", "integer", SILENT),
    ("split --filter={x} f", "string", SHELL),
    ("tar -xf {x}", "string", PROGRAM),
    ("tar -xf {x}", "path", SILENT),
    ("tar -xf {x}", "/[a-z0-9.-]+/", SILENT),
    ("tar xzf {x}", "string", PROGRAM),
    ("tar --checkpoint-action={x} -cf /srv/a.tar f", "string", PROGRAM),
    (
        "tar --checkpoint=1 --checkpoint-action=exec={x} -cf /srv/a.tar f",
        "string",
        PROGRAM,
    ),
    ("tar -cf /srv/a.tar {x}", "dash string", OPTION),
    ("tar -I {x} -xf /srv/a.tar", "string", PROGRAM),
    ("tar czf /srv/a.tgz {x}", "string", READ),
    ("tar -czf /srv/a.tgz {x}", "string", READ),
    ("tar -c -f /srv/a.tar {x}", "string", READ),
    ("tar czf /srv/a.tgz {x}", "path", SILENT),
    ("tar xzf /srv/a.tgz {x}", "string", SILENT),
    ("tic {x}", "string", READ),
    ("tic -o {x} /srv/a.ti", "string", WRITE),
    ("infocmp {x}", "string", READ),
    ("infocmp {x}", "/[a-z0-9-]+/", SILENT),
    ("red {x}", "string", READ),
    ("red /srv/a", "stdin string", WRITE),
    ("zip /srv/a.zip {x}", "string", READ),
    ("zip -T -TT {x} /srv/a.zip f", "string", SHELL),
    ("unzip {x} -d /srv/out", "path", SILENT),
    ("gzip {x}", "string", WRITE),
    ("convert {x} /srv/out.png", "string", WRITE),
    ("convert /srv/in.png -resize {x} /srv/out.png", "integer", SILENT),
    ("ffmpeg -i {x} /srv/out.mp4", "string", READ),
    ("ffmpeg -i {x} /srv/out.mp4", "path", READ),
    ("find {x} -name a", "string", SILENT),
    ("find /srv -name {x}", "string", SILENT),
    ("find /srv -name {x}", "dash string", OPTION),
    ("find /srv -fprint {x}", "string", WRITE),
    ("find /srv -exec {x} ;", "string", PROGRAM),
    ("pandoc {x} -o /srv/out.html", "string", READ),
    ("pandoc --lua-filter={x} /srv/a.md", "path", CODE),
    // The network.
    ("curl {x}", "string", READ),
    ("curl {x}", "url", SILENT),
    ("curl -o {x} https://example.org", "string", WRITE),
    ("curl -K {x}", "path", WRITE),
    ("curl -d {x} https://example.org", "string", READ),
    ("curl -d name={x} https://example.org", "string", SILENT),
    ("curl -m {x} https://example.org", "integer", SILENT),
    ("wget {x}", "url", SILENT),
    ("wget -O {x} https://example.org", "string", WRITE),
    ("wget --use-askpass={x} https://example.org", "string", PROGRAM),
    ("ssh {x} uptime", "string", SPLIT),
    ("ssh {x} uptime", "host", SILENT),
    ("ssh host grep {x} /var/log/syslog", "/[a-z]+/", SILENT),
    ("ssh -o {x} host uptime", "string", SPLIT),
    ("scp -o {x} a host:b", "string", SHELL),
    ("scp /srv/a {x}", "string", WRITE),
    ("rsync -e {x} a b", "string", SHELL),
    ("rsync -a /srv/a {x}", "path", SILENT),
    ("git clone {x} /srv/repo", "string", SHELL),
    ("git clone {x} /srv/repo", "url", SILENT),
    (
        "git clone --upload-pack={x} https://example.org/a /srv/repo",
        "string",
        PROGRAM,
    ),
    ("git log {x}", "string", SILENT),
    ("git log {x}", "dash string", OPTION),
    ("git -C {x} status", "path", SHELL),
    ("git diff {x}", "string", READ),
    ("hg --config {x} log", "string", SHELL),
    ("socat - {x}", "string", SHELL),
    ("nc -e {x} host 80", "string", PROGRAM),
    ("nc {x} 80", "host", SILENT),
    ("openssl {x}", "string", LIBRARY),
    ("openssl x509 -in {x}", "string", READ),
    ("openssl x509 -in {x}", "path", SILENT),
    ("openssl s_client -connect {x}", "host", SILENT),
    ("tcpdump -z {x} -w /srv/a", "string", PROGRAM),
    ("tcpdump -w {x}", "string", WRITE),
    ("tcpdump -i eth0 {x}", "string", SILENT),
    ("nmap --script={x} localhost", "string", CODE),
    ("nmap {x}", "host", SILENT),
    ("nmap -iL {x}", "string", READ),
    ("dig {x}", "host", SILENT),
    ("dig -f {x}", "string", READ),
    ("ip netns exec n {x}", "string", PROGRAM),
    ("ip vrf exec n {x}", "string", PROGRAM),
    ("ip netns exec n {x}", "choices", SILENT),
    ("ip {x}", "string", PROGRAM),
    ("ip -batch {x}", "path", PROGRAM),
    ("ip link show {x}", "string", SILENT),
    ("ip -n n addr show {x}", "string", SILENT),
    ("gcloud {x}", "string", PROGRAM),
    ("gcloud compute instances list {x}", "/[a-z]+/", SILENT),
    ("ping -c 1 {x}", "host", SILENT),
    ("ping -c {x} localhost", "integer", SILENT),
    ("openvpn --config {x}", "path", PROGRAM),
    ("mail -s {x} root", "string", SILENT),
    ("mail root", "stdin string", SHELL),
    ("restic --password-command={x} backup /srv", "string", PROGRAM),
    // Packages and containers.
    ("apt-get -o {x} update", "string", SHELL),
    ("apt-get install {x}", "string", PROGRAM),
    ("apt-get install {x}", "/[a-z0-9+.-]+/", SILENT),
    ("apt-cache show {x}", "string", SILENT),
    ("dpkg -i {x}", "path", PROGRAM),
    ("dpkg -s {x}", "/[a-z0-9-]+/", SILENT),
    ("pip install {x}", "string", PROGRAM),
    ("pip show {x}", "string", SILENT),
    ("npm install {x}", "string", PROGRAM),
    ("npm run {x}", "choices", SILENT),
    ("npx {x}", "string", PROGRAM),
    ("ansible all -a {x}", "string", SHELL),
    ("ansible-playbook {x}", "path", SHELL),
    ("ansible-playbook -l {x} /opt/site.yml", "/[a-z]+/", SILENT),
    ("docker cp {x} /srv", "string", WRITE),
    ("docker logs {x}", "string", SILENT),
    ("docker restart {x}", "/[a-z0-9_-]+/", SILENT),
    ("kubectl apply -f {x}", "path", PROGRAM),
    ("kubectl get pods -n {x}", "string", SILENT),
    ("kubectl get pods {x}", "string", SILENT),
    ("kubectl {x}", "string", PROGRAM),
    ("kubectl proxy --www={x}", "string", READ),
    ("cpan {x}", "string", CODE),
    ("perlbug {x}", "string", ESCAPE),
    // Those that run others.
    ("env {x}", "string", CHOOSES),
    ("env {x}", "choices", SILENT),
    ("env LANG={x} /opt/report", "string", SILENT),
    (
        "env LD_PRELOAD={x} /opt/report",
        "string",
        "which makes programs run or load code",
    ),
    ("timeout 5 {x}", "string", CHOOSES),
    ("timeout -k 5 10 {x}", "string", CHOOSES),
    ("timeout 5 /opt/report {x}", "string", SILENT),
    ("sudo -u ana {x}", "string", CHOOSES),
    ("sudo -u {x} /opt/report", "choices", SILENT),
    ("nice -n 5 {x}", "string", CHOOSES),
    ("xargs -n 1 {x}", "string", CHOOSES),
    ("flock /srv/lock {x}", "string", CHOOSES),
    ("timeout {x} /opt/report", "duration", SILENT),
    ("choom -n 0 {x}", "string", CHOOSES),
    ("choom -n {x} /opt/report", "integer", SILENT),
    ("nsenter -t 1 {x}", "string", CHOOSES),
    ("nsenter -t 1 -m /opt/report {x}", "string", SILENT),
    ("setarch -R {x}", "string", CHOOSES),
    ("setarch x86_64 {x}", "string", CHOOSES),
    ("setarch x86_64 -R /opt/report {x}", "string", SILENT),
    ("linux32 {x}", "string", CHOOSES),
    ("x86_64 {x}", "string", CHOOSES),
    ("msgfilter {x}", "string", CHOOSES),
    ("msgfilter -i /srv/a.po /usr/bin/sed {x}", "string", PART),
    ("msgexec -i /srv/a.po {x}", "string", CHOOSES),
    ("ssh-agent {x}", "string", CHOOSES),
    ("ssh-agent -t 60 {x}", "string", CHOOSES),
    ("heaptrack {x}", "string", CHOOSES),
    ("heaptrack -o /srv/out {x}", "string", CHOOSES),
    ("prlimit --nofile=9 {x}", "string", CHOOSES),
    ("taskset 1 {x}", "string", CHOOSES),
    ("taskset -c 0 {x}", "string", CHOOSES),
    ("chrt 1 {x}", "string", CHOOSES),
    ("ionice -c 3 {x}", "string", CHOOSES),
    ("runuser -u ana -- {x}", "string", CHOOSES),
    ("su -c {x}", "string", SPLIT),
    ("setpriv --reuid 5 {x}", "string", CHOOSES),
    ("setpriv --reuid 5 /opt/report {x}", "string", SILENT),
    ("unshare -n {x}", "string", CHOOSES),
    ("unshare -R /srv {x}", "string", CHOOSES),
    ("script -c {x}", "string", SPLIT),
    ("systemd-run --unit a {x}", "string", CHOOSES),
    ("strace -o /srv/out {x}", "string", CHOOSES),
    ("ltrace -o /srv/out {x}", "string", CHOOSES),
    ("valgrind --tool=memcheck {x}", "string", CHOOSES),
    ("gdb {x}", "string", CODE),
    ("perf stat {x}", "string", PROGRAM),
    ("time -o /srv/out {x}", "string", CHOOSES),
    ("stdbuf -o 0 {x}", "string", CHOOSES),
    ("watch {x}", "string", SPLIT),
    ("parallel {x}", "string", SPLIT),
    ("entr {x}", "string", CHOOSES),
    ("entr -r /opt/report {x}", "string", SILENT),
    ("dbus-run-session {x}", "string", CHOOSES),
    ("faketime 2020-01-01 {x}", "string", PROGRAM),
    ("fakeroot {x}", "string", CHOOSES),
    ("fakechroot {x}", "string", CHOOSES),
    ("proot {x}", "string", PROGRAM),
    ("bwrap --ro-bind / / {x}", "string", PROGRAM),
    ("firejail {x}", "string", CHOOSES),
    ("xvfb-run {x}", "string", PROGRAM),
    ("expect -c {x}", "string", PART),
    ("socat {x} -", "string", SHELL),
    ("ncat -e {x} host 80", "string", PROGRAM),
    ("rlwrap {x}", "string", PROGRAM),
    ("torsocks {x}", "string", CHOOSES),
    ("proxychains4 -f /srv/conf {x}", "string", CHOOSES),
    ("catchsegv {x}", "string", PROGRAM),
    ("numactl {x}", "string", PROGRAM),
    ("cgexec -g cpu:a {x}", "string", PROGRAM),
    ("logsave /dev/null {x}", "string", CHOOSES),
    ("sshpass -p x {x}", "string", CHOOSES),
    ("tcpserver 0 80 {x}", "string", CHOOSES),
    ("mpirun -n 4 {x}", "string", CHOOSES),
    ("sg ana {x}", "string", SPLIT),
    ("xargs -a {x} echo", "string", READ),
    ("setsid tar -xf {x}", "string", PROGRAM),
    ("man -P {x} ls", "string", ESCAPE),
    ("xterm -e {x}", "string", PROGRAM),
    ("cowsay -f {x} hi", "string", CODE),
    ("cowsay {x}", "string", SILENT),
    ("run-parts {x}", "path", PROGRAM),
    ("ldconfig -f {x}", "path", LIBRARY),
    ("insmod {x}", "path", LIBRARY),
    ("logrotate {x}", "path", PROGRAM),
    ("busybox {x}", "string", "chooses which script"),
    ("xdg-open {x}", "string", PROGRAM),
    // The machine.
    ("systemctl restart {x}", "string", SILENT),
    ("systemctl link {x}", "string", PROGRAM),
    ("systemctl status {x}", "/[a-z@.-]+/", SILENT),
    ("systemctl set-property a {x}", "string", PROGRAM),
    ("journalctl -u {x}", "string", SILENT),
    ("journalctl --file {x}", "string", READ),
    ("journalctl -n {x}", "integer", SILENT),
    ("service {x} restart", "string", PROGRAM),
    ("service {x} restart", "/[a-z-]+/", SILENT),
    ("mount {x} /mnt", "string", WRITE),
    ("date -d {x}", "string", SILENT),
    ("date -f {x}", "string", READ),
    ("usermod -s {x} ana", "string", WRITE),
    ("usermod -G {x} ana", "string", PROGRAM),
    ("sysctl {x}", "string", PROGRAM),
    ("sysctl {x}", "/[a-z._]+/", SILENT),
    ("crontab {x}", "path", PROGRAM),
    ("gpg -o {x} -d /srv/a.gpg", "string", WRITE),
    ("gpg --recipient {x} -e /srv/a", "string", SILENT),
    ("wall {x}", "string", READ),
    ("df -h {x}", "string", SILENT),
    ("du -sh {x}", "string", SILENT),
    ("uptime", "string", SILENT),
    ("id {x}", "string", SILENT),
    ("kill {x}", "integer", SILENT),
    ("shutdown {x}", "string", SILENT),
    ("who", "string", SILENT),
    ("echo {x}", "string", SILENT),
    ("/opt/backup {x}", "string", SILENT),
    ("/opt/backup {x}", "dash string", OPTION),
    ("/opt/backup {x}", "dash integer", SILENT),
];

#[test]
fn each_line_is_judged_as_it_should_be() {
    let mut wrong = Vec::new();
    for (line, spec, expected) in CORPUS {
        let (param, stdin) = param(spec);
        let told = told(line, &param, stdin);
        let is_right = match told.as_slice() {
            [] => expected.is_empty(),
            [message] => {
                !expected.is_empty() && message.contains(expected) && (message.contains("`x`") || *expected == ESCAPE)
            }
            _ => false,
        };
        if !is_right {
            wrong.push(format!("{line} ({spec}): {expected:?}, not {told:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        CORPUS.len(),
        wrong.join("\n")
    );
    assert!(CORPUS.len() >= 200, "{}", CORPUS.len());
}

#[test]
fn many_programs_are_known_and_no_row_is_dead() {
    let mut names: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    for row in super::table::all() {
        assert!(!row.hazards.is_empty() && !row.names.is_empty(), "{:?}", row.names);
        names.extend(row.names.iter().copied());
    }
    assert!(names.len() >= 400, "{}", names.len());
}
