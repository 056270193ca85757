//! What is doubtful, and loads all the same.

use super::{loaded, warned};

#[test]
fn every_kind_of_doubt() {
    insta::assert_snapshot!(warned(
        r#"
        [commands.bare]
        summary = "A card without an example"
        [commands.ls]
        summary = { en = "List", es = "Lista" }
        see_also = ["lss", "frobnicate", "stop", "LS"]
        examples = [
          { run = "lss -l", about = { en = "Mistyped" } },
          { run = "ls", about = "Fine" },
          { run = "LS -l", about = "Fine" },
          { run = "lsblk", about = "Another's" },
        ]
        [commands.lunch]
        summary = "When"
        reply = "At noon"
        params = [{ name = "day" }]
        "#
    ));
}

#[test]
fn many_of_a_kind_are_summed_up() {
    let card = |number: usize| format!("[commands.card{number}]\nsummary = \"x\"\n");
    let text: String = (0..25).map(card).collect();
    let warnings = loaded(&text).warnings;
    assert_eq!(warnings.len(), 11);
    let last = warnings.last().unwrap().message.as_str();
    assert_eq!(last, "the card `card24` has no example (and 14 more like this)");
}

#[test]
fn one_language_is_as_good_as_another() {
    let text = "[commands.x]\nsummary = { es = \"Equis\" }\nreply = \"x\"\n";
    assert_eq!(warned(text), "");
}

#[test]
fn every_doubt_about_programs() {
    insta::assert_snapshot!(warned(
        r#"
        [access]
        guest = true
        [commands.a]
        summary = "A"
        exec = ["no-such-program-here", "{x}"]
        params = [{ name = "x", allow_dash = true }, { name = "y" }]
        [commands.b]
        summary = "B"
        exec = ["/no/such/program"]
        roles = ["guest"]
        [commands.c]
        summary = "C"
        exec = ["sh", "-c", "ls {x}"]
        params = [{ name = "x", complete = "d" }]
        env = { LD_PRELOAD = "{x}", PATH = "/opt/bin" }
        roles = ["user"]
        [commands.d]
        summary = "D"
        exec = ["true"]
        read_only = true
        "#
    ));
}

#[test]
fn what_will_fail_when_it_is_run_is_told_before() {
    let text = r#"
        [commands.disk]
        summary = "Free space"
        exec = ["df", "{mount}", "{n}"]
        params = [
          { name = "mount", type = "path", root = "/no/such/root" },
          { name = "n", type = "integer", min = -1, required = false },
        ]
        cwd = "/no/such/folder"
        user = "no-such-user"
        examples = [
          { run = "disk here 5", about = "Fine, whether or not there is such a file" },
          { run = "disk here five", about = "Not a number" },
          { run = "DISK", about = "Too few" },
          { run = "disk 'here", about = "No end" },
        ]
        [commands."space all"]
        summary = "All"
        reply = "all"
        examples = [{ run = "space all", about = "Fine" }, { run = "space all now", about = "Too many" }]
        [commands.login]
        summary = "Log in"
        exec = ["id", "{user}"]
        stdin = "{pw}"
        params = [{ name = "user" }, { name = "pw", type = "secret" }]
        examples = [{ run = "login ana", about = "Fine: the shell asks for the rest" }, { run = "login", about = "Too few" }]
        [commands.card]
        summary = "A card"
        examples = [{ run = "card it's anything", about = "Fine" }]
    "#;
    let messages: Vec<String> = loaded(text)
        .warnings
        .into_iter()
        .map(|warning| warning.message)
        .collect();
    let user = if rustix::process::geteuid().is_root() {
        "the system knows no user \"no-such-user\""
    } else {
        "only a server that was started as root can run programs as another user"
    };
    assert_eq!(
        messages,
        [
            "there is no folder `/no/such/root`",
            "`n` may be less than zero, but no value may begin with `-`",
            "there is no folder `/no/such/folder`",
            user,
            "whoever types this example is refused: N cannot be `five`: it must be a whole number, such as 42, with no `+` and no zeros before it.",
            "whoever types this example is refused: `disk` needs MOUNT.",
            "whoever types this example is refused: missing closing quote",
            "whoever types this example is refused: `space all` has no use for `now`.",
            "whoever types this example is refused: `login` needs USER.",
        ]
    );
}

#[test]
fn a_card_s_example_may_use_it_among_others() {
    let text = r#"
        [commands.ls]
        summary = "List"
        examples = [
          { run = "sudo ls -l", about = "As root" },
          { run = "cat names|ls", about = "After another" },
          { run = "echo $(ls)", about = "For another" },
        ]
        [commands."!"]
        summary = "History"
        examples = [{ run = "sudo !!", about = "Again" }, { run = "!string", about = "The last such" }]
        [commands.hello]
        summary = "Greets"
        reply = "Hello"
        examples = [{ run = "sudo hello", about = "Not what this command takes" }]
    "#;
    let warnings = loaded(text).warnings;
    let messages: Vec<&str> = warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(messages, ["this example of `hello` doesn't begin with its name"]);
}
