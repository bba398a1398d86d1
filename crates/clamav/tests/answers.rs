//! What is made of answers, and of those who give none: a small listener stands for the daemon. Stories with the real
//! one are in `e2e/test_clamav.py`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use limpide_clamav::{Address, Clamav, Patience};
use limpide_safety::{Antivirus, Said};
use limpide_testkit::clamd::{Clamd, ENGINE, received};

/// A daemon that does this with whoever sends a file, and somebody who does not wait long for it.
fn daemon(then: impl Fn(UnixStream) + Send + 'static) -> (Clamd, Clamav) {
    let clamd = Clamd::new();
    clamd.listen(then);
    let patience = Patience { take: Duration::from_millis(500), answer: Duration::from_millis(500) };
    let clamav = Clamav::new(clamd.address().parse().unwrap()).patient(patience);
    (clamd, clamav)
}

/// What is made of an answer to any file.
fn told(answer: &'static [u8]) -> Said {
    let (_clamd, clamav) = daemon(move |mut connection| {
        received(&mut connection);
        connection.write_all(answer).unwrap();
    });
    clamav.look(&b"bytes".to_vec()).said
}

#[test]
fn a_file_arrives_whole_in_pieces_and_the_engine_is_named() {
    let sent: Vec<u8> = (0..700_001_u32).map(|number| (number % 251) as u8).collect();
    let expected = sent.clone();
    let (_clamd, clamav) = daemon(move |mut connection| {
        let same = received(&mut connection) == expected;
        connection.write_all(if same { b"stream: OK\0" } else { b"stream: Other FOUND\0" }).unwrap();
    });
    let engine = Some(ENGINE.to_owned());
    assert_eq!(clamav.look(&sent), Antivirus { engine, said: Said::Clean });
}

#[test]
fn only_one_answer_says_that_a_file_is_clean() {
    assert_eq!(told(b"stream: OK\0"), Said::Clean);
    assert_eq!(told(b"stream: Eicar-Test FOUND\0"), Said::Found { name: "Eicar-Test".into() });
    assert_eq!(told(b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"), Said::TooLarge);
    assert_eq!(told(b"INSTREAM size limit exceeded. ERROR\0"), Said::TooLarge);
    for odd in [
        &b"stream: Can't allocate memory ERROR\0"[..],
        b"OK\0",
        b"stream: ok\0",
        b"\0",
        b"\xff\x01",
        b"stream: FOUND\0",
    ] {
        assert!(matches!(told(odd), Said::Failed { .. }), "{odd:?}");
    }
    let long: &'static [u8] = vec![b'x'; 1 << 20].leak();
    assert!(matches!(told(long), Said::Failed { why } if why.len() < 5000), "an answer without end is cut");
}

#[test]
fn an_answer_before_the_end_of_a_file_counts() {
    let (_clamd, clamav) = daemon(|mut connection| {
        connection.write_all(b"INSTREAM size limit exceeded. ERROR\0").unwrap();
    });
    assert_eq!(clamav.look(&vec![0; 8 << 20]).said, Said::TooLarge);
}

#[test]
fn nobody_is_waited_for_without_end() {
    let (_clamd, clamav) = daemon(|mut connection| {
        received(&mut connection);
        std::thread::sleep(Duration::from_secs(2));
    });
    assert!(matches!(clamav.look(&b"bytes".to_vec()).said, Said::Failed { .. }));
    assert!(matches!(clamav.look(&b"bytes".to_vec()).said, Said::Away { .. }), "it takes nobody else yet");
    let (_clamd, clamav) = daemon(drop);
    assert!(matches!(clamav.look(&b"bytes".to_vec()).said, Said::Failed { .. }));
}

#[test]
fn who_is_not_there_or_not_clamav_is_away_and_the_address_is_said() {
    let address: Address = Clamd::new().address().parse().unwrap();
    let Said::Away { why } = Clamav::new(address.clone()).look(&b"bytes".to_vec()).said else { panic!() };
    assert!(why.contains(&address.to_string()), "{why}");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            connection.read_exact(&mut [0; 9]).unwrap();
            connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        }
    });
    let address: Address = format!("tcp:localhost:{port}").parse().unwrap();
    let Said::Away { why } = Clamav::new(address).look(&b"bytes".to_vec()).said else { panic!() };
    assert!(why.contains("is not ClamAV"), "{why}");
}

#[test]
fn addresses_are_read_and_written() {
    for right in ["unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310", "tcp:[::1]:3310", "tcp:clamav:3310"] {
        assert_eq!(right.parse::<Address>().unwrap().to_string(), right);
    }
    for wrong in
        ["", "unix:", "unix:clamd.ctl", "tcp:", "tcp:3310", "tcp:host:0", "tcp:host:99999", "127.0.0.1:3310"]
    {
        assert!(wrong.parse::<Address>().is_err(), "{wrong}");
    }
}
