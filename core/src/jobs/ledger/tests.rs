use super::*;
use crate::jobs::JobEnd;
use caracola_quota::QuotaLimit;

fn record(id: &str) -> Record {
    Record {
        id: id.to_owned(),
        command: "backup".to_owned(),
        owner: Owner::User("ana".to_owned()),
        since: SystemTime::now(),
        end: None,
    }
}

fn ana() -> Tenant {
    Tenant::account("ana", false)
}

/// The id of the job that a key stands for already; empty for another request's.
fn known(ledger: &Ledger, key: &RequestKey) -> Option<String> {
    ledger.look_up(key).map(|known| match known {
        Remembered::Same(record) => record.id,
        Remembered::Other | Remembered::New => String::new(),
    })
}

#[test]
fn a_key_is_for_one_request_of_one_user() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ledger = Ledger::open(folder.path())?;
    let request = ["backup", "home"];
    let key = ledger.request_key("ana", "k", &request, &[]);
    assert_eq!(ledger.look_up(&key), None);
    assert_eq!(ledger.remember(&key, record("job1"), &ana())?, Remembered::New);
    assert_eq!(
        ledger.remember(&key, record("job2"), &ana())?,
        Remembered::Same(record_of(&ledger, "job1"))
    );
    let other = ledger.request_key("ana", "k", &["backuphome"], &[]);
    assert_eq!(ledger.remember(&other, record("job2"), &ana())?, Remembered::Other);
    let bens = ledger.request_key("ben", "k", &request, &[]);
    assert_eq!(ledger.remember(&bens, record("job3"), &ana())?, Remembered::New);
    // A server that is restarted knows it still.
    let ledger = Ledger::open(folder.path())?;
    assert_eq!(known(&ledger, &key).as_deref(), Some("job1"));
    assert_eq!(known(&ledger, &other).as_deref(), Some(""));
    Ok(())
}

fn record_of(ledger: &Ledger, id: &str) -> Record {
    ledger.record(id).expect("a record")
}

#[test]
fn an_end_is_remembered_and_its_absence_is_a_loss() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ledger = Ledger::open(folder.path())?;
    for (key, id) in [("k1", "ends"), ("k2", "is-lost")] {
        let key = ledger.request_key("ana", key, &["backup"], &[]);
        ledger.remember(&key, record(id), &ana())?;
    }
    let end = EndRecord {
        ending: JobEnd::Exited(3),
        ok: true,
        took: Duration::from_secs(2),
        chunks: 5,
        bytes: 50,
        truncated: false,
    };
    ledger.note_end("ends", end.clone())?;
    ledger.note_end("nobody's", end.clone())?;
    assert_eq!(record_of(&ledger, "is-lost").end, None);
    let ledger = Ledger::open(folder.path())?;
    assert_eq!(record_of(&ledger, "ends").end, Some(end));
    assert_eq!(record_of(&ledger, "is-lost").end, Some(EndRecord::lost()));
    assert_eq!(ledger.record("nobody's"), None);
    Ok(())
}

#[test]
fn a_key_is_forgotten_a_day_after_its_end() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ledger = Ledger::open(folder.path())?;
    let key = ledger.request_key("ana", "k", &["backup"], &[]);
    ledger.remember(&key, record("job1"), &ana())?;
    let in_two_days = SystemTime::now() + 2 * KEPT;
    assert_eq!(ledger.sweep(in_two_days), 1, "it runs");
    ledger.note_end("job1", EndRecord::lost())?;
    assert_eq!(ledger.sweep(SystemTime::now()), 1, "it has just ended");
    assert_eq!(ledger.sweep(in_two_days), 0);
    assert_eq!(ledger.record("job1"), None);
    assert_eq!(fs::read_dir(folder.path())?.count(), 0);
    assert_eq!(ledger.remember(&key, record("job2"), &ana())?, Remembered::New);
    Ok(())
}

