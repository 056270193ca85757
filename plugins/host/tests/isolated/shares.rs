//! The places of one plugin, shared between those who call it.

use std::net::IpAddr;
use std::time::Duration;

use caracola_plugin_host::{Answered, Failure};
use caracola_quota::Tenant;
use caracola_quota::gate::Full;
use tokio::time::timeout;

use crate::fixture::{Fixture, becomes, invocation, log_of};

pub(crate) async fn one_tenant_takes_neither_all_places_nor_the_line(fixture: Fixture) {
    let plugin = fixture.load_with("shares", |settings| settings.queue = 4).await;
    let guests = Tenant::guests(IpAddr::from([192, 0, 2, 1]));
    // Ben has one of the three places that are open.
    let ben = tokio::spawn(plugin.call(Tenant::account("ben", false), invocation("wait", ""), None));
    // Of those three guests have two, and of a line of four two wait: all that come after are refused.
    let calls = (0..8).map(|_| tokio::spawn(plugin.call(guests.clone(), invocation("wait", ""), None)));
    let calls: Vec<_> = calls.collect();
    becomes("four are refused", || {
        calls.iter().filter(|call| call.is_finished()).count() == 4
    })
    .await;
    let (refused, waiting): (Vec<_>, Vec<_>) = calls.into_iter().partition(tokio::task::JoinHandle::is_finished);
    for call in refused {
        let answer = call.await.expect("it doesn't panic");
        assert_eq!(answer.result, Err(Failure::Busy(Full::Share)));
    }
    // There is a place for who looks after the server, and one in line for another user.
    let olga = plugin.call(Tenant::account("olga", true), invocation("echo", "hi"), None);
    assert!(matches!(olga.await.result, Ok(Answered::Text(_))));
    let mut ana = Box::pin(plugin.call(Tenant::account("ana", false), invocation("echo", "hi"), None));
    assert!(timeout(Duration::from_millis(50), &mut ana).await.is_err(), "she waits");
    for call in waiting.iter().chain([&ben]) {
        call.abort();
    }
    assert!(matches!(ana.await.result, Ok(Answered::Text(_))));
    let lines = log_of("shares");
    let full = lines.iter().filter(|line| line.contains("no place for another call"));
    assert_eq!(full.count(), 1, "one a minute: {lines:?}");
}
