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