/// At a start, what is old is swept, and so is what a crash left behind; what can't be read isn't taken for unused.
#[test]
fn a_start_puts_the_folder_in_order() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ledger = Ledger::open(folder.path())?;
    let key = |ledger: &Ledger, key| ledger.request_key("ana", key, &["backup"], &[]);
    let mut old = record("old");
    old.since -= KEPT;
    ledger.remember(&key(&ledger, "old"), old, &ana())?;
    ledger.remember(&key(&ledger, "damaged"), record("damaged"), &ana())?;
    let mut guests = record("guest's");
    guests.owner = Owner::Session(1);
    ledger.remember(&key(&ledger, "guest's"), guests, &ana())?;
    fs::write(folder.path().join(".tmpAbCdEf"), "half a rec")?;
    fs::write(folder.path().join(key(&ledger, "damaged").key), "half a rec")?;
    let older = folder.path().join(key(&ledger, "older and damaged").key);
    fs::write(&older, "half a rec")?;
    let aged = fs::File::options().write(true).open(&older)?;
    aged.set_modified(SystemTime::now() - 2 * KEPT)?;
    fs::write(folder.path().join("notes"), "an admin's own")?;
    let ledger = Ledger::open(folder.path())?;
    assert_eq!(known(&ledger, &key(&ledger, "old")), None);
    assert_eq!(known(&ledger, &key(&ledger, "older and damaged")), None);
    assert_eq!(known(&ledger, &key(&ledger, "guest's")), None);
    assert_eq!(known(&ledger, &key(&ledger, "damaged")).as_deref(), Some(""));
    assert!(folder.path().join("notes").exists());
    assert_eq!(fs::read_dir(folder.path())?.count(), 2);
    Ok(())
}

#[test]
fn secrets_are_told_apart_and_never_stored() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ledger = Ledger::open(folder.path())?;
    let key = |ledger: &Ledger, pin| ledger.request_key("ana", "k", &["unlock"], &[pin]);
    ledger.remember(&key(&ledger, "1234"), record("job1"), &ana())?;
    assert_eq!(known(&ledger, &key(&ledger, "1234")).as_deref(), Some("job1"));
    assert_eq!(known(&ledger, &key(&ledger, "4321")).as_deref(), Some(""));
    // What is on the disk is the same for all secrets: there is nothing to guess them by.
    let file = folder.path().join(key(&ledger, "1234").key);
    let stored = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    let ledger = Ledger::open(folder.path())?;
    let mut again = record("job1");
    again.since = Record::read(&stored).expect("a record").0.since;
    ledger.remember(&key(&ledger, "4321"), again, &ana())?;
    assert_eq!(fs::read_to_string(&file)?, stored);
    Ok(())
}

#[test]
fn there_are_only_so_many() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ledger = Ledger::open(folder.path())?;
    {
        let mut entries = ledger.entries();
        for number in 0..KeyLimit(QuotaLimit::Account).most() {
            let record = record(&format!("job{number}"));
            let entry = KnownKey::new(String::new(), None, Some(record), Some(ana()));
            entries.insert(number.to_string(), entry);
        }
    }
    let key = ledger.request_key("ana", "k", &["backup"], &[]);
    let full = ledger.remember(&key, record("one-more"), &ana());
    assert!(
        matches!(full, Err(LedgerError::Full(KeyLimit(QuotaLimit::Account)))),
        "{full:?}"
    );
    let ben = Tenant::account("ben", false);
    let bens = ledger.request_key("ben", "k", &["backup"], &[]);
    assert_eq!(ledger.remember(&bens, record("ben's"), &ben)?, Remembered::New);
    Ok(())
}

#[test]
fn keys_of_a_guest_go_with_the_session() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ledger = Ledger::open(folder.path())?;
    let guests = Tenant::guests([192, 0, 2, 1].into());
    for (session, id) in [(7, "ended"), (7, "runs"), (8, "another's")] {
        let key = ledger.request_key(&format!("~{session}"), id, &["backup"], &[]);
        let record = Record {
            owner: Owner::Session(session),
            ..record(id)
        };
        ledger.remember(&key, record, &guests)?;
    }
    ledger.note_end("ended", EndRecord::lost())?;
    ledger.note_end("another's", EndRecord::lost())?;
    ledger.forget_session(7);
    assert_eq!(ledger.record("ended"), None);
    assert!(ledger.record("runs").is_some() && ledger.record("another's").is_some());
    ledger.forget("runs");
    assert!(!ledger.has_keys_of(7) && ledger.has_keys_of(8));
    assert_eq!(fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}
