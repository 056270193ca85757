//! Every kind of error about programs and params, as an admin sees it.

use super::broken;

macro_rules! assert_told {
    ($text:expr) => {
        insta::assert_snapshot!(broken($text))
    };
}

#[test]
fn a_value_that_could_choose_the_command() {
    assert_told!(
        r#"
        [commands.disk]
        summary = "Space"
        params = [{ name = "mount" }]
        [commands."disk wipe"]
        summary = "Wipe"
        [commands.port]
        summary = "Ports"
        [commands.port.lookup]
        80 = "HTTP"
        [commands.other]
        summary = "Other"
        aliases = ["port scan", "say hello"]
        "#
    );
}

#[test]
fn params() {
    assert_told!(
        r#"
        [commands.a]
        summary = "A"
        params = [{ type = "string" }]
        [commands.b]
        summary = "B"
        params = [{ name = "a b" }, { name = "c", type = "strng" }, { name = "d", type = "path" }, { name = "e", type = "person" }]
        [commands.c]
        summary = "C"
        params = [
          { name = "optional", required = false },
          { name = "required" },
          { name = "rest", rest = true },
          { name = "rest" },
        ]
        [commands.d]
        summary = "D"
        params = [
          { name = "a", type = "choice" },
          { name = "b", choices = [] },
          { name = "c", choices = ["x", "X"] },
          { name = "d", choices = ["slow", "fast"], default = "quick" },
        ]
        [commands.e]
        summary = "E"
        params = [
          { name = "a", type = "integer", min = 11, max = 1 },
          { name = "b", type = "integer", max = 11, default = 12 },
          { name = "c", type = "integer", default = "many" },
          { name = "d", min = 1 },
          { name = "e", type = "boolean", max_len = 3, default = "maybe" },
          { name = "f", type = "number", min = nan },
          { name = "g", required = true, default = "x" },
          { name = "h", rest = true, list = true },
        ]
        [commands.f]
        summary = "F"
        params = [{ name = "a", list = true, default = "x" }]
        [commands.g]
        summary = "G"
        params = [{ name = "a", type = "integer", rest = true }]
        "#
    );
}

#[test]
fn programs() {
    assert_told!(
        r#"
        [commands.a]
        summary = "A"
        exec = "df -h"
        [commands.b]
        summary = "B"
        exec = []
        [commands.c]
        summary = "C"
        exec = ["{x}", "y"]
        params = [{ name = "x" }]
        [commands.d]
        summary = "D"
        exec = ["df", "{mont}", "--x={}", "a{", "}b", 'awk {print $1}', "\u0000", "{other}", "\t{mont}"]
        params = [{ name = "mount" }]
        [commands.e]
        summary = "E"
        exec = ["df", "-p{secret}", "{secret}", "x{list}", "x{switch}"]
        env = { A = "{secret}", B = "{list}", "C D" = "x", E = 1 }
        stdin = "{list}"
        params = [
          { name = "secret", type = "secret" },
          { name = "switch", type = "boolean", flag = "-s" },
          { name = "list", list = true },
        ]
        [commands.f]
        summary = "F"
        exec = ["df"]
        pass_env = ["HOME", "A-B", ""]
        cwd = "/{x}"
        stdin = "text"
        user = "a b"
        limits = { cpu = "500ms", memory = 5, files = 0, threads = 1 }
        timeout = 5
        max_output = "lots"
        max_running = 0
        queue = -1
        on_hangup = "stop"
        ok_exit = [256]
        confirm = true
        read_only = "yes"
        umask = 22
        [commands.g]
        summary = "G"
        exec = ["df"]
        reply = "x"
        ok_exit = []
        umask = "999"
        [commands.h]
        summary = "H"
        timeout = "5s"
        stdin = "null"
        "#
    );
}

#[test]
fn params_of_programs() {
    assert_told!(
        r#"
        [commands.a]
        summary = "A"
        exec = ["df", "{a}", "{b}", "{c}", "{d}", "{e}", "{f}", "{g}", "{h}", "{i}", "{j}"]
        stdin = "{k}"
        params = [
          { name = "a", type = "path" },
          { name = "b", type = "path", root = "/", kind = "link", as = "pipe" },
          { name = "c", type = "path", root = "/", as = "fd", must_exist = false },
          { name = "d", root = "/", must_exist = true, schemes = ["http"] },
          { name = "e", pattern = "a)|(b" },
          { name = "f", type = "integer", pattern = "1" },
          { name = "g", type = "url", schemes = ["http://"] },
          { name = "h", type = "boolean", flag = "--h", default = true, required = true },
          { name = "i", flag = "i" },
          { name = "j", flag = "--h" },
          { name = "k", type = "secret", default = "x", list = true, suggest = ["y"] },
        ]
        [commands.b]
        summary = "B"
        exec = ["df", "{a}", "{b}", "{c}", "{d}"]
        params = [
          { name = "a", flag = "-a" },
          { name = "b", choices = ["x"], suggest = ["y"] },
          { name = "c", type = "port", suggest = ["80", "http"] },
          { name = "d", rest = true },
        ]
        [commands.c]
        summary = "C"
        reply = "x"
        params = [{ name = "a", type = "secret" }, { name = "b", type = "path" }]
        "#
    );
}

#[test]
fn what_completes_must_change_nothing_and_come_to_an_end() {
    assert_told!(
        r#"
        [commands.list]
        summary = "Lists"
        exec = ["ls", "{a}"]
        params = [{ name = "a", required = false, complete = "other" }]
        read_only = true
        [commands.other]
        summary = "Lists too"
        exec = ["ls", "{a}"]
        params = [{ name = "a", required = false, complete = "list" }]
        read_only = true
        [commands.self]
        summary = "Itself"
        exec = ["ls", "{a}"]
        params = [{ name = "a", required = false, complete = "self" }]
        read_only = true
        [commands.wipe]
        summary = "Changes"
        exec = ["true", "{a}", "{b}", "{c}", "{d}", "{e}"]
        params = [
          { name = "a", complete = "wipe" },
          { name = "b", complete = "lst" },
          { name = "c", complete = "needs" },
          { name = "d", complete = "who" },
          { name = "e", complete = "list" },
        ]
        [commands.needs]
        summary = "Needs"
        exec = ["ls", "{a}"]
        params = [{ name = "a" }]
        read_only = true
        "#
    );
}

#[test]
fn a_question_with_a_placeholder_is_told_that_it_gets_no_value() {
    let file = |confirm: &str| {
        format!(
            "[commands.wipe]\nsummary = \"W\"\nexec = [\"true\", \"{{what}}\"]\nparams = [{{ name = \"what\" }}]\nconfirm = {confirm}\n"
        )
    };
    for confirm in ["\"Wipe {what}?\"", "{ en = \"Really?\", es = \"¿Borrar {what}?\" }"] {
        let errors = broken(&file(confirm));
        let message = "`confirm` is shown as it is written, and would ask about {what}";
        assert!(errors.contains(message), "{errors}");
    }
    super::catalogue(&file("\"Wipe {it}?\""));
}
