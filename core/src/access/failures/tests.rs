//! How many wrong guesses may be made, and whom they keep waiting.

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));
const DAY: Duration = Duration::from_hours(24);
const RIGHT: &[u8] = b"correct horse";

fn unknown(failures: &Failures, address: IpAddr, name: &str) -> Guess {
    failures.guess(address, name.as_bytes(), RIGHT, Trust::Unknown)
}

fn known(failures: &Failures, address: IpAddr, name: &str) -> Guess {
    failures.guess(address, name.as_bytes(), RIGHT, Trust::Address)
}

fn wait(failures: &Failures, guess: Guess, now: Instant) -> Duration {
    failures.wait(guess, now).map_or(Duration::ZERO, |wait| wait.time)
}

/// Guesses wrongly with a password that was not tried yet, if it may.
fn wrong(failures: &Failures, mut guess: Guess, now: Instant) -> Result<Count, Wait> {
    static FRESH: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    guess.password = FRESH.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    failures.wrong(guess, now)
}

/// Somebody who guesses, each time with another password, whenever it may.
struct Attacker {
    guess: Guess,
    guesses: usize,
}

impl Attacker {
    fn at(guess: Guess) -> Self {
        Self { guess, guesses: 0 }
    }

    fn guess(&mut self, failures: &Failures, now: Instant) {
        while wait(failures, self.guess, now).is_zero() {
            self.guesses += usize::from(wrong(failures, self.guess, now).is_ok());
        }
    }
}

/// Guesses wrongly whenever it may, for so long; how many guesses that were.
fn guess_for(failures: &Failures, guess: Guess, start: Instant, time: Duration) -> usize {
    let mut attacker = Attacker::at(guess);
    let mut now = start;
    while now < start + time {
        attacker.guess(failures, now);
        now += wait(failures, guess, now);
    }
    attacker.guesses
}

#[test]
fn five_mistakes_are_free_and_then_waiting_grows() {
    let failures = Failures::default();
    let start = Instant::now();
    let guess = unknown(&failures, HERE, "ana");
    let mut waits = Vec::new();
    let mut now = start;
    for _ in 0..10 {
        let wait = wait(&failures, guess, now);
        waits.push((wait + Duration::from_millis(500)).as_secs());
        now += wait;
        let _ = wrong(&failures, guess, now);
    }
    assert_eq!(waits, [0, 0, 0, 0, 0, 12, 24, 48, 96, 192]);
    let guesses = guess_for(&failures, guess, now, DAY);
    assert!(guesses < 500, "{guesses} guesses a day");
    // And all is forgotten after a quiet hour.
    let later = now + DAY + Duration::from_hours(1);
    assert_eq!(wait(&failures, guess, later), Duration::ZERO);
}

#[test]
fn who_is_known_waits_for_half_a_minute_at_most() {
    let failures = Failures::default();
    let guess = known(&failures, HERE, "ana");
    let mut now = Instant::now();
    let mut waits = Vec::new();
    for _ in 0..10 {
        let wait = wait(&failures, guess, now);
        waits.push((wait + Duration::from_millis(500)).as_secs());
        now += wait;
        let _ = wrong(&failures, guess, now);
    }
    assert_eq!(waits, [0, 0, 0, 0, 0, 12, 24, 30, 30, 30]);
}

#[test]
fn one_name_gets_fewer_than_three_thousand_guesses_a_day() {
    let start = Instant::now();
    for trust in [Trust::Unknown, Trust::Address, Trust::Device(7)] {
        let failures = Failures::default();
        let guess = failures.guess(HERE, b"ana", RIGHT, trust);
        let guesses = guess_for(&failures, guess, start, DAY);
        assert!(guesses < 3000, "{guesses} a day by {trust:?}");
    }
    // Resting until all of a burst is forgiven gains nothing.
    let failures = Failures::default();
    let guess = known(&failures, HERE, "ana");
    let mut attacker = Attacker::at(guess);
    let mut now = start;
    while now < start + DAY {
        attacker.guess(&failures, now);
        now += Duration::from_mins(1);
    }
    assert!(attacker.guesses < 3000, "{} a day in bursts", attacker.guesses);
    // Forty addresses together, and one where the name is known among them.
    let failures = Failures::default();
    let mut attackers: Vec<_> = (0..40)
        .map(|last| Attacker::at(unknown(&failures, IpAddr::from([198, 51, 100, last]), "ana")))
        .collect();
    attackers.push(Attacker::at(known(&failures, HERE, "ana")));
    let mut now = start;
    while now < start + DAY {
        for attacker in &mut attackers {
            attacker.guess(&failures, now);
        }
        now += Duration::from_secs(4);
    }
    let guesses: usize = attackers.iter().map(|attacker| attacker.guesses).sum();
    assert!(guesses < 3000, "{guesses} a day from everywhere");
}

