//! Every kind of error, as an admin sees it.

use super::broken;

macro_rules! assert_told {
    ($text:expr) => {
        insta::assert_snapshot!(broken($text))
    };
}

#[test]
fn all_errors_are_told_at_once() {
    let told = broken(
        r#"
        [server]
        name = 1
        [commands.a]
        sumary = "A"
        [commands.b]
        summary = "B"
        roles = ["root"]
        [commands.c
        summary = "C"
        roles = 3
        [commands.d]
        summary = 4
        "#,
    );
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_not_toml() {
    assert_told!("[commands.ls]\nsummary = \"List\nexamples = [\n[commands.cd]\nsummary = \"Go\"\n");
}

#[test]
fn keys_and_tables_that_are_there_twice() {
    assert_told!("[commands.ls]\nsummary = \"List\"\nsummary = \"Again\"\n[commands.ls]\nreply = \"x\"\n");
}

#[test]
fn unknown_keys_at_every_level() {
    assert_told!(
        r#"
        includes = ["x.toml"]
        [server]
        nmae = "x"
        [access]
        guests = true
        [limits]
        session = 1
        [groups.x]
        title = "X"
        colour = "red"
        [commands.ls]
        summary = "List"
        flavour = "sweet"
        examples = [{ run = "ls", about = "x", abuot = "y" }]
        params = [{ name = "a", typ = "string" }]
        "#
    );
}

#[test]
fn values_of_the_wrong_type() {
    assert_told!(
        r#"
        include = "commands.d/*.toml"
        commands.a = "a command"
        groups = [1]
        [access]
        guest = "yes"
        [server]
        authors = "Ana"
        [commands.b]
        summary = 443
        aliases = [1, "x"]
        examples = ["b -x"]
        see_also = 1979-05-27
        params = { name = "a" }
        image = true
        roles = "operator"
        "#
    );
}

#[test]
fn settings_out_of_range() {
    assert_told!(
        r#"
        [server]
        name = " "
        listen = []
        language = "spanish"
        [limits]
        sessions = 0
        sessions_per_address = -1
        messages_per_second = 99999999999
        outbox = "1 megabyte"
        handshake = 10
        idle = "0s"
        "#
    );
}

#[test]
fn addresses_to_listen_on() {
    assert_told!("[server]\nlisten = [\"localhost\", \"[::1]:22722\", \"127.0.0.1:99999\"]");
}

#[test]
fn a_welcome_that_is_no_template() {
    assert_told!("[server]\nwelcome = \"Hello {{ user }\"");
}

#[test]
fn a_welcome_with_unknown_variables() {
    assert_told!("[server]\nwelcome = { en = \"Hello {{ usr }}\", es = \"Hola {{ contraseña }}\" }");
}

#[test]
fn names_that_are_taken() {
    assert_told!(
        r#"
        [commands.ls]
        summary = "List"
        aliases = ["dir", "DIR"]
        [commands.LS]
        summary = "List"
        [commands.dir]
        summary = "List"
        [commands.ayuda]
        summary = "Help"
        [commands.mine]
        summary = "Mine"
        aliases = ["say"]
        "#
    );
}

#[test]
fn names_that_are_no_names() {
    assert_told!(
        r#"
        commands."".summary = "x"
        commands.":time".summary = "x"
        commands."a b c d e".summary = "x"
        commands."git  commit".summary = "x"
        commands."l\u0007s".summary = "x"
        commands."l\u202es".summary = "x"
        commands."it's".summary = "x"
        commands.ok.summary = "x"
        commands.ok.aliases = [":q", "x.y"]
        "#
    );
}

#[test]
fn a_name_that_would_hide_a_function_of_a_plugin() {
    assert_told!(
        r#"
        [commands."mkfs.ext4"]
        summary = "x"
        [commands."SYSTEM.df now"]
        summary = "x"
        aliases = ["system.", "systems.df"]
        [plugins.system]
        path = "no_such_library"
        optional = true
        "#
    );
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
fn summaries() {
    assert_told!(
        r#"
        commands.a.reply = "x"
        commands.b.summary = ""
        commands.c.summary = {}
        commands.d.summary = { english = "x" }
        commands.e.summary = { es-MX = "x", es-mx = "y" }
        commands.f.summary = "two\nlines"
        commands.g.summary = { en = "x", es = 3 }
        "#
    );
}

#[test]
fn actions() {
    assert_told!(
        r#"
        [commands.a]
        summary = "A"
        reply = "x"
        lookup = { a = "x" }
        [commands.b]
        summary = "B"
        exec = ["df", "-h"]
        timeout = "5s"
        [commands.c]
        summary = "C"
        plugin = "workspace.ls"
        [commands.d]
        summary = "D"
        lookup = {}
        [commands.e]
        summary = "E"
        lookup = { TCP = "x", tcp = "y", 1.5 = "z" }
        [commands.f]
        summary = "F"
        lookup = { a = "x" }
        params = [{ name = "a" }, { name = "b" }]
        [commands.g]
        summary = "G"
        lookup = { a = "x" }
        params = [{ name = "a", required = false }]
        [plugins.system]
        path = "caracola_system"
        isolation = "thread"
        "#
    );
}

#[test]
fn what_is_built_in_cannot_be_changed() {
    assert_told!(
        r#"
        [commands.say]
        reply = "no"
        params = []
        roles = ["guest"]
        [commands.SAY]
        summary = "Again"
        "#
    );
}

#[test]
fn roles_and_groups() {
    assert_told!(
        r#"
        [groups.network]
        title = "Network"
        [groups."two words"]
        title = "No"
        [groups.untitled]
        [commands.a]
        summary = "A"
        roles = ["operater", "wheel"]
        group = "netwrk"
        [commands.b]
        summary = "B"
        roles = []
        group = "zoo"
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
fn examples_without_their_parts() {
    assert_told!(
        r#"
        [commands.ls]
        summary = "List"
        examples = [{ run = "ls" }, { about = "x" }, { run = "ls\n-l", about = "x" }]
        "#
    );
}

#[test]
fn an_image_that_is_not_there() {
    assert_told!("[commands.ls]\nsummary = \"List\"\nimage = \"ls.png\"");
}

#[test]
fn errors_are_counted_and_the_many_are_summed_up() {
    let text: String = (0..250).fold(String::new(), |text, number| format!("{text}unknown{number} = 1\n"));
    let told = broken(&text);
    assert_eq!(told.matches("error: ").count(), 100);
    assert!(told.ends_with("and 150 more like these\n\n250 errors"), "{told}");
    assert!(broken("x = 1").ends_with("\n\n1 error"));
}

#[test]
fn colour_is_only_for_those_who_ask() {
    let error = super::Catalogue::from_text("x = 1").unwrap_err();
    assert!(error.render(true).contains("\u{1b}["));
    assert!(!error.render(false).contains('\u{1b}'));
}

#[test]
fn a_file_cannot_move_the_cursor_of_who_reads_its_errors() {
    let told = broken("[commands.\"\\u001b[2J\"]\nsummary = \"x\u{202e}y\u{1b}[2Jz\"\n\"\u{9b}\" = 1");
    let tame = |character: char| character == '\n' || !character.is_control() && character != '\u{202e}';
    assert!(told.chars().all(tame), "{told:?}");
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
