//! The file that an admin includes.

use caracola_sdk::Plugin;
use caracola_workspace::Workspace;

#[test]
fn the_include_gives_every_function_its_name() {
    let practice: toml::Table = include_str!("../../practice.toml").parse().unwrap();
    let definitions: toml::Table = Workspace::DEFINITIONS.parse().unwrap();
    let names =
        |table: &toml::Table| -> Vec<String> { table["commands"].as_table().unwrap().keys().cloned().collect() };
    assert_eq!(names(&practice), names(&definitions));
    for (name, command) in practice["commands"].as_table().unwrap() {
        assert_eq!(command["plugin"].as_str(), Some(&*format!("workspace.{name}")));
        assert_eq!(command["roles"].as_array().unwrap(), &["guest".into()]);
    }
    let plugin = practice["plugins"]["workspace"].as_table().unwrap();
    assert_eq!(
        plugin["path"].as_str(),
        Some(env!("CARGO_PKG_NAME").replace('-', "_").as_str())
    );
}