/// 119 tries with the right password, one every three minutes, each beside an attacker that guesses whenever it may:
/// at what it is told, and how long the longest of them had to wait.
fn beside_attackers(failures: &Failures, attackers: &[Guess], right: Guess) -> Duration {
    let mut attackers: Vec<_> = attackers.iter().copied().map(Attacker::at).collect();
    let start = Instant::now();
    let mut longest = Duration::ZERO;
    for second in 0..119 * 180 {
        let now = start + Duration::from_secs(second);
        for attacker in &mut attackers {
            attacker.guess(failures, now);
        }
        if second % 180 == 179 {
            longest = longest.max(wait(failures, right, now));
            failures.right(right);
        }
    }
    longest
}

#[test]
fn an_attacker_at_the_same_address_locks_out_nobody_who_is_known() {
    // At another's name, at many names, and at the owner's own, who has a device secret.
    let failures = Failures::default();
    let ben = unknown(&failures, HERE, "ben");
    let ana = known(&failures, HERE, "ana");
    assert_eq!(beside_attackers(&failures, &[ben], ana), Duration::ZERO);
    let failures = Failures::default();
    let names: Vec<_> = (0..40)
        .map(|name| unknown(&failures, HERE, &format!("u{name}")))
        .collect();
    assert_eq!(beside_attackers(&failures, &names, ana), Duration::ZERO);
    let failures = Failures::default();
    let attacker = known(&failures, HERE, "ana");
    let device = failures.guess(HERE, b"ana", RIGHT, Trust::Device(7));
    assert_eq!(beside_attackers(&failures, &[attacker], device), Duration::ZERO);
    // Without anything that tells the two apart, it is told to wait for one turn; who then comes first has it.
    let longest = beside_attackers(&failures, &[attacker], attacker);
    assert!(longest <= Duration::from_secs(30), "{longest:?}");
}

#[test]
fn attackers_at_other_addresses_lock_out_nobody_who_is_known() {
    let failures = Failures::default();
    let attackers: Vec<_> = (0..50)
        .map(|last| unknown(&failures, IpAddr::from([198, 51, 100, last]), "ana"))
        .collect();
    let ana = known(&failures, HERE, "ana");
    assert_eq!(beside_attackers(&failures, &attackers, ana), Duration::ZERO);
    let stranger = unknown(&failures, THERE, "ana");
    let wait = failures.wait(stranger, Instant::now() + Duration::from_mins(119 * 3));
    assert_eq!(wait.map(|wait| wait.cause), Some(Cause::Name));
}

#[test]
fn the_same_wrong_password_counts_once_for_a_few_times() {
    let failures = Failures::default();
    let now = Instant::now();
    let stale = failures.guess(HERE, b"ana", b"last year's", Trust::Unknown);
    assert_eq!(failures.wrong(stale, now), Ok(Count::Counted));
    for _ in 0..FREE_REPEATS {
        assert_eq!(failures.wrong(stale, now), Ok(Count::Repeated));
    }
    assert_eq!(failures.wait(stale, now), None);
    // At another name it is another guess.
    for name in 0..18_u8 {
        let guess = failures.guess(HERE, &[name], b"last year's", Trust::Unknown);
        assert_eq!(failures.wrong(guess, now), Ok(Count::Counted));
    }
    assert_eq!(failures.wait(stale, now), None);
    assert_eq!(failures.wrong(stale, now), Ok(Count::Full));
    assert!(failures.wrong(stale, now).is_err());
}

