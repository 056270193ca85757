//! Command lines that are doubtful, and some that are not.

use super::*;

fn element(word: &str) -> Element {
    let template = |word: &str| {
        let (start, _) = word.split_once('{').unwrap();
        Template(vec![Piece::Literal(start.into()), Piece::Value(0)])
    };
    match word {
        "{x}" => Element::Values { param: 0, flag: None },
        word if word.contains('{') => Element::Joined(template(word)),
        word => Element::Literal(word.into()),
    }
}

pub(super) fn told(line: &str, param: &Param, stdin: bool) -> Vec<String> {
    let mut words = line.split(' ');
    let program = words.next().unwrap();
    let arguments: Vec<Element> = words.map(element).collect();
    let stdin = stdin.then(|| Template(vec![Piece::Value(0)]));
    let found = suspicions(program, &arguments, stdin.as_ref(), std::slice::from_ref(param));
    found.into_iter().map(|suspicion| suspicion.message).collect()
}

#[test]
fn what_may_start_a_shell_is_told() {
    let param = Param::new("x");
    for (line, word) in [
        ("vim {x}", "start a shell"),
        ("/usr/bin/less {x}", "start a shell"),
        ("man {x}", "start a shell"),
        ("sh -c {x}", "code"),
        ("bash -ec {x}", "code"),
        ("bash -c echo;{x}", "code"),
        ("python3.11 -c {x}", "code"),
        ("perl -ne {x}", "code"),
        ("node --eval={x}", "code"),
        ("sh {x}", "script"),
        ("python3 -u {x}", "script"),
        ("awk {x} file", "code"),
        ("awk $1~/{x}/", "code"),
        ("sed -n -e s/{x}/y/e", "code"),
        // These took any file's name in silence once.
        ("tar xf {x}", "rsh"),
        ("sed -n 1,5p {x}", "read any file"),
        ("awk print {x}", "read any file"),
        ("find . -exec rm {x}", "-exec"),
        ("tar xf a.tar --to-command=sh", "--to-command"),
        ("tar -I{x} xf a", "-I"),
        ("env {x}", "choose"),
        ("env A=b {x}", "choose"),
        ("xargs -0 {x}", "choose"),
        ("ssh {x}", "a shell"),
        ("ssh host uptime {x}", "a shell"),
        ("watch -n1 ls {x}", "a shell"),
        ("env ssh host {x}", "a shell"),
        ("sudo sh -c {x}", "code"),
        ("nice -n 5 vim {x}", "start a shell"),
        ("git -c {x} log", "-c"),
        ("docker exec box {x}", "exec"),
        ("podman run --rm image {x}", "run"),
        ("python3", "nothing"),
        ("bash -i", "nothing"),
        ("sudo bash", "nothing"),
    ] {
        let told = told(line, &param, false);
        assert!(told.len() == 1 && told[0].contains(word), "{line}: {told:?}");
    }
    assert_eq!(told("sh", &param, true).len(), 1);
    assert_eq!(told("bash -s", &param, true).len(), 1);
    assert_eq!(told("at now", &param, true).len(), 1);
}

#[test]
fn what_does_only_its_work_is_not() {
    let param = Param::new("x");
    for line in [
        "df -h {x}",
        "sh -c echo sh {x}",
        "sh /opt/backup {x}",
        "python3 /opt/report.py --year={x}",
        "find {x} -name y",
        "sudo systemctl restart {x}",
        "ssh host uptime",
        "git log {x}",
        "shutdown {x}",
        "docker logs {x}",
        "bash --version",
    ] {
        assert_eq!(told(line, &param, false), [""; 0], "{line}");
    }
    assert_eq!(told("chpasswd", &param, true), [""; 0]);
    assert_eq!(told("sh /opt/backup", &param, true), [""; 0]);
}

#[test]
fn values_that_may_be_options_are_told_unless_options_have_ended() {
    let mut param = Param::new("x");
    param.allow_dash = true;
    assert_eq!(told("grep {x}", &param, false).len(), 1);
    assert_eq!(told("grep -- {x}", &param, false), [""; 0]);
    assert_eq!(told("grep --regexp={x}", &param, false), [""; 0]);
}
