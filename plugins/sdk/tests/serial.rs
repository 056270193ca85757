//! A plugin that is never called from two threads at once.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use caracola_sdk::testing::Harness;
use caracola_sdk::{Call, Error, Plugin, Reply, Start};

struct Serial {
    inside: AtomicUsize,
}

impl Plugin for Serial {
    const DEFINITIONS: &'static str = "[commands.enter]\nsummary = 'How many are inside'";
    const SERIAL: bool = true;

    fn start(_: &Start<'_>) -> Result<Self, Error> {
        let inside = AtomicUsize::new(0);
        Ok(Self { inside })
    }

    fn call(&self, _: &Call<'_>) -> Result<Reply, Error> {
        let mut most = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        for _ in 0..20 {
            thread::yield_now();
            most = most.max(self.inside.load(Ordering::SeqCst));
        }
        self.inside.fetch_sub(1, Ordering::SeqCst);
        Ok(most.to_string().into())
    }
}

caracola_sdk::export!(Serial, name = "serial");

#[test]
fn its_calls_wait_for_each_other() {
    let plugin = Harness::start::<Serial>("{}").expect("it starts");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(plugin.call("enter").answer().text(), "1");
                }
            });
        }
    });
}