#[test]
fn the_same_wrong_password_for_ever_is_as_slow_as_others() {
    let start = Instant::now();
    for trust in [Trust::Unknown, Trust::Address, Trust::Device(7)] {
        let failures = Failures::default();
        let stale = failures.guess(HERE, b"ana", b"last year's", trust);
        let (mut now, mut hashed) = (start, 0);
        while now < start + DAY {
            now += wait(&failures, stale, now);
            assert!(failures.wrong(stale, now).is_ok());
            hashed += 1;
        }
        assert!(hashed < 3000, "{hashed} a day by {trust:?}");
    }
}

#[test]
fn guesses_side_by_side_make_nobody_wait_longer() {
    let failures = Failures::default();
    let now = Instant::now();
    let ana = known(&failures, HERE, "ana");
    // All of them were allowed to begin; what came of those that end too late is told to nobody.
    let counted = (0..50).filter(|_| wrong(&failures, ana, now).is_ok()).count();
    assert_eq!(counted, 5);
    assert!(wait(&failures, ana, now) <= Duration::from_secs(30));
}

#[test]
fn one_account_s_guesses_leave_others_and_other_addresses_alone() {
    let failures = Failures::default();
    let now = Instant::now();
    let ana = unknown(&failures, HERE, "ana");
    for _ in 0..10 {
        let _ = wrong(&failures, ana, now);
    }
    let wait = failures.wait(ana, now);
    assert_eq!(wait.map(|wait| wait.cause), Some(Cause::NameFromThere));
    for free in [unknown(&failures, HERE, "ben"), unknown(&failures, THERE, "ana")] {
        assert_eq!(failures.wait(free, now), None);
    }
}

#[test]
fn guesses_at_many_accounts_are_counted_together() {
    let failures = Failures::default();
    let now = Instant::now();
    let made = (0..100u8)
        .map(|name| failures.guess(HERE, &[name], RIGHT, Trust::Unknown))
        .filter(|guess| failures.wait(*guess, now).is_none())
        .filter(|guess| {
            let _ = wrong(&failures, *guess, now);
            true
        })
        .count();
    assert_eq!(made, 20);
    let wait = failures.wait(unknown(&failures, HERE, "ana"), now);
    assert_eq!(wait.map(|wait| wait.cause), Some(Cause::Address));
    assert_eq!(failures.wait(known(&failures, HERE, "ana"), now), None);
}

#[test]
fn the_right_password_clears_its_account() {
    let failures = Failures::default();
    let now = Instant::now();
    let ana = unknown(&failures, HERE, "ana");
    for _ in 0..4 {
        let _ = wrong(&failures, ana, now);
    }
    failures.right(ana);
    for _ in 0..5 {
        assert_eq!(failures.wait(ana, now), None);
        let _ = wrong(&failures, ana, now);
    }
    assert!(failures.wait(ana, now).is_some());
}

#[test]
fn an_admin_may_forget_them() {
    let failures = Failures::default();
    let now = Instant::now();
    for name in ["ana", "ben", "eva", "ida", "ole"] {
        for _ in 0..10 {
            let _ = wrong(&failures, unknown(&failures, HERE, name), now);
        }
    }
    assert_eq!(failures.forget(b"ana", None), 2);
    let wait = |name| {
        failures
            .wait(unknown(&failures, HERE, name), now)
            .map(|wait| wait.cause)
    };
    assert_eq!(wait("ana"), Some(Cause::Address));
    assert_eq!(failures.forget(b"ana", Some(HERE)), 1);
    assert_eq!(wait("ana"), None);
    assert_eq!(wait("ben"), Some(Cause::NameFromThere));
}

#[test]
fn memory_is_bounded_and_keeps_the_worst() {
    let failures = Failures::default();
    let now = Instant::now();
    let worst = unknown(&failures, HERE, "ana");
    for _ in 0..10 {
        let _ = wrong(&failures, worst, now);
    }
    for index in 0..u32::try_from(REMEMBERED).unwrap_or(u32::MAX) {
        let address = IpAddr::from((0x0a00_0000 + index).to_be_bytes());
        let _ = wrong(&failures, unknown(&failures, address, &format!("u{index}")), now);
    }
    let remembered = failures.lock().len();
    assert!(remembered <= REMEMBERED, "{remembered}");
    assert!(failures.wait(worst, now).is_some());
}
